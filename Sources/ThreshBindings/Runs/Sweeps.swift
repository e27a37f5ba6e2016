// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshData
import ThreshLua
import ThreshRuns
import ThreshTensor

/// What is native below `th.sweep`; Lua sees it through stdlib/thresh/sweep alone.
func sweeps() -> Namespace {
  var sweep = Namespace("th.runs.sweep")
  addLeases(to: &sweep)
  addProcesses(to: &sweep)
  // SHA-256 of a text, in hexadecimal.
  sweep.function("digest", most: 1) { call in
    .string(try call.withBytes(1, "text") { Digest.sha256($0) })
  }
  return sweep
}

private func addLeases(to sweep: inout Namespace) {
  // claim(base, stale, every): { path, generation, deaths } when it is won, else nil.
  sweep.function("claim", most: 3) { call in
    let base = try call.path(1, "base")
    let stale = try call.number(2, "stale")
    switch try Lease.claim(base, stale: stale, every: call.number(3, "every")) {
    case .held(let lease):
      return .one(
        .table(
          LuaTable([
            "path": .string(lease.path), "deaths": .integer(lease.deaths),
            "generation": .integer(lease.generation),
          ])))
    case .taken: return .one(.nil)
    }
  }
  sweep.function("release", most: 1) { call in
    Lease.release(try call.path(1, "path"))
    return .none
  }
  // forgive(base, stale): who died holding it counts no longer.
  sweep.function("forgive", most: 2) { call in
    try Lease.forgive(call.path(1, "base"), stale: call.number(2, "stale"))
    return .none
  }
  // lease(base, stale): what is known of its holder, or nil.
  sweep.function("lease", most: 2) { call in
    let base = try call.path(1, "base")
    guard let state = try Lease.state(base, stale: call.number(2, "stale")) else { return .none }
    return .one(
      .table(
        LuaTable([
          "free": .boolean(state.isFree), "released": .boolean(state.isReleased),
          "age": .number(state.age), "generation": .integer(state.generation),
          "process": state.owner.map { .integer($0.pid) } ?? .nil,
          "host": state.owner.map { .string($0.host) } ?? .nil,
        ])))
  }
  // publish(path, text, durable): whether the file is ours; false when there was one.
  sweep.function("publish", most: 3) { call in
    let path = try call.path(1, "path")
    let durable = try call.optionalBoolean(3, "durable") ?? true
    return .boolean(
      try call.withBytes(2, "text") { try PublishedFile.write(path, [UInt8]($0), durable: durable) }
    )
  }
}

private func addProcesses(to sweep: inout Namespace) {
  // start(words, variables by name, output): the process id.
  sweep.function("start", most: 3) { call in
    let words = try texts(call, 1, "words")
    let variables = try call.optionalTable(2, "variables")?.fields.map { key, value in
      guard let name = key.text, let text = value.text else {
        throw TensorError("start", "variables must be texts by name")
      }
      return (name: name, value: text)
    }
    let output = try call.optionalString(3, "output")
    return .integer(
      try ChildProcess.start(words, variables: variables ?? [], output: output))
  }
  // status(process): its exit status, nil while it runs.
  sweep.function("status", most: 1) { call in
    .one(try ChildProcess.status(call.integer(1, "process")).map { .integer($0) } ?? .nil)
  }
  sweep.function("stop", most: 2) { call in
    let process = try call.integer(1, "process")
    let forced = try call.optionalBoolean(2, "forced") ?? false
    try ChildProcess.send(forced ? SIGKILL : SIGTERM, to: process)
    return .none
  }
  // The end of the process `parent` is the end of this one.
  sweep.function("follow", most: 1) { call in
    LeaseHeart.follow(parent: try call.integer(1, "parent"))
    return .none
  }
  sweep.function("process_id", most: 0) { _ in .integer(Int(getpid())) }
  sweep.function("executable", most: 0) { _ in
    var path = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &path, path.count)
    guard count > 0 else { throw TensorError("executable", "/proc/self/exe cannot be read") }
    let bytes = path.prefix(count).map { UInt8(bitPattern: $0) }
    return .string(String(decoding: bytes, as: UTF8.self))
  }
  // sleep(seconds), until Ctrl-C at most.
  sweep.function("sleep", most: 1) { call in
    let seconds = try call.number(1, "seconds")
    guard seconds >= 0, seconds <= 3600 else {
      throw call.argumentError(1, "seconds", "0 to 3600 expected, got \(seconds)")
    }
    let end = MonotonicClock.seconds + seconds
    while true {
      try Interrupt.check("sleep")
      let left = end - MonotonicClock.seconds
      guard left > 0 else { return .none }
      usleep(UInt32(min(left, 0.02) * 1e6))
    }
  }
}

private func texts(_ call: LuaCall, _ i: Int, _ name: String) throws -> [String] {
  try call.table(i, name).array.map { value in
    guard let text = value.text else {
      throw call.argumentError(i, name, "a list of texts expected, got a \(value.typeName) in it")
    }
    return text
  }
}
