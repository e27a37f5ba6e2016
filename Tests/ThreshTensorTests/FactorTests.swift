// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

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

@Test func qr_wideMatrix_hasFactors() throws {
  let a = try spread([2, 4])
  let (q, r) = try a.qr()
  #expect(try q.matmul(r).allclose(a, rtol: 1e-12, atol: 1e-12))
}
