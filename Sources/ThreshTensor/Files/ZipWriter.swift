// SPDX-License-Identifier: Apache-2.0

/// Writes a zip archive of stored entries, piece by piece.
struct ZipWriter {
  let path: String
  let send: (UnsafeRawBufferPointer) throws -> Void
  private var offset = 0
  private var directory: [UInt8] = []
  private var entries = 0

  init(path: String, send: @escaping (UnsafeRawBufferPointer) throws -> Void) {
    self.path = path
    self.send = send
  }

  /// Adds an entry made of `pieces`.
  mutating func add(_ name: String, _ pieces: [UnsafeRawBufferPointer]) throws {
    var sum = CRC32()
    var size = 0
    for piece in pieces {
      sum.add(piece)
      size += piece.count
    }
    guard let size32 = UInt32(exactly: size), size32 != .max,
      let offset32 = UInt32(exactly: offset), offset32 != .max
    else {
      throw TensorError(
        "write",
        "\(path): entry '\(name)' of \(size) bytes at \(offset) is beyond zip's 4 GiB; use "
          + "safetensors")
    }
    let nameBytes = Array(name.utf8)
    var common: [UInt8] = []
    // Version 2.0; names are UTF-8; stored; the date is zip's first, 1980-01-01, so that equal
    // content makes equal files.
    ZipWriter.put(&common, UInt16(20), UInt16(0x800), UInt16(0), UInt16(0), UInt16(0x21))
    ZipWriter.put(&common, sum.value, size32, size32)
    ZipWriter.put(&common, UInt16(nameBytes.count), UInt16(0))

    var local: [UInt8] = []
    ZipWriter.put(&local, UInt32(0x0403_4b50))
    try write(local + common + nameBytes)
    for piece in pieces {
      try send(piece)
      offset += piece.count
    }

    ZipWriter.put(&directory, UInt32(0x0201_4b50))
    ZipWriter.put(&directory, UInt16(20))
    directory += common
    ZipWriter.put(&directory, UInt16(0), UInt16(0), UInt16(0))
    ZipWriter.put(&directory, UInt32(0), offset32)
    directory += nameBytes
    entries += 1
  }

  /// Writes the directory.
  mutating func finish() throws {
    guard let start = UInt32(exactly: offset), start != .max else {
      throw TensorError("write", "\(path): the archive is beyond zip's 4 GiB; use safetensors")
    }
    var end: [UInt8] = []
    ZipWriter.put(&end, UInt32(0x0605_4b50))
    let count = UInt16(entries)
    ZipWriter.put(&end, UInt16(0), UInt16(0), count, count)
    ZipWriter.put(&end, UInt32(directory.count), start)
    ZipWriter.put(&end, UInt16(0))
    try write(directory + end)
  }

  private mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try send($0) }
    offset += bytes.count
  }

  private static func put<T: FixedWidthInteger>(_ out: inout [UInt8], _ values: T...) {
    for value in values { withUnsafeBytes(of: value.littleEndian) { out += $0 } }
  }
}
