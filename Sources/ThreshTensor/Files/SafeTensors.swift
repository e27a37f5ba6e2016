// SPDX-License-Identifier: Apache-2.0

/// Hugging Face's tensor file: a JSON header and the tensors' bytes, without code.
///
/// F16 and BF16 are read as float32; I8, I16 and U16 as int32; U32 and U64 as int64.
public enum SafeTensors {
  /// What a file holds: tensors in the order of the header, and its `__metadata__`.
  public struct Contents: Sendable {
    public var tensors: [(name: String, tensor: Tensor)]
    public var metadata: [(name: String, value: String)]

    public subscript(_ name: String) -> Tensor? { tensors.first { $0.name == name }?.tensor }
  }

  /// The most bytes a header may have, as in the reference implementation.
  static let headerLimit = 100_000_000

  /// - Throws: `TensorError` naming file, offset, what was found and what was needed.
  public static func read(_ path: String) throws -> Contents { try read(ByteSource(path: path)) }

  public static func read(bytes: [UInt8], name: String) throws -> Contents {
    try read(ByteSource(bytes: bytes, name: name))
  }

  private static let types: [String: FileElement] = [
    "BOOL": .bool, "U8": .uint8, "I8": .int8, "I16": .int16, "U16": .uint16, "I32": .int32,
    "U32": .uint32, "I64": .int64, "U64": .uint64, "F16": .float16, "BF16": .bfloat16,
    "F32": .float32, "F64": .float64,
  ]

  private struct Entry {
    var name: String
    var element: FileElement
    var shape: [Int]
    var range: Range<Int>
  }

  private static func read(_ source: ByteSource) throws -> Contents {
    let declared = try source.integer(UInt64.self, at: 0, for: "the header's length")
    guard declared <= UInt64(headerLimit), Int(declared) <= source.count - 8 else {
      throw source.error(
        0, "a header of \(declared) bytes; the file has \(source.count - 8) after its length")
    }
    let data = 8 + Int(declared)
    let header: JSON
    do {
      header = try JSON.parse(source.bytes(8, Int(declared), for: "the header"))
    } catch let error as JSON.ParseError {
      throw source.error(8 + error.offset, "the header is not JSON: \(error.message)")
    }
    guard case .object(let members) = header else {
      throw source.error(8, "the header is not a JSON object")
    }
    var entries: [Entry] = []
    var metadata: [(name: String, value: String)] = []
    for member in members {
      if member.name == "__metadata__" {
        guard case .object(let pairs) = member.value else {
          throw source.error(8, "__metadata__ is not an object")
        }
        for pair in pairs {
          guard let value = pair.value.string else {
            throw source.error(8, "__metadata__ '\(pair.name)' is not a string")
          }
          metadata.append((pair.name, value))
        }
      } else {
        entries.append(try entry(member, source, data))
      }
    }
    var end = 0
    for entry in entries.sorted(by: {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }) {
      guard entry.range.lowerBound == end else {
        throw source.error(
          data + entry.range.lowerBound,
          "tensor '\(entry.name)' begins at \(entry.range.lowerBound) of the data, needed \(end): "
            + "tensors must neither overlap nor leave gaps")
      }
      end = entry.range.upperBound
    }
    guard end == source.count - data else {
      throw source.error(
        data + end, "the tensors end at \(end) of \(source.count - data) bytes of data")
    }
    let tensors = try entries.map {
      (
        name: $0.name,
        tensor: try $0.element.read(source, at: data + $0.range.lowerBound, shape: $0.shape)
      )
    }
    return Contents(tensors: tensors, metadata: metadata)
  }

  private static func entry(_ member: JSON.Member, _ source: ByteSource, _ data: Int) throws
    -> Entry
  {
    let (name, value) = (member.name, member.value)
    guard let type = value["dtype"]?.string, let extents = value["shape"]?.array,
      let offsets = value["data_offsets"]?.array, offsets.count == 2
    else {
      throw source.error(8, "tensor '\(name)' lacks one of dtype, shape and data_offsets")
    }
    guard let element = types[type] else {
      throw source.error(
        8,
        "tensor '\(name)' is \(type); needed one of \(types.keys.sorted().joined(separator: " "))")
    }
    let shape = extents.compactMap(\.integer)
    guard shape.count == extents.count, shape.count <= 64 else {
      throw source.error(8, "the shape of tensor '\(name)' is not at most 64 whole numbers")
    }
    let count = try Shape.count(shape, op: "read \(source.name): tensor '\(name)'")
    guard let first = offsets[0].integer, let last = offsets[1].integer, first >= 0, first <= last,
      last <= source.count - data
    else {
      throw source.error(
        8,
        "tensor '\(name)' has data_offsets \(value["data_offsets"]?.text ?? ""), needed two whole "
          + "numbers in order, at most \(source.count - data)")
    }
    guard last - first == count * element.size else {
      throw source.error(
        data + first,
        "tensor '\(name)' of shape \(shapeText(shape)) and \(type) needs \(count * element.size) "
          + "bytes, found \(last - first)")
    }
    return Entry(name: name, element: element, shape: shape, range: first..<last)
  }

  /// Writes the tensors in row-major order; the file is replaced as a whole.
  ///
  /// In the file wide elements come first, then names in order, as the reference implementation
  /// writes them, so that every tensor is aligned.
  /// - Throws: `TensorError` for a name given twice or called `__metadata__`.
  public static func write(
    _ tensors: [(name: String, tensor: Tensor)], metadata: [(name: String, value: String)] = [],
    to path: String
  ) throws {
    var names: Set<String> = []
    for (name, _) in tensors {
      guard name != "__metadata__", names.insert(name).inserted else {
        throw TensorError("write", "\(path): tensor name '\(name)' is reserved or given twice")
      }
    }
    guard Set(metadata.map(\.name)).count == metadata.count else {
      throw TensorError("write", "\(path): a metadata name is given twice")
    }
    let ordered = tensors.sorted {
      ($1.tensor.dtype.size, $0.name) < ($0.tensor.dtype.size, $1.name)
    }
    var members: [JSON.Member] = []
    if !metadata.isEmpty {
      members.append(
        JSON.Member(
          "__metadata__", .object(metadata.map { JSON.Member($0.name, .string($0.value)) })))
    }
    var offset = 0
    for (name, tensor) in ordered {
      let end = offset + tensor.count * tensor.dtype.size
      members.append(
        JSON.Member(
          name,
          .object([
            "dtype": .string(typeName(tensor.dtype)),
            "shape": .array(tensor.shape.map(JSON.integer)),
            "data_offsets": .array([.integer(offset), .integer(end)]),
          ])))
      offset = end
    }
    var header = Array(JSON.object(members).text.utf8)
    header += [UInt8](repeating: 0x20, count: (8 - header.count % 8) % 8)
    guard header.count <= headerLimit else {
      throw TensorError("write", "\(path): the header would have \(header.count) bytes")
    }
    try AtomicFile.write(path) { send in
      try withUnsafeBytes(of: UInt64(header.count).littleEndian) { try send($0) }
      try header.withUnsafeBytes { try send($0) }
      for (_, tensor) in ordered { try tensor.withFileBytes { try send($0) } }
    }
  }

  private static func typeName(_ dtype: DType) -> String {
    switch dtype {
    case .bool: "BOOL"
    case .uint8: "U8"
    case .int32: "I32"
    case .int64: "I64"
    case .float32: "F32"
    case .float64: "F64"
    }
  }
}
