// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func unfold_overlappingWindows_areACopy() throws {
  let x = try Tensor([1, 2, 3, 4] as [Float])
  try x.unfold(0, 2, 1).fill_(9)
  #expect(try x.values(Float.self) == [1, 2, 3, 4])
  try x.unfold(0, 2, 2).fill_(9)
  #expect(try x.values(Float.self) == [9, 9, 9, 9])
  #expect(throws: TensorError.self) { try x.unfold(0, 5, 1) }
  #expect(throws: TensorError.self) { try x.unfold(0, 2, 0) }
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
