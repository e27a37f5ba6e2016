// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshKit
import ThreshTensor

/// The cases of Tests/Fixtures/ops/surface.json: calls as a script makes them, and what must come out.
struct GoldenSurface {
  struct Case {
    let op: String
    let arguments: [JSON]
    let results: [JSON]
    var label: String { "\(op) \(JSON.array(arguments).text)" }
  }

  /// How a tensor argument lies in memory. The results must not depend on it.
  enum Layout: CaseIterable {
    case rowMajor
    /// With the dimensions in memory the other way round.
    case mirrored
    /// Every second element, from the second on, of a larger tensor.
    case spaced
  }

  let cases: [Case]
  private let arrays: [String: Tensor]

  init() throws {
    let folder = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/ops")
    let index = try JSON.parse(
      Array(Data(contentsOf: folder.appending(path: "surface.json"))))
    let file = folder.appending(path: index["arrays"]?.string ?? "").path
    arrays = Dictionary(uniqueKeysWithValues: try NPZ.read(file).map { ($0.name, $0.tensor) })
    cases = try (index["cases"]?.array ?? []).map { item in
      let parts = try #require(item.array)
      return Case(
        op: try #require(parts[0].string), arguments: try #require(parts[1].array),
        results: try #require(parts[2].array))
    }
  }

  /// The tensor that `@dtype:shape:offset` stands for.
  func tensor(_ text: String) throws -> Tensor {
    let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    let shape = parts[1].split(separator: ",").compactMap { Int($0) }
    let all = arrays[String(parts[0])]
    let count = shape.reduce(1, *)
    if count == 0 {
      return try Tensor.zeros(shape, #require(DType(name: String(parts[0]))))
    }
    return try #require(all).narrow(0, #require(Int(parts[2])), count).reshape(shape).clone()
  }

  /// An argument as Lua gets it.
  func value(_ json: JSON, _ layout: Layout) throws -> LuaValue {
    switch json {
    case .null: return .nil
    case .bool(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .string(let text) where text.hasPrefix("@"):
      return .object(try laid(tensor(text), layout))
    case .string(let text) where text.hasPrefix("#"):
      return .number(try #require(Double(String(text.dropFirst()))))
    case .string(let text): return .string(text)
    case .array(let items): return .list(try items.map { try value($0, layout) })
    case .object(let members):
      return .table(
        LuaTable(fields: try members.map { (.string($0.name), try value($0.value, layout)) }))
    }
  }

  private func laid(_ t: Tensor, _ layout: Layout) throws -> Tensor {
    switch layout {
    case .rowMajor: return t
    case .mirrored:
      let back = Array(t.shape.indices.reversed())
      return try t.permute(back).contiguous().permute(back)
    case .spaced:
      let room = try Tensor.zeros(t.shape + [2], t.dtype).select(-1, 1)
      return try room.copy_(t)
    }
  }

  /// Why `found` is not what `wanted` says; nil when it is.
  func difference(_ found: LuaValue, _ wanted: JSON, _ relative: (Double, Double)) throws -> String?
  {
    switch (found, wanted) {
    case (.object(let object), .string(let text)):
      let (got, golden) = (try #require(object as? Tensor), try tensor(text))
      guard got.dtype == golden.dtype, got.shape == golden.shape else {
        return "\(got.dtype.name) \(got.shape) is not \(golden.dtype.name) \(golden.shape)"
      }
      let r = golden.dtype == .float32 ? relative.0 : relative.1
      let close = try got.allclose(golden, rtol: r, atol: r, equalNaN: true)
      if close { return nil }
      return try "\(values(got)) is not \(values(golden))"
    case (.boolean(let a), .bool(let b)) where a == b: return nil
    case (.integer(let a), .integer(let b)) where a == b: return nil
    case (.number(let a), _) where a == wanted.double: return nil
    case (.table(let table), .array(let items)):
      let elements = try table.decoded().array
      guard elements.count == items.count else { return "\(elements.count) elements" }
      for (a, b) in zip(elements, items) {
        if let problem = try difference(a, b, relative) { return problem }
      }
      return nil
    default: return "\(found) is not \(wanted.text)"
    }
  }

  private func values(_ t: Tensor) throws -> [Double] {
    try t.cast(.float64).values(Double.self)
  }
}
