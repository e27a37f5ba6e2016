// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A small file system in memory, for one test.
final class SmallDisk {
  let command: Command
  var path: String { command.folder + "/disk" }

  init(_ options: String = "size=256k") throws {
    command = try Command()
    guard try SmallDisk.mounted(command, "-t tmpfs -o \(options) none") else {
      throw Command.Trouble("cannot mount")
    }
  }

  deinit { _ = try? command.run(["-e", "os.execute('umount \(command.folder)/disk')"]) }

  func remount(_ options: String) throws {
    guard try SmallDisk.mounted(command, "-o remount,\(options)") else {
      throw Command.Trouble("cannot mount")
    }
  }

  private static func mounted(_ command: borrowing Command, _ words: String) throws -> Bool {
    let line = "mkdir -p disk && mount \(words) \(command.folder)/disk 2>&1"
    return try command.run(["-e", "os.exit(os.execute([[\(line)]]) and 0 or 1)"]).status == 0
  }

  static let isPossible: Bool = geteuid() == 0 && (try? SmallDisk()) != nil
}
