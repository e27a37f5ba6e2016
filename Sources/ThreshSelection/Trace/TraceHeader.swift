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
  /// The epochs of the run, as its schedules count them.
  public var epochs: Int?
  /// The batch selector, if one chose within each batch, and its options.
  public var batchMethod: String?
  public var batchOptions: [(name: String, value: JSON)]
  public var productVersion: String
  /// The trace that was replayed, if one was.
  public var parent: String?

  public init(
    dataset: String, fingerprint: String, n: Int, split: String?, model: String?, method: String,
    options: [(name: String, value: JSON)], seed: Int, epochs: Int? = nil,
    batchMethod: String? = nil,
    batchOptions: [(name: String, value: JSON)] = [], productVersion: String, parent: String?
  ) {
    self.dataset = dataset
    self.fingerprint = fingerprint
    self.n = n
    self.split = split
    self.model = model
    self.method = method
    self.options = options
    self.seed = seed
    self.epochs = epochs
    self.batchMethod = batchMethod
    self.batchOptions = batchOptions
    self.productVersion = productVersion
    self.parent = parent
  }

  var json: JSON {
    func text(_ value: String?) -> JSON { value.map { .string($0) } ?? .null }
    func object(_ options: [(name: String, value: JSON)]) -> JSON {
      .object(options.map { JSON.Member($0.name, $0.value) })
    }
    return .object([
      "format": .string(TraceHeader.format), "version": .integer(TraceHeader.version),
      "index_base": .integer(0),
      "dataset": .object([
        "name": .string(dataset), "fingerprint": .string(fingerprint), "n": .integer(n),
      ]),
      "split": text(split), "model": text(model), "method": .string(method),
      "options": object(options), "seed": .integer(seed),
      "epochs": epochs.map { .integer($0) } ?? .null, "batch_method": text(batchMethod),
      "batch_options": batchMethod == nil ? .null : object(batchOptions),
      "product_version": .string(productVersion), "parent": text(parent),
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
    func options(_ name: String) -> [(name: String, value: JSON)] {
      guard case .object(let members)? = json[name] else { return [] }
      return members.map { (name: $0.name, value: $0.value) }
    }
    self.init(
      dataset: name, fingerprint: fingerprint, n: n, split: json["split"]?.string,
      model: json["model"]?.string, method: method, options: options("options"), seed: seed,
      epochs: json["epochs"]?.integer.flatMap { $0 >= 1 ? $0 : nil },
      batchMethod: json["batch_method"]?.string,
      batchOptions: options("batch_options"),
      productVersion: json["product_version"]?.string ?? "", parent: json["parent"]?.string)
  }
}
