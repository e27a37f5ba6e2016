// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The distinct elements in rising order. NaNs are all distinct, as in PyTorch; -0 equals 0.
  public func unique() throws -> Tensor { try uniqueWithCounts().values }

  /// The distinct elements in rising order, for each element of this tensor the position of its
  /// value among them (this tensor's shape), and how often each comes. Positions are 0-based.
  public func uniqueWithCounts() throws -> (values: Tensor, inverse: Tensor, counts: Tensor) {
    switch dtype {
    case .bool: try distinct(Bool.self)
    case .uint8: try distinct(UInt8.self)
    case .int32: try distinct(Int32.self)
    case .int64: try distinct(Int64.self)
    case .float32: try distinct(Float.self)
    case .float64: try distinct(Double.self)
    }
  }

  private func distinct<T: OrderedElement>(_: T.Type) throws
    -> (values: Tensor, inverse: Tensor, counts: Tensor)
  {
    let span = Profiler.begin("unique")
    defer { span.end() }
    let flat = try GradMode.off { try reshape([count]) }
    let (sorted, order) = try GradMode.off { try flat.sort() }
    let (v, from) = (sorted.pointer(T.self), order.pointer(Int64.self))
    let inverse = try Tensor(empty: shape, .int64, op: "unique")
    let to = inverse.pointer(Int64.self)
    var starts: [Int] = []
    for i in 0..<count {
      // NaN differs from itself.
      if i == 0 || v[i] != v[i - 1] { starts.append(i) }
      to[Int(from[i])] = Int64(starts.count - 1)
    }
    let values = try Tensor(empty: [starts.count], dtype, op: "unique")
    let counts = try Tensor(empty: [starts.count], .int64, op: "unique")
    for (j, start) in starts.enumerated() {
      values.pointer(T.self)[j] = v[start]
      let next = j + 1 < starts.count ? starts[j + 1] : count
      counts.pointer(Int64.self)[j] = Int64(next - start)
    }
    return (values, inverse, counts)
  }
}
