// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

/// Counts the instances that live, per test: objects share the counter they were made with.
final class InstanceCount {
  var live = 0
  var deferred = 0
}

/// A stand-in for a tensor.
class Thing {
  let count: InstanceCount
  var weight: Double

  init(_ count: InstanceCount, weight: Double = 0) {
    self.count = count
    self.weight = weight
    count.live += 1
  }

  deinit { count.live -= 1 }
}

final class SpecialThing: Thing {}

/// An error as the native core throws them.
struct CoreError: LuaConvertibleError {
  var op: String?
  var message: String
}

extension LuaSession {
  /// Registers a global function.
  func define(_ name: String, _ body: @escaping (LuaCall) throws -> LuaResult) throws {
    try setGlobal(name, registerFunction(path: name, body))
  }

  /// Runs a chunk and gives its first result as Lua's `tostring` shows it.
  func text(_ source: String) throws -> String {
    try describe(try run(source, name: "=test").first ?? .nil).text
  }

  /// Runs a chunk that must fail and gives its error.
  func failure(_ source: String, name: String = "=test") throws -> LuaError {
    do {
      _ = try run(source, name: name)
    } catch let error as LuaError {
      return error
    }
    Issue.record("no error came of: \(source)")
    return LuaError("none")
  }

  /// Registers the class of ``Thing`` and a constructor `Thing(weight)`.
  func defineThings(_ count: InstanceCount) throws {
    try registerClass(
      Thing.self, name: "Thing",
      methods: [
        LuaMethod("grow") { call in
          let thing = try call.object(1, "self", as: Thing.self)
          thing.weight += try call.number(2, "by")
          return .object(thing)
        }
      ],
      properties: [
        LuaProperty(
          "weight", get: { .number(try $0.object(1, "self", as: Thing.self).weight) },
          set: { call in
            try call.object(1, "self", as: Thing.self).weight = try call.number(3, "weight")
          }),
        LuaProperty("shape", get: { _ in .list([.integer(2), .integer(3)]) }),
      ],
      metamethods: [
        LuaMethod("__len") { _ in .integer(7) },
        LuaMethod("__add") { call in
          let a = try call.object(1, "a", as: Thing.self)
          let b = try call.object(2, "b", as: Thing.self)
          return .object(Thing(a.count, weight: a.weight + b.weight))
        },
      ],
      index: { call in .integer(10 * (try call.integer(2, "index"))) })
    try define("Thing") { call in
      .object(Thing(count, weight: try call.optionalNumber(1, "weight") ?? 0))
    }
  }
}

/// A text that stays where it is, as the binary's own do.
func lasting(_ text: StaticString) -> UnsafeRawBufferPointer {
  UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
}
