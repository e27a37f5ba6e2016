// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import ThreshTensor

@testable import ThreshRuns

@Test func runFolder_thereAlready_isRefused() throws {
  let scratch = try Scratch()
  let path = scratch.path + "/a/b/run"
  try RunFolder.create(path)
  #expect(throws: TensorError.self) { try RunFolder.create(path) }
  #expect(throws: TensorError.self) { try RunFolder.create("") }
  #expect(throws: TensorError.self) { try RunFolder.create("/proc/no/such") }
}

@Test func processIdentity_ofThisProcess_isAliveAndNoOther() {
  let own = ProcessIdentity.own
  #expect(own.isAlive == true)
  func altered(host: String? = nil, boot: String? = nil, started: Int? = nil) -> ProcessIdentity {
    ProcessIdentity(
      host: host ?? own.host, boot: boot ?? own.boot, pid: own.pid,
      started: started ?? own.started)
  }
  #expect(altered(started: own.started + 1).isAlive == false)
  #expect(altered(boot: "before").isAlive == false)
  #expect(altered(host: "elsewhere").isAlive == nil)
}

@Test func processIdentity_endedProcess_isNotAlive() throws {
  var pid: pid_t = 0
  let words: [UnsafeMutablePointer<CChar>?] = [strdup("true"), nil]
  defer { free(words[0]) }
  try #require(posix_spawn(&pid, "/bin/true", nil, nil, words, nil) == 0)
  var status: Int32 = 0
  waitpid(pid, &status, 0)
  let own = ProcessIdentity.own
  let ended = ProcessIdentity(host: own.host, boot: own.boot, pid: Int(pid), started: own.started)
  #expect(ended.isAlive == false)
}
