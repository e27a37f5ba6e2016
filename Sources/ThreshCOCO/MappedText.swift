// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What is wrong with a file, a request or data; `description` names it.
public struct COCOError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ description: String) { self.description = description }
}

/// A file in memory, mapped, for as long as this lives.
final class MappedText {
  let path: String
  let base: UnsafePointer<CChar>
  let count: Int
  private let mapping: UnsafeMutableRawPointer?

  /// - Throws: `COCOError` naming the file.
  init(path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw COCOError("cannot open \(path): \(String(cString: strerror(errno)))")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else {
      throw COCOError("cannot read \(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw COCOError("\(path) is not a file") }
    self.path = path
    count = Int(status.st_size)
    guard count > 0 else { throw COCOError("\(path) is empty") }
    let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0)
    guard let mapped, mapped != MAP_FAILED else {
      throw COCOError("cannot map \(path): \(String(cString: strerror(errno)))")
    }
    mapping = mapped
    base = UnsafePointer(mapped.assumingMemoryBound(to: CChar.self))
  }

  deinit {
    if let mapping { munmap(mapping, count) }
  }

  /// Line and column of a byte, from 1.
  func place(_ offset: Int) -> (line: Int, column: Int) {
    var (line, start) = (1, 0)
    for i in 0..<min(offset, count) where base[i] == 10 {
      line += 1
      start = i + 1
    }
    return (line, min(offset, count) - start + 1)
  }

  func error(_ offset: Int, _ message: String) -> COCOError {
    let place = place(offset)
    return COCOError("\(path):\(place.line):\(place.column): \(message)")
  }
}
