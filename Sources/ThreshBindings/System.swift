// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import ThreshLua
import ThreshTensor

/// `th.clock`, `th.no_grad`, threads, memory and what progress lines need of the terminal.
func addSystem(to th: inout Namespace) {
  th.function("clock") { _ in .number(MonotonicClock.seconds) }
  th.function("is_terminal") { call in
    .boolean(isatty(Int32(truncatingIfNeeded: try call.integer(1, "fd"))) == 1)
  }
  th.function("terminal_width") { _ in .integer(terminalWidth()) }
  th.function("make_directory") { call in
    let path = try call.path(1, "path")
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TensorError("make_directory", "'\(path)' cannot be made a folder: \(error)")
    }
    return .none
  }

  th.function("no_grad") { call in
    let body = try call.function(1, "f")
    let arguments = try call.values(from: 2)
    return .many(try GradMode.off { try body.call(arguments) })
  }
  th.function("enable_grad") { call in
    let body = try call.function(1, "f")
    let arguments = try call.values(from: 2)
    return .many(try GradMode.with(true) { try body.call(arguments) })
  }
  th.function("is_grad_enabled") { _ in .boolean(GradMode.isEnabled) }

  th.function("num_threads") { _ in .integer(Workers.threadCount) }
  th.function("set_num_threads") { call in
    let n = try call.integer(1, "n")
    guard n >= 1 else { throw call.argumentError(1, "n", "at least 1 thread is needed, got \(n)") }
    Workers.threadCount = n
    return .none
  }
  // set_convolution("auto" | "direct"): whether Winograd's form may be used; gives the mode before.
  th.function("set_convolution") { call in
    let before = ConvolutionMethod.mode
    let name = try call.string(1, "mode")
    guard let mode = ConvolutionMethod.Mode(name: name) else {
      throw call.argumentError(1, "mode", "'auto' or 'direct' expected, got '\(name)'")
    }
    ConvolutionMethod.mode = mode
    return .string(before.name)
  }
  th.function("cpu_level") { _ in .string(CPULevel.name) }
  th.function("memory") { call in
    let lua = try call.session.memory
    return .one(
      .table(
        LuaTable([
          "lua": .integer(lua.lua), "tensors": .integer(MemoryPool.shared.liveBytes),
          "peak": .integer(MemoryPool.shared.peakBytes), "limit": .integer(lua.limit),
        ])))
  }
  th.function("peak_memory") { _ in .integer(MemoryPool.shared.peakBytes) }
  th.function("reset_peak_memory") { _ in
    MemoryPool.shared.resetPeak()
    return .none
  }
}

/// Columns of the terminal on standard error or output; 80 when there is none.
private func terminalWidth() -> Int {
  var size = winsize()
  for descriptor in [Int32(2), 1, 0] where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 {
    if size.ws_col > 0 { return Int(size.ws_col) }
  }
  return 80
}
