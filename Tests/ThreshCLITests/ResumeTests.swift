// SPDX-License-Identifier: Apache-2.0
import CTerminal
import FoundationEssentials
import Glibc
import Testing

/// Training in processes of their own that are killed, asked to end, or left without room.
@Suite(.serialized) struct ResumeTests {
  static let scripts = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts").path

  /// Numbers from 0 to 1 of a seed.
  private struct Draws {
    var state: UInt64
    mutating func next() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53)
    }
  }

  private func training(_ name: String, _ folder: String, _ more: [String] = []) -> [String] {
    [Self.scripts + "/resume/run.lua", Self.scripts, name, folder] + more
  }

  /// What an uninterrupted run ends with, and the seconds that it takes.
  private func whole(_ name: String, _ command: borrowing Command) throws -> (String, Double) {
    let folder = command.folder + "/whole"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let began = ContinuousClock.now
    let result = try command.run(training(name, folder))
    try #require(result.status == 0, "\(result.errors)")
    let seconds = ContinuousClock.now - began
    return (command.text(folder + "/outcome.json"), seconds / .seconds(1))
  }

  /// Where a checkpoint falls and where the signal does, no seed decides; that the end is the same
  /// must hold wherever.
  @Test(arguments: ["augmented", "gradmatch", "selective", "warm_adam", "detection"])
  func training_killedTenTimes_endsWithTheBitsOfAnUninterruptedRun(_ name: String) throws {
    let command = try Command()
    let (wanted, seconds) = try whole(name, command)
    let folder = command.folder + "/killed"
    let (output, errors) = (command.folder + "/.output", command.folder + "/.errors")
    let input = try command.file(".input", "")
    var draws = Draws(state: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ Int($1) }))
    var kills = 0
    while kills < 10 {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      let child = try Child.start(
        training(name, folder), environment: command.environment([:])
      ) { words, variables in
        thresh_test_start(
          Command.executable, words, variables, command.folder, input, output, errors)
      }
      usleep(UInt32((0.05 + draws.next() * max(seconds, 0.2) / 5) * 1e6))
      kill(child.id, SIGKILL)
      let status = try child.wait(seconds: 60)
      #expect(command.text(errors) == "")
      if status == 128 + SIGKILL {
        kills += 1
      } else {
        // It was faster: its end counts, too, and another run is begun.
        #expect(status == 0)
        #expect(command.text(folder + "/outcome.json") == wanted)
        try FileManager.default.removeItem(atPath: folder)
      }
    }
    let last = try command.run(training(name, folder))
    #expect(last.status == 0, "\(last.errors)")
    #expect(command.text(folder + "/outcome.json") == wanted)
  }

  /// TERM writes a checkpoint and ends with 143; the next start goes on from it.
  @Test func training_terminated_writesACheckpointAndGoesOn() throws {
    let command = try Command()
    let (wanted, _) = try whole("gradmatch", command)
    let folder = command.folder + "/ended"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let ended = try command.run(training("gradmatch", folder, ["TERM"]))
    #expect(ended.status == 128 + SIGTERM)
    #expect(
      ended.errors.contains("train: ended by SIGTERM; the checkpoint '000002-00000000'"),
      "\(ended.errors)")
    let last = try command.run(training("gradmatch", folder))
    #expect(last.status == 0 && last.errors == "", "\(last.errors)")
    #expect(command.text(folder + "/outcome.json") == wanted)
  }

  /// On another CPU feature level the run goes on, but its bits are others: that is told.
  @Test func training_resumedOnAnotherLevel_warns() throws {
    let command = try Command()
    let folder = command.folder + "/moved"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let level = try command.run(["-e", "print(require('thresh').cpu_level())"]).output
    let ended = try command.run(training("warm_adam", folder, ["TERM"]))
    #expect(ended.status == 128 + SIGTERM)
    let moved = try command.run(
      training("warm_adam", folder), environment: ["THRESH_CPU": "generic"])
    #expect(moved.status == 0)
    let warning = "CPU level: \(level.dropLast()) in the checkpoint, generic now"
    #expect(moved.errors.contains(warning) == (level != "generic\n"), "\(moved.errors)")
  }

  /// USR1 writes a checkpoint and training goes on; afterwards the signals are the system's again.
  @Test func training_askedForACheckpoint_writesItAndGoesOn() throws {
    let command = try Command()
    let (wanted, _) = try whole("augmented", command)
    let folder = command.folder + "/asked"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    let asked = try command.run(training("augmented", folder, ["USR1"]))
    #expect(asked.status == 128 + SIGUSR1)
    #expect(asked.output.contains("000002-00000000.json"), "\(asked.output)")
    #expect(command.text(folder + "/outcome.json") == wanted)
  }

  /// Without checkpoints, and at the prompt, TERM ends the process as ever.
  @Test func term_withoutCheckpoints_killsTheProcess() throws {
    let result = try Command().run([
      "-e", "print(require('thresh').signals.requested()); os.execute('kill -TERM $PPID')",
    ])
    #expect(result.status == 128 + SIGTERM && result.errors == "")
    let watched = try Command().run([
      "-e",
      """
      local s = require('thresh').signals
      print(s.watch(), s.watch())
      os.execute('kill -USR1 $PPID')
      s.unwatch()
      print(s.requested(), s.requested())
      os.execute('kill -TERM $PPID')
      print(s.requested(), s.requested())
      error 'asked to end'
      """,
    ])
    #expect(watched.output == "true\ttrue\ncheckpoint\tnil\nterminate\tterminate\n")
    #expect(watched.status == 128 + SIGTERM && watched.errors.contains("asked to end"))
  }

  private static let canMount: Bool = {
    let folder = "/tmp/thresh-mount-\(getpid())"
    mkdir(folder, 0o700)
    defer { rmdir(folder) }
    guard mount("none", folder, "tmpfs", 0, "size=64k") == 0 else { return false }
    umount(folder)
    return true
  }()

  /// A disk that fills up, and one that may not be written: the error says so, what was written before is
  /// kept, and with room the run goes on.
  @Test(.enabled(if: canMount, "mounting a small tmpfs needs root"))
  func training_diskFullOrReadOnly_losesNothing() throws {
    let command = try Command()
    let (wanted, _) = try whole("augmented", command)
    let folder = command.folder + "/disk"
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    try #require(mount("none", folder, "tmpfs", 0, "size=100k") == 0)
    defer { umount(folder) }
    let full = try command.run(training("augmented", folder, ["KEEP"]))
    #expect(full.status == 1)
    #expect(full.errors.contains("cannot be written"), "\(full.errors)")
    #expect(full.errors.contains("No space left on device"), "\(full.errors)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/checkpoints")
    #expect(!names.contains { $0.hasSuffix(".tmp") } && names.contains { $0.hasSuffix(".json") })

    let readOnly = UInt(MS_REMOUNT | MS_RDONLY)
    #expect(mount("none", folder, "tmpfs", readOnly, "size=8m") == 0)
    let refused = try command.run(training("augmented", folder))
    #expect(refused.status == 1)
    #expect(refused.errors.contains("checkpoints cannot be written to"), "\(refused.errors)")
    #expect(refused.errors.contains("Read-only file system"), "\(refused.errors)")

    #expect(mount("none", folder, "tmpfs", UInt(MS_REMOUNT), "size=8m") == 0)
    let last = try command.run(training("augmented", folder))
    #expect(last.status == 0 && last.errors == "", "\(last.errors)")
    #expect(command.text(folder + "/outcome.json") == wanted)
  }
}
