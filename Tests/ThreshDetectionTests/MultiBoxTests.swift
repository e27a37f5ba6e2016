// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshDetection
import ThreshTensor

@Suite(.serialized) struct MultiBoxTests {
  private func error(_ given: Tensor?, _ wanted: Tensor) throws -> Double {
    relativeError(try values(#require(given)), try values(wanted))
  }

  @Test(arguments: [DType.float64, .float32])
  func loss_referenceCases_agreeWithPyTorch(_ dtype: DType) throws {
    let cases = try Fixtures.cases("loss")
    #expect(cases.count == 5)
    let most = dtype == .float64 ? 1e-12 : 1e-5
    for (i, item) in cases.enumerated() {
      let targets = try BoxTargets(labels: item.array("labels"), offsets: item.array("offsets"))
      for how in MultiBox.Normalisation.allCases {
        let loc = try item.array("loc").cast(dtype).clone().requireGrad()
        let conf = try item.array("conf").cast(dtype).clone().requireGrad()
        let result = try MultiBox.loss(
          loc, conf, targets,
          MultiBox.Options(
            normalisation: how, alpha: #require(item.info.alpha),
            negatives: #require(item.info.negatives)))
        let name = "case \(i), \(how.rawValue)"
        #expect(try error(result.losses, item.array("\(how.rawValue)_losses")) < most, "\(name)")
        #expect(try error(result.locations, item.array("locations")) < most, "\(name)")
        #expect(try error(result.scores, item.array("scores")) < most, "\(name)")
        #expect(
          try result.positives.values(Int64.self) == item.array("positives").values(Int64.self))
        let n = result.losses.count
        try result.losses.backward(Tensor((0..<n).map { Double($0 + 1) }))
        #expect(try error(loc.grad, item.array("\(how.rawValue)_dloc")) < most, "\(name)")
        #expect(try error(conf.grad, item.array("\(how.rawValue)_dconf")) < most, "\(name)")
      }
    }
  }

  @Test func loss_uniformScores_isFourLogarithmsOf81() throws {
    let (k, p) = (81, 400)
    var labels = [Int64](repeating: 0, count: 2 * p)
    for a in [p + 3, p + 100, p + 399] { labels[a] = 7 }
    let targets = try BoxTargets(
      labels: Tensor(labels, [2, p]), offsets: Tensor.zeros([2, 4, p]))
    for dtype in [DType.float32, .float64] {
      let result = try MultiBox.loss(
        Tensor.zeros([2, 4, p], dtype), Tensor.full([2, k, p], 0.25, dtype), targets)
      let losses = try values(result.losses)
      #expect(losses[0] == 0)
      #expect(abs(losses[1] - 17.577797) < 1e-5)
      #expect(try result.positives.values(Int64.self) == [0, 3])
    }
  }

  @Test func loss_gradient_isThatOfDifferences() throws {
    var draw = Draw(7)
    let targets = try draw.targets(3, 4, 20, chance: 0.2)
    let (loc, conf) = (try draw.normal([3, 4, 20]), try draw.normal([3, 4, 20], std: 2))
    for how in MultiBox.Normalisation.allCases {
      let worst = try GradientCheck.run([loc, conf]) {
        try MultiBox.loss(
          $0[0], $0[1], targets, MultiBox.Options(normalisation: how, alpha: 0.7)
        ).losses
      }
      #expect(worst < 1e-7, "\(how.rawValue)")
    }
  }

  @Test func loss_otherMemoryOrder_givesTheSameBits() throws {
    var draw = Draw(8)
    let targets = try draw.targets(3, 6, 50, chance: 0.1)
    let (loc, conf) = (try draw.normal([3, 4, 50]), try draw.normal([3, 6, 50], std: 2))
    let plain = try MultiBox.loss(loc, conf, targets).losses.values(Double.self)
    func turned(_ t: Tensor) throws -> Tensor {
      try t.permute([2, 1, 0]).contiguous().permute([2, 1, 0])
    }
    #expect(
      try MultiBox.loss(turned(loc), turned(conf), targets).losses.values(Double.self) == plain)
  }

  @Test func loss_orderOfBoxes_changesSumsByRoundingsOnly() throws {
    var draw = Draw(9)
    let p = 300
    let targets = try draw.targets(2, 5, p, chance: 0.05)
    let (loc, conf) = (try draw.normal([2, 4, p]), try draw.normal([2, 5, p], std: 3))
    let order = try Tensor((0..<p).map { Int64(($0 * 7 + 11) % p) })
    let a = try MultiBox.loss(loc, conf, targets)
    let b = try MultiBox.loss(
      loc.indexSelect(2, order), conf.indexSelect(2, order),
      BoxTargets(
        labels: targets.labels.indexSelect(1, order), offsets: targets.offsets.indexSelect(2, order)
      ))
    #expect(relativeError(try values(b.losses), try values(a.losses)) < 1e-13)
  }

  @Test func keep_rows_giveTheGradientsOfThoseImages() throws {
    var draw = Draw(10)
    let targets = try draw.targets(5, 4, 40, chance: 0.1)
    let (x, y) = (try draw.normal([5, 4, 40]), try draw.normal([5, 4, 40], std: 2))
    let rows = [3, 1]
    let (loc, conf) = (try x.clone().requireGrad(), try y.clone().requireGrad())
    // Behind other operations, so that rows are dropped from these too.
    let losses = try MultiBox.loss(loc * 1.5, conf * 0.5, targets).losses
    try losses.keep(rows).mean().backward()

    let index = try Tensor(rows.map { Int64($0) })
    let few = try BoxTargets(
      labels: targets.labels.indexSelect(0, index), offsets: targets.offsets.indexSelect(0, index))
    let (a, b) = (
      try x.indexSelect(0, index).requireGrad(), try y.indexSelect(0, index).requireGrad()
    )
    try MultiBox.loss(a * 1.5, b * 0.5, few).losses.mean().backward()
    for (whole, part) in [(loc, a), (conf, b)] {
      let grad = try #require(whole.grad)
      #expect(
        relativeError(try values(grad.indexSelect(0, index)), try values(#require(part.grad)))
          < 1e-14)
      for i in [0, 2, 4] { #expect(try values(grad.select(0, i)).allSatisfy { $0 == 0 }) }
    }
  }

  @Test func loss_anyNumberOfThreads_givesTheSameBits() throws {
    var draw = Draw(11)
    let before = Workers.threadCount
    defer { Workers.threadCount = before }
    let targets = try draw.targets(6, 21, 2000, chance: 0.01)
    let x = try draw.normal([6, 4, 2000], .float32)
    let y = try draw.normal([6, 21, 2000], std: 3, .float32)
    var seen: [[Float]] = []
    for threads in [1, 2, 5] {
      Workers.threadCount = threads
      let (loc, conf) = (try x.clone().requireGrad(), try y.clone().requireGrad())
      let result = try MultiBox.loss(loc, conf, targets)
      try result.losses.mean().backward()
      seen.append(
        try result.losses.values(Float.self) + #require(conf.grad).values(Float.self)
          + #require(loc.grad).values(Float.self))
    }
    #expect(seen[0] == seen[1])
    #expect(seen[0] == seen[2])
  }

  /// Of equal losses the boxes with the lowest numbers are the hard ones.
  @Test func mining_ties_takeTheFirstBoxes() throws {
    let p = 50
    var labels = [Int64](repeating: 0, count: p)
    labels[20] = 1
    labels[21] = 2
    let targets = try BoxTargets(labels: Tensor(labels, [1, p]), offsets: Tensor.zeros([1, 4, p]))
    let conf = try Tensor.zeros([1, 3, p], .float64).requireGrad()
    try MultiBox.loss(Tensor.zeros([1, 4, p], .float64), conf, targets).losses.sum().backward()
    let grad = try #require(conf.grad).select(0, 0).select(0, 0).contiguous().values(Double.self)
    #expect(grad.indices.filter { grad[$0] != 0 } == [0, 1, 2, 3, 4, 5, 20, 21])
  }

  /// The selection against a sort, on problems with many ties.
  @Test func mining_manyProblems_choosesAsAStableSort() throws {
    var draw = Draw(12)
    for round in 0..<60 {
      let p = 1 + round * 3
      let loss = try draw.integers(p, below: round % 3 == 0 ? 4 : 1000).map { Double($0) / 100 }
      let hits = try draw.integers(p, below: 9)
      var labels = hits.map { Int64($0 == 0 ? 1 : 0) }
      labels[p / 2] = 1
      let targets = try BoxTargets(
        labels: Tensor(labels, [1, p]), offsets: Tensor.zeros([1, 4, p]))
      // Two classes: the loss of the background is ln(1 + e^x), rising with x.
      let conf = try Tensor([Double](repeating: 0, count: p) + loss, [1, 2, p]).requireGrad()
      let result = try MultiBox.loss(Tensor.zeros([1, 4, p], .float64), conf, targets)
      try result.losses.sum().backward()
      let grad = try #require(conf.grad).select(0, 0).select(0, 0).contiguous().values(Double.self)
      let positives = labels.count { $0 > 0 }
      let order = (0..<p).sorted { a, b in
        let (x, y) = (labels[a] > 0 ? -1 : loss[a], labels[b] > 0 ? -1 : loss[b])
        return x != y ? x > y : a < b
      }
      let chosen = Set(order.prefix(3 * positives)).union(labels.indices.filter { labels[$0] > 0 })
      #expect(Set(grad.indices.filter { grad[$0] != 0 }) == chosen, "round \(round)")
    }
  }

  @Test func loss_notFinite_namesTheImage() throws {
    var draw = Draw(13)
    let targets = try draw.targets(4, 3, 30, chance: 0.3)
    let loc = try draw.normal([4, 4, 30])
    var scores = try draw.normal([4, 3, 30]).values(Double.self)
    scores[2 * 90 + 17] = .nan
    for dtype in [DType.float64, .float32] {
      let error = try #require(throws: DetectionError.self) {
        try MultiBox.loss(
          loc.cast(dtype), Tensor(scores, [4, 3, 30]).cast(dtype), targets)
      }
      #expect(error.image == 2)
    }
  }

  @Test func loss_unfitting_isAnError() throws {
    let targets = try BoxTargets(
      labels: Tensor.zeros([2, 9], .int64), offsets: Tensor.zeros([2, 4, 9]))
    let (loc, conf) = (try Tensor.zeros([2, 4, 9]), try Tensor.zeros([2, 3, 9]))
    #expect(throws: TensorError.self) { try MultiBox.loss(conf, loc, targets) }
    #expect(throws: TensorError.self) { try MultiBox.loss(loc, Tensor.zeros([2, 3, 8]), targets) }
    #expect(throws: TensorError.self) { try MultiBox.loss(loc, conf.cast(.float64), targets) }
    #expect(throws: TensorError.self) {
      try MultiBox.loss(loc, conf, targets, MultiBox.Options(alpha: .nan))
    }
    #expect(throws: TensorError.self) {
      try BoxTargets(labels: Tensor.zeros([2, 9]), offsets: Tensor.zeros([2, 4, 9]))
    }
    #expect(throws: TensorError.self) {
      try BoxTargets(labels: Tensor.zeros([2, 9], .int64), offsets: Tensor.zeros([2, 9, 4]))
    }
    let high = try BoxTargets(
      labels: Tensor.full([2, 9], 3, .int64), offsets: Tensor.zeros([2, 4, 9]))
    #expect(throws: DetectionError.self) { try MultiBox.loss(loc, conf, high) }
    #expect(try MultiBox.loss(loc, conf, targets).losses.values(Float.self) == [0, 0])
  }
}
