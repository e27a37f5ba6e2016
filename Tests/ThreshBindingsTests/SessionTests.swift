// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshKit

/// What an embedder sees: `Session`.
@Suite(.serialized) struct SessionTests {
  @Test func tensors_travelByReference() throws {
    let session = try Session()
    let tensor = try Tensor([1, 2, 3] as [Float])
    try session.set("t", tensor)
    try session.run("t:mul_(2)")
    #expect(try session.get("t", as: Tensor.self) === tensor)
    try session.register("norm") { (t: Tensor) in t.shape[0] }
    let sum: Double = try session.call(
      "total", tensor, defining: "function total(t) return t:sum():item() + norm(t) end")
    #expect(sum == 15)
    #expect(
      throws: LuaError.self, performing: { try session.get("norm", as: Tensor.self) })
  }

  @Test func sessions_haveTheirOwnGlobalsAndSeeds() throws {
    let a = try Session()
    var options = Session.Options()
    options.seed = 9
    let (b, c) = (try Session(options), try Session(options))
    try a.set("x", 1)
    #expect(try b["x"].isNil)
    let draw = "return require('thresh').rand(1):item()"
    let draws = try [a, b, c].map { try Double.from(lua: $0.run(draw).first ?? .nil) }
    #expect(draws[0] != draws[1])
    #expect(draws[1] == draws[2])
    try b.set("x", 2)
    #expect(try a.get("x") == 1)
  }

  /// In a process of its own: a limit counts the tensors of all sessions of the process.
  @Test func sessions_haveTheirOwnMemoryLimits() async {
    await #expect(processExitsWith: .success) {
      var options = Session.Options()
      options.memoryLimit = 64 << 20
      let large = try Session()
      let small = try Session(options)
      let bomb = "return require('thresh').zeros(32 << 20):numel()"  // 128 MiB
      let error = #expect(throws: LuaError.self) { try small.run(bomb) }
      #expect(error?.message.contains("not enough memory") == true)
      // Opening a session with a small limit leaves the others as they were.
      #expect(try large.run(bomb).first.map { try Int.from(lua: $0) } == 32 << 20)
      try large.lua.collectGarbage()
      #expect(throws: LuaError.self) { try small.run("return ('x'):rep(100 << 20)") }
      #expect(throws: Never.self) { try large.run("return #('x'):rep(100 << 20)") }
      // Calls from one into the other: each under its own limit.
      try large.register("inner") { () -> Bool in (try? small.run(bomb)) == nil }
      let both = try large.run(
        "return inner() and \(32 << 20) == require('thresh').zeros(32 << 20):numel()")
      #expect(try both.first.map { try Bool.from(lua: $0) } == true)
    }
  }

  @Test func limits_ofOptions_raise() throws {
    var options = Session.Options()
    options.instructionLimit = 2_000_000
    let counted = try Session(options)
    var error = #expect(throws: LuaError.self) {
      try counted.run("while true do pcall(function() end) end")
    }
    #expect(error?.kind == .limit)
    options = Session.Options()
    options.timeLimit = 0.1
    let timed = try Session(options)
    error = #expect(throws: LuaError.self) {
      try timed.run(
        "local th = require 'thresh' local a = th.ones(4000, 4000) while true do pcall(th.matmul, a, a) end"
      )
    }
    #expect(error?.kind == .limit)
    #expect(
      try timed.run("return require('thresh').ones(2):sum():item()").first.map {
        try Double.from(lua: $0)
      } == 2)
  }

  /// One session's time is up while another works on its own thread: that one goes on.
  @Test func timeLimit_sessionOnAnotherThread_goesOn() async throws {
    async let work = Task.detached { () throws -> Double in
      let session = try Session()
      let values = try session.run(
        """
        local th = require "thresh"
        local a, sum = th.ones(300, 300), 0
        for i = 1, 200 do sum = sum + th.matmul(a, a):mean():item() end
        return sum
        """)
      return try Double.from(lua: values.first ?? .nil)
    }.value
    var options = Session.Options()
    options.timeLimit = 0.01
    let timed = try Session(options)
    for _ in 1...20 {
      let error = #expect(throws: LuaError.self) {
        try timed.run(
          "local th = require 'thresh' local a = th.ones(300, 300) while true do th.matmul(a, a) end"
        )
      }
      #expect(error?.kind == .limit)
    }
    #expect(try await work == 60_000)
  }

  @Test func sandboxed_hostFunctionsAndThresh_work() throws {
    let session = try Session(.sandboxed)
    try session.register("twice") { (x: Double) in 2 * x }
    #expect(
      try session.run("return twice(require('thresh').ones(3):sum():item())").first
        .map { try Double.from(lua: $0) } == 6)
    #expect(try session["io"].isNil)
    #expect(throws: LuaError.self) { try session.run("require('thresh').load_npy('x.npy')") }
  }

  /// Every function of `th` is either on the sandbox's list or refused; nothing else is there.
  @Test func sandboxed_surface_isSmallerByFilesAlone() throws {
    let walk = """
      local function walk(t, path, found)
        for k, v in next, t do
          if type(v) == "table" then walk(v, path .. "." .. k, found)
          elseif type(v) == "function" then
            local ok, problem = pcall(v)
            found[path .. "." .. k] = not ok and tostring(problem):find("available in the sandbox", 1, true) and "refused" or "there"
          end
        end
        return found
      end
      local names = {}
      for name, state in pairs(walk(require "thresh.core", "th", {})) do
        if state == "refused" then names[#names + 1] = name end
      end
      table.sort(names)
      return table.concat(names, " ")
      """
    let refused = try Session(.sandboxed).run(walk).first?.text
    #expect(
      refused
        == "th.coco.copy th.coco.merge th.coco.read_annotations th.coco.read_results th.data.cifar10 "
        + "th.data.cifar10_file th.data.coco_images th.data.decode_image th.data.from_npy "
        + "th.data.from_npz th.data.from_raw th.data.image th.data.image_folder th.data.save_png "
        + "th.detect.load_backbone th.list_directory th.load_npy th.load_npz th.load_safetensors "
        + "th.make_directory th.reset_peak_memory "
        + "th.runs.create_folder th.runs.event_writer th.runs.folder_age "
        + "th.runs.folder_size th.runs.is_alive th.runs.machine th.runs.network_file_system "
        + "th.runs.new_id th.runs.open_index th.runs.process th.runs.read_json "
        + "th.runs.remove_run th.runs.sweep.claim th.runs.sweep.digest "
        + "th.runs.sweep.executable th.runs.sweep.follow th.runs.sweep.forgive th.runs.sweep.lease "
        + "th.runs.sweep.process_id th.runs.sweep.publish th.runs.sweep.release "
        + "th.runs.sweep.sleep th.runs.sweep.start th.runs.sweep.status th.runs.sweep.stop "
        + "th.save_npy th.save_npz th.save_safetensors th.select.read_trace "
        + "th.select.write_trace th.set_convolution th.set_num_threads th.sha256 "
        + "th.signals.requested th.signals.unwatch th.signals.watch th.write_file")
  }
}

extension Session {
  /// Runs `source`, then calls `name`.
  fileprivate func call(_ name: String, _ tensor: Tensor, defining source: String) throws -> Double
  {
    try run(source)
    return try call(name, tensor)
  }
}
