// SPDX-License-Identifier: Apache-2.0
import CStdlib
import FoundationEssentials
import ThreshBindings
import ThreshLua

/// The Lua files of `stdlib/`, which come from the binary; THRESH_STDLIB names a folder to use
/// instead, for those who work on them.
enum StandardLibrary {
  static func install(in lua: LuaSession) throws {
    if !lua.isSandboxed, let folder = ProcessInfo.processInfo.environment["THRESH_STDLIB"],
      !folder.isEmpty
    {
      try install(folder, in: lua)
      return
    }
    if !lua.isSandboxed {
      // The text of a module, or nil: what help() reads.
      let text = try lua.registerFunction(path: "embedded") { call in
        let file = thresh_stdlib_find(try call.string(1, "module"))
        guard let text = file.text else { return .one(.nil) }
        return .string(String(cString: text))
      }
      try lua.setLoaded("thresh.embedded", text)
    }
    for i in 0..<thresh_stdlib_count() {
      let file = thresh_stdlib_at(i)
      let name = String(cString: file.name)
      guard !name.hasPrefix("meta."), !lua.isSandboxed || Sandbox.modules.contains(name) else {
        continue
      }
      try lua.preload(
        module: name, text: UnsafeRawBufferPointer(start: file.text, count: file.size))
    }
  }

  private static func install(_ folder: String, in lua: LuaSession) throws {
    try lua.run(
      """
      local d = ...
      package.path = d .. '/?.lua;' .. d .. '/?/init.lua;' .. package.path
      package.loaded['thresh.embedded'] = function(name)
        local path = package.searchpath(name, d .. '/?.lua;' .. d .. '/?/init.lua')
        local file = path and io.open(path)
        if not file then return nil end
        local text = file:read 'a'
        file:close()
        return text
      end
      """,
      name: "=stdlib", arguments: [.string(folder)])
  }
}
