// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

/// Cases of Tests/Fixtures: an operation's name, its arguments, what goes in and what must come out.
struct Golden {
  let op: String
  let arguments: JSON
  let inputs: [Tensor]
  let outputs: [Tensor]

  static func cases(_ name: String) throws -> [Golden] {
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/ops")
    let index = try JSON.parse(
      Array(Data(contentsOf: folder.appending(path: "\(name).json"))))
    let file = folder.appending(path: index["arrays"]?.string ?? "").path
    let arrays = Dictionary(
      uniqueKeysWithValues: try NPZ.read(file).map { ($0.name, $0.tensor) })
    func named(_ list: JSON?) throws -> [Tensor] {
      try (list?.array ?? []).map { try #require(arrays[$0.string ?? ""]) }
    }
    return try (index["cases"]?.array ?? []).map { item in
      Golden(
        op: item["op"]?.string ?? "", arguments: item["args"] ?? .null,
        inputs: try named(item["inputs"]), outputs: try named(item["outputs"]))
    }
  }

  func integer(_ name: String) -> Int? { arguments[name]?.integer }
  func flag(_ name: String) -> Bool { arguments[name]?.bool ?? false }

  /// A number as the user wrote it.
  func scalar(_ name: String) -> Scalar? {
    switch arguments[name] {
    case .integer(let value): .int(Int64(value))
    case .number(let value): .float(value)
    default: nil
    }
  }

  /// A list of integers; empty when there is none.
  func list(_ name: String) -> [Int] { arguments[name]?.array?.compactMap(\.integer) ?? [] }

  /// One dimension, a list of them, or nil for all.
  var dims: [Int]? { integer("dim").map { [$0] } ?? arguments["dim"]?.array?.compactMap(\.integer) }

  var label: String {
    "\(op) \(arguments.text) of \(inputs.map { "\($0.dtype.name) \(shapeText($0.shape))" })"
  }

  /// Compares type, shape and elements; NaN equals NaN.
  func expect(_ results: [Tensor], relative: Double) throws {
    #expect(results.count == outputs.count, "\(label)")
    for (result, output) in zip(results, outputs) {
      #expect(result.dtype == output.dtype, "\(label)")
      #expect(result.shape == output.shape, "\(label)")
      guard result.shape == output.shape else { continue }
      let close = try result.allclose(output, rtol: relative, atol: relative / 10, equalNaN: true)
      let (got, wanted) = (
        try result.cast(.float64).values(Double.self), try output.cast(.float64).values(Double.self)
      )
      #expect(close, "\(label): \(got) is not \(wanted)")
    }
  }
}
