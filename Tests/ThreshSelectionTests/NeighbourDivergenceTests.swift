// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import ThreshSelection
import ThreshTensor

/// The scores by definition: all distances, sorted.
private func naive(
  _ embeddings: [[Double]], _ logits: [[Double]], _ m: Int, labels: [Int]? = nil
) -> [Double] {
  let p = logits.map { row in
    let sum = row.reduce(0) { $0 + exponential($1) }
    return row.map { exponential($0) / sum }
  }
  return embeddings.indices.map { i in
    func distance(_ j: Int) -> Double {
      zip(embeddings[i], embeddings[j]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    let others = embeddings.indices.filter { $0 != i && labels?[$0] == labels?[i] }
    let near = others.sorted { (distance($0), $0) < (distance($1), $1) }.prefix(m)
    func kl(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) }
    }
    let sum = near.reduce(0) { $0 + (kl(p[i], p[$1]) + kl(p[$1], p[i])) / 2 }
    return near.isEmpty ? 0 : sum / Double(near.count)
  }
}

private func layer(_ n: Int, _ classes: Int, _ width: Int, seed: UInt64) -> (
  embeddings: [[Double]], logits: [[Double]]
) {
  var stream = RandomStream(seed: seed, purpose: "layer")
  return (
    (0..<n).map { _ in (0..<width).map { _ in stream.normal() } },
    (0..<n).map { _ in (0..<classes).map { _ in stream.normal() } }
  )
}

@Test func neighbourDivergence_randomProblems_matchTheDefinition() throws {
  for seed in 0..<200 as Range<UInt64> {
    var stream = RandomStream(seed: seed, purpose: "sizes")
    // Some problems span several blocks of rows.
    let n = try 1 + stream.integer(below: seed % 20 == 0 ? 300 : 40)
    let (e, z) = layer(
      n, try 2 + stream.integer(below: 4), try 1 + stream.integer(below: 6), seed: seed)
    let m = try 1 + stream.integer(below: 12)
    let labels = seed % 2 == 0 ? nil : try (0..<n).map { _ in try stream.integer(below: 3) }
    let scores = try NeighbourDivergence.scores(
      embeddings: matrix(e), logits: matrix(z), neighbours: m, labels: labels, classes: 3)
    #expect(isClose(scores, naive(e, z, m, labels: labels), 1e-9), "seed \(seed)")
  }
}

@Test func neighbourDivergence_severalTiles_matchTheDefinition() throws {
  let (e, z) = layer(2100, 3, 4, seed: 4)
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  var found: [[Double]] = []
  for threads in [1, 2] {
    Workers.threadCount = threads
    found.append(
      try NeighbourDivergence.scores(
        embeddings: matrix(e).cast(.float32), logits: matrix(z).cast(.float32)))
  }
  #expect(found[0] == found[1])
  let exact = try NeighbourDivergence.scores(embeddings: matrix(e), logits: matrix(z))
  let some = naive(Array(e.prefix(2100)), z, 10)
  #expect(isClose(exact, some, 1e-9))
}

/// The example that disagrees with those around it scores highest: the lowest would be the defect.
@Test func neighbourDivergence_twoPairs_theContrastiveOneIsHighest() throws {
  // Two near pairs: the first agrees, the second does not.
  let scores = try NeighbourDivergence.scores(
    embeddings: matrix([[0, 0], [0, 0.1], [9, 9], [9, 9.1]]),
    logits: matrix([[2, 0], [2, 0], [2, 0], [0, 2]]), neighbours: 1)
  #expect(scores[0] == 0 && scores[1] == 0 && scores[2] > 1 && scores[3] == scores[2])
  var stream = RandomStream(seed: 1, purpose: "choice")
  let chosen = try ScoreChoice.select(
    scores: scores, options: .init(budget: 2), stream: &stream)
  #expect(chosen == [2, 3])
}

@Test func neighbourDivergence_certainModels_stayFinite() throws {
  let scores = try NeighbourDivergence.scores(
    embeddings: matrix([[0], [1]]), logits: matrix([[2000, -2000], [-2000, 2000]]))
  #expect(scores.allSatisfy { $0.isFinite && $0 > 100 })
  let alone = try NeighbourDivergence.scores(embeddings: matrix([[0]]), logits: matrix([[1, 2]]))
  #expect(alone == [0])
}

@Test func neighbourDivergence_misuse_namesWhatIsWrong() throws {
  func text(
    _ e: [[Double]], _ z: [[Double]], _ m: Int = 10, labels: [Int]? = nil
  ) -> String {
    errorText {
      _ = try NeighbourDivergence.scores(
        embeddings: matrix(e), logits: matrix(z), neighbours: m, labels: labels, classes: 2)
    }
  }
  #expect(text([[1], [2]], [[1, 2]]).contains("(2, 1)"))
  #expect(text([[1]], [[1, 2]], 0).contains("neighbour"))
  #expect(text([[1], [.nan]], [[1, 2], [1, 2]]).contains("candidate 1"))
  #expect(text([[1], [2]], [[1, 2], [1, .infinity]]).contains("not finite"))
  #expect(text([[1], [2]], [[1, 2], [1, 2]], labels: [0, 2]).contains("label 2"))
}
