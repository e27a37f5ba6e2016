// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

private func symmetric(_ t: Tensor) throws -> Tensor {
  try (t + t.transpose()) * Tensor.scalar(0.5, .float64)
}

private let indices = [2, 0, 3] as [Int64]

private func elementwiseCases() throws -> [Case] {
  let a = try spread([4, 3], 0.55, 0.95)
  let (b, c) = (try spread([4, 3], 1, 2), try spread([4, 3], 2.1, 3))
  return [
    Case("frac", [a]) { try $0[0].frac() },
    Case("erfc", [a]) { try $0[0].erfc() },
    Case("addcmul", [a, b, c]) { try $0[0].addcmul($0[1], $0[2], value: 0.7) },
    Case("fmod", [c, b]) { try $0[0].fmod($0[1]) },
    Case("nan_to_num", [a]) { try $0[0].nanToNum() },
  ]
}

private func reductionCases() throws -> [Case] {
  let a = try spread([4, 3])
  let cube = try spread([3, 4, 5])
  return try [
    Case("cummax", [a]) { try $0[0].cummax(1).values },
    Case("cummax of columns", [a], rows: false) { try $0[0].cummax(0).values },
    Case("cummin of a permuted", [spread([3, 4]).t()]) { try $0[0].cummin(1).values },
    Case("logcumsumexp", [a]) { try $0[0].logcumsumexp(1) },
    Case("logcumsumexp of columns", [cube], rows: false) { try $0[0].logcumsumexp(0) },
    Case("kthvalue", [a]) { try $0[0].kthvalue(2, dim: 1).values },
    Case("aminmax", [a]) {
      let found = try $0[0].aminmax(dim: 1)
      return try found.min * found.max
    },
    Case("var_mean", [a]) {
      let found = try $0[0].varianceAndMean(dims: [1])
      return try found.variance + found.mean
    },
    Case("std_mean", [a]) {
      let found = try $0[0].stdAndMean(dims: [1])
      return try found.std * found.mean
    },
    Case("nansum", [a]) { try $0[0].nansum(dims: [1]) },
    Case("nanmean", [a], rows: false) { try $0[0].nanmean() },
  ]
}

private func indexCases() throws -> [Case] {
  let a = try spread([4, 3])
  let (part, row) = (try spread([3, 3], 1, 2), try spread([3], 2, 3))
  let rows = try Tensor(indices)
  let mask = try a.gt(0)
  return try [
    Case("index_copy", [a, part], rows: false) { try $0[0].indexCopy(0, rows, $0[1]) },
    Case("index_fill", [a], rows: false) { try $0[0].indexFill(0, rows, 3) },
    Case("put", [a, row], rows: false) { try $0[0].put(rows, $0[1]) },
    Case("put, adding", [a, row], rows: false) {
      try $0[0].put(Tensor([1, 1, 5] as [Int64]), $0[1], accumulate: true)
    },
    Case("masked_scatter", [a, spread([12], 1, 2)], rows: false) {
      try $0[0].maskedScatter(mask, $0[1])
    },
    Case("unfold, overlapping", [a]) { try $0[0].unfold(1, 2, 1) },
    Case("unfold of rows", [a], rows: false) { try $0[0].unfold(0, 3, 1) },
    Case("unfold, apart", [spread([3, 6])]) { try $0[0].unfold(1, 2, 3) },
    Case("movedim", [spread([2, 3, 4])], rows: false) { try $0[0].movedim([0], [2]) },
    Case("meshgrid", [row, spread([2])], rows: false) {
      let grid = try Tensor.meshgrid($0)
      return try grid[0] * grid[1]
    },
  ]
}

private func matrixCases() throws -> [Case] {
  let square = try spread([3, 3]) + Tensor.eye(3, dtype: .float64) * Tensor.scalar(2, .float64)
  let tall = try spread([5, 3], -1, 2)
  let stack = try spread([3, 4, 2], -1, 2)
  let (x, y) = (try spread([3, 2, 4]), try spread([3, 4, 2], 1, 2))
  return try [
    Case("mm", [square, square], rows: false) { try $0[0].mm($0[1]) },
    Case("baddbmm", [spread([2, 2]), x, y], rows: false) {
      try $0[0].baddbmm($0[1], $0[2], beta: 0.5, alpha: 2)
    },
    Case("qr, Q", [tall], rows: false) { try $0[0].qr().q },
    Case("qr, R", [tall], rows: false) { try $0[0].qr().r },
    Case("qr of a stack, Q", [stack]) { try $0[0].qr().q },
    Case("qr of a stack, Q R", [stack]) {
      let (q, r) = try $0[0].qr()
      return try q.matmul(r)
    },
    Case("eigvalsh", [square], rows: false) { try symmetric($0[0]).eigvalsh() },
    Case("eigh, vectors", [square], rows: false) { try symmetric($0[0]).eigh().vectors.square() },
    Case("slogdet", [square], rows: false) { try $0[0].slogdet().logabsdet },
    Case("cdist, p 1", [tall, spread([4, 3], 3, 5)]) { try $0[0].cdist($0[1], p: 1) },
    Case("cdist, p 3", [tall, spread([4, 3], 3, 5)]) { try $0[0].cdist($0[1], p: 3) },
    Case("einsum, a stack", [x, y]) { try Tensor.einsum("bij,bjk->bik", $0) },
    Case("einsum, traces", [x, spread([2, 2])], rows: false) {
      try Tensor.einsum("bij,ii->jb", $0)
    },
    Case("einsum of three", [square, square, spread([3])], rows: false) {
      try Tensor.einsum("ij,jk,k->i", $0)
    },
  ]
}

@Suite struct SurfaceGradientTests {
  @Test func elementwise_gradients_matchDifferences() throws {
    for item in try elementwiseCases() { try item.check() }
  }

  @Test func reductions_gradients_matchDifferences() throws {
    for item in try reductionCases() { try item.check() }
  }

  @Test func indexWrites_gradients_matchDifferences() throws {
    for item in try indexCases() { try item.check() }
  }

  @Test func matrices_gradients_matchDifferences() throws {
    for item in try matrixCases() { try item.check() }
  }
}

@Test func eigh_sizesAndStacks_reconstruct() throws {
  for shape in [[1, 1], [6, 6], [3, 4, 4], [0, 0], [2, 0, 0]] {
    let a = try symmetric(spread(shape))
    let (w, v) = try a.eigh()
    #expect(try (v * w.unsqueeze(-2)).matmul(v.transpose()).allclose(a, rtol: 1e-12, atol: 1e-12))
    #expect(try a.eigvalsh().allclose(w, rtol: 1e-12, atol: 1e-12))
    #expect(w.shape == Array(shape.dropLast()))
  }
  // Only the lower half counts.
  let full = try Tensor([2.0, 9, 1, 3] as [Double], [2, 2])
  let half = try Tensor([2.0, 1, 1, 3] as [Double], [2, 2])
  #expect(try full.eigvalsh().allclose(half.eigvalsh()))
}

@Test func qr_wideMatrix_hasFactorsButNoGradient() throws {
  let a = try spread([2, 4]).requireGrad()
  let (q, r) = try a.qr()
  #expect(try q.matmul(r).allclose(a, rtol: 1e-12, atol: 1e-12))
  #expect(throws: TensorError.self) { try r.sum().backward() }
}

@Test func einsum_badEquation_errorSaysWhat() throws {
  let (a, flipped) = (try Tensor.zeros([2, 3]), try Tensor.zeros([3, 2]))
  func message(_ equation: String, _ tensors: [Tensor]) -> String? {
    #expect(throws: TensorError.self) { try Tensor.einsum(equation, tensors) }?.message
  }
  #expect(message("ij,jk", [a]) == "'ij,jk': 2 terms for 1 tensors")
  #expect(message("ijk->i", [a]) == "'ijk->i': term 1 has 3 letters, its tensor shape (2, 3)")
  #expect(message("ij,ij", [a, flipped]) == "'ij,ij': 'i' stands for 2 and for 3")
  #expect(message("i.j", [a]) == "'i.j': only letters stand for dimensions, got '.'")
  #expect(
    message("ij->ik", [a])
      == "'ij->ik': each letter of the output must come in an input, and once in the output")
  #expect(message("ij>ji", [a]) == "'ij>ji': '->' expected before the output")
}

@Test func unfold_overlappingWindows_areACopy() throws {
  let x = try Tensor([1, 2, 3, 4] as [Float])
  try x.unfold(0, 2, 1).fill_(9)
  #expect(try x.values(Float.self) == [1, 2, 3, 4])
  try x.unfold(0, 2, 2).fill_(9)
  #expect(try x.values(Float.self) == [9, 9, 9, 9])
  #expect(throws: TensorError.self) { try x.unfold(0, 5, 1) }
  #expect(throws: TensorError.self) { try x.unfold(0, 2, 0) }
}

@Test func out_fittingTensor_takesTheResult() throws {
  let (a, out) = (try Tensor([1, 2] as [Int64]), try Tensor.zeros([2]))
  #expect(try a.delivered(to: out, "add") === out)
  #expect(try out.values(Float.self) == [1, 2])
  #expect(throws: TensorError.self) { try out.delivered(to: a, "add") }
  #expect(throws: TensorError.self) { try a.delivered(to: Tensor.zeros([3]), "add") }
}

@Test func isDense_everyOrderOfDimensions_isSeen() throws {
  for order in permutations(4) {
    #expect(try Tensor.zeros([2, 1, 3, 4]).permute(order).isDense)
  }
  #expect(try Tensor.zeros([2, 3]).narrow(1, 0, 2).isDense == false)
  #expect(try Tensor.zeros([1]).expand([2]).isDense == false)
  #expect(try Tensor.zeros([2, 1]).expand([2, 2]).isDense == false)
  #expect(try Tensor.zeros([0, 3]).expand([2, 0, 3]).isDense)
}
