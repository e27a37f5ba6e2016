// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// How often each of 0, 1, … comes among non-negative integers: (n) -> (max + 1), int64.
  ///
  /// - Parameters:
  ///   - weights: what each element counts for, of the same shape; the result is then floating,
  ///     of the weights' type.
  ///   - minlength: the least length of the result.
  public func bincount(weights: Tensor? = nil, minlength: Int = 0) throws -> Tensor {
    let span = Profiler.begin("bincount")
    defer { span.end() }
    guard ndim == 1, dtype.isInteger else {
      throw TensorError(
        "bincount", "needs a 1-d tensor of integers, got \(dtype.name) \(shapeText(shape))")
    }
    guard minlength >= 0 else {
      throw TensorError("bincount", "minlength must not be negative, got \(minlength)")
    }
    if let weights, weights.shape != shape {
      throw TensorError(
        "bincount",
        "the weights have shape \(shapeText(weights.shape)), the tensor \(shapeText(shape))")
    }
    let bins = try castUnrecorded(.int64).contiguousUnrecorded()
    let b = bins.pointer(Int64.self)
    var most: Int64 = -1
    for i in 0..<count {
      guard b[i] >= 0 else {
        throw TensorError("bincount", "needs non-negative integers, got \(b[i])")
      }
      most = max(most, b[i])
    }
    guard most < Int64.max / 32 else {
      throw TensorError("bincount", "an element is too large for a number of bins: \(most)")
    }
    let length = max(minlength, Int(most) + 1)
    guard let weights else {
      let out = try Tensor.zeros([length], .int64)
      let o = out.pointer(Int64.self)
      for i in 0..<count { o[Int(b[i])] += 1 }
      return out
    }
    let sums = try Tensor.zeros([length], .float64)
    let w = try weights.castUnrecorded(.float64).contiguousUnrecorded()
    let (s, x) = (sums.pointer(Double.self), w.pointer(Double.self))
    for i in 0..<count { s[Int(b[i])] += x[i] }
    return try sums.castUnrecorded(weights.dtype.floating)
  }

  /// The counts of the elements in `bins` equal parts of [min, max], as floats of this type.
  ///
  /// The last part includes `max`; elements outside, and NaN, are not counted. When `min` and `max`
  /// are equal, the range is that of the elements.
  public func histc(bins: Int = 100, min: Double = 0, max: Double = 0) throws -> Tensor {
    let span = Profiler.begin("histc")
    defer { span.end() }
    guard dtype.isFloating else { throw needsFloating("histc") }
    guard bins > 0 else { throw TensorError("histc", "needs at least one bin, got \(bins)") }
    let x = try castUnrecorded(.float64).contiguousUnrecorded()
    let p = x.pointer(Double.self)
    var (low, high) = (min, max)
    if low == high && count > 0 {
      (low, high) = (.infinity, -.infinity)
      for i in 0..<count where !p[i].isNaN {
        low = Swift.min(low, p[i])
        high = Swift.max(high, p[i])
      }
      if low > high { (low, high) = (min, max) }
    }
    if low == high { (low, high) = (low - 1, high + 1) }
    guard low < high, (high - low).isFinite else {
      throw TensorError("histc", "needs a finite range with min <= max, got [\(low), \(high)]")
    }
    let out = try Tensor.zeros([bins], .int64)
    let o = out.pointer(Int64.self)
    for i in 0..<count where p[i] >= low && p[i] <= high {
      let bin = Int((p[i] - low) / (high - low) * Double(bins))
      o[Swift.min(bin, bins - 1)] += 1
    }
    return try out.castUnrecorded(dtype)
  }

  /// Where `values` would be inserted into this sorted tensor so that it stays sorted; int64, 0-based.
  ///
  /// A 1-d tensor takes values of any shape. Otherwise all extents but the last must be equal, and
  /// each line is searched for the values of its own line. NaN sorts last.
  ///
  /// - Parameter right: behind equal elements rather than before them.
  public func searchsorted(_ values: Tensor, right: Bool = false) throws -> Tensor {
    let span = Profiler.begin("searchsorted")
    defer { span.end() }
    guard ndim >= 1, ndim == 1 || values.shape.dropLast() == shape.dropLast(),
      ndim <= 1
        || values.ndim == ndim
    else {
      throw TensorError(
        "searchsorted",
        "needs a 1-d sorted tensor, or equal extents but for the last, got \(shapeText(shape)) "
          + "and values of \(shapeText(values.shape))")
    }
    let common = DType.result(.tensor(self), .tensor(values))
    let line = try castUnrecorded(common).contiguousUnrecorded()
    let wanted = try values.castUnrecorded(common).contiguousUnrecorded()
    let out = try Tensor(empty: values.shape, .int64, op: "searchsorted")
    switch common {
    case .bool: Tensor.search(Bool.self, line, wanted, right, out)
    case .uint8: Tensor.search(UInt8.self, line, wanted, right, out)
    case .int32: Tensor.search(Int32.self, line, wanted, right, out)
    case .int64: Tensor.search(Int64.self, line, wanted, right, out)
    case .float32: Tensor.search(Float.self, line, wanted, right, out)
    case .float64: Tensor.search(Double.self, line, wanted, right, out)
    }
    return out
  }

  private static func search<T: OrderedElement>(
    _: T.Type, _ sorted: Tensor, _ values: Tensor, _ right: Bool, _ out: Tensor
  ) {
    let n = sorted.shape[sorted.ndim - 1]
    let perLine = sorted.ndim == 1 ? values.count : values.shape[values.ndim - 1]
    let (s, v, o) = (
      sorted.pointer(T.self), values.pointer(T.self), out.pointer(Int64.self)
    )
    Workers.chunks(of: values.count, grain: 1024) { range in
      for i in range {
        let line = s + i / max(perLine, 1) * n
        let key = v[i].orderKey
        var (low, high) = (0, n)
        while low < high {
          let middle = low + (high - low) / 2
          let other = line[middle].orderKey
          if other < key || (right && other == key) { low = middle + 1 } else { high = middle }
        }
        o[i] = Int64(low)
      }
    }
  }
}
