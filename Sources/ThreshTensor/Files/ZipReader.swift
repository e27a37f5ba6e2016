// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The entries of a zip archive, found through its central directory; zip64 sizes are understood.
///
/// Source: PKWARE's APPNOTE 6.3.10, sections 4.3 to 4.5.
enum ZipReader {
  struct Entry {
    var name: String
    var method: Int
    var checksum: UInt32
    var compressed: Int
    var size: Int
    /// Where its local header begins.
    var header: Int
  }

  static func entries(_ source: ByteSource) throws -> [Entry] {
    let directory = try directory(source)
    var out: [Entry] = []
    var at = directory.start
    // Entries share no bytes, so their sizes add up to less than the file's.
    var unclaimed = source.count
    for _ in 0..<directory.count {
      let fixed = try source.bytes(at, 46, for: "a directory entry")
      guard integer(UInt32.self, fixed, 0) == 0x0201_4b50 else {
        throw source.error(at, "found \(fixed[..<4]), needed a directory entry (PK 1 2)")
      }
      let flags = integer(UInt16.self, fixed, 8)
      let nameLength = Int(integer(UInt16.self, fixed, 28))
      let extraLength = Int(integer(UInt16.self, fixed, 30))
      let commentLength = Int(integer(UInt16.self, fixed, 32))
      let name = String(
        decoding: try source.bytes(at + 46, nameLength, for: "an entry's name"), as: UTF8.self)
      guard flags & 1 == 0 else { throw source.error(at, "entry '\(name)' is encrypted") }
      var entry = Entry(
        name: name, method: Int(integer(UInt16.self, fixed, 10)),
        checksum: integer(UInt32.self, fixed, 16),
        compressed: Int(integer(UInt32.self, fixed, 20)),
        size: Int(integer(UInt32.self, fixed, 24)), header: Int(integer(UInt32.self, fixed, 42)))
      let extra = try source.bytes(at + 46 + nameLength, extraLength, for: "an entry's extra field")
      try widen(&entry, extra, source, at)
      guard entry.compressed <= unclaimed else {
        throw source.error(at, "entry '\(name)' of \(entry.compressed) bytes overlaps others")
      }
      unclaimed -= entry.compressed
      out.append(entry)
      at += 46 + nameLength + extraLength + commentLength
    }
    return out
  }

  /// The bytes of a stored entry where they are, without a look at its checksum, which would read
  /// them all.
  static func locate(_ entry: Entry, _ source: ByteSource) throws -> ByteSource {
    guard entry.method == 0 else {
      throw source.error(
        entry.header,
        "entry '\(entry.name)' is compressed, so it can be read but not mapped")
    }
    return try packed(entry, source)
  }

  /// An entry's bytes as they are in the archive.
  private static func packed(_ entry: Entry, _ source: ByteSource) throws -> ByteSource {
    let local = try source.bytes(entry.header, 30, for: "the header of '\(entry.name)'")
    guard integer(UInt32.self, local, 0) == 0x0403_4b50 else {
      throw source.error(
        entry.header, "found \(local[..<4]), needed the header of '\(entry.name)' (PK 3 4)")
    }
    let data =
      entry.header + 30 + Int(integer(UInt16.self, local, 26))
      + Int(integer(UInt16.self, local, 28))
    let name = "\(source.name)[\(entry.name)]"
    try source.require(entry.compressed, at: data, for: "entry '\(entry.name)'")
    guard entry.method != 0 || entry.size == entry.compressed else {
      throw source.error(
        entry.header,
        "stored entry '\(entry.name)' has two sizes, \(entry.size) and \(entry.compressed)")
    }
    return source.part(data..<data + entry.compressed, name: name)
  }

  /// The entry's content, checked against its checksum.
  static func open(_ entry: Entry, _ source: ByteSource) throws -> ByteSource {
    let raw = try packed(entry, source)
    let content: ByteSource
    switch entry.method {
    case 0: content = raw
    case 8: content = try inflate(raw, to: entry.size, raw.name)
    default:
      throw source.error(
        entry.header, "entry '\(entry.name)' has method \(entry.method); needed 0 or 8")
    }
    var sum = CRC32()
    for first in stride(from: 0, to: content.count, by: 1 << 20) {
      let piece = try content.bytes(first, min(1 << 20, content.count - first), for: "the entry")
      piece.withUnsafeBytes { sum.add($0) }
    }
    guard sum.value == entry.checksum else {
      throw source.error(
        entry.header,
        "entry '\(entry.name)' has checksum \(hex(sum.value)), needed \(hex(entry.checksum))")
    }
    return content
  }

  private static func hex(_ value: UInt32) -> String { String(value, radix: 16) }

  /// The sizes that did not fit 32 bits, from extra field 1.
  private static func widen(
    _ entry: inout Entry, _ extra: [UInt8], _ source: ByteSource, _ at: Int
  ) throws {
    let wide = 0xFFFF_FFFF
    guard entry.size == wide || entry.compressed == wide || entry.header == wide else { return }
    var field = 0
    while field + 4 <= extra.count {
      let length = Int(integer(UInt16.self, extra, field + 2))
      let end = field + 4 + length
      if integer(UInt16.self, extra, field) == 1 && end <= extra.count {
        var place = field + 4
        func next() throws -> Int {
          guard place + 8 <= end, let value = Int(exactly: integer(UInt64.self, extra, place))
          else {
            throw source.error(at, "the zip64 field of '\(entry.name)' is too short or too large")
          }
          place += 8
          return value
        }
        if entry.size == wide { entry.size = try next() }
        if entry.compressed == wide { entry.compressed = try next() }
        if entry.header == wide { entry.header = try next() }
        return
      }
      field = end
    }
    throw source.error(at, "entry '\(entry.name)' lacks its zip64 field")
  }

  /// Where the central directory begins and how many entries it has.
  private static func directory(_ source: ByteSource) throws -> (start: Int, count: Int) {
    let tail = min(source.count, 22 + 65_535)
    let bytes = try source.bytes(source.count - tail, tail, for: "the archive's end")
    var i = tail - 22
    while i >= 0, integer(UInt32.self, bytes, i) != 0x0605_4b50 { i -= 1 }
    guard i >= 0 else {
      throw source.error(
        source.count, "not a zip archive, or cut short: no end record (PK 5 6) was found")
    }
    let end = source.count - tail + i
    var count = Int(integer(UInt16.self, bytes, i + 10))
    var size = Int(integer(UInt32.self, bytes, i + 12))
    var start = Int(integer(UInt32.self, bytes, i + 16))
    if count == 0xFFFF || size == 0xFFFF_FFFF || start == 0xFFFF_FFFF, end >= 20,
      try source.integer(UInt32.self, at: end - 20, for: "the zip64 locator") == 0x0706_4b50
    {
      let place = try source.integer(UInt64.self, at: end - 12, for: "the zip64 locator")
      let record = try source.bytes(
        Int(exactly: place) ?? -1, 56, for: "the zip64 end record")
      guard integer(UInt32.self, record, 0) == 0x0606_4b50,
        let wideCount = Int(exactly: integer(UInt64.self, record, 32)),
        let wideSize = Int(exactly: integer(UInt64.self, record, 40)),
        let wideStart = Int(exactly: integer(UInt64.self, record, 48))
      else {
        throw source.error(end - 20, "the zip64 end record (PK 6 6) is not where it should be")
      }
      (count, size, start) = (wideCount, wideSize, wideStart)
    }
    try source.require(size, at: start, for: "the directory")
    guard count <= size / 46 else {
      throw source.error(start, "\(count) entries do not fit a directory of \(size) bytes")
    }
    return (start, count)
  }

  private static func inflate(_ source: ByteSource, to size: Int, _ name: String) throws
    -> ByteSource
  {
    // Deflate packs at most 1032 to 1: a larger claim is a lie, and costs no memory here.
    guard size / 1032 <= source.count else {
      throw source.error(0, "\(source.count) bytes cannot hold \(size) bytes of content")
    }
    let storage = try Storage(byteCount: size)
    var stream = z_stream()
    guard
      inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw source.error(0, "zlib does not start") }
    defer { inflateEnd(&stream) }
    var (read, written) = (0, 0)
    var status = Z_OK
    while status != Z_STREAM_END {
      let length = min(1 << 20, source.count - read)
      var piece = try source.bytes(read, length, for: "the deflated entry")
      let room = min(1 << 30, size - written)
      let before = written
      piece.withUnsafeMutableBufferPointer { buffer in
        stream.next_in = buffer.baseAddress
        stream.avail_in = UInt32(length)
        stream.next_out = (storage.base + written).assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(room)
        status = CZlib.inflate(&stream, Z_NO_FLUSH)
      }
      let used = length - Int(stream.avail_in)
      read += used
      written += room - Int(stream.avail_out)
      guard status == Z_STREAM_END || status == Z_OK,
        used > 0 || written > before || status == Z_STREAM_END
      else {
        throw source.error(
          read, "the deflated data are damaged or longer than the \(size) bytes promised")
      }
    }
    guard written == size else {
      throw source.error(read, "the deflated data give \(written) bytes, needed \(size)")
    }
    return ByteSource(storage: storage, name: name)
  }

  private static func integer<T: FixedWidthInteger>(_ type: T.Type, _ bytes: [UInt8], _ at: Int)
    -> T
  {
    bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(fromByteOffset: at, as: T.self)) }
  }
}
