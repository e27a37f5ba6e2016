// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// From Lua's 1-based world to the core's 0-based one.
extension LuaCall {
  func tensor(_ i: Int, _ name: String) throws -> Tensor {
    if let tensor = exactObject(i, as: Tensor.self) { return tensor }
    return try object(i, name, as: Tensor.self)
  }

  func optionalTensor(_ i: Int, _ name: String) throws -> Tensor? {
    isNil(i) ? nil : try tensor(i, name)
  }

  /// A dimension: 1-based, negative from the end.
  func dimension(_ i: Int, _ name: String = "dim") throws -> Int {
    let dim = try integer(i, name)
    guard dim != 0 else {
      throw argumentError(i, name, "dimensions count from 1, or from -1 at the end; got 0")
    }
    return dim > 0 ? dim - 1 : dim
  }

  func optionalDimension(_ i: Int, _ name: String = "dim") throws -> Int? {
    isNil(i) ? nil : try dimension(i, name)
  }

  /// A count that must not be negative.
  func count(_ i: Int, _ name: String) throws -> Int {
    let value = try integer(i, name)
    guard value >= 0 else { throw argumentError(i, name, "must not be negative, got \(value)") }
    return value
  }

  /// The number of leading arguments before a trailing options table (one with named fields).
  var positionalCount: Int {
    get throws {
      try peek {
        guard count > 0, kind(count) == .table else { return count }
        if count == 1 {
          let contents = try contents(1, "options")
          return contents.fields.isEmpty ? 1 : 0
        }
        let contents = try contents(count, "options")
        return contents.array.isEmpty ? count - 1 : count
      }
    }
  }

  /// A tensor, or a list of numbers made one.
  func tensorOrList(_ i: Int, _ name: String, dtype: DType? = nil) throws -> Tensor {
    if kind(i) == .table { return try makeTensor(try numbers(i, name), dtype: dtype) }
    return try tensor(i, name)
  }

  /// An index tensor or list, 1-based and negative from the end, as 0-based int64.
  func indexTensor(_ i: Int, _ name: String) throws -> Tensor {
    let given = try tensorOrList(i, name, dtype: .int64)
    guard given.dtype.isInteger else {
      throw argumentError(i, name, "indices must be integers, got \(given.dtype.name)")
    }
    return try zeroBased(given) { argumentError(i, name, $0) }
  }
}

extension LuaOptions {
  func dtype(_ name: String = "dtype") throws -> DType? {
    guard let text = try string(name) else { return nil }
    guard let dtype = DType(name: text) else {
      let names = DType.allCases.map(\.name)
      throw error(
        name,
        "unknown dtype '\(text)'\(suggestion(text, names)); one of \(names.joined(separator: ", "))"
      )
    }
    return dtype
  }

  func tensor(_ name: String) throws -> Tensor? { try object(name, as: Tensor.self) }

  /// Seeds count from 0 and have 64 bits; negative ones keep their bits.
  func seed() throws -> UInt64? {
    try integer("seed").map { UInt64(bitPattern: Int64($0)) }
  }

  /// A dimension: 1-based, negative from the end.
  func dimension(_ name: String = "dim") throws -> Int? {
    guard let dim = try integer(name) else { return nil }
    guard dim != 0 else {
      throw error(name, "dimensions count from 1, or from -1 at the end; got 0")
    }
    return dim > 0 ? dim - 1 : dim
  }

  /// One dimension or a list of them.
  func dimensions(_ name: String = "dim") throws -> [Int]? {
    try integers(name)?.map { dim in
      guard dim != 0 else {
        throw error(name, "dimensions count from 1, or from -1 at the end; got 0")
      }
      return dim > 0 ? dim - 1 : dim
    }
  }

  /// A required option.
  func required<T>(_ name: String, _ value: T?) throws -> T {
    guard let value else { throw error(name, "is needed") }
    return value
  }
}

/// 1-based indices, negative from the end, as 0-based ones (negative ones stay as they are).
func zeroBased(_ given: Tensor, _ problem: (String) -> any Error) throws -> Tensor {
  var values = try given.castValues(Int64.self)
  for i in values.indices {
    if values[i] == 0 { throw problem("indices count from 1; item \(i + 1) is 0") }
    if values[i] > 0 { values[i] -= 1 }
  }
  return try Tensor(values, given.shape)
}

/// 0-based indices as Lua's 1-based ones.
func oneBased(_ indices: Tensor) throws -> Tensor {
  try Tensor(try indices.castValues(Int64.self).map { $0 &+ 1 }, indices.shape)
}

extension Tensor {
  /// The elements in row-major order, converted.
  func castValues<T: Element>(_ type: T.Type) throws -> [T] {
    try GradMode.off { try cast(T.dtype).values(T.self) }
  }
}

/// A tensor of what a nested list holds: bool, int64 or float32 unless `dtype` says otherwise.
func makeTensor(_ numbers: LuaNumbers, dtype: DType?) throws -> Tensor {
  switch numbers.values {
  case .booleans(let values):
    return try Tensor(values, numbers.shape).cast(dtype ?? .bool)
  case .integers(let values):
    return try Tensor(values, numbers.shape).cast(dtype ?? .int64)
  case .numbers(let values):
    return try Tensor(values, numbers.shape).cast(dtype ?? .float32)
  }
}

/// An element as a Lua value: integers stay integers, bools booleans.
func luaValue(_ tensor: Tensor) throws -> LuaValue { luaValue(try tensor.onlyScalar()) }

func luaValue(_ scalar: Scalar) -> LuaValue {
  switch scalar {
  case .bool(let value): .boolean(value)
  case .int(let value): .integer(value)
  case .float(let value): .number(value)
  }
}

extension LuaResult {
  static func tensor(_ tensor: Tensor) -> LuaResult { .one(.object(tensor)) }
  static func tensors(_ tensors: [Tensor]) -> LuaResult { .list(tensors.map { .object($0) }) }
}
