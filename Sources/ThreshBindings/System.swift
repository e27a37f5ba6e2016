// SPDX-License-Identifier: Apache-2.0
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
  th.function("make_directory", most: 1) { call in
    let path = try call.path(1, "path")
    let problem = makeFolders(path)
    guard problem == 0 else {
      throw TensorError(
        "make_directory",
        "'\(path)' cannot be made a folder: \(String(cString: strerror(problem)))")
    }
    return .none
  }

  // The names in a folder, those of folders with a slash; at most `limit`, in no order.
  th.function("list_directory") { call in
    let path = try call.path(1, "path")
    let limit = try call.optionalInteger(2, "limit") ?? .max
    guard let folder = opendir(path) else {
      throw TensorError(
        "list_directory", "'\(path)' cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { closedir(folder) }
    var names: [LuaValue] = []
    while names.count < limit, let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      names.append(.string(isFolder(entry, path + "/" + name) ? name + "/" : name))
    }
    return .list(names)
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
  th.function("set_num_threads", most: 1) { call in
    let n = try call.integer(1, "n")
    guard n >= 1, n <= Workers.most else {
      throw call.argumentError(1, "n", "1 to \(Workers.most) threads are possible, got \(n)")
    }
    Workers.threadCount = n
    return .none
  }
  // set_convolution("auto" | "direct"): whether Winograd's form may be used; gives the mode before.
  th.function("set_convolution", most: 1) { call in
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
  th.function("reset_peak_memory", most: 0) { _ in
    MemoryPool.shared.resetPeak()
    return .none
  }
}

/// Makes a folder and those above it; 0, or the errno of what could not be made.
private func makeFolders(_ path: String) -> Int32 {
  var made = path.hasPrefix("/") ? "/" : "./"
  var status = stat()
  if path.isEmpty { return ENOENT }
  if path.utf8.contains(0) { return EINVAL }
  for name in path.split(separator: "/") {
    made += name
    defer { made += "/" }
    if mkdir(made, 0o777) == 0 { continue }
    let problem = errno
    // Whatever mkdir says of a folder that is there, it is there.
    guard stat(made, &status) == 0 else { return problem }
    if status.st_mode & S_IFMT != S_IFDIR { return ENOTDIR }
  }
  return 0
}

private func isFolder(_ entry: UnsafeMutablePointer<dirent>, _ path: String) -> Bool {
  if entry.pointee.d_type == UInt8(DT_DIR) { return true }
  guard entry.pointee.d_type == UInt8(DT_LNK) || entry.pointee.d_type == UInt8(DT_UNKNOWN) else {
    return false
  }
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// Columns of the terminal on standard error or output; 80 when there is none.
private func terminalWidth() -> Int {
  var size = winsize()
  for descriptor in [Int32(2), 1, 0] where ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 {
    if size.ws_col > 0 { return Int(size.ws_col) }
  }
  return 80
}
