// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

private let mixed: [Float] = [3, .nan, -1, 3, -.infinity, 0, -0.0, 7]

/// Equal as bits go, but for the payload of NaN.
private func same(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
}

@Test func sort_specialValues_matchesPyTorch() throws {
  let t = try Tensor(mixed)
  let up = try t.sort()
  #expect(same(try up.values.values(), [-.infinity, -1, 0, -0.0, 3, 3, 7, .nan]))
  #expect(try up.indices.values(Int64.self) == [4, 2, 5, 6, 0, 3, 7, 1])
  let down = try t.sort(descending: true)
  #expect(same(try down.values.values(), [.nan, 7, 3, 3, 0, -0.0, -1, -.infinity]))
  #expect(try down.indices.values(Int64.self) == [1, 7, 0, 3, 5, 6, 2, 4])
}

@Test func sort_everyTypeAndDim_isStableOrderOfEachLine() throws {
  for dtype in DType.allCases {
    for n in [1, 7, 48, 49, 700] {
      let t = try ramp([3, n, 2], dtype)
      for (d, descending) in [(0, false), (1, true), (1, false), (2, true)] {
        let (values, indices) = try t.sort(dim: d, descending: descending)
        let moved = try t.transpose(d, 2).cast(.float64).values(Double.self)
        let v = try values.transpose(d, 2).cast(.float64).values(Double.self)
        let i = try indices.transpose(d, 2).values(Int64.self)
        let length = t.shape[d]
        for line in 0..<(moved.count / length) {
          let x = moved[line * length..<(line + 1) * length].enumerated().sorted {
            $0.element == $1.element
              ? $0.offset < $1.offset
              : ($0.element < $1.element) != descending
          }
          #expect(Array(v[line * length..<(line + 1) * length]) == x.map(\.element))
          #expect(Array(i[line * length..<(line + 1) * length]) == x.map { Int64($0.offset) })
        }
      }
    }
  }
}

@Test func sort_extremeIntegers_areInOrder() throws {
  let t = try Tensor([Int64.max, -1, .min, 0, 1 << 53 + 1, 1 << 53] as [Int64])
  #expect(try t.argsort().values(Int64.self) == [2, 1, 3, 5, 4, 0])
}

@Test func sort_scalarAndEmpty_keepTheirShape() throws {
  let (v, i) = try Tensor.scalar(4).sort()
  #expect(v.shape == [] && i.shape == [])
  #expect(try Tensor.zeros([0, 3]).sort(dim: 0).indices.shape == [0, 3])
  #expect(throws: TensorError.self) { try Tensor.zeros([2, 3]).sort(dim: 2) }
}

@Test func topk_specialValues_matchesPyTorchWithFirstOfEquals() throws {
  let t = try Tensor(mixed)
  let top = try t.topk(3)
  #expect(same(try top.values.values(), [.nan, 7, 3]))
  #expect(try top.indices.values(Int64.self) == [1, 7, 0])
  let low = try t.topk(3, largest: false)
  #expect(try low.values.values(Float.self) == [-.infinity, -1, 0])
  #expect(try low.indices.values(Int64.self) == [4, 2, 5])
  #expect(try t.topk(3, sorted: false).indices.values(Int64.self) == [0, 1, 7])
  #expect(try t.topk(0).values.shape == [0])
}

@Test func topk_anyCount_isHeadOfStableSort() throws {
  for shape in [[5, 400], [1, 600_001]] {
    let t = try ramp(shape)
    for largest in [true, false] {
      let order = try t.sort(dim: 1, descending: largest)
      for k in [1, 10, 100, 300] {
        let top = try t.topk(k, dim: 1, largest: largest)
        #expect(
          try top.indices.values(Int64.self)
            == order.indices.narrow(1, 0, k).values(Int64.self))
        #expect(
          try top.values.values(Float.self) == order.values.narrow(1, 0, k).values(Float.self))
      }
    }
  }
}

@Test func topk_tooMany_errorNamesExtentAndCount() throws {
  let error = #expect(throws: TensorError.self) { try Tensor.zeros([4]).topk(5) }
  #expect(
    error?.description == "topk: needs 0 <= k <= 4, the extent of the dimension, got k = 5")
}

@Test func ordering_otherThreadCount_givesSameResult() throws {
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  let t = try ramp([4, 150_000])
  func all() throws -> [[Int64]] {
    [
      try t.argsort().values(), try t.topk(50).indices.values(),
      try t.reshape([600_000]).topk(70).indices.values(), try t.argsort(dim: 0).values(),
    ]
  }
  Workers.threadCount = 1
  let one = try all()
  Workers.threadCount = 2
  #expect(try all() == one)
}

@Test func sort_backward_returnsGradientToWhereElementsStood() throws {
  let t = try Tensor([3.0, 1, 2, 9, 8, 7] as [Double], [2, 3]).requireGrad()
  let w = try Tensor([10.0, 20, 30] as [Double])
  try (t.sort().values * w).sum().backward()
  #expect(try t.grad?.values(Double.self) == [30, 10, 20, 30, 20, 10])
  t.grad = nil
  try (t.topk(2, dim: 0).values * w).sum().backward()
  #expect(try t.grad?.values(Double.self) == [10, 20, 30, 10, 20, 30])
}

@Test func keep_topkOfRows_givesGradientsOfKeptRowsOnly() throws {
  let t = try Tensor([3.0, 1, 2, 9, 8, 7] as [Double], [2, 3]).requireGrad()
  let top = try t.topk(1).values.keep([1])
  #expect(try top.values(Double.self) == [9])
  try top.sum().backward()
  #expect(try t.grad?.values(Double.self) == [0, 0, 0, 1, 0, 0])
  #expect(throws: TensorError.self) { try t.sort(dim: 0).values.keep([0]) }
}

@Test func median_evenCountAndNaN_matchesPyTorch() throws {
  let (v, i) = try Tensor([4, 1, 3, 2] as [Float]).median(dim: 0)
  #expect(try v.item() == 2 && i.item() == 3)
  #expect(try Tensor(mixed).median().item().isNaN)
  let rows = try Tensor([1, .nan, 2, 6, 4, 5] as [Float], [2, 3]).median(dim: 1)
  #expect(try rows.values.values(Float.self)[1] == 5)
  #expect(try rows.indices.values(Int64.self) == [1, 2])
  #expect(try Tensor([5, 9, 7] as [Int64]).median().values(Int64.self) == [7])
  #expect(throws: TensorError.self) { try Tensor.zeros([2, 0]).median(dim: 1) }
}

@Test func quantile_betweenElements_isLinear() throws {
  let x = try Tensor([4, 1, 3, 2] as [Double]).requireGrad()
  let q = try x.quantile(0.3)
  #expect(abs(try q.item() - 1.9) < 1e-12)
  try q.backward()
  let g = try #require(x.grad).values(Double.self)
  #expect(zip(g, [0, 0.1, 0, 0.9]).allSatisfy { abs($0 - $1) < 1e-12 })
  let rows = try Tensor([4, 1, 3, 2, 10, 20, 50, 0] as [Float], [2, 4]).quantile(0.75, dim: 1)
  #expect(try rows.values(Float.self) == [3.25, 27.5])
  #expect(try Tensor([1, .infinity] as [Float]).quantile(0).item() == 1)
  #expect(try Tensor([1, .nan] as [Float]).quantile(0).item().isNaN)
  #expect(throws: TensorError.self) { try x.quantile(1.5) }
}

@Test func unique_repeats_givesInverseAndCounts() throws {
  let (values, inverse, counts) = try Tensor([3, 1, 3, 2, 1, 3] as [Int32], [2, 3])
    .uniqueWithCounts()
  #expect(try values.values(Int32.self) == [1, 2, 3])
  #expect(try inverse.values(Int64.self) == [2, 0, 2, 1, 0, 2] && inverse.shape == [2, 3])
  #expect(try counts.values(Int64.self) == [2, 1, 3])
  #expect(try Tensor([true, false, true]).unique().values(Bool.self) == [false, true])
  #expect(try Tensor([.nan, 1, .nan, -0.0, 0] as [Float]).unique().shape == [4])
  #expect(try Tensor.zeros([0]).unique().shape == [0])
}

@Test func bincount_weightsAndMinlength_matchesPyTorch() throws {
  let t = try Tensor([0, 2, 2, 5] as [Int64])
  #expect(try t.bincount().values(Int64.self) == [1, 0, 2, 0, 0, 1])
  let w = try Tensor([0.5, 1, 2, 4] as [Float])
  #expect(
    try t.bincount(weights: w, minlength: 8).values(Float.self) == [0.5, 0, 3, 0, 0, 4, 0, 0])
  #expect(try Tensor([] as [Int64]).bincount(minlength: 2).values(Int64.self) == [0, 0])
  let error = #expect(throws: TensorError.self) { try Tensor([1, -2] as [Int64]).bincount() }
  #expect(error?.description == "bincount: needs non-negative integers, got -2")
  #expect(throws: TensorError.self) { try Tensor([Int64.max]).bincount() }
}

@Test func histc_edges_matchesPyTorch() throws {
  let t = try Tensor([1, 2, 1, 4, -3, 9, .nan] as [Float])
  #expect(try t.histc(bins: 4, min: 0, max: 4).values(Float.self) == [0, 2, 1, 1])
  #expect(try Tensor([1, 2, 1, 4] as [Float]).histc(bins: 3).values(Float.self) == [2, 1, 1])
  #expect(try Tensor([5, 5] as [Float]).histc(bins: 2).values(Float.self) == [0, 2])
  #expect(throws: TensorError.self) { try t.histc(bins: 2, min: 3, max: 1) }
  #expect(throws: TensorError.self) { try Tensor([1, .infinity] as [Float]).histc() }
}

@Test func searchsorted_equalElements_sideDecides() throws {
  let s = try Tensor([1, 3, 3, 5] as [Float])
  let v = try Tensor([0, 3, 4, 9] as [Float])
  #expect(try s.searchsorted(v).values(Int64.self) == [0, 1, 3, 4])
  #expect(try s.searchsorted(v, right: true).values(Int64.self) == [0, 3, 3, 4])
  let lines = try Tensor([1, 2, 3, 10, 20, 30] as [Int64], [2, 3])
  let each = try lines.searchsorted(Tensor([2, 9, 2, 25] as [Int64], [2, 2]))
  #expect(try each.values(Int64.self) == [1, 3, 0, 2])
  #expect(throws: TensorError.self) { try lines.searchsorted(v) }
}
