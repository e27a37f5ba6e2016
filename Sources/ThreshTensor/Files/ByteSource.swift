// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Bytes of a file, a part of one, or memory, read by checked position.
struct ByteSource {
  /// How errors call it: a path, or `path[entry]`.
  let name: String
  let count: Int
  private let start: Int
  private let backing: Backing

  private enum Backing {
    case file(OpenFile)
    case bytes([UInt8])
    case storage(Storage)
  }

  /// Opens the regular file at `path`.
  init(path: String) throws {
    let file = try OpenFile(path)
    self.init(name: path, count: file.size, start: 0, backing: .file(file))
  }

  init(bytes: [UInt8], name: String) {
    self.init(name: name, count: bytes.count, start: 0, backing: .bytes(bytes))
  }

  init(storage: Storage, name: String) {
    self.init(name: name, count: storage.byteCount, start: 0, backing: .storage(storage))
  }

  private init(name: String, count: Int, start: Int, backing: Backing) {
    self.name = name
    self.count = count
    self.start = start
    self.backing = backing
  }

  /// A part, under its own name. The caller has checked the range with `require`.
  func part(_ range: Range<Int>, name: String) -> ByteSource {
    ByteSource(name: name, count: range.count, start: start + range.lowerBound, backing: backing)
  }

  /// The open file and where in it the bytes begin; nil for bytes in memory.
  var place: (file: OpenFile, start: Int)? {
    guard case .file(let file) = backing else { return nil }
    return (file, start)
  }

  func error(_ offset: Int, _ message: String) -> TensorError {
    TensorError("read", "\(name): offset \(offset): \(message)")
  }

  /// Throws unless `length` bytes follow `offset`.
  func require(_ length: Int, at offset: Int, for what: String) throws {
    guard offset >= 0, length >= 0, offset <= count, length <= count - offset else {
      throw error(
        offset, "\(what) needs \(length) bytes, but the data end at \(count)")
    }
  }

  /// Fills `buffer` with the bytes from `offset` on.
  func read(_ offset: Int, into buffer: UnsafeMutableRawBufferPointer, for what: String) throws {
    try require(buffer.count, at: offset, for: what)
    guard let target = buffer.baseAddress, buffer.count > 0 else { return }
    switch backing {
    case .bytes(let bytes):
      bytes.withUnsafeBytes {
        buffer.copyMemory(
          from: UnsafeRawBufferPointer(rebasing: $0[(start + offset)...].prefix(buffer.count)))
      }
    case .storage(let storage):
      target.copyMemory(from: storage.base + start + offset, byteCount: buffer.count)
    case .file(let file):
      var done = 0
      while done < buffer.count {
        let got = pread(file.descriptor, target + done, buffer.count - done, start + offset + done)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else {
          throw error(
            offset + done, got == 0 ? "the file has become shorter" : "\(what): \(systemError())")
        }
        done += got
      }
    }
  }

  /// The `length` bytes from `offset` on; only for lengths that the format bounds.
  func bytes(_ offset: Int, _ length: Int, for what: String) throws -> [UInt8] {
    try require(length, at: offset, for: what)
    return try [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
      try read(offset, into: UnsafeMutableRawBufferPointer(buffer), for: what)
      filled = length
    }
  }

  /// A little-endian integer.
  func integer<T: FixedWidthInteger>(_ type: T.Type, at offset: Int, for what: String) throws -> T {
    var value: T = 0
    try withUnsafeMutableBytes(of: &value) { try read(offset, into: $0, for: what) }
    return T(littleEndian: value)
  }
}

/// A file open for reading, closed with the last reference.
final class OpenFile {
  let descriptor: Int32
  let size: Int

  init(_ path: String) throws {
    // Without waiting: a pipe that nobody writes to would hold the open call.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      size = 0
      throw TensorError("read", "\(path): \(systemError())")
    }
    var status = stat()
    let known = fstat(descriptor, &status) == 0
    size = Int(status.st_size)
    guard known, status.st_mode & S_IFMT == S_IFREG else {
      throw TensorError("read", "\(path): not a regular file")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }
}

/// What the system says of the last failed call.
func systemError() -> String { String(cString: strerror(errno)) }

/// A whole file's bytes.
public enum WholeFile {
  /// - Throws: `TensorError` naming the path, for what is no regular file, cannot be read or has more
  ///   than `most` bytes.
  public static func read(_ path: String, most: Int = .max) throws -> [UInt8] {
    let source = try ByteSource(path: path)
    guard source.count <= most else {
      throw source.error(0, "\(source.count) bytes are more than the \(most) that are read")
    }
    try MemoryPool.shared.require(source.count, "read")
    return try source.bytes(0, source.count, for: "the file")
  }

  /// Hands the file's bytes over piece by piece, in order.
  /// - Throws: `TensorError` naming the path, for what is no regular file or cannot be read.
  public static func pieces(_ path: String, _ use: (UnsafeRawBufferPointer) throws -> Void) throws {
    let source = try ByteSource(path: path)
    let piece = 1 << 20
    for start in stride(from: 0, to: source.count, by: piece) {
      try source.bytes(start, min(piece, source.count - start), for: "the file")
        .withUnsafeBytes(use)
    }
  }
}
