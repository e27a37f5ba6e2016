// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

/// The published probabilities of Composer's rank sampling.
@Test func rankProbabilities_eightRows_matchPublishedValues() throws {
  let half = [0.015625, 0.046875, 0.078125, 0.109375, 0.140625, 0.171875, 0.203125, 0.234375]
  let quarter = [0.000123, 0.003322, 0.015379, 0.042200, 0.089690, 0.163755, 0.270300, 0.415231]
  #expect(try isClose(RankSampling.probabilities(8, keep: 0.5), half, 1e-6))
  #expect(try isClose(RankSampling.probabilities(8, keep: 0.25), quarter, 1e-6))
  #expect(try isClose(RankSampling.probabilities(3, keep: 1), [1 / 3.0, 1 / 3.0, 1 / 3.0], 1e-15))
}

/// A power of 1e6 underflows; the highest rank is left, never a sum of 0.
@Test func rankProbabilities_tinyKeep_staysAtTheHighestRank() throws {
  for keep in [1e-6, 1e-300, Double.leastNonzeroMagnitude] {
    let p = try RankSampling.probabilities(5, keep: keep)
    #expect(p.allSatisfy(\.isFinite) && abs(p[4] - 1) < 1e-9)
    var stream = RandomStream(seed: 1, purpose: "test")
    #expect(try RankSampling.sample([3, 1, 9, 2, 4], keep: keep, stream: &stream) == [2])
  }
}

@Test func rankSample_ofTwo_keepsTheHigherThreeTimesInFour() throws {
  let n = 4000
  var higher = 0
  for epoch in 0..<n {
    var stream = RandomStream(seed: 5, purpose: "test", epoch: epoch)
    let rows = try RankSampling.sample([7, 2], keep: 0.5, stream: &stream)
    #expect(rows.count == 1)
    if rows == [0] { higher += 1 }
  }
  let sigma = (0.75 * 0.25 * Double(n)).squareRoot()
  #expect(abs(Double(higher) - 0.75 * Double(n)) < 3 * sigma)
}

/// Probabilities go by rank: wherever a loss stands in the batch, it is kept or not.
@Test func rankSample_permutedRows_keepsTheSameLosses() throws {
  var shuffler = RandomStream(seed: 3, purpose: "shuffle")
  for trial in 0..<200 {
    let n = 1 + trial % 17
    let losses = (0..<n).map { _ in shuffler.normal() }
    let order = try shuffler.permutation(n)
    let keep = 0.1 + 0.8 * shuffler.uniform()
    var (a, b) = (
      RandomStream(seed: 9, purpose: "test", epoch: trial),
      RandomStream(seed: 9, purpose: "test", epoch: trial)
    )
    let rows = try RankSampling.sample(losses, keep: keep, stream: &a)
    let others = try RankSampling.sample(order.map { losses[$0] }, keep: keep, stream: &b)
    #expect(rows == rows.sorted() && Set(rows).count == rows.count)
    #expect(rows.count == max(1, Int(keep * Double(n) + 1e-9)))
    #expect(rows.map { losses[$0] }.sorted() == others.map { losses[order[$0]] }.sorted())
  }
}

@Test func rankSample_keepOne_isTheBatchAsItCame() throws {
  var stream = RandomStream(seed: 1, purpose: "test")
  #expect(try RankSampling.sample([3, 1, 2], keep: 1, stream: &stream) == [0, 1, 2])
  #expect(try RankSampling.sample([3], keep: 0.1, stream: &stream) == [0])
  #expect(RankSampling.count(100, keep: 0.29) == 29)
}

@Test func rankSample_badArguments_areNamed() throws {
  func text(_ losses: [Double], _ keep: Double) -> String {
    errorText {
      var stream = RandomStream(seed: 1, purpose: "test")
      _ = try RankSampling.sample(losses, keep: keep, stream: &stream)
    }
  }
  #expect(text([], 0.5).contains("at least one loss"))
  #expect(text([1, .nan], 0.5).contains("row 1"))
  for keep in [0, -1, 1.5, Double.nan, .infinity] {
    #expect(text([1, 2], keep).contains("keep must be above 0"), "\(keep)")
  }
}

@Test func lossHistory_everyPercentile_equalsACountOfTheLastLosses() throws {
  var stream = RandomStream(seed: 11, purpose: "test")
  for capacity in [1, 2, 7, 64] {
    let history = try LossHistory(capacity: capacity)
    var all: [Double] = []
    #expect(history.percentile(0) == 0)
    for _ in 0..<300 {
      // Few values, so that equal ones are common.
      let loss = (stream.uniform() * 12).rounded(.down)
      history.append(loss)
      all.append(loss)
      let last = all.suffix(capacity)
      #expect(history.count == last.count)
      let probe = (stream.uniform() * 14).rounded(.down) - 1
      #expect(
        history.percentile(probe) == Double(last.count { $0 < probe }) / Double(last.count))
    }
  }
}

/// A diverged run must not put the order of the others out.
@Test func lossHistory_nan_countsAsInfinite() throws {
  let history = try LossHistory(capacity: 2)
  for loss in [1, .nan, 3, .nan, 2, 5] { history.append(loss) }
  #expect(history.percentile(4) == 0.5 && history.percentile(.infinity) == 1)
  history.append(.nan)
  #expect(history.percentile(.infinity) == 0.5)
}

/// A row enters the history before it is weighed, so that a first loss is below nothing.
@Test func lossHistory_probabilities_areOfTheBatchItselfToo() throws {
  let history = try LossHistory()
  #expect(try history.probabilities([1, 3, 2, 3], beta: 1) == [0, 0.5, 0.25, 0.5])
  #expect(try history.probabilities([0], beta: 2, minimum: 0.125) == [0.125])
  #expect(try isClose(history.probabilities([4], beta: 2), [(5 / 6.0) * (5 / 6.0)], 1e-15))
  #expect(errorText { _ = try history.probabilities([1, .nan], beta: 1) }.contains("row 1"))
  #expect(history.count == 6)
  #expect(errorText { _ = try history.probabilities([1], beta: -1) }.contains("beta"))
  #expect(errorText { _ = try history.probabilities([1], beta: 1, minimum: 2) }.contains("minimum"))
  for capacity in [0, -1, Int.max] {
    #expect(errorText { _ = try LossHistory(capacity: capacity) }.contains("capacity"))
  }
}

@Test(arguments: [1.0, 2, 3])
func lossHistory_keptPart_isOneInOnePlusBeta(_ beta: Double) throws {
  let history = try LossHistory()
  var stream = RandomStream(seed: 21, purpose: "test")
  _ = try history.probabilities((0..<1024).map { _ in stream.normal() }, beta: beta)
  let (batches, size) = (200, 128)
  var kept = 0
  for _ in 0..<batches {
    let losses = (0..<size).map { _ in stream.normal() }
    for p in try history.probabilities(losses, beta: beta) where stream.bernoulli(p) { kept += 1 }
  }
  let (n, part) = (Double(batches * size), 1 / (1 + beta))
  #expect(abs(Double(kept) / n - part) < 3 * (part * (1 - part) / n).squareRoot())
}

/// PyTorch's interpolate(scale_factor=0.5, mode="bilinear") of 0 ... 15, and of any image the formula.
@Test func shrink_matchesBilinearInterpolation() throws {
  let grid = try Tensor((0..<16).map(Double.init), [1, 1, 4, 4])
  #expect(try Shrinking.shrink(grid, scale: 0.5).values(Double.self) == [2.5, 4.5, 10.5, 12.5])
  #expect(try Shrinking.shrink(grid, scale: 1).values(Double.self) == grid.values(Double.self))
  var stream = RandomStream(seed: 2, purpose: "test")
  let (h, w) = (7, 5)
  let images = try Tensor.randn([2, 3, h, w], .float64, stream: &stream)
  let x = try images.values(Double.self)
  for scale in [0.3, 0.5, 0.75, 0.9] {
    let small = try Shrinking.shrink(images, scale: scale)
    let (p, q) = (Int(Double(h) * scale), Int(Double(w) * scale))
    #expect(small.shape == [2, 3, p, q])
    func ends(_ y: Int, _ size: Int) -> (Int, Int, Double) {
      let place = max(0, (Double(y) + 0.5) / scale - 0.5)
      let low = Int(place)
      return (low, min(low + 1, size - 1), place - Double(low))
    }
    var wanted: [Double] = []
    for image in 0..<6 {
      for y in 0..<p {
        for z in 0..<q {
          let ((a, b, s), (c, d, t)) = (ends(y, h), ends(z, w))
          func at(_ i: Int, _ j: Int) -> Double { x[(image * h + i) * w + j] }
          wanted.append(
            (1 - s) * ((1 - t) * at(a, c) + t * at(a, d)) + s * ((1 - t) * at(b, c) + t * at(b, d)))
        }
      }
    }
    #expect(try isClose(small.values(Double.self), wanted, 1e-12))
  }
  for scale in [0, 1.5, Double.nan, 0.1] {
    #expect(errorText { _ = try Shrinking.shrink(grid, scale: scale) }.contains("shrink"))
  }
  #expect(
    errorText { _ = try Shrinking.shrink(Tensor.zeros([2, 3], .float32), scale: 0.5) }
      .contains("(N, C, H, W)"))
}

/// Against gradients that are formed, on 200 random problems.
@Test func matchingError_equalsFormedGradients() throws {
  var stream = RandomStream(seed: 31, purpose: "test")
  for trial in 0..<200 {
    let (n, c, e) = (1 + trial % 9, 1 + trial % 4, trial % 5)
    let residuals = try Tensor.randn([n, c], .float64, stream: &stream)
    let embeddings = e == 0 ? nil : try Tensor.randn([n, e], .float64, stream: &stream)
    let r = try residuals.values(Double.self)
    let h = try embeddings?.values(Double.self) ?? []
    let gradients: [[Double]] = (0..<n).map { i in
      var g: [Double] = []
      for k in 0..<c {
        let residual = r[i * c + k]
        g.append(residual)
        for j in 0..<e { g.append(residual * h[i * e + j]) }
      }
      return g
    }
    let indices = try stream.sample(1 + trial % n, of: n)
    let weights = indices.map { _ in stream.uniform() * 3 + 0.01 }
    for normalise in [false, true] {
      let scale = normalise ? Double(n) / weights.reduce(0, +) : 1
      var (left, norm) = (0.0, 0.0)
      for j in 0..<c * (e + 1) {
        var (total, part) = (0.0, 0.0)
        for g in gradients { total += g[j] }
        for (index, weight) in zip(indices, weights) {
          part += weight * scale * gradients[index][j]
        }
        left += (part - total) * (part - total)
        norm += total * total
      }
      let found = try MatchingError.relative(
        residuals: residuals, embeddings: embeddings, indices: indices, weights: weights,
        normalise: normalise)
      let wanted = (left / norm).squareRoot()
      #expect(abs(found - wanted) <= 1e-9 * max(1, wanted))
    }
    let all = try MatchingError.relative(
      residuals: residuals, embeddings: embeddings, indices: Array(0..<n))
    #expect(all < 1e-9)
  }
}

@Test func matchingError_badArguments_areNamed() throws {
  let residuals = try Tensor([1.0, 2, 3, 4] as [Double], [2, 2])
  func text(_ indices: [Int], _ weights: [Double]?, normalise: Bool = false) -> String {
    errorText {
      _ = try MatchingError.relative(
        residuals: residuals, indices: indices, weights: weights, normalise: normalise)
    }
  }
  #expect(text([2], nil).contains("index 2 is not in 0 ..< 2"))
  #expect(text([-1], nil).contains("index -1"))
  #expect(text([0], [1, 2]).contains("2 weights for 1 indices"))
  #expect(text([0], [.nan]).contains("weight 0"))
  #expect(text([0], [0], normalise: true).contains("sum 0"))
  #expect(text([], nil, normalise: true).contains("sum 0"))
  #expect(try MatchingError.relative(residuals: residuals, indices: []) == 1)
  #expect(
    try MatchingError.relative(residuals: Tensor.zeros([2, 2], .float64), indices: [0]) == 0)
}

@Test func jaccard_ofSets() {
  #expect(Overlap.jaccard([1, 2, 3], [2, 3, 4]) == 0.5)
  #expect(Overlap.jaccard([1], [2]) == 0)
  #expect(Overlap.jaccard([Int](), [Int]()) == 1)
  #expect(Overlap.jaccard([1, 2], [2, 1]) == 1)
}
