// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshRuns
import ThreshTensor

/// What is native below `th.runs`; Lua sees it through stdlib/thresh/runs.lua alone.
func runs() -> Namespace {
  var runs = Namespace("th.runs")
  runs.function("create_folder", most: 1) { call in
    try RunFolder.create(call.path(1, "path"))
    return .none
  }
  // The object that a JSON file holds.
  runs.function("read_json", most: 1) { call in
    let path = try call.path(1, "path")
    let json = try parsed(WholeFile.read(path), path)
    guard case .object = json else { throw TensorError("runs", "\(path) holds no JSON object") }
    return .one(luaValue(json))
  }
  // Eight hexadecimal digits that no other run has.
  runs.function("new_id", most: 0) { _ in
    let digits = String(UInt32.random(in: 0 ... .max), radix: 16)
    return .string(String(repeating: "0", count: 8 - digits.count) + digits)
  }
  runs.function("machine", most: 0) { _ in .one(machine()) }
  // What tells this process from every other.
  runs.function("process", most: 0) { _ in .one(process(ProcessIdentity.own)) }
  // is_alive{host, boot, pid, started}: nil where this machine cannot know.
  runs.function("is_alive", most: 1) { call in
    let o = try call.options(at: 1, allowed: ["host", "boot", "pid", "started"])
    let process = try ProcessIdentity(
      host: o.required("host", o.string("host")), boot: o.required("boot", o.string("boot")),
      pid: o.required("pid", o.integer("pid")), started: o.required("started", o.integer("started"))
    )
    return .one(process.isAlive.map { .boolean($0) } ?? .nil)
  }
  // open_index(root, in_memory): brought up to date.
  runs.function("open_index", most: 2) { call in
    let inMemory = try call.optionalBoolean(2, "in_memory") ?? false
    return .one(runIndex(try RunIndex(root: call.path(1, "root"), inMemory: inMemory)))
  }
  runs.function("event_writer", most: 1) { call in
    .one(eventWriter(try EventWriter(folder: call.path(1, "folder"))))
  }
  runs.function("network_file_system", most: 1) { call in
    .one(optionalText(NetworkFileSystem.name(of: try call.path(1, "path"))))
  }
  // The folder of a run and all below it.
  runs.function("remove_run", most: 1) { call in
    try RunFolder.remove(call.path(1, "path"))
    return .none
  }
  // Seconds since something was put into it or taken away.
  runs.function("folder_age", most: 1) { call in
    .number(try RunFolder.age(call.path(1, "path")))
  }
  runs.function("folder_size", most: 1) { call in
    .integer(RunFolder.size(try call.path(1, "path")))
  }
  runs.namespace(sweeps())
  return runs
}

private func parsed(_ bytes: [UInt8], _ name: String) throws -> JSON {
  do {
    return try JSON.parse(bytes)
  } catch let error as JSON.ParseError {
    throw TensorError("runs", "\(name) is no JSON: \(error)")
  }
}

private func process(_ own: ProcessIdentity) -> LuaValue {
  .table(
    LuaTable([
      "host": .string(own.host), "boot": .string(own.boot), "pid": .integer(own.pid),
      "started": .integer(own.started),
    ]))
}

private func machine() -> LuaValue {
  .table(
    LuaTable([
      "version": .string(threshVersion), "host": .string(Machine.hostName),
      "cpu": .string(Machine.cpuModel), "cores": .integer(Workers.coreCount),
      "load": Machine.load.map { .number($0) } ?? .nil, "level": .string(CPULevel.name),
      "blas": .string(BLAS.coreName), "convolution": .string(ConvolutionMethod.mode.name),
      "threads": .integer(Workers.threadCount),
    ]))
}
