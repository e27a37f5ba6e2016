// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@testable import ThreshRuns

@Suite struct LeaseTests {
  let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "lease-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func isHeld(_ claim: Lease.Claim) -> Bool {
    if case .held = claim { return true }
    return false
  }

  /// Writes what another process's lease looks like.
  private func write(_ name: String, host: String? = nil, pid: Int, started: Int, age: Int) throws {
    let own = ProcessIdentity.own
    let owner = ProcessIdentity(
      host: host ?? own.host, boot: own.boot, pid: pid, started: started)
    try owner.line.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    time.tv_sec -= age
    utimensat(AT_FDCWD, folder + "/" + name, [time, time], 0)
  }

  @Test func claim_nobodyHasIt_isHeldAndRenewed() throws {
    let claim = try Lease.claim(folder + "/a", stale: 60, every: 10)
    guard case .held(let lease) = claim else {
      Issue.record("not held")
      return
    }
    #expect(lease.generation == 0 && lease.deaths == 0)
    let state = try #require(try Lease.state(folder + "/a", stale: 60))
    #expect(state.owner == .own && !state.isFree && !state.isReleased)
  }

  @Test func claim_releasedLease_nextGenerationWithoutDeath() throws {
    guard case .held(let first) = try Lease.claim(folder + "/a", stale: 60, every: 10) else {
      return
    }
    Lease.release(first.path)
    guard case .held(let second) = try Lease.claim(folder + "/a", stale: 60, every: 10) else {
      Issue.record("not held")
      return
    }
    #expect(second.generation == 1 && second.deaths == 0)
  }

  @Test func claim_deadProcess_isTakenAtOnceAndCounted() throws {
    try write("a.0", pid: Int(getpid()), started: 1, age: 0)
    guard case .held(let lease) = try Lease.claim(folder + "/a", stale: 60, every: 10) else {
      Issue.record("not held")
      return
    }
    #expect(lease.generation == 1 && lease.deaths == 1)
  }

  @Test func claim_livingProcessThatDoesNotRenew_keepsIt() throws {
    let parent = Int(getppid())
    try write("a.0", pid: parent, started: ProcessIdentity.start(of: parent) ?? 0, age: 3600)
    #expect(!isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
  }

  @Test func claim_otherHost_onlyWhenStale() throws {
    try write("a.0", host: "elsewhere", pid: 1, started: 1, age: 30)
    #expect(!isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
    try write("a.0", host: "elsewhere", pid: 1, started: 1, age: 90)
    #expect(isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
  }

  @Test func claim_ownLeaseOfAnInterruptedCall_isTakenBack() throws {
    #expect(isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
    #expect(isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
  }

  @Test func claim_halfWrittenLease_waitsUntilStale() throws {
    try "".write(toFile: folder + "/a.0", atomically: false, encoding: .utf8)
    #expect(!isHeld(try Lease.claim(folder + "/a", stale: 60, every: 10)))
  }

  @Test func claim_missingFolder_errorNamesIt() throws {
    let error = #expect(throws: (any Error).self) {
      try Lease.claim(folder + "/no/a", stale: 60, every: 10)
    }
    #expect("\(try #require(error))".contains(folder + "/no/a.0"))
  }

  @Test func publish_secondWriter_changesNothing() throws {
    #expect(try PublishedFile.write(folder + "/r", Array("one".utf8)))
    #expect(try !PublishedFile.write(folder + "/r", Array("two".utf8)))
    #expect(try String(contentsOfFile: folder + "/r", encoding: .utf8) == "one")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["r"])
  }

  @Test func childProcess_exitAndSignal_giveTheStatusOfAShell() throws {
    let log = folder + "/log"
    let child = try ChildProcess.start(
      ["sh", "-c", "echo $GREETING; exit 7"], variables: [("GREETING", "hello")], output: log)
    #expect(try waited(child) == 7)
    #expect(try String(contentsOfFile: log, encoding: .utf8) == "hello\n")
    let sleeper = try ChildProcess.start(["sleep", "100"])
    #expect(try ChildProcess.status(sleeper) == nil)
    try ChildProcess.send(SIGKILL, to: sleeper)
    #expect(try waited(sleeper) == 128 + 9)
  }

  @Test func childProcess_unknownProgramOrProcess_errors() throws {
    #expect(throws: (any Error).self) { try ChildProcess.start(["/no/such/program"]) }
    #expect(throws: (any Error).self) { try ChildProcess.start([]) }
    #expect(throws: (any Error).self) { try ChildProcess.status(1) }
    #expect(throws: (any Error).self) { try ChildProcess.send(SIGTERM, to: Int(getppid())) }
  }

  private func waited(_ child: Int) throws -> Int? {
    for _ in 0..<1000 {
      if let status = try ChildProcess.status(child) { return status }
      usleep(10_000)
    }
    return nil
  }
}
