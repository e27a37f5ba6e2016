// SPDX-License-Identifier: Apache-2.0

/// Counts elements that are not 0.
private struct NonzeroCount<T: Element>: Fold {
  let zero = T(converting: 0 as Int64)
  var start: Int64 { 0 }
  func fold(_ total: Int64, _ x: T) -> Int64 { total &+ (x != zero ? 1 : 0) }
  func join(_ a: Int64, _ b: Int64) -> Int64 { a &+ b }
  func finish(_ total: Int64) -> Int64 { total }
}

/// Whether all (or, negated, whether none) of the elements are not 0.
private struct Truth<T: Element>: Fold {
  let any: Bool
  let zero = T(converting: 0 as Int64)
  var start: Bool { !any }
  func fold(_ total: Bool, _ x: T) -> Bool { any ? total || x != zero : total && x != zero }
  func join(_ a: Bool, _ b: Bool) -> Bool { any ? a || b : a && b }
  func finish(_ total: Bool) -> Bool { total }
}

extension Tensor {
  /// How many elements are not 0, over `dims` (all by default), as int64.
  public func countNonzero(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    let span = Profiler.begin("count_nonzero")
    defer { span.end() }
    let dims = try checkedDims(dims, "count_nonzero")
    let out = try Tensor(empty: reducedShape(dims, keepdim), .int64, op: "count_nonzero")
    func run<T: Element>(_: T.Type) throws {
      try Reduction.run(self, dims: dims, into: out, NonzeroCount<T>())
    }
    switch dtype {
    case .bool: try run(Bool.self)
    case .uint8: try run(UInt8.self)
    case .int32: try run(Int32.self)
    case .int64: try run(Int64.self)
    case .float32: try run(Float.self)
    case .float64: try run(Double.self)
    }
    return out
  }

  /// Whether any element over `dims` is not 0.
  public func any(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    try truth("any", dims, keepdim, any: true)
  }

  /// Whether all elements over `dims` are not 0.
  public func all(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    try truth("all", dims, keepdim, any: false)
  }

  private func truth(_ op: String, _ dims: [Int]?, _ keepdim: Bool, any: Bool) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    let dims = try checkedDims(dims, op)
    let out = try Tensor(empty: reducedShape(dims, keepdim), .bool, op: op)
    func run<T: Element>(_: T.Type) throws {
      try Reduction.run(self, dims: dims, into: out, Truth<T>(any: any))
    }
    switch dtype {
    case .bool: try run(Bool.self)
    case .uint8: try run(UInt8.self)
    case .int32: try run(Int32.self)
    case .int64: try run(Int64.self)
    case .float32: try run(Float.self)
    case .float64: try run(Double.self)
    }
    // As in PyTorch, bytes stay bytes.
    return dtype == .uint8 ? try out.castUnrecorded(.uint8) : out
  }
}
