// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// Numbers that change with the files of runs that the index reads, from what the file system tells of them:
/// which file it is, its size and when it was written.
struct FolderStamps: ~Copyable {
  private let directory: Int32

  private static let files = ["/status.json", "/config.json", "/metrics.jsonl"].map {
    $0.utf8.map { CChar(bitPattern: $0) } + [0]
  }

  init(root: String) throws {
    directory = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else {
      throw TensorError("runs", "'\(root)': \(String(cString: strerror(errno)))")
    }
  }

  deinit { close(directory) }

  /// The number of one folder; nil where there is neither status nor configuration.
  func stamp(of folder: String) -> Int? {
    var digest: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ value: Int) {
      digest = (digest ^ UInt64(bitPattern: Int64(value))) &* 0x100_0000_01b3
      digest ^= digest >> 29
    }
    var isRun = false
    let name = folder.utf8.map { CChar(bitPattern: $0) }
    for (i, file) in FolderStamps.files.enumerated() {
      var status = stat()
      let isThere = fstatat(directory, name + file, &status, 0) == 0
      mix(isThere ? 1 : 2)
      guard isThere else { continue }
      isRun = isRun || i < 2
      mix(Int(status.st_ino))
      mix(Int(status.st_size))
      mix(status.st_mtim.tv_sec)
      mix(status.st_mtim.tv_nsec)
    }
    return isRun ? Int(truncatingIfNeeded: digest) : nil
  }
}
