// SPDX-License-Identifier: Apache-2.0
import Glibc
import Testing
import ThreshSelection
import ThreshTensor

private func stream(_ seed: UInt64 = 1) -> RandomStream {
  RandomStream(seed: seed, purpose: "geometry")
}

/// Farthest-first by definition, with how clear the closest decision was.
private func farthestFirst(_ n: Int, k: Int, start: Int, _ distance: (Int, Int) -> Double) -> (
  picks: [Int], radius: Double, gap: Double
) {
  var (picks, gap) = ([start], Double.infinity)
  func nearest(_ i: Int) -> Double { picks.map { distance($0, i) }.min() ?? 0 }
  while picks.count < k {
    let left = (0..<n).filter { !picks.contains($0) }.sorted {
      (nearest($0), -$0) > (nearest($1), -$1)
    }
    if left.count > 1 { gap = min(gap, nearest(left[0]) - nearest(left[1])) }
    picks.append(left[0])
  }
  return (picks, (0..<n).map(nearest).max() ?? 0, gap)
}

@Test func kCenter_randomProblems_matchTheDefinition() throws {
  for number in 1...200 {
    var random = RandomStream(seed: 3, purpose: "k-center", index: number)
    let (n, d) = (3 + number % 30, 1 + number % 5)
    let rows = (0..<n).map { _ in normals(d, &random) }
    let h = (0..<n).map { _ in normals(2, &random) }
    let isFactored = number % 2 == 0
    let points = isFactored ? zip(rows, h).map(gradient) : rows
    let (k, start) = (1 + number % n, number * 7 % n)
    let naive = farthestFirst(n, k: k, start: start) {
      squaredDistance(points[$0], points[$1]).squareRoot()
    }
    try #require(naive.gap > 1e-9)
    var unused = stream()
    let result = try KCenter.select(
      features: matrix(rows), embeddings: isFactored ? matrix(h) : nil, k: k, start: start,
      stream: &unused)
    #expect(result.indices == naive.picks, "problem \(number)")
    #expect(abs(result.radius - naive.radius) < 1e-9)
    #expect(zip(result.gains.dropFirst(), result.gains.dropFirst(2)).allSatisfy { $0 >= $1 })
  }
}

@Test func contextualDiversity_randomProblems_matchTheDefinition() throws {
  for number in 1...200 {
    let n = 4 + number % 20
    let layer = softmaxLayer(n: n, classes: 3, width: 1, seed: UInt64(number), labels: nil)
    var p = layer.residuals
    for i in 0..<n { p[i][i % 3] += 1 }
    if number % 10 == 0 { p[0] = [1, 0, 0] }
    func kl(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + $1.0 * (log(max($1.0, 1e-10)) - log(max($1.1, 1e-10))) }
    }
    let (k, start) = (1 + number % n, number % n)
    let naive = farthestFirst(n, k: k, start: start) { (kl(p[$0], p[$1]) + kl(p[$1], p[$0])) / 2 }
    try #require(naive.gap > 1e-9)
    var unused = stream()
    let result = try KCenter.select(
      features: matrix(p), k: k, distance: .symmetricKL, start: start, stream: &unused)
    #expect(result.indices == naive.picks, "problem \(number)")
    #expect(abs(result.radius - naive.radius) < 1e-9)
  }
}

@Test func kCenter_equalCandidates_arePickedOnceEach() throws {
  var random = stream(5)
  let rows = [[1.0, 1], [1, 1], [1, 1], [2, 2], [2, 2]]
  let result = try KCenter.select(features: matrix(rows), k: 5, start: 1, stream: &random)
  #expect(result.indices == [1, 3, 0, 2, 4])
  #expect(result.radius == 0)
  // The start is drawn by the seed.
  let starts = try (0..<40).map { seed in
    var drawn = stream(UInt64(seed))
    return try KCenter.select(features: matrix(rows), k: 1, stream: &drawn).indices[0]
  }
  #expect(Set(starts) == Set(0..<5))
}

@Test func herding_randomProblems_matchTheDefinition() throws {
  var (compared, number) = (0, 0)
  while compared < 200 {
    number += 1
    try #require(number < 400)
    var random = RandomStream(seed: 6, purpose: "herding", index: number)
    let (n, d) = (3 + number % 30, 1 + number % 6)
    let rows = (0..<n).map { _ in normals(d, &random) }
    let mean = columnSum(rows).map { $0 / Double(n) }
    let k = 1 + number % n
    var (picks, gap): ([Int], Double) = ([], .infinity)
    while picks.count < k {
      func score(_ j: Int) -> Double {
        let sum = columnSum((picks + [j]).map { rows[$0] })
        return squaredDistance(mean.map { $0 * Double(picks.count + 1) }, sum)
      }
      let left = (0..<n).filter { !picks.contains($0) }.sorted { (score($0), $0) < (score($1), $1) }
      if left.count > 1 { gap = min(gap, score(left[1]) - score(left[0])) }
      picks.append(left[0])
    }
    if gap < 1e-9 { continue }
    let result = try Herding.select(features: matrix(rows), k: k)
    #expect(result.indices == picks, "problem \(number)")
    let picked = columnSum(picks.map { rows[$0] }).map { $0 / Double(k) }
    #expect(abs(result.error - squaredDistance(mean, picked).squareRoot()) < 1e-9)
    compared += 1
  }
}

/// Fails where the farthest candidate is taken instead of the nearest.
@Test(arguments: [DType.float32, .float64])
func herding_meanOfThePicks_isNearerThanThatOfDraws(_ dtype: DType) throws {
  var random = stream(8)
  let rows = (0..<500).map { _ in normals(12, &random) }
  let mean = columnSum(rows).map { $0 / 500 }
  for k in [5, 20, 100] {
    let result = try Herding.select(features: matrix(rows).cast(dtype), k: k)
    #expect(Set(result.indices).count == k)
    func error(_ picks: [Int]) -> Double {
      squaredDistance(mean, columnSum(picks.map { rows[$0] }).map { $0 / Double(k) }).squareRoot()
    }
    #expect(abs(error(result.indices) - result.error) < 1e-5)
    let drawn = try (0..<20).map { seed in
      error(try RandomSubsets.random(500, k, seed: UInt64(seed)))
    }
    // Below every one of 20 draws, and by far where there is room for it.
    #expect((k < 20 ? 1 : 2) * result.error < drawn.reduce(.infinity, min))
  }
}

@Test func geometry_byClass_dividesTheBudgetExactly() throws {
  let labels = (0..<60).map { $0 % 10 < 5 ? 0 : $0 % 10 < 8 ? 1 : 2 }
  let layer = softmaxLayer(n: 60, classes: 3, width: 4, seed: 3, labels: labels)
  let x = try matrix(layer.embeddings)
  var random = stream()
  let chosen = [
    try KCenter.select(features: x, labels: labels, classes: 3, budget: 12, stream: &random),
    try Herding.select(features: x, labels: labels, classes: 3, budget: 12),
  ]
  for one in chosen {
    #expect((0..<3).map { c in one.indices.filter { labels[$0] == c }.count } == [6, 4, 2])
    #expect(Set(one.indices).count == 12 && one.weights == nil)
  }
  let own = labels.indices.filter { labels[$0] == 0 }
  let alone = try Herding.select(features: matrix(own.map { layer.embeddings[$0] }), k: 6)
  #expect(Array(chosen[1].indices.prefix(6)) == alone.indices.map { own[$0] })
}

@Test func geometry_anyNumberOfThreads_givesTheSameBits() throws {
  let layer = softmaxLayer(n: 3000, classes: 4, width: 24, seed: 5)
  let x = try matrix(layer.embeddings).cast(.float32)
  let before = Workers.threadCount
  defer { Workers.threadCount = before }
  var (centers, herded): ([[Int]], [[Int]]) = ([], [])
  for threads in [1, 2, 5] {
    Workers.threadCount = threads
    var random = stream(2)
    centers.append(try KCenter.select(features: x, k: 40, stream: &random).indices)
    herded.append(try Herding.select(features: x, k: 40).indices)
  }
  #expect(Set(centers).count == 1 && Set(herded).count == 1)
}

@Test(arguments: [DType.float32, .float64])
func pairwiseDistances_featuresAndGradients_matchTheDefinition(_ dtype: DType) throws {
  let layer = softmaxLayer(n: 700, classes: 4, width: 7, seed: 9)
  var (r, h) = (layer.residuals, layer.embeddings)
  // Equal, and nearly equal far from the origin, where the products cancel.
  r[3] = r[5]
  h[3] = h[5]
  h[10] = h[10].map { $0 + 100 }
  h[11] = h[10]
  h[11][0] += 0.25
  r[11] = r[10]
  let rows = [5, 0, 10, 699, 5]
  let tolerance = dtype == .float32 ? 2e-4 : 1e-11
  for isFactored in [true, false] {
    let points = isFactored ? zip(r, h).map(gradient) : h
    for squared in [true, false] {
      let found = try PairwiseDistances.compute(
        features: matrix(isFactored ? r : h).cast(dtype),
        embeddings: isFactored ? matrix(h).cast(dtype) : nil, rows: rows, squared: squared)
      #expect(found.shape == [5, 700] && found.dtype == dtype)
      let values = try found.cast(.float64).values(Double.self)
      for (b, i) in rows.enumerated() {
        for j in 0..<700 {
          let d = squaredDistance(points[i], points[j])
          let wanted = squared ? d : d.squareRoot()
          #expect(abs(values[b * 700 + j] - wanted) <= tolerance * wanted, "\(i), \(j)")
        }
      }
      #expect(values[3] == 0 && values[5] == 0)
    }
  }
  let all = try PairwiseDistances.compute(features: matrix(Array(h.prefix(70))))
  #expect(all.shape == [70, 70])
}

@Test func geometry_badInput_namesWhatWasGiven() throws {
  let x = try matrix([[1, 2], [3, 4]])
  var random = stream()
  func center(_ t: Tensor, k: Int = 1, start: Int? = nil, _ d: KCenter.Distance = .euclidean)
    -> String
  {
    errorText {
      _ = try KCenter.select(features: t, k: k, distance: d, start: start, stream: &random)
    }
  }
  #expect(center(x, k: 3).contains("3 of 2"))
  #expect(center(x, k: 0).contains("0 of 2"))
  #expect(center(x, start: 2).contains("got 2"))
  #expect(center(try matrix([[1], [.infinity]])).contains("candidate 1"))
  #expect(center(x, .symmetricKL).contains("2.0"))
  #expect(errorText { _ = try Herding.select(features: x, k: 3) }.contains("3 of 2"))
  #expect(
    errorText { _ = try Herding.select(features: matrix([[.nan]]), k: 1) }.contains("candidate 0"))
  #expect(
    errorText { _ = try PairwiseDistances.compute(features: x, rows: [0, -1]) }.contains("row -1"))
}
