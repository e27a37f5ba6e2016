// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ThreshTensor

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

@Test(arguments: [[7], [2, 4], [0], [], [3, 2, 2]])
func reshapedUnrecorded_anotherCount_isRefused(_ target: [Int]) throws {
  let x = try Tensor.zeros([2, 3])
  let refusal = #expect(throws: TensorError.self) { try x.reshapedUnrecorded(target) }
  #expect(refusal?.message.contains("6 elements of shape (2, 3)") == true)
  // Also where the strides allow no view.
  #expect(throws: TensorError.self) { try x.permute([1, 0]).reshapedUnrecorded(target) }
  #expect(try x.reshapedUnrecorded([3, 2]).shape == [3, 2])
}
