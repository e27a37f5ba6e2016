// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Layer normalisation over the last `normalizedShape.count` dimensions (Ba et al. 2016).
  ///
  /// y = (x - mean) / sqrt(var + eps) weight + bias, with the biased variance; weight and bias have
  /// the normalised shape.
  public func layerNorm(
    _ normalizedShape: [Int], weight: Tensor? = nil, bias: Tensor? = nil, eps: Double = 1e-5
  ) throws -> Tensor {
    let op = "layer_norm"
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.floating(op, self)
    let k = normalizedShape.count
    guard k >= 1, k <= ndim, Array(shape.suffix(k)) == normalizedShape else {
      throw TensorError(
        op,
        "an input of shape \(shapeText(shape)) does not end in the normalised shape "
          + shapeText(normalizedShape))
    }
    try ImageChecks.parameter(op, "the weight", weight, normalizedShape, self)
    try ImageChecks.parameter(op, "the bias", bias, normalizedShape, self)
    let columns = normalizedShape.reduce(1, *)
    let lead = Array(shape.dropLast(k))
    let rows = lead.reduce(1, *)
    let x = try contiguousUnrecorded()
    let w = try weight?.contiguousUnrecorded()
    let b = try bias?.contiguousUnrecorded()
    let y = try Tensor(empty: shape, dtype, op: op)
    let mean = try Tensor(empty: lead, dtype, op: op)
    let rstd = try Tensor(empty: lead, dtype, op: op)
    func run<T: ImageElement>(_: T.Type) {
      let (xp, yp) = (x.pointer(T.self), y.pointer(T.self))
      let (mp, rp) = (mean.pointer(T.self), rstd.pointer(T.self))
      let (wp, bp) = (w?.pointer(T.self), b?.pointer(T.self))
      Workers.chunks(of: rows, grain: max(1, 8_192 / max(columns, 1))) { r in
        let at = r.lowerBound * columns
        T.kernels.layerNorm(
          xp + at, r.count, columns, eps, wp, bp, mp + r.lowerBound, rp + r.lowerBound, yp + at)
      }
    }
    withExtendedLifetime((w, b)) { dispatch(run, run) }
    let parameters = [weight, bias].compactMap { $0 }
    let batched = !lead.isEmpty
    let saved: [Node.Saved] =
      (batched
        ? [.rows(x), .rows(mean), .rows(rstd)] : [.whole(x), .whole(mean), .whole(rstd)])
      + (w.map { [.whole($0)] } ?? [])
    let (hasWeight, hasBias) = (weight != nil, bias != nil)
    return y.recorded(
      op, [self] + parameters,
      rows: batched
        ? .each([true] + [Bool](repeating: false, count: parameters.count))
        : .mixed("it normalises over the whole input"), saved: saved
    ) { c in
      let x = c.saved[0]
      let (dx, dw, db) = try x.layerNormGradients(
        try c.grad.contiguousUnrecorded(), c.saved[1], c.saved[2],
        weight: hasWeight ? c.saved[3] : nil, columns)
      return [dx] + (hasWeight ? [dw.view(normalizedShape, dw.strides(for: normalizedShape))] : [])
        + (hasBias ? [db.view(normalizedShape, db.strides(for: normalizedShape))] : [])
    }
  }

  private func strides(for shape: [Int]) -> [Int] { Shape.contiguousStrides(shape) }

  private func layerNormGradients(
    _ dy: Tensor, _ mean: Tensor, _ rstd: Tensor, weight: Tensor?, _ columns: Int
  ) throws -> (dx: Tensor, dw: Tensor, db: Tensor) {
    let dx = try Tensor(empty: shape, dtype, op: "layer_norm")
    let dw = try Tensor(empty: [columns], dtype, op: "layer_norm")
    let db = try Tensor(empty: [columns], dtype, op: "layer_norm")
    func run<T: ImageElement>(_: T.Type) throws {
      let (x, g, out) = (pointer(T.self), dy.pointer(T.self), dx.pointer(T.self))
      let (m, r, w) = (mean.pointer(T.self), rstd.pointer(T.self), weight?.pointer(T.self))
      let sums = try ColumnSums.run(rows: mean.count, columns: columns, 2) { rows, sums in
        let at = rows.lowerBound * columns
        T.kernels.layerNormBack(
          x + at, g + at, rows.count, columns, w, m + rows.lowerBound, r + rows.lowerBound,
          out + at, sums, sums + columns)
      }
      let (dwp, dbp) = (dw.pointer(T.self), db.pointer(T.self))
      for i in 0..<columns { (dwp[i], dbp[i]) = (T(sums[i]), T(sums[columns + i])) }
    }
    try dispatch(run, run)
    return (dx, dw, db)
  }
}
