// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that appears whole or not at all: written beside its place and renamed into it.
public enum AtomicFile {
  /// Writes the file at `path` with what `body` sends; on an error the old file stays.
  /// - Throws: `TensorError` with the path and the system's reason, or what `body` throws. What is
  ///   there must be a regular file: renaming would put one in the place of a device or a pipe.
  /// - Parameter durable: whether the file is on the disk when this returns, so that it lasts through a loss
  ///   of power; each costs some milliseconds.
  public static func write(
    _ path: String, durable: Bool = true,
    _ body: (_ send: @escaping (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    // A link is followed, so that it is its target that changes.
    var target = path
    if let resolved = realpath(path, nil) {
      target = String(cString: resolved)
      free(resolved)
    }
    var status = stat()
    if stat(target, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw TensorError("write", "\(path): not a regular file")
    }
    var clock = timespec()
    clock_gettime(CLOCK_MONOTONIC, &clock)
    let temporary = "\(target).\(getpid())-\(clock.tv_sec)-\(clock.tv_nsec).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw TensorError("write", "\(path): \(systemError())") }
    do {
      defer { close(file) }
      try body { bytes in
        var done = 0
        while let base = bytes.baseAddress, done < bytes.count {
          let sent = Glibc.write(file, base + done, bytes.count - done)
          if sent < 0 && errno == EINTR { continue }
          guard sent > 0 else { throw TensorError("write", "\(path): \(systemError())") }
          done += sent
        }
      }
      guard !durable || fsync(file) == 0 else {
        throw TensorError("write", "\(path): \(systemError())")
      }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let reason = systemError()
      unlink(temporary)
      throw TensorError("write", "\(path): \(reason)")
    }
    if durable { syncFolder(of: target) }
  }

  /// The names in the folder that holds `path` last, too. Where a file system cannot, the file is in its
  /// place all the same.
  private static func syncFolder(of path: String) {
    let end = path.lastIndex(of: "/")
    let folder = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  public static func write(_ path: String, _ bytes: [UInt8]) throws {
    try write(path) { send in try bytes.withUnsafeBytes { try send($0) } }
  }
}
