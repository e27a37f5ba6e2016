// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Small integers in an irregular order: sums of them are exact in any order.
func ramp(_ shape: [Int], _ dtype: DType = .float32) throws -> Tensor {
  let n = shape.reduce(1, *)
  return try Tensor((0..<n).map { Double(($0 * 37 + 11) % 101 - 50) }, shape).cast(dtype)
}

/// Every permutation of 0..<n.
func permutations(_ n: Int) -> [[Int]] {
  if n == 0 { return [[]] }
  return permutations(n - 1).flatMap { p in
    (0...p.count).map { i in Array(p[..<i]) + [n - 1] + Array(p[i...]) }
  }
}

@Test func sum_everyDimsAndMemoryOrder_matchesElementwiseLoops() throws {
  for shape in [[3, 5, 7], [40, 600, 2], [2, 3, 1300], [1, 4, 1]] {
    for order in permutations(3) {
      let t = try ramp(shape).permute(order)
      let values = try t.values(Float.self)
      for mask in 0..<8 {
        let dims = (0..<3).filter { mask >> $0 & 1 == 1 }
        let kept = (0..<3).map { dims.contains($0) ? 1 : t.shape[$0] }
        var expected = [Float](repeating: 0, count: kept.reduce(1, *))
        for i in values.indices {
          let at = [
            i / (t.shape[1] * t.shape[2]), i / t.shape[2] % t.shape[1], i % t.shape[2],
          ]
          let k = (0..<3).map { dims.contains($0) ? 0 : at[$0] }
          expected[(k[0] * kept[1] + k[1]) * kept[2] + k[2]] += values[i]
        }
        let total = try t.sum(dims: dims, keepdim: true)
        #expect(total.shape == kept)
        #expect(try total.values(Float.self) == expected)
        #expect(try t.sum(dims: dims).values(Float.self) == expected)
      }
    }
  }
}

@Test func sum_oneMillionTenths_isExactToTheLastFloat() throws {
  let t = try Tensor.full([1_000_000], 0.1, .float32)
  #expect(try t.sum().item() == Double(Float(Double(Float(0.1)) * 1e6)))
  let columns = try Tensor.full([500_000, 2], 0.1, .float32)
  #expect(
    try columns.sum(dims: [0]).values(Float.self).allSatisfy {
      abs($0 - Float(Double(Float(0.1)) * 5e5)) <= $0.ulp
    })
}

@Test func sum_otherThreadCount_givesSameBits() throws {
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  let t = try Tensor((0..<300_000).map { Float($0 % 977) * 0.1 }, [3, 1000, 100])
  func all() throws -> [[Float]] {
    try [[0], [1], [2], [0, 1], [1, 2], [0, 2], [0, 1, 2]].map {
      try t.sum(dims: $0).values(Float.self)
    }
  }
  Workers.threadCount = 1
  let one = try all()
  Workers.threadCount = 4
  #expect(try all() == one)
}

@Test func sum_boolAndUInt8_isInt64() throws {
  #expect(try Tensor([true, false, true]).sum().values(Int64.self) == [2])
  #expect(try Tensor([200, 100] as [UInt8]).sum().values(Int64.self) == [300])
}

@Test func sum_emptyTensor_isZeroAndMeanIsNaN() throws {
  let t = try Tensor.zeros([0, 3])
  #expect(try t.sum(dims: [0]).values(Float.self) == [0, 0, 0])
  #expect(try t.sum(dims: [1]).shape == [0])
  #expect(try t.mean().item().isNaN)
}

@Test func mean_integers_isRefusedByName() throws {
  #expect(throws: TensorError.self) { try Tensor([1, 2] as [Int64]).mean() }
}
