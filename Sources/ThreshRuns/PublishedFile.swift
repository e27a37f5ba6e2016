// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Files that are written once, by whoever of many processes comes first.
public enum PublishedFile {
  /// Puts a file at `path`, whole, unless there is one: then nothing changes and the result is false.
  ///
  /// Its content is on the disk before it has its name. The name itself may be lost with the power: whoever
  /// looks for the file then writes it anew.
  /// - Parameter durable: false for what is not worth waiting for the disk.
  /// - Throws: `TensorError` with the path and the system's reason.
  public static func write(_ path: String, _ bytes: [UInt8], durable: Bool = true) throws -> Bool {
    let draft = "\(path).draft-\(Machine.hostName)-\(getpid())"
    let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw problem(path) }
    defer { unlink(draft) }
    do {
      defer { close(file) }
      var done = 0
      while done < bytes.count {
        let sent = bytes.withUnsafeBytes {
          Glibc.write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
        }
        if sent < 0 && errno == EINTR { continue }
        guard sent > 0 else { throw problem(path) }
        done += sent
      }
      guard !durable || fsync(file) == 0 else { throw problem(path) }
    }
    // Unlike a rename, a link fails where there is a file already.
    if link(draft, path) == 0 { return true }
    guard errno == EEXIST else { throw problem(path) }
    return false
  }

  private static func problem(_ path: String) -> TensorError {
    TensorError("write", "\(path): \(String(cString: strerror(errno)))")
  }
}
