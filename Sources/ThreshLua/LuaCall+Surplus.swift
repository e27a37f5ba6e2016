// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// Arguments that nobody asked for: a script that gives them means something by them.
extension LuaCall {
  /// Looks at arguments without taking them: afterwards they have not been asked for.
  public func peek<Result>(_ look: () throws -> Result) rethrows -> Result {
    let asked = raw.pointee.asked
    defer { raw.pointee.asked = asked }
    return try look()
  }

  /// Throws when an argument that is not nil stands behind the last one that was asked for.
  @inline(__always)
  public func refuseSurplus() throws {
    if raw.pointee.count > raw.pointee.asked { try refuse(behind: Int(raw.pointee.asked)) }
  }

  /// Throws when an argument that is not nil stands behind number `last`: for what must not even
  /// begin, such as a write.
  public func refuse(behind last: Int) throws {
    guard count > last else { return }
    for i in max(last, 0)..<count where raw.pointee.arguments[i].tag != THRESH_NIL {
      throw LuaSurplusError(first: last + 1)
    }
  }
}

/// There are more arguments than the function takes.
struct LuaSurplusError: Error {
  /// The position of the first one too many.
  var first: Int
}
