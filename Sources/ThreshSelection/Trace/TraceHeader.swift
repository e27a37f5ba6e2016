// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The first line of a trace: whose selections these are.
public struct TraceHeader: Sendable {
  public static let format = "thresh-trace"
  public static let version = 1

  /// The candidates: name, SHA-256 of pixels and labels, and how many.
  public var dataset: String
  public var fingerprint: String
  public var n: Int
  public var split: String?
  public var model: String?
  public var method: String
  /// The selector's options.
  public var options: [(name: String, value: JSON)]
  public var seed: Int
  public var productVersion: String
  /// The trace that was replayed, if one was.
  public var parent: String?

  public init(
    dataset: String, fingerprint: String, n: Int, split: String?, model: String?, method: String,
    options: [(name: String, value: JSON)], seed: Int, productVersion: String, parent: String?
  ) {
    self.dataset = dataset
    self.fingerprint = fingerprint
    self.n = n
    self.split = split
    self.model = model
    self.method = method
    self.options = options
    self.seed = seed
    self.productVersion = productVersion
    self.parent = parent
  }

  var json: JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    return .object([
      "format": .string(TraceHeader.format), "version": .integer(TraceHeader.version),
      "index_base": .integer(0),
      "dataset": .object([
        "name": .string(dataset), "fingerprint": .string(fingerprint), "n": .integer(n),
      ]),
      "split": text(split), "model": text(model), "method": .string(method),
      "options": .object(options.map { JSON.Member($0.name, $0.value) }),
      "seed": .integer(seed), "product_version": .string(productVersion), "parent": text(parent),
    ])
  }

  init(_ json: JSON, _ problem: (String) -> TensorError) throws {
    guard json["format"]?.string == TraceHeader.format else {
      throw problem("the first line is no header of a \(TraceHeader.format)")
    }
    guard json["version"]?.integer == TraceHeader.version, json["index_base"]?.integer == 0 else {
      throw problem("version \(TraceHeader.version) with index_base 0 is needed")
    }
    guard let dataset = json["dataset"], let name = dataset["name"]?.string,
      let fingerprint = dataset["fingerprint"]?.string, let n = dataset["n"]?.integer, n >= 0,
      let method = json["method"]?.string, let seed = json["seed"]?.integer
    else { throw problem("the header lacks dataset, method or seed") }
    var options: [(name: String, value: JSON)] = []
    if case .object(let members)? = json["options"] {
      options = members.map { (name: $0.name, value: $0.value) }
    }
    self.init(
      dataset: name, fingerprint: fingerprint, n: n, split: json["split"]?.string,
      model: json["model"]?.string, method: method, options: options, seed: seed,
      productVersion: json["product_version"]?.string ?? "", parent: json["parent"]?.string)
  }
}
