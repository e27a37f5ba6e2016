// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func backward_productOfBroadcastOperands_matchesClosedForm() throws {
  let a = try Tensor([1.0, 2, 3, 4, 5, 6] as [Double], [2, 3]).requireGrad()
  let b = try Tensor([10.0, 20, 30] as [Double], [3]).requireGrad()
  let y = try (a * b).sum(dims: [0, 1])
  #expect(try y.item() == 10 + 40 + 90 + 40 + 100 + 180)
  try y.backward()
  #expect(try a.grad?.values(Double.self) == [10, 20, 30, 10, 20, 30])
  #expect(try b.grad?.values(Double.self) == [5, 7, 9])
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

@Test func keep_allRowsInAnotherOrder_givesEachRowItsGradient() throws {
  let a = try Tensor([1.0, 2, 3] as [Double], [3, 1]).requireGrad()
  try (a * 2).keep([1, 2, 0]).backward(Tensor([10.0, 20, 30] as [Double], [3, 1]))
  #expect(try a.grad?.values(Double.self) == [60, 20, 40])
}

@Test func keep_twice_composes() throws {
  let a = try Tensor([1.0, 2, 3, 4] as [Double], [4, 1]).requireGrad()
  let first = try (a * a).keep([3, 1, 0])
  let second = try (first * 10).keep([2, 0])
  #expect(try second.values(Double.self) == [10, 160])
  try second.sum().backward()
  #expect(try a.grad?.values(Double.self) == [20, 0, 0, 80])
}

/// Beside each row the batch's mean goes into the result, so that every row is still needed.
@Test func keep_batchUsedAsAWhole_isRefusedByNameAndLeavesTheTape() throws {
  func message(_ mixed: String, _ f: (Tensor) throws -> Tensor) throws {
    let x = try spread([3, 3]).requireGrad()
    let y = try f(x * 2)
    let error = #expect(throws: TensorError.self, "\(mixed)") { try y.keep([1]) }
    #expect(error?.description.contains("behind '\(mixed)'") == true, "\(error?.description ?? "")")
    try y.sum().backward()
    #expect(x.grad != nil)
  }
  try message("mean") { try $0 - $0.mean(dims: [0]) }
  try message("mean") { try $0 - $0.mean(dims: [0], keepdim: true) * 0.5 }
  try message("sum") { try $0 / $0.exp().sum() }
  try message("select") { try $0 * $0.select(0, 0) }
  try message("matmul") { try $0.matmul($0) }
  try message("linear") { try $0.linear($0 + 1) }
  try message("mse_loss") {
    try $0 * $0.mseLoss(Tensor.zeros([3, 3], .float64), reduction: .mean)
  }
}

@Test func keep_leafUsedAsAWhole_givesTheExactGradient() throws {
  func gradient(_ pick: (Tensor) throws -> Tensor) throws -> [Double] {
    let x = try spread([4, 3]).requireGrad()
    try pick(x * x - x.mean(dims: [0]) * x.sum()).sum().backward()
    return try #require(x.grad).values(Double.self)
  }
  let kept = try gradient { try $0.keep([3, 1]) }
  let picked = try gradient { try $0.indexSelect(0, Tensor([3, 1] as [Int64])) }
  #expect(zip(kept, picked).allSatisfy { abs($0 - $1) < 1e-12 })
}

@Test func keep_tensorsMadeOnTheWay_canNoLongerLeadBack() throws {
  let x = try spread([3, 2]).requireGrad()
  let inner = try x * 2
  let y = try inner.exp()
  let kept = try y.keep([1])
  for stale in [inner, y] {
    let error = #expect(throws: TensorError.self) { try stale.sum().backward() }
    #expect(error?.description.contains("keep dropped rows") == true)
  }
  try kept.sum().backward()
  #expect(x.grad != nil)
}

@Test func keep_gradientsOfATensorInside_standAtItsRows() throws {
  let x = try Tensor([1.0, 2, 3] as [Double], [3, 1]).requireGrad()
  let inner = try x * 2
  let kept = try (inner * inner).keep([2])
  let found = try kept.sum().gradients(of: [inner, x])
  #expect(try found[0].values(Double.self) == [0, 0, 12])
  #expect(try found[1].values(Double.self) == [0, 0, 24])
}

@Test func keep_badRows_areNamed() throws {
  let y = try spread([3, 2]).requireGrad() * 2
  func text(_ t: Tensor, _ rows: [Int]) -> String {
    #expect(throws: TensorError.self) { try t.keep(rows) }?.description ?? ""
  }
  #expect(text(y, [0, 3]) == "keep: row 3 is outside a batch of 3")
  #expect(text(y, [-1]) == "keep: row -1 is outside a batch of 3")
  #expect(text(y, [1, 1]) == "keep: row 1 comes twice")
  #expect(text(try y.sum(), [0]).contains("needs a tensor with rows"))
  try y.sum().backward()
  #expect(text(y, [0]).contains("freed by an earlier backward"))
}

/// BatchNorm's statistics stay those of the batch; over the kept rows S and their gradients g
/// - `.keptRows`: dx = w s (g - mean_S(g) - xhat mean_S(g xhat)),
/// - `.constant`: dx = w s g,
/// both with dw = Σ_S g xhat and db = Σ_S g.
@Test(arguments: [[5, 2], [4, 3, 2], [5, 3, 2, 2]])
func keep_batchNorm_bothPoliciesMatchTheirClosedForms(_ shape: [Int]) throws {
  let (c, pixels) = (shape[1], shape.dropFirst(2).reduce(1, *))
  let rows = [3, 0, 1]
  let input = try spread(shape)
  let (w, b) = (try spread([c], 0.5, 1.5), try spread([c]))
  let keptShape = [rows.count] + shape.dropFirst()
  let seed = try spread(keptShape, -1, 2)
  // x and g by (row, channel, pixel).
  let (x, g) = (try input.values(Double.self), try seed.values(Double.self))
  func at(_ row: Int, _ channel: Int, _ pixel: Int) -> Int { (row * c + channel) * pixels + pixel }
  for policy in [BatchNormKeep.keptRows, .constant] {
    let leaves = try [input, w, b].map { try $0.clone().requireGrad() }
    try leaves[0].batchNorm(
      weight: leaves[1], bias: leaves[2], running: nil, training: true, keep: policy
    ).keep(rows).backward(seed)
    let dx = try #require(leaves[0].grad).values(Double.self)
    let dw = try #require(leaves[1].grad).values(Double.self)
    let db = try #require(leaves[2].grad).values(Double.self)
    let weights = try w.values(Double.self)
    for channel in 0..<c {
      let all = (0..<shape[0]).flatMap { row in (0..<pixels).map { x[at(row, channel, $0)] } }
      let mean = all.reduce(0, +) / Double(all.count)
      let variance = all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)
      let s = 1 / (variance + 1e-5).squareRoot()
      var (sum, product) = (0.0, 0.0)
      for (k, row) in rows.enumerated() {
        for p in 0..<pixels {
          sum += g[at(k, channel, p)]
          product += g[at(k, channel, p)] * (x[at(row, channel, p)] - mean) * s
        }
      }
      #expect(abs(dw[channel] - product) < 1e-12)
      #expect(abs(db[channel] - sum) < 1e-12)
      let n = Double(rows.count * pixels)
      for row in 0..<shape[0] {
        for p in 0..<pixels {
          var wanted = 0.0
          if let k = rows.firstIndex(of: row) {
            wanted = g[at(k, channel, p)]
            if policy == .keptRows {
              let normalised = (x[at(row, channel, p)] - mean) * s
              wanted -= sum / n + normalised * product / n
            }
            wanted *= weights[channel] * s
          }
          #expect(abs(dx[at(row, channel, p)] - wanted) < 1e-12, "\(policy)")
        }
      }
    }
  }
}

/// Without dropped rows both policies are the exact gradient; in evaluation there is no difference.
@Test(arguments: [BatchNormKeep.keptRows, .constant])
func keep_batchNormOfAllRows_isExact(_ policy: BatchNormKeep) throws {
  for training in [true, false] {
    let running = RunningStatistics(
      mean: try spread([3]), variance: try spread([3], 0.5, 2), momentum: 0)
    func gradients(_ rows: [Int]?) throws -> [Double] {
      let x = try spread([4, 3, 2, 2]).requireGrad()
      let y = try x.batchNorm(
        weight: nil, bias: nil, running: running, training: training, keep: policy)
      let picked = try rows.map { try y.keep($0) } ?? y
      try picked.backward(spread([4, 3, 2, 2], -1, 2))
      return try #require(x.grad).values(Double.self)
    }
    let (kept, all) = (try gradients([0, 1, 2, 3]), try gradients(nil))
    #expect(zip(kept, all).allSatisfy { abs($0 - $1) < 1e-12 })
    if !training {
      let some = try gradients(nil)
      #expect(some == all)
    }
  }
}

@Test func keep_leaf_putsItsGradientAtTheKeptRows() throws {
  let x = try Tensor([1.0, 2, 3] as [Double], [3, 1]).requireGrad()
  let y = try x.keep([2, 0])
  try (y.keep([1, 0]) * 10).backward(Tensor([1.0, 2] as [Double], [2, 1]))
  #expect(try x.grad?.values(Double.self) == [10, 0, 20])
}

@Test func keep_withoutTape_copiesRowsAndLeavesTheTape() throws {
  let x = try Tensor([1.0, 2, 3] as [Double], [3, 1]).requireGrad()
  let y = try x * x
  let rows = try GradMode.off { try y.keep([2]) }
  #expect(!rows.requiresGrad)
  #expect(try rows.values(Double.self) == [9])
  try y.sum().backward()
  #expect(try x.grad?.values(Double.self) == [2, 4, 6])
  #expect(try spread([3, 1]).keep([1]).requiresGrad == false)
}
