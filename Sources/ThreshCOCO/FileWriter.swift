// SPDX-License-Identifier: Apache-2.0
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A file that appears under its name when it is whole; what is no plain file (a device, a link) is
/// written to instead.
final class FileWriter {
  private let path: String
  private let draft: String
  private var file: UnsafeMutablePointer<FILE>?
  private var buffer: [UInt8] = []

  init(path: String) throws {
    self.path = path
    var status = stat()
    let isSpecial = lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG
    draft = isSpecial ? path : "\(path).part-\(getpid())"
    file = fopen(draft, "w")
    guard file != nil else { throw problem("cannot write") }
    buffer.reserveCapacity(1 << 17)
  }

  private func problem(_ what: String) -> COCOError {
    COCOError("\(what) '\(path)': \(String(cString: strerror(errno)))")
  }

  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count > 1 << 16 { try flush() }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count > 1 << 16 { try flush() }
  }

  private func flush() throws {
    guard let file, fwrite(buffer, 1, buffer.count, file) == buffer.count else {
      throw problem("cannot write")
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the file in its place.
  func close() throws {
    try flush()
    guard let file else { return }
    self.file = nil
    guard fclose(file) == 0, draft == path || rename(draft, path) == 0 else {
      let problem = problem("cannot write")
      if draft != path { unlink(draft) }
      throw problem
    }
  }

  deinit {
    guard let file else { return }
    fclose(file)
    if draft != path { unlink(draft) }
  }
}
