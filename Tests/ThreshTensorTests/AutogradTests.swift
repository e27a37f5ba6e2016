// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func backward_productOfBroadcastOperands_matchesClosedForm() throws {
  let a = try Tensor([1.0, 2, 3, 4, 5, 6] as [Double], [2, 3]).requireGrad()
  let b = try Tensor([10.0, 20, 30] as [Double], [3]).requireGrad()
  let y = try (a * b).sum(dims: [0, 1])
  #expect(try y.item() == 10 + 40 + 90 + 40 + 100 + 180)
}

@Test func keep_productOfRows_givesGradientsOfKeptRowsOnly() throws {
  let a = try Tensor([1.0, 2, 3, 4, 5, 6] as [Double], [3, 2]).requireGrad()
  let b = try Tensor([10.0, 20] as [Double], [2]).requireGrad()
  let y = try (a * b).keep([2, 0])
  #expect(try y.values(Double.self) == [50, 120, 10, 40])
  try y.backward(Tensor.ones([2, 2], .float64))
  #expect(try a.grad?.values(Double.self) == [10, 20, 0, 0, 10, 20])
  #expect(try b.grad?.values(Double.self) == [6, 8])
}
