// SPDX-License-Identifier: Apache-2.0
import ThreshKit

extension LuaSession {
  /// Calls a function of a module that scripts have required, for what Lua itself cannot do after Ctrl-C: then
  /// none of its handlers runs. Nothing is done, and no error told, where there is no such module.
  func callLoaded(_ module: String, _ function: String, _ arguments: [LuaValue] = []) {
    guard !isSandboxed, case .table(let package)? = try? global("package"),
      case .table(let loaded)? = try? package.get("loaded"),
      case .table(let table)? = try? loaded.get(module),
      case .function(let body)? = try? table.get(function)
    else { return }
    _ = try? call(body, arguments)
  }
}
