// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A regular file mapped read-only: a page is read when it is first touched, the system drops it when
/// memory is short, and none of them counts in the budget of tensors.
///
/// The file stays open until the last reference goes. It must not be cut short meanwhile, because
/// touching what is no longer there ends the process; `requireWhole` sees a cut that came before it.
public final class MappedFile: @unchecked Sendable {
  public let path: String
  public let bytes: UnsafeRawBufferPointer
  private let file: OpenFile

  /// - Throws: `TensorError` naming the path, for what is no regular file or cannot be mapped.
  public convenience init(_ path: String) throws { try self.init(OpenFile(path), path) }

  init(_ file: OpenFile, _ path: String) throws {
    self.file = file
    self.path = path
    guard file.size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let base = mmap(nil, file.size, PROT_READ, MAP_PRIVATE, file.descriptor, 0)
    guard let base, base != MAP_FAILED else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      throw TensorError("map", "\(path): \(systemError())")
    }
    bytes = UnsafeRawBufferPointer(start: base, count: file.size)
  }

  deinit {
    if let base = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: base), bytes.count)
    }
  }

  /// Throws when the file has become shorter than it was when it was mapped.
  public func requireWhole() throws {
    var status = stat()
    guard fstat(file.descriptor, &status) == 0, Int(status.st_size) >= bytes.count else {
      throw TensorError(
        "map",
        "\(path): the file had \(bytes.count) bytes when it was mapped and has \(status.st_size) "
          + "now; a mapped file must not be cut short")
    }
  }
}
