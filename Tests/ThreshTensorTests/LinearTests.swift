// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Whether all elements differ by at most `tolerance`.
private func near(_ t: Tensor, _ expected: [Double], _ tolerance: Double = 1e-12) throws -> Bool {
  let values = try t.cast(.float64).values(Double.self)
  return values.count == expected.count
    && zip(values, expected).allSatisfy { abs($0 - $1) <= tolerance }
}

private func near(_ a: Tensor, _ b: Tensor, _ tolerance: Double = 1e-12) throws -> Bool {
  guard a.shape == b.shape else { return false }
  return try near(a, b.cast(.float64).values(Double.self), tolerance)
}

/// Irregular numbers between -1 and 1.
private func irregular(_ shape: [Int], _ dtype: DType = .float64, _ seed: Int = 0) throws -> Tensor
{
  let n = shape.reduce(1, *)
  let values = (0..<n).map { i in
    Double(((i + 1) * 7919 + seed * 104_729 + i * i * 31) % 2003) / 1001 - 1
  }
  return try Tensor(values, shape).cast(dtype)
}

/// A Aᵀ + n I.
private func positive(_ shape: [Int], _ dtype: DType = .float64) throws -> Tensor {
  let (a, n) = (try irregular(shape, dtype), shape[shape.count - 1])
  return try a.matmul(a.transpose()) + Tensor.eye(n, dtype: dtype) * Tensor.scalar(Double(n), dtype)
}

@Test func cholesky_literal_matchesNumpy() throws {
  let a = try Tensor([4, 2, 0.6, 2, 5, 1, 0.6, 1, 3] as [Double], [3, 3])
  let l = [2, 0, 0, 1, 2, 0, 0.3, 0.35, 1.6695807857064]
  #expect(try near(a.cholesky(), l, 1e-13))
  #expect(try near(a.cholesky(upper: true).t(), l, 1e-13))
}

@Test func cholesky_sizesAndStacks_reconstruct() throws {
  for shape in [[1, 1], [40, 40], [3, 7, 7], [2, 2, 5, 5], [0, 0], [2, 0, 0]] {
    let a = try positive(shape)
    let l = try a.cholesky()
    #expect(try near(l.matmul(l.transpose()), a, 1e-12 * Double(shape[shape.count - 1] + 1)))
  }
  let a = try positive([30, 30], .float32)
  let l = try a.cholesky()
  #expect(l.dtype == .float32)
  #expect(try near(l.matmul(l.transpose()), a, 1e-4))
}

@Test func cholesky_badInput_errorSaysWhich() throws {
  func message(_ t: Tensor) -> String? {
    #expect(throws: TensorError.self) { try t.cholesky() }?.description
  }
  #expect(
    message(try Tensor([1, 0, 0, 0, -1, 0, 0, 0, 1] as [Float], [3, 3]))
      == "cholesky: the matrix is not positive definite: its leading minor of order 2 is not")
  #expect(
    message(try Tensor([1, 0, 0, 0] as [Float], [1, 2, 2]))
      == "cholesky: the matrix is not positive definite: its leading minor of order 2 is not "
      + "(matrix 1 of 1 in the stack)")
  #expect(
    message(try Tensor.zeros([2, 3])) == "cholesky: needs a square matrix, got shape (2, 3)")
  #expect(
    message(try Tensor([1, .nan, .nan, 1] as [Float], [2, 2]))
      == "cholesky: the input has elements that are NaN or infinite")
  #expect(message(try Tensor.zeros([3]))?.contains("square") == true)
  #expect(message(try Tensor.zeros([2, 2], .int64))?.contains("float32 or float64") == true)
}

private let regular: [Double] = [2, 1, -1, -3, -1, 2, -2, 1, 2]

@Test func solve_literal_matchesNumpy() throws {
  let a = try Tensor(regular, [3, 3])
  #expect(try near(a.solve(Tensor([8.0, -11, -3] as [Double])), [2, 3, -1]))
  #expect(try near(a.inverse(), [4, 3, -1, -2, -2, 1, 5, 4, -1]))
  #expect(try near(a.det(), [-1]))
  #expect(try near(a.t().det(), [-1]))
}

@Test func solve_stacksAndViews_reproduceTheRightSide() throws {
  let (a, b) = (try irregular([4, 1, 6, 6]), try irregular([5, 6, 3], .float64, 1))
  let x = try a.solve(b)
  #expect(x.shape == [4, 5, 6, 3])
  #expect(try near(a.matmul(x), b.expand([4, 5, 6, 3]), 1e-10))
  let t = try irregular([20, 20]).t()
  let y = try irregular([3, 20]).t()
  #expect(try near(t.matmul(t.solve(y)), y, 1e-10))
  #expect(try near(t.matmul(t.inverse()), Tensor.eye(20, dtype: .float64), 1e-10))
  #expect(try a.solve(Tensor.zeros([6, 0], .float64)).shape == [4, 1, 6, 0])
}

@Test func solve_badInput_errorSaysWhat() throws {
  let singular = try Tensor([1, 2, 2, 4] as [Double], [2, 2])
  #expect(
    #expect(throws: TensorError.self) { try singular.inverse() }?.description
      == "inverse: the matrix is singular: pivot 2 of 2 is 0")
  #expect(try singular.det().item() == 0)
  #expect(
    #expect(throws: TensorError.self) { try singular.solve(Tensor.zeros([3])) }?.description
      == "solve: the right side needs 2 rows, as the matrix has: (2, 2) and (3,)")
  #expect(throws: TensorError.self) { try Tensor.zeros([2, 3]).solve(Tensor.zeros([2])) }
  #expect(throws: TensorError.self) {
    try Tensor.eye(2).solve(Tensor([.infinity, 0] as [Float]))
  }
}

@Test func solveTriangular_everyVariant_solvesAndIgnoresTheOtherHalf() throws {
  let full = try irregular([5, 5]) + Tensor.eye(5, dtype: .float64) * Tensor.scalar(3, .float64)
  let b = try irregular([5, 300], .float64, 2)
  let values = try full.values(Double.self)
  for upper in [false, true] {
    for transpose in [false, true] {
      for unit in [false, true] {
        let half = try Tensor(
          values.indices.map { i in
            let (r, c) = (i / 5, i % 5)
            return r == c ? (unit ? 1 : values[i]) : (c > r) == upper ? values[i] : 0
          }, [5, 5])
        let x = try full.solveTriangular(b, upper: upper, transpose: transpose, unit: unit)
        #expect(try near((transpose ? half.t() : half).matmul(x), b, 1e-11))
      }
    }
  }
  let zero = try Tensor([1, 0, 5, 0] as [Double], [2, 2])
  #expect(
    #expect(throws: TensorError.self) {
      try zero.solveTriangular(Tensor.zeros([2], .float64), upper: false)
    }?.description == "solve_triangular: the matrix is singular: diagonal element 2 of 2 is 0")
}

@Test func lstsq_literals_matchNumpy() throws {
  let a = try Tensor([1, 2, 3, 4, 5, 6, 7, 9] as [Double], [4, 2])
  let fit = try a.lstsq(Tensor([1, 0, 2, 5] as [Double]))
  #expect(try near(fit.solution, [-0.18644067796610164, 0.5762711864406781], 1e-13))
  #expect(try near(fit.residuals, [4.576271186440678]) && fit.residuals.shape == [])
  #expect(try fit.rank.values(Int64.self) == [2])
  #expect(try near(fit.singularValues, [14.857076037853464, 0.5170025197621853]))
  let flat = try Tensor([1, 2, 2, 4, 3, 6] as [Double], [3, 2]).lstsq(
    Tensor([1.0, 2, 4] as [Double]))
  #expect(try near(flat.solution, [0.24285714285714274, 0.48571428571428565]))
  #expect(try flat.rank.item() == 1)
  #expect(try near(flat.residuals, [0.3571428571428571]))
}

@Test func lstsq_wideAndStacks_solveExactly() throws {
  let (a, b) = (try irregular([3, 4, 7]), try irregular([4, 2], .float64, 3))
  let fit = try a.lstsq(b)
  #expect(fit.solution.shape == [3, 7, 2] && fit.residuals.shape == [3, 2])
  #expect(try near(a.matmul(fit.solution), b.expand([3, 4, 2]), 1e-11))
  #expect(throws: TensorError.self) { try Tensor.zeros([0, 2]).lstsq(Tensor.zeros([0])) }
  let none = try a.lstsq(Tensor.zeros([4, 0], .float64))
  #expect(none.solution.shape == [3, 7, 0] && none.residuals.shape == [3, 0])
  #expect(try none.rank.values(Int64.self) == [4, 4, 4])
}

@Test func svd_shapes_reconstruct() throws {
  for shape in [[5, 3], [3, 5], [1, 4], [2, 30, 20], [3, 0]] {
    let a = try irregular(shape)
    let (u, s, vh) = try a.svd()
    #expect(try near((u * s.unsqueeze(-2)).matmul(vh), a, 1e-12))
    let p = min(shape[shape.count - 1], shape[shape.count - 2])
    let unit = try Tensor.eye(p, dtype: .float64).expand(Array(shape.dropLast(2)) + [p, p])
    #expect(try near(u.transpose().matmul(u), unit, 1e-12))
    #expect(try near(a.svdvals(), s, 1e-12))
  }
  #expect(throws: TensorError.self) { try Tensor([.nan] as [Float]).reshape([1, 1]).svd() }
}

@Test func eyeDiagTrace_literals_areExact() throws {
  #expect(try Tensor.eye(2, 3).values(Float.self) == [1, 0, 0, 0, 1, 0])
  let v = try Tensor([1, 2] as [Int64])
  #expect(try v.diag().values(Int64.self) == [1, 0, 0, 2])
  #expect(try v.diag(offset: -1).values(Int64.self) == [0, 0, 0, 1, 0, 0, 0, 2, 0])
  let m = try Tensor([1, 2, 3, 4, 5, 6] as [Double], [2, 3])
  #expect(try m.diag(offset: 1).values(Double.self) == [2, 6])
  #expect(try m.trace().item() == 6)
  #expect(throws: TensorError.self) { try v.diag(offset: .min) }
  #expect(throws: TensorError.self) { try v.trace() }
}

@Test func addmm_factors_matchDefinition() throws {
  let a = try Tensor([1, 2, 3, 4] as [Double], [2, 2])
  let bias = try Tensor([10, 20] as [Double])
  #expect(try bias.addmm(a, a).values(Double.self) == [17, 30, 25, 42])
  #expect(try bias.addmm(a, a, beta: 0.5, alpha: 2).values(Double.self) == [19, 30, 35, 54])
  let nan = try Tensor([.nan, .nan] as [Double])
  #expect(try nan.addmm(a, a, beta: 0).values(Double.self) == [7, 10, 15, 22])
  #expect(throws: TensorError.self) { try Tensor.zeros([3]).addmm(a, a) }
  #expect(throws: TensorError.self) { try bias.addmm(a, bias) }
}

@Test func cdist_literal_matchesPyTorch() throws {
  let x = try Tensor([0, 0, 3, 4] as [Double], [2, 2])
  let y = try Tensor([0, 0, 6, 8, 3, 0] as [Double], [3, 2])
  #expect(try near(x.cdist(y), [0, 10, 3, 5, 5, 4]))
  #expect(try near(x.cdist(y, squared: true), [0, 100, 9, 25, 25, 16]))
  #expect(
    try Tensor.zeros([2, 0]).cdist(Tensor.zeros([3, 0])).values(Float.self) == [0, 0, 0, 0, 0, 0])
  #expect(try Tensor.zeros([0, 2]).cdist(Tensor.zeros([3, 2])).shape == [0, 3])
  #expect(try Tensor.zeros([2, 2]).cdist(Tensor.zeros([0, 2])).shape == [2, 0])
  #expect(
    #expect(throws: TensorError.self) { try x.cdist(Tensor.zeros([2, 3])) }?.description
      == "cdist: needs rows of equal length, (n, d) and (m, d), got (2, 2) and (2, 3)")
}

@Test func cdist_closeFarRowsInFloat32_keepTheirDigits() throws {
  // Far from the origin, with neighbours much closer than the mean: the textbook formula fails.
  let base = try irregular([150, 40]) + Tensor.scalar(1000, .float64)
  let moved = try base + irregular([150, 40], .float64, 9) * Tensor.scalar(1e-2, .float64)
  let (x, y) = (try base.cast(.float32), try moved.cast(.float32))
  let (p, q) = (try x.cast(.float64).values(Double.self), try y.cast(.float64).values(Double.self))
  let out = try x.cdist(y).values(Float.self)
  var worst = 0.0
  for i in 0..<150 {
    for j in 0..<150 {
      var total = 0.0
      for k in 0..<40 {
        total += (p[i * 40 + k] - q[j * 40 + k]) * (p[i * 40 + k] - q[j * 40 + k])
      }
      let exact = total.squareRoot()
      worst = max(worst, abs(Double(out[i * 150 + j]) - exact) / exact)
    }
  }
  // Rows are rounded to floats again when they are moved to their mean, which is rounded too.
  #expect(worst < 1e-5)
  #expect(try x.cdist(x.clone()).diagonal().values(Float.self).allSatisfy { $0 == 0 })
}

@Test func cdist_equalRows_haveFiniteGradients() throws {
  let x = try irregular([3, 2]).requireGrad()
  try x.cdist(x).sum().backward()
  #expect(try #require(x.grad).values(Double.self).allSatisfy(\.isFinite))
}

@Test func keep_cdistAndSolve_givesGradientsOfKeptRowsOnly() throws {
  func gradients(_ rows: [Int]?) throws -> (Tensor, Tensor) {
    let x = try irregular([4, 3]).requireGrad()
    let y = try irregular([5, 3], .float64, 1).requireGrad()
    let all = try x.cdist(y)
    if let rows {
      try all.keep(rows).sum().backward()
    } else {
      try (all.select(0, 2).sum() + all.select(0, 0).sum()).backward()
    }
    return (try #require(x.grad), try #require(y.grad))
  }
  let (kept, all) = (try gradients([2, 0]), try gradients(nil))
  #expect(try near(kept.0, all.0) && near(kept.1, all.1))

  let a = try positive([3, 2, 2]).requireGrad()
  try a.cholesky().keep([1]).sum().backward()
  let one = try positive([3, 2, 2]).narrow(0, 1, 1).clone().requireGrad()
  try one.cholesky().sum().backward()
  #expect(try near(#require(a.grad).narrow(0, 1, 1), #require(one.grad)))
  #expect(try #require(a.grad).select(0, 0).values(Double.self) == [0, 0, 0, 0])

  let b = try positive([3, 2, 2]).requireGrad()
  try b.solve(irregular([2, 1])).keep([2]).sum().backward()
  #expect(try #require(b.grad).narrow(0, 0, 2).values(Double.self).allSatisfy { $0 == 0 })

  let m = try positive([2, 2]).requireGrad()
  #expect(throws: TensorError.self) { try m.inverse().keep([0]) }
  #expect(throws: TensorError.self) { try m.cdist(m).keep([0]) }
}

@Test func linear_otherThreadCount_givesSameBits() throws {
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  let (a, b) = (try positive([6, 50, 50], .float32), try irregular([50, 400], .float32))
  let x = try irregular([300, 70], .float32)
  func all() throws -> [[Float]] {
    let fit = try a.lstsq(b)
    return [
      try a.cholesky().values(), try a.solve(b).values(), try a.det().values(),
      try a.solveTriangular(b, upper: false).values(), try a.svd().u.values(),
      try fit.solution.values(),
      try x.cdist(b.t().narrow(1, 0, 50).matmul(x.narrow(0, 0, 50)))
        .values(),
    ]
  }
  Workers.threadCount = 1
  let one = try all()
  Workers.threadCount = 2
  #expect(try all() == one)
}
