// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

/// Candidates and held-out examples of a softmax layer.
private struct Problem {
  var residuals, embeddings, logits, heldOut: [[Double]]
  var labels: [Int]

  init(n: Int, m: Int, classes: Int, width: Int, seed: UInt64) {
    (residuals, embeddings) = softmaxLayer(n: n, classes: classes, width: width, seed: seed)
    var stream = RandomStream(seed: seed, purpose: "held out")
    logits = (0..<m).map { _ in (0..<classes).map { _ in stream.normal() } }
    heldOut = (0..<m).map { _ in (0..<width).map { _ in max(stream.normal(), 0) } }
    labels = (0..<m).map { $0 % classes }
  }

  func row(_ i: Int) -> [Double] { gradient(residuals[i], embeddings[i]) }

  /// The mean held-out gradient after a step of `eta` along the sum of the picked gradients.
  func direction(after picks: [Int], eta: Double) -> [Double] {
    let width = heldOut[0].count
    let sum = picks.map(row).reduce([Double](repeating: 0, count: logits[0].count * (width + 1))) {
      zip($0, $1).map { $0 + $1 }
    }
    let rows = logits.indices.map { j in
      let moved = logits[j].indices.map { c in
        logits[j][c] - eta
          * dot(Array(sum[c * (width + 1)..<(c + 1) * (width + 1)]), [1] + heldOut[j])
      }
      let whole = moved.reduce(0) { $0 + exponential($1) }
      let r = moved.indices.map { exponential(moved[$0]) / whole - ($0 == labels[j] ? 1 : 0) }
      return gradient(r, heldOut[j])
    }
    return columnSum(rows).map { $0 / Double(rows.count) }
  }

  /// What the definition picks, and how clear its closest decision was.
  func naive(k: Int, eta: Double, size: Int = 1, alongMean: Bool = false) -> (
    picks: [Int], gap: Double
  ) {
    var (picks, gap): ([Int], Double) = ([], .infinity)
    while picks.count < k {
      let rate = alongMean ? eta / Double(max(picks.count, 1)) : eta
      let v = direction(after: picks, eta: rate)
      let gains = residuals.indices.map { dot(row($0), v) }
      let left = residuals.indices.filter { !picks.contains($0) }.sorted {
        (-gains[$0], $0) < (-gains[$1], $1)
      }
      for (a, b) in zip(left, left.dropFirst()) { gap = min(gap, gains[a] - gains[b]) }
      picks += left.prefix(min(size, k - picks.count))
    }
    return (picks, gap)
  }

  func select(
    k: Int, eta: Double, _ greedy: Glister.Greedy, _ dtype: DType = .float64, seed: UInt64 = 1
  ) throws -> [Int] {
    var stream = RandomStream(seed: seed, purpose: "pools")
    return try Glister.select(
      residuals: matrix(residuals).cast(dtype), embeddings: matrix(embeddings).cast(dtype),
      heldOut: Glister.HeldOut(
        logits: matrix(logits).cast(dtype), embeddings: matrix(heldOut).cast(dtype),
        labels: labels),
      options: Glister.Options(budget: k, eta: eta, greedy: greedy), stream: &stream)
  }
}

@Test func glister_randomProblems_matchTheDefinitionPickByPick() throws {
  var compared = 0
  for seed in 0..<200 as Range<UInt64> {
    var stream = RandomStream(seed: seed, purpose: "sizes")
    let n = try 3 + stream.integer(below: 12)
    let p = Problem(
      n: n, m: try 1 + stream.integer(below: 8), classes: try 2 + stream.integer(below: 3),
      width: try 1 + stream.integer(below: 5), seed: seed)
    let k = try 1 + stream.integer(below: n)
    let rounds = try 1 + stream.integer(below: k)
    let one = p.naive(k: k, eta: 0.3)
    let many = p.naive(k: k, eta: 0.3, size: (k - 1) / rounds + 1)
    guard min(one.gap, many.gap) > 1e-10 else { continue }
    compared += 1
    #expect(try p.select(k: k, eta: 0.3, .naive) == one.picks, "seed \(seed)")
    #expect(try p.select(k: k, eta: 0.3, .rounds(rounds)) == many.picks, "seed \(seed)")
    // A pool of all candidates is the naive form: floor(n / k ln(1e30)) is more than n for k <= 69.
    #expect(try p.select(k: k, eta: 0.3, .stochastic(epsilon: 1e-30)) == one.picks)
  }
  #expect(compared > 190)
}

/// Gains that are never renewed rank once and for all: what follows the first pick then differs.
@Test func glister_afterPicks_gainsChange() throws {
  let p = Problem(n: 30, m: 10, classes: 3, width: 4, seed: 5)
  let modular = p.naive(k: 10, eta: 0).picks
  #expect(try p.select(k: 10, eta: 0, .naive) == modular)
  let renewed = try p.select(k: 10, eta: 0.5, .naive)
  #expect(renewed[0] == modular[0] && renewed != modular)
  // Along the sum: a step along the mean picks others.
  #expect(renewed == p.naive(k: 10, eta: 0.5).picks)
  #expect(renewed != p.naive(k: 10, eta: 0.5, alongMean: true).picks)
}

/// Two classes of held-out mistakes of which the first is the larger: one step that mends it turns
/// the next pick to the other.
@Test func glister_twoMistakes_aMendedOneIsNotMendedAgain() throws {
  // Held out: one example of each class, the first predicted worse.
  let residuals = [[-0.9, 0.9], [-0.9, 0.9], [0.5, -0.5]]
  var stream = RandomStream(seed: 1, purpose: "pools")
  let logits = try matrix([[-1, 1], [0.5, -0.5]])
  func select(_ eta: Double) throws -> [Int] {
    try Glister.select(
      residuals: matrix(residuals), heldOut: .init(logits: logits, labels: [0, 1]),
      options: .init(budget: 2, eta: eta, greedy: .naive), stream: &stream)
  }
  #expect(try select(0) == [0, 1])
  #expect(try select(3) == [0, 2])
}

@Test func glister_stochastic_picksEachOnceToTheEndOfTheBudget() throws {
  for dtype in [DType.float32, .float64] {
    let p = Problem(n: 40, m: 6, classes: 3, width: 4, seed: 8)
    // Pools of floor(40 / 40 ln 100) = 4, more than what is left at the end.
    let all = try p.select(k: 40, eta: 0.1, .stochastic(epsilon: 0.01), dtype)
    #expect(all.sorted() == Array(0..<40))
    let some = try p.select(k: 9, eta: 0.1, .stochastic(epsilon: 0.01), dtype)
    #expect(Set(some).count == 9)
    #expect(try p.select(k: 9, eta: 0.1, .stochastic(epsilon: 0.01), dtype) == some)
    #expect(try p.select(k: 9, eta: 0.1, .stochastic(epsilon: 0.01), dtype, seed: 2) != some)
    // 7 rounds of ceil(40 / 7) = 6 would overshoot by 2.
    #expect(try p.select(k: 40, eta: 0.1, .rounds(7), dtype).sorted() == Array(0..<40))
  }
}

@Test func glister_threads_giveTheSamePicks() throws {
  let p = Problem(n: 1200, m: 700, classes: 4, width: 6, seed: 9)
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  var found: [[Int]] = []
  for threads in [1, 2] {
    Workers.threadCount = threads
    found.append(try p.select(k: 20, eta: 0.05, .naive, .float32))
  }
  #expect(found[0] == found[1])
}

@Test func glister_misuse_namesWhatIsWrong() throws {
  let p = Problem(n: 4, m: 2, classes: 2, width: 3, seed: 1)
  var stream = RandomStream(seed: 1, purpose: "pools")
  func text(
    _ heldOut: Glister.HeldOut, _ options: Glister.Options, embeddings: [[Double]]? = nil
  ) -> String {
    errorText {
      _ = try Glister.select(
        residuals: matrix(p.residuals), embeddings: embeddings.map { try matrix($0) },
        heldOut: heldOut, options: options, stream: &stream)
    }
  }
  let fine = Glister.HeldOut(logits: try matrix(p.logits), labels: [0, 1])
  let one = Glister.Options(budget: 1, eta: 0.1)
  #expect(text(fine, .init(budget: 5, eta: 0.1)).contains("1 ... 4"))
  #expect(text(fine, .init(budget: 0, eta: 0.1)).contains("got 0"))
  #expect(text(fine, .init(budget: 1, eta: -1)).contains("eta"))
  #expect(text(fine, .init(budget: 1, eta: 1, greedy: .rounds(0))).contains("rounds"))
  #expect(text(fine, .init(budget: 1, eta: 1, greedy: .stochastic(epsilon: 0))).contains("epsilon"))
  #expect(text(fine, one, embeddings: p.embeddings).contains("do not fit"))
  #expect(text(.init(logits: try matrix(p.logits), labels: [0]), one).contains("1 labels for 2"))
  #expect(text(.init(logits: try matrix(p.logits), labels: [0, 2]), one).contains("label 2"))
  #expect(
    text(.init(logits: try matrix([[.nan, 1], [0, 1]]), labels: [0, 1]), one).contains("nan"))
  #expect(
    text(.init(logits: try Tensor.zeros([0, 2]), labels: []), one).contains("no held-out"))
}
