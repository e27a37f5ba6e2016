// SPDX-License-Identifier: Apache-2.0

/// Reductions that are made of others.
extension Tensor {
  /// The smallest and the largest element over `dim`, or of all elements; NaN wins.
  public func aminmax(dim: Int? = nil, keepdim: Bool = false) throws -> (min: Tensor, max: Tensor) {
    let dims = dim.map { [$0] }
    return (
      try amin(dims: dims, keepdim: keepdim), try amax(dims: dims, keepdim: keepdim)
    )
  }

  /// The variance (divided by n - correction) and the mean over `dims`.
  public func varianceAndMean(
    dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false
  ) throws -> (variance: Tensor, mean: Tensor) {
    (
      try variance(dims: dims, correction: correction, keepdim: keepdim),
      try mean(dims: dims, keepdim: keepdim)
    )
  }

  /// The standard deviation (divided by n - correction) and the mean over `dims`.
  public func stdAndMean(
    dims: [Int]? = nil, correction: Double = 1, keepdim: Bool = false
  ) throws -> (std: Tensor, mean: Tensor) {
    (
      try std(dims: dims, correction: correction, keepdim: keepdim),
      try mean(dims: dims, keepdim: keepdim)
    )
  }

  /// The sum of the elements that are not NaN over `dims` (all by default).
  public func nansum(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    guard dtype.isFloating else { return try sum(dims: dims, keepdim: keepdim) }
    return try Tensor.where(isnan(), 0, self).sum(dims: dims, keepdim: keepdim)
  }

  /// The mean of the elements that are not NaN over `dims` (all by default); NaN of none.
  public func nanmean(dims: [Int]? = nil, keepdim: Bool = false) throws -> Tensor {
    guard dtype.isFloating else { throw needsFloating("nanmean") }
    let counted = try GradMode.off {
      try isnan().logicalNot().sum(dims: dims, keepdim: keepdim).cast(dtype)
    }
    return try nansum(dims: dims, keepdim: keepdim) / counted
  }

  /// The `k`-th smallest element (1 is the smallest) along `dim`, and where it stood; NaN counts as
  /// the largest value.
  public func kthvalue(_ k: Int, dim: Int = -1, keepdim: Bool = false) throws -> (
    values: Tensor, indices: Tensor
  ) {
    let order = Ranking.Order(op: "kthvalue", descending: false)
    if ndim == 0 {
      let (values, indices) = try reshape([1]).kthvalue(k, dim: dim)
      return (values, indices)
    }
    let d = try checkedDim(dim, "kthvalue")
    guard k >= 1, k <= shape[d] else {
      throw TensorError("kthvalue", "needs 1 <= k <= \(shape[d]), the extent, got k = \(k)")
    }
    let (sorted, places) = try ranked(d, k, order)
    let (values, indices) = (try sorted.narrow(d, k - 1, 1), places.narrowedView(d, k - 1, 1))
    return keepdim ? (values, indices) : (try values.squeeze(d), try indices.squeeze(d))
  }
}
