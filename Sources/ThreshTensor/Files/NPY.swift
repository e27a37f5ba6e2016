// SPDX-License-Identifier: Apache-2.0

/// numpy's array file: versions 1, 2 and 3 are read, version 1 is written.
///
/// Source: numpy.lib.format. float16 is read as float32; int8, int16 and uint16 as int32; uint32 and
/// uint64 as int64. Complex numbers, strings, objects and records are refused.
public enum NPY {
  public static func read(_ path: String) throws -> Tensor { try read(ByteSource(path: path)) }

  /// The array left in its file, to be read page by page.
  /// - Throws: `TensorError` for damaged files, and for what is not in the file as it would be in
  ///   memory: Fortran order, big-endian numbers and types that are converted when they are read.
  public static func map(_ path: String) throws -> MappedArray {
    try map(ByteSource(path: path))
  }

  /// - Parameter name: how errors call the bytes.
  public static func read(bytes: [UInt8], name: String) throws -> Tensor {
    try read(ByteSource(bytes: bytes, name: name))
  }

  /// Writes `tensor` in row-major order; the file is replaced as a whole.
  public static func write(_ tensor: Tensor, to path: String) throws {
    let header = header(tensor)
    try AtomicFile.write(path) { send in
      try header.withUnsafeBytes { try send($0) }
      try tensor.withFileBytes { try send($0) }
    }
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The bytes before the data, padded so that the data begin at a multiple of 64.
  static func header(_ tensor: Tensor) -> [UInt8] {
    let descr =
      switch tensor.dtype {
      case .bool: "|b1"
      case .uint8: "|u1"
      case .int32: "<i4"
      case .int64: "<i8"
      case .float32: "<f4"
      case .float64: "<f8"
      }
    var text =
      "{'descr': '\(descr)', 'fortran_order': False, 'shape': \(shapeText(tensor.shape)), }"
    text += String(repeating: " ", count: 63 - (10 + text.utf8.count) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(text.utf8)
  }

  static func read(_ source: ByteSource) throws -> Tensor {
    let (description, data) = try describe(source)
    let shape = description.shape
    guard description.fortran && shape.count > 1 else {
      return try description.element.read(
        source, at: data, shape: shape, bigEndian: description.bigEndian)
    }
    let reversed: [Int] = Shape.contiguousStrides(shape.reversed()).reversed()
    return try description.element.read(
      source, at: data, shape: shape, strides: reversed, bigEndian: description.bigEndian
    ).contiguousUnrecorded()
  }

  static func map(_ source: ByteSource) throws -> MappedArray {
    let (description, data) = try describe(source)
    let element = description.element
    let reason: String? =
      if description.fortran && description.shape.count > 1 {
        "the array is in Fortran order"
      } else if description.bigEndian && element.size > 1 {
        "the numbers '\(description.descr)' are big-endian"
      } else if element == .bool || element != FileElement(element.dtype) {
        "the numbers '\(description.descr)' would have to be converted"
      } else {
        nil
      }
    if let reason { throw source.error(data, "\(reason), so it can be read but not mapped") }
    return try MappedArray(source, at: data, shape: description.shape, dtype: element.dtype)
  }

  /// What the header says, checked, and where the numbers begin.
  private static func describe(_ source: ByteSource) throws -> (Description, Int) {
    let start = try source.bytes(0, 8, for: "the npy magic")
    guard Array(start[..<6]) == magic else {
      throw source.error(0, "not an npy file: found bytes \(start[..<6]), needed \\x93NUMPY")
    }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw source.error(6, "npy version \(version).\(start[7]); needed 1, 2 or 3")
    }
    let lengthSize = version == 1 ? 2 : 4
    let length =
      version == 1
      ? Int(try source.integer(UInt16.self, at: 8, for: "the header length"))
      : Int(try source.integer(UInt32.self, at: 8, for: "the header length"))
    let headerStart = 8 + lengthSize
    guard length <= 1 << 20 else {
      throw source.error(8, "a header of \(length) bytes; at most 1048576 are read")
    }
    let header = try source.bytes(headerStart, length, for: "the header")
    var parser = HeaderParser(bytes: header, base: headerStart, source: source)
    let description = try parser.parse()
    let count = try Shape.count(description.shape, op: "read \(source.name)")
    let needed = count * description.element.size
    let data = headerStart + length
    guard source.count - data == needed else {
      throw source.error(
        data,
        "shape \(shapeText(description.shape)) of '\(description.descr)' needs \(needed) bytes, "
          + "found \(source.count - data)")
    }
    return (description, data)
  }

  private struct Description {
    var element: FileElement
    var bigEndian: Bool
    var descr: String
    var fortran: Bool
    var shape: [Int]
  }

  /// Reads the header's Python dictionary, and of Python's grammar nothing else.
  private struct HeaderParser {
    let bytes: [UInt8]
    let base: Int
    let source: ByteSource
    var at = 0

    mutating func parse() throws -> Description {
      var descr: String?
      var fortran: Bool?
      var shape: [Int]?
      try expect("{")
      while !take("}") {
        let place = base + at
        let key = try string()
        try expect(":")
        switch key {
        case "descr" where descr == nil: descr = try descrText()
        case "fortran_order" where fortran == nil: fortran = try bool()
        case "shape" where shape == nil: shape = try tuple()
        default:
          throw source.error(
            place, "header key '\(key)'; needed descr, fortran_order and shape, each once")
        }
        if !take(",") {
          try expect("}")
          break
        }
      }
      skipSpace()
      guard at == bytes.count else { throw error("the end of the header") }
      guard let descr, let fortran, let shape else {
        throw source.error(base, "the header lacks one of descr, fortran_order and shape")
      }
      let (element, bigEndian) = try element(descr)
      return Description(
        element: element, bigEndian: bigEndian, descr: descr, fortran: fortran, shape: shape)
    }

    private func element(_ descr: String) throws -> (FileElement, Bool) {
      let type = descr.dropFirst()
      let known: FileElement? =
        switch type {
        case "b1": .bool
        case "u1": .uint8
        case "i1": .int8
        case "i2": .int16
        case "u2": .uint16
        case "i4": .int32
        case "u4": .uint32
        case "i8": .int64
        case "u8": .uint64
        case "f2": .float16
        case "f4": .float32
        case "f8": .float64
        default: nil
        }
      guard let known, let order = descr.first, "<>|=".contains(order) else {
        throw source.error(
          base, "element type '\(descr)'; needed b1, or i, u or f of at most 8 bytes")
      }
      return (known, order == ">")
    }

    private mutating func skipSpace() {
      while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
    }

    private func error(_ needed: String) -> TensorError {
      let found =
        at < bytes.count
        ? "'\(String(decoding: bytes[at...].prefix(12), as: UTF8.self))'" : "its end"
      return source.error(base + at, "in the header found \(found), needed \(needed)")
    }

    private mutating func take(_ character: Character) -> Bool {
      skipSpace()
      guard at < bytes.count, bytes[at] == character.asciiValue else { return false }
      at += 1
      return true
    }

    private mutating func expect(_ character: Character) throws {
      guard take(character) else { throw error("'\(character)'") }
    }

    private mutating func descrText() throws -> String {
      skipSpace()
      if at < bytes.count, bytes[at] == UInt8(ascii: "[") {
        throw error("a plain element type; records are not read")
      }
      return try string()
    }

    private mutating func string() throws -> String {
      skipSpace()
      guard at < bytes.count, [0x27, 0x22].contains(bytes[at]) else { throw error("a string") }
      let quote = bytes[at]
      guard let end = bytes[(at + 1)...].firstIndex(of: quote) else {
        throw error("a string that ends")
      }
      let text = String(decoding: bytes[at + 1..<end], as: UTF8.self)
      at = end + 1
      return text
    }

    private mutating func bool() throws -> Bool {
      skipSpace()
      for (word, value) in [("True", true), ("False", false)]
      where bytes[at...].starts(with: word.utf8) {
        at += word.utf8.count
        return value
      }
      throw error("True or False")
    }

    private mutating func tuple() throws -> [Int] {
      try expect("(")
      var out: [Int] = []
      while !take(")") {
        skipSpace()
        let start = at
        var value = 0
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) {
          let (tens, over) = value.multipliedReportingOverflow(by: 10)
          let (next, overToo) = tens.addingReportingOverflow(Int(bytes[at]) - 0x30)
          guard !over, !overToo else { throw error("an extent below 2^63") }
          value = next
          at += 1
        }
        guard at > start, out.count < 64 else { throw error("at most 64 extents, each >= 0") }
        out.append(value)
        if !take(",") {
          try expect(")")
          break
        }
      }
      return out
    }
  }
}
