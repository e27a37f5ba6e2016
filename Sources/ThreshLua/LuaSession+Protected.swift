// SPDX-License-Identifier: Apache-2.0
import CLuaShim

typealias Outcome = UnsafeMutablePointer<thresh_outcome>

/// The one way from Swift into Lua: arguments into a list, a protected call, an outcome.
extension LuaSession {
  func protected(
    _ arguments: [LuaValue], failure: LuaError.Kind = .runtime,
    _ run: (UnsafeMutablePointer<thresh_list>, Outcome) -> thresh_status
  ) throws -> [LuaValue] {
    try protected(
      failure: failure,
      fill: { writer in
        for argument in arguments { try writer.add(argument) }
      }, run)
  }

  func protected(
    failure: LuaError.Kind = .runtime, fill: (LuaListWriter) throws -> Void,
    _ run: (UnsafeMutablePointer<thresh_list>, Outcome) -> thresh_status
  ) throws -> [LuaValue] {
    let leave = enter()
    defer { leave?() }
    return try withUnsafeTemporaryAllocation(of: thresh_list.self, capacity: 1) { lists in
      guard let list = lists.baseAddress else { throw LuaError.memory }
      thresh_list_init(list)
      defer { thresh_list_clear(handle, list) }
      try fill(LuaListWriter(list: list, session: self))
      return try withOutcome(failure: failure) { outcome in
        guard run(list, outcome) == THRESH_OK else { return nil }
        return take(&outcome.pointee.values)
      }
    }
  }

  private func enter() -> (() -> Void)? {
    guard let onEntry, thresh_session_depth(handle) == 0 else { return nil }
    return onEntry()
  }

  func builtin(
    _ builtin: thresh_builtin, _ arguments: [LuaValue], failure: LuaError.Kind = .runtime
  ) throws -> [LuaValue] {
    try protected(arguments, failure: failure) { thresh_session_builtin(handle, builtin, $0, $1) }
  }

  private func take(_ list: inout thresh_list) -> [LuaValue] {
    var values: [LuaValue] = []
    values.reserveCapacity(Int(list.count))
    for i in 0..<Int(list.count) {
      values.append(LuaValue(taking: &list.values[i], handle: handle))
    }
    return values
  }

  /// Throws the outcome's error when the body gives nil. `failure` replaces the kind `runtime`.
  private func withOutcome<Result>(
    failure: LuaError.Kind = .runtime, _ body: (Outcome) throws -> Result?
  ) throws -> Result {
    try withUnsafeTemporaryAllocation(of: thresh_outcome.self, capacity: 1) { outcomes in
      guard let outcome = outcomes.baseAddress else { throw LuaError.memory }
      thresh_outcome_init(outcome)
      defer { thresh_outcome_clear(handle, outcome) }
      if let result = try body(outcome) { return result }
      var error = LuaError(taking: &outcome.pointee, handle: handle)
      if error.kind == .runtime { error.kind = failure }
      throw error
    }
  }

  func readContents(
    _ run: (Outcome, UnsafeMutablePointer<Int64>) -> thresh_status
  ) throws -> LuaTable.Contents {
    try withOutcome { outcome in
      var items: Int64 = 0
      guard run(outcome, &items) == THRESH_OK else { return nil }
      let values = take(&outcome.pointee.values)
      let count = min(Int(items), values.count)
      var contents = LuaTable.Contents(array: Array(values.prefix(count)))
      for i in stride(from: count, to: values.count - 1, by: 2) {
        contents.fields.append((values[i], values[i + 1]))
      }
      return contents
    }
  }

  func readNumbers(
    _ run: (UnsafeMutablePointer<thresh_numbers>, Outcome) -> thresh_status
  ) throws -> LuaNumbers {
    try withOutcome { outcome in
      var numbers = thresh_numbers()
      defer { thresh_numbers_clear(&numbers) }
      return run(&numbers, outcome) == THRESH_OK ? LuaNumbers(numbers) : nil
    }
  }
}
