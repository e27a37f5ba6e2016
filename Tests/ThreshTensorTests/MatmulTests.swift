// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// The product of two matrices, by definition.
private func product(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
  var out = [Double](repeating: 0, count: m * n)
  for i in 0..<m {
    for j in 0..<n {
      for l in 0..<k { out[i * n + j] += a[i * k + l] * b[l * n + j] }
    }
  }
  return out
}

@Test func matmul_everyLayoutAndType_matchesDefinition() throws {
  for (m, k, n) in [
    (3, 4, 5), (1, 7, 3), (6, 2, 1), (65, 130, 33), (20, 5000, 30), (300, 200, 150),
  ] {
    let (a, b) = (try ramp([m, k], .float64), try ramp([k, n], .float64))
    let expected = product(
      try a.values(Double.self), try b.values(Double.self), m, k, n)
    let padded = try ramp([m, k + 3], .float64)
    try padded.narrow(1, 1, k).copy_(a)
    for x in [a, try a.t().contiguous().t(), try padded.narrow(1, 1, k)] {
      for y in [b, try b.t().contiguous().t()] {
        #expect(try x.matmul(y).values(Double.self) == expected)
        for dtype in [DType.float32, .int64, .int32] {
          let out = try x.cast(dtype).matmul(y.cast(dtype))
          #expect(out.dtype == dtype)
          #expect(try out.cast(.float64).values(Double.self) == expected)
        }
      }
    }
  }
}

@Test func matmul_batches_broadcastAsInPyTorch() throws {
  let (a, b) = (try ramp([4, 1, 2, 3], .float64), try ramp([5, 3, 2], .float64))
  let out = try a.matmul(b)
  #expect(out.shape == [4, 5, 2, 2])
  for i in 0..<4 {
    for j in 0..<5 {
      let one = try a.select(0, i).select(0, 0).matmul(b.select(0, j))
      #expect(
        try out.select(0, i).select(0, j).values(Double.self) == one.values(Double.self))
    }
  }
}

@Test func matmul_vectors_dropTheirExtent() throws {
  let (v, w) = (try Tensor([1.0, 2, 3] as [Double]), try Tensor([4.0, 5, 6] as [Double]))
  #expect(try v.dot(w).item() == 32)
  let m = try Tensor([1.0, 0, 2, 0, 1, 3] as [Double], [2, 3])
  #expect(try m.mv(v).values(Double.self) == [7, 11])
  #expect(try Tensor([1.0, 10] as [Double]).matmul(m).values(Double.self) == [1, 10, 32])
  #expect(try v.outer(w).shape == [3, 3])
}

@Test func matmul_emptyInner_isZero() throws {
  let out = try Tensor.zeros([2, 0]).matmul(Tensor.zeros([0, 3]))
  #expect(try out.values(Float.self) == [Float](repeating: 0, count: 6))
}

@Test func matmul_innerSizesDiffer_errorNamesBothShapes() throws {
  let error = #expect(throws: TensorError.self) {
    try Tensor.zeros([64, 10]).matmul(Tensor.zeros([20, 10]))
  }
  #expect(error?.description == "matmul: inner sizes differ: (64, 10) x (20, 10)")
}
