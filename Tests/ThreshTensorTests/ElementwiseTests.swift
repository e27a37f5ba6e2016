// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func promotion_numbersAndTensors_followPyTorch() throws {
  let (i, f, b) = (
    try Tensor([1, 2] as [Int32]), try Tensor([1, 2] as [Float]), try Tensor([true, false])
  )
  #expect(try (i * 2).dtype == .int32)
  #expect(try (i * 2.5).dtype == .float32)
  #expect(try (f * 2).dtype == .float32)
  #expect(try (b * 2).dtype == .int64)
  #expect(try (i / 2).dtype == .float32)
  #expect(try (i + Tensor([1, 2] as [Int64])).dtype == .int64)
  #expect(try (f + Tensor.scalar(1, .float64)).dtype == .float32)
  #expect(try (i + Tensor([1, 2] as [Float])).dtype == .float32)
  #expect(try (Tensor([1, 2] as [UInt8]) + 300).values(UInt8.self) == [45, 46])
}

@Test func remainderAndFloorDivide_signs_followTheDivisor() throws {
  let a = try Tensor([7, -7, 7, -7] as [Int64])
  let b = try Tensor([3, 3, -3, -3] as [Int64])
  #expect(try a.remainder(b).values(Int64.self) == [1, 2, -2, -1])
  #expect(try a.floorDivide(b).values(Int64.self) == [2, -3, -3, 2])
  let (x, y) = (try a.cast(.float64), try b.cast(.float64))
  #expect(try x.remainder(y).values(Double.self) == [1, 2, -2, -1])
  #expect(try x.floorDivide(y).values(Double.self) == [2, -3, -3, 2])
  #expect(try Tensor([Int64.min]).floorDivide(-1).values(Int64.self) == [Int64.min])
  #expect(throws: TensorError.self) { try a.floorDivide(0) }
  #expect(throws: TensorError.self) { try a.remainder(Tensor([1, 0, 1, 1] as [Int64])) }
}

@Test func comparison_nanAndBool_followIEEE() throws {
  let x = try Tensor([1, .nan, 3] as [Float])
  #expect(try x.eq(x).values(Bool.self) == [true, false, true])
  #expect(try x.ne(x).values(Bool.self) == [false, true, false])
  #expect(try x.lt(3).values(Bool.self) == [true, false, false])
  #expect(try x.maximum(2).values(Float.self)[1].isNaN)
  let b = try Tensor([true, false])
  #expect(try b.eq(b).values(Bool.self) == [true, true])
  #expect(try b.logicalXor(true).values(Bool.self) == [false, true])
  #expect(try Tensor([6, 3] as [Int32]).bitwiseAnd(5).values(Int32.self) == [4, 1])
}

@Test func round_halves_goToEven() throws {
  let x = try Tensor([0.5, 1.5, 2.5, -0.5, -1.5] as [Float])
  #expect(try x.round().values(Float.self) == [0, 2, 2, 0, -2])
}

@Test func pow_integers_wrapAndRefuseNegativeNumbers() throws {
  let x = try Tensor([2, -3, 1] as [Int64])
  #expect(try x.pow(3).values(Int64.self) == [8, -27, 1])
  #expect(try x.pow(Tensor([-1, 2, -5] as [Int64])).values(Int64.self) == [0, 9, 1])
  #expect(throws: TensorError.self) { try x.pow(-1) }
}

@Test func inPlace_onTape_isRefusedAndVersionsAreCounted() throws {
  let w = try Tensor([1, 2] as [Float]).requireGrad()
  #expect(throws: TensorError.self) { try w.add_(1) }
  try GradMode.off { _ = try w.add_(1) }
  #expect(try w.values(Float.self) == [2, 3])
  let x = try Tensor([1, 2] as [Float])
  let y = try (w * x).sum()
  try x.mul_(2)
  #expect(throws: TensorError.self) { try y.backward() }
  #expect(throws: TensorError.self) { try x.mul_(w) }
  #expect(throws: TensorError.self) { try Tensor([1] as [Int64]).add_(0.5) }
  #expect(throws: TensorError.self) { try Tensor.zeros([1]).expand([3]).add_(1) }
}

@Test func inPlace_overlappingOperand_readsTheOldValues() throws {
  let x = try Tensor([1, 2, 3, 4] as [Float])
  try x.narrow(0, 1, 3).add_(x.narrow(0, 0, 3))
  #expect(try x.values(Float.self) == [1, 3, 5, 7])
}

@Test func nanToNum_everyCase_isReplaced() throws {
  let x = try Tensor([.nan, .infinity, -.infinity, 2] as [Double])
  #expect(
    try x.nanToNum(nan: 7, posinf: 8, neginf: 9).values(Double.self) == [7, 8, 9, 2])
  #expect(try x.nanToNum().values(Double.self)[1] == .greatestFiniteMagnitude)
}

@Test func out_fittingTensor_takesTheResult() throws {
  let (a, out) = (try Tensor([1, 2] as [Int64]), try Tensor.zeros([2]))
  #expect(try a.delivered(to: out, "add") === out)
  #expect(try out.values(Float.self) == [1, 2])
  #expect(throws: TensorError.self) { try out.delivered(to: a, "add") }
  #expect(throws: TensorError.self) { try a.delivered(to: Tensor.zeros([3]), "add") }
}
