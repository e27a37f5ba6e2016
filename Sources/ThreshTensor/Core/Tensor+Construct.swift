// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// A tensor of `shape` filled with `value` (converted to `dtype` with C's rules).
  public static func full(_ shape: [Int], _ value: Double, _ dtype: DType = .float32) throws
    -> Tensor
  {
    let t = try Tensor(empty: shape, dtype, op: "full")
    t.fillUnrecorded(value)
    return t
  }

  /// The same of a number or a 0-d tensor that keeps its kind, of that kind's type by default.
  public static func full(_ shape: [Int], _ value: OperandValue, _ dtype: DType? = nil) throws
    -> Tensor
  {
    let element = try value.asTensor(dtype ?? value.dtype)
    guard element.ndim == 0 else {
      throw TensorError("full", "needs a number, got shape \(shapeText(element.shape))")
    }
    let out = try Tensor(empty: shape, element.dtype, op: "full")
    Loops.convert(element, into: out)
    return out
  }

  public static func zeros(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
    try full(shape, 0, dtype)
  }

  public static func ones(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
    try full(shape, 1, dtype)
  }

  /// A 0-d tensor.
  public static func scalar(_ value: Double, _ dtype: DType = .float32) throws -> Tensor {
    try full([], value, dtype)
  }

  /// A tensor of `shape` with the elements of `values` in row-major order.
  public convenience init<T: Element>(_ values: [T], _ shape: [Int]) throws {
    try self.init(empty: shape, T.dtype, op: "tensor")
    guard values.count == count else {
      throw TensorError(
        "tensor", "\(values.count) values do not fill shape \(shapeText(shape)) of \(count)")
    }
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { pointer(T.self).update(from: base, count: count) }
    }
  }

  public convenience init<T: Element>(_ values: [T]) throws {
    try self.init(values, [values.count])
  }

  /// The elements in row-major order, as `T`; `dtype` must be `T`'s.
  public func values<T: Element>(_ type: T.Type = T.self) throws -> [T] {
    guard T.dtype == dtype else {
      throw TensorError("values", "the tensor holds \(dtype.name), not \(T.dtype.name)")
    }
    let dense = try contiguousUnrecorded()
    try MemoryPool.shared.require(count * MemoryLayout<T>.stride, "values")
    return Array(UnsafeBufferPointer(start: dense.pointer(T.self), count: count))
  }

  /// The only element, as a double.
  public func item() throws -> Double {
    guard count == 1 else {
      throw TensorError("item", "needs one element, got shape \(shapeText(shape))")
    }
    return element(at: 0)
  }

  /// One element of a vector, of the kind of its type; `index` counts from 0, or from the end when
  /// negative.
  public func scalar(at index: Int) throws -> Scalar {
    guard ndim == 1 else {
      throw TensorError("index", "needs a vector, got shape \(shapeText(shape))")
    }
    return value(at: try checkedPosition(index, count, "index") * strides[0])
  }

  /// The only element, of the kind of its type.
  public func onlyScalar() throws -> Scalar {
    guard count == 1 else {
      throw TensorError("item", "needs one element, got shape \(shapeText(shape))")
    }
    return value(at: 0)
  }

  private func value(at position: Int) -> Scalar {
    switch dtype {
    case .bool: .bool(pointer(Bool.self)[position])
    case .uint8: .int(Int64(pointer(UInt8.self)[position]))
    case .int32: .int(Int64(pointer(Int32.self)[position]))
    case .int64: .int(pointer(Int64.self)[position])
    case .float32: .float(Double(pointer(Float.self)[position]))
    case .float64: .float(pointer(Double.self)[position])
    }
  }

  /// The element at a storage position relative to `offset`, as a double.
  func element(at position: Int) -> Double {
    switch dtype {
    case .bool: pointer(Bool.self)[position].asDouble
    case .uint8: pointer(UInt8.self)[position].asDouble
    case .int32: pointer(Int32.self)[position].asDouble
    case .int64: pointer(Int64.self)[position].asDouble
    case .float32: pointer(Float.self)[position].asDouble
    case .float64: pointer(Double.self)[position]
    }
  }

  /// Fills in place, without a tape record and without counting a version: for fresh tensors.
  func fillUnrecorded(_ value: Double) {
    func fill<T: Element>(_ type: T.Type) {
      let v = T(converting: value)
      if isDense {
        pointer(T.self).update(repeating: v, count: count)
      } else {
        Loops.generate(self) { v }
      }
    }
    switch dtype {
    case .bool: fill(Bool.self)
    case .uint8: fill(UInt8.self)
    case .int32: fill(Int32.self)
    case .int64: fill(Int64.self)
    case .float32: fill(Float.self)
    case .float64: fill(Double.self)
    }
  }

  /// This tensor if it is row-major, else a row-major copy; not recorded.
  public func contiguousUnrecorded() throws -> Tensor {
    isContiguous ? self : try copyUnrecorded(strides: Shape.contiguousStrides(shape))
  }

  /// A 4-d tensor in channels-last order: itself if it already is, else a copy; not recorded.
  public func channelsLastUnrecorded() throws -> Tensor {
    isChannelsLast ? self : try copyUnrecorded(strides: Shape.channelsLastStrides(shape))
  }

  /// A copy with the given dense strides; not recorded.
  func copyUnrecorded(strides: [Int]) throws -> Tensor {
    let out = try Tensor(empty: shape, dtype, strides: strides, op: "copy")
    Loops.convert(self, into: out)
    return out
  }

  /// A copy as `dtype`; itself if it already is. Not recorded.
  func castUnrecorded(_ dtype: DType) throws -> Tensor {
    if dtype == self.dtype { return self }
    let strides = isDense ? strides : Shape.contiguousStrides(shape)
    let out = try Tensor(empty: shape, dtype, strides: strides, op: "cast")
    Loops.convert(self, into: out)
    return out
  }
}
