// SPDX-License-Identifier: Apache-2.0
import CLuaShim

/// Arguments that may be missing or nil.
extension LuaCall {
  public func optionalInteger(_ i: Int, _ name: String) throws -> Int? {
    isNil(i) ? nil : try integer(i, name)
  }

  public func optionalNumber(_ i: Int, _ name: String) throws -> Double? {
    isNil(i) ? nil : try number(i, name)
  }

  public func optionalBoolean(_ i: Int, _ name: String) throws -> Bool? {
    isNil(i) ? nil : try boolean(i, name)
  }

  public func optionalString(_ i: Int, _ name: String) throws -> String? {
    isNil(i) ? nil : try string(i, name)
  }

  public func optionalTable(_ i: Int, _ name: String) throws -> LuaTable? {
    isNil(i) ? nil : try table(i, name)
  }

  public func optionalFunction(_ i: Int, _ name: String) throws -> LuaFunction? {
    isNil(i) ? nil : try function(i, name)
  }

  public func optionalObject<T: AnyObject>(
    _ i: Int, _ name: String, as type: T.Type = T.self
  ) throws -> T? {
    isNil(i) ? nil : try object(i, name, as: type)
  }
}

/// Tables of numbers, read without a reference.
extension LuaCall {
  /// A nested list of numbers or booleans as one flat array.
  public func numbers(_ i: Int, _ name: String) throws -> LuaNumbers {
    guard slot(i)?.tag == THRESH_TABLE else { throw expected("table", i, name) }
    do {
      return try session.readNumbers { numbers, outcome in
        thresh_call_read_numbers(raw, Int32(i), numbers, outcome)
      }
    } catch let error as LuaError where error.kind == .runtime {
      throw argumentError(i, name, error.message)
    }
  }

  /// A flat list of integers, e.g. a shape: `{64, 3, 3, 3}`.
  public func integers(_ i: Int, _ name: String) throws -> [Int] {
    let numbers = try numbers(i, name)
    return try numbers.flatIntegers { argumentError(i, name, $0) }
  }

  /// One level of a table argument: its list and its other fields.
  public func contents(_ i: Int, _ name: String) throws -> LuaTable.Contents {
    guard slot(i)?.tag == THRESH_TABLE else { throw expected("table", i, name) }
    return try session.readContents { outcome, items in
      thresh_call_read_table(raw, Int32(i), outcome, items)
    }
  }

  /// Arguments from `i` on as integers: either one list or plain numbers, as in `zeros(2, 3)` and
  /// `zeros({2, 3})`. A trailing options table is the caller's to leave out by `until`.
  public func integers(from i: Int, until end: Int? = nil, _ name: String) throws -> [Int] {
    let last = end ?? count
    if i == last, kind(i) == .table { return try integers(i, name) }
    return i > last ? [] : try (i...last).map { try integer($0, name) }
  }
}

extension LuaNumbers {
  /// The values as integers. Throws what `error` makes of the reason when they are none.
  func flatIntegers(_ error: (String) -> any Error) throws -> [Int] {
    guard shape.count == 1 else { throw error("flat list of integers expected, got a nested one") }
    switch values {
    case .integers(let items): return items.map { Int($0) }
    case .booleans: throw error("list of integers expected, got booleans")
    case .numbers(let items):
      return try items.map { number in
        guard let integer = Int(exactly: number) else {
          throw error("list of integers expected, got \(number)")
        }
        return integer
      }
    }
  }
}
