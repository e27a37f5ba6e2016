// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// The Swift body behind a Lua function.
final class LuaFunctionBody {
  let name: String
  let body: (LuaCall) throws -> LuaResult

  init(name: String, _ body: @escaping (LuaCall) throws -> LuaResult) {
    self.name = name
    self.body = body
  }

  /// The last part of the name: `relu` of `th.nn.relu`.
  var shortName: String {
    guard let dot = name.lastIndex(of: ".") else { return name }
    return String(name[name.index(after: dot)...])
  }

  func run(_ raw: UnsafeMutablePointer<thresh_call>) -> Int32 {
    let call = LuaCall(raw: raw, body: self)
    do {
      switch try body(call) {
      case .none: break
      case .one(.number(let value)):
        thresh_list_add(thresh_call_results(raw), THRESH_NUMBER).pointee.number = value
      case .one(.integer(let value)):
        thresh_list_add(thresh_call_results(raw), THRESH_INTEGER).pointee.integer = value
      case .one(.boolean(let value)):
        thresh_list_add(thresh_call_results(raw), THRESH_BOOLEAN).pointee.boolean = value
      case .one(.object(let object)): try call.writer.add(object: object)
      case .one(let value): try call.writer.add(value)
      case .many(let values):
        let writer = call.writer
        for value in values { try writer.add(value) }
      }
      return Int32(THRESH_OK.rawValue)
    } catch {
      return Int32(report(error, raw).rawValue)
    }
  }

  /// Leaves with the call what Lua is to raise.
  private func report(
    _ error: any Error, _ raw: UnsafeMutablePointer<thresh_call>
  ) -> thresh_status {
    thresh_list_clear(raw.pointee.session, thresh_call_results(raw))
    switch error {
    case let error as LuaArgumentError:
      thresh_call_fail(
        raw, shortened(error.reason), shortName, Int32(error.position), error.parameter)
    case let error as LuaSurplusError:
      thresh_call_refuse_from(raw, shortName, Int32(error.first))
    case let error as LuaError:
      if error.kind == .interrupted { return THRESH_INTERRUPTED }
      if let value = error.value, (try? LuaCall(raw: raw, body: self).writer.add(value)) != nil {
        return THRESH_RAISE
      }
      thresh_call_fail(raw, shortened(error.message), error.op, 0, nil)
    case is any LuaInterruptError:
      return THRESH_INTERRUPTED
    case let error as any LuaConvertibleError:
      thresh_call_fail(raw, shortened(error.message), error.op, 0, nil)
      return error is any LuaOutOfMemoryError ? THRESH_OUT_OF_MEMORY : THRESH_FAILED
    default:
      thresh_call_fail(raw, shortened("\(error)"), shortName, 0, nil)
    }
    return THRESH_FAILED
  }

  /// A message that fits a screen: a name or a path in it may be as long as a caller likes.
  private func shortened(_ message: String) -> String {
    let most = 1_000
    return message.utf8.count <= most ? message : "\(message.prefix(700)) … \(message.suffix(200))"
  }

  /// Swift's side of the shim's door. Made here, outside any actor, so that no call checks one.
  static let hooks = thresh_hooks(
    invoke: { body, call in
      guard let body, let call else { return Int32(THRESH_FAILED.rawValue) }
      return Unmanaged<LuaFunctionBody>.fromOpaque(body).takeUnretainedValue().run(call)
    },
    retain: { object in
      guard let object else { return }
      _ = Unmanaged<AnyObject>.fromOpaque(object).retain()
    },
    release: { object in
      guard let object else { return }
      Unmanaged<AnyObject>.fromOpaque(object).release()
    })
}
