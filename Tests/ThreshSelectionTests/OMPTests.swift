// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshSelection
import ThreshTensor

private struct Golden: Decodable {
  struct Case: Decodable {
    let name: String
    let rows: [[Double]]
    let target: [Double]
    let k: Int
    let lambda: Double
    let picks: [Int]
    let weights: [Double]
    let residual: Double
    let eliminations: Int
  }
  let cases: [Case]
}

private func solve(
  _ rows: [[Double]], _ target: [Double]? = nil, k: Int, lambda: Double = 0, absolute: Bool = true,
  _ dtype: DType = .float64
) throws -> OMP.Result {
  try OMP.solve(
    rows: matrix(rows).cast(dtype), target: target.map { try Tensor($0).cast(dtype) },
    options: OMP.Options(budget: k, lambda: lambda, lambdaIsAbsolute: absolute))
}

private let table: [[Double]] = [
  [2, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 1], [0, 0, 2, 1], [1, 0, 0, 0], [0, 3, 0, 1],
]
private let signed: [[Double]] = [
  [-2, 2, -2, 0], [1, 1, 2, -2], [1, 0, 3, -1], [2, 0, 0, -3], [-2, -3, -2, 1], [3, -1, 2, -2],
]

@Test(arguments: [DType.float32, .float64])
func omp_handmadeTables_giveGoldenValues(_ dtype: DType) throws {
  let golden: [(k: Int, lambda: Double, [Int], [Double], Double)] = [
    (1, 0, [5], [1.8], 0.713506),
    (2, 0, [5, 0], [1.8, 2.4], 0.269680),
    (3, 0, [5, 0, 3], [1.692683, 1.970732, 1.073171], 0.034388),
    (4, 0, [5, 0, 3, 2], [1.545455, 1.818182, 1.090909, 0.363636], 0),
    (3, 1, [5, 0, 3], [1.543353, 1.658960, 1.023121], 0.115269),
  ]
  for (k, lambda, picks, weights, residual) in golden {
    let result = try solve(table, k: k, lambda: lambda, dtype)
    #expect(result.indices == picks)
    #expect(isClose(result.weights, weights, 2e-6))
    #expect(abs(result.residual - residual) < 2e-6)
    #expect(result.eliminations == 0)
    #expect(result.stop == .budget)
  }
  let result = try solve(signed, k: 3, dtype)
  #expect(result.indices == [3, 2, 4])
  #expect(isClose(result.weights, [1.836489, 1.268503, 0.459552], 2e-6))
  #expect(abs(result.residual - 0.156529) < 2e-6)
  #expect(result.eliminations == 1)
}

@Test func omp_fixtureProblems_matchNormalEquations() throws {
  let golden = try fixture("omp.json", as: Golden.self)
  #expect(golden.cases.count > 30)
  #expect(golden.cases.contains { $0.eliminations > 0 })
  for one in golden.cases {
    let result = try solve(one.rows, one.target, k: one.k, lambda: one.lambda)
    #expect(result.indices == one.picks, "\(one.name)")
    #expect(isClose(result.weights, one.weights, 1e-9))
    #expect(abs(result.residual - one.residual) < 1e-9)
    #expect(result.eliminations == one.eliminations)
    let narrow = try solve(one.rows, one.target, k: one.k, lambda: one.lambda, .float32)
    #expect(narrow.indices == one.picks, "\(one.name), float32")
    #expect(isClose(narrow.weights, one.weights, 1e-4))
  }
}

/// 200 small problems, rows or Kronecker factors, with and without a penalty and a given target.
@Test func omp_randomProblems_matchNormalEquations() throws {
  var (compared, withEliminations, number) = (0, 0, 0)
  while compared < 200 {
    number += 1
    var stream = RandomStream(seed: 11, purpose: "omp problems", index: number)
    let (n, classes) = (8 + number % 13, 2 + number % 4)
    let width = number % 2 == 0 ? 0 : 1 + number % 3
    let d = classes * (width + 1)
    let k = min(n, d) - 1 - number % 2
    func random(_ count: Int) -> [Double] { (0..<count).map { _ in stream.normal() } }
    let residuals = (0..<n).map { _ in random(classes) }
    let embeddings = (0..<n).map { _ in random(width) }
    let rows = zip(residuals, embeddings).map(gradient)
    let target = number % 3 == 0 ? random(d) : columnSum(rows)
    let relative = number % 5 == 0 ? 0.3 : 0
    let mean = rows.reduce(0) { $0 + dot($1, $1) } / Double(n)
    let naive = NaivePursuit(rows: rows, target: target, budget: k, ridge: relative * mean)
    // Rounding decides these; a pick that joins an exact fit has no correlation left.
    if naive.gap < 1e-6 { continue }
    let wanted = compared % 3 == 0
    if wanted && naive.eliminations == 0 { continue }
    let result = try OMP.solve(
      residuals: matrix(residuals), embeddings: width > 0 ? matrix(embeddings) : nil,
      target: number % 3 == 0
        ? Tensor(target, width > 0 ? [classes, width + 1] : [classes]) : nil,
      options: OMP.Options(budget: k, lambda: relative))
    #expect(result.indices == naive.picks, "problem \(number)")
    #expect(isClose(result.weights, naive.weights, 1e-8), "problem \(number)")
    #expect(abs(result.residual - naive.residual) < 1e-8)
    #expect(result.eliminations == naive.eliminations)
    compared += 1
    withEliminations += naive.eliminations > 0 ? 1 : 0
  }
  #expect(withEliminations >= 67)
}

@Test func omp_moreRounds_lowerTheResidualAndKeepInvariants() throws {
  let layer = softmaxLayer(n: 700, classes: 5, width: 24, seed: 3)
  let (r, h) = (try matrix(layer.residuals), try matrix(layer.embeddings))
  var last = 1.0
  for k in [1, 5, 20, 63, 64, 65, 100] {
    let result = try OMP.solve(residuals: r, embeddings: h, options: OMP.Options(budget: k))
    #expect(result.indices.count == k)
    #expect(Set(result.indices).count == k)
    #expect(result.weights.allSatisfy { $0 >= 0 })
    #expect(result.residual < last)
    last = result.residual
    let narrow = try OMP.solve(
      residuals: r.cast(.float32), embeddings: h.cast(.float32), options: OMP.Options(budget: k))
    #expect(abs(narrow.residual - result.residual) < 1e-5)
    // The recursion in float32 and the sums in float64 pick alike, but where float32 cannot tell
    // two rows apart: that depends on the CPU.
    if narrow.indices == result.indices {
      #expect(isClose(narrow.weights, result.weights, 1e-3))
      continue
    }
    let rows = zip(layer.residuals, layer.embeddings).map(gradient)
    let naive = NaivePursuit(rows: rows, target: columnSum(rows), budget: k, ridge: 0)
    #expect(naive.picks == result.indices)
    #expect(naive.gap < 1e-4)
  }
}

@Test func omp_permutedCandidates_picksTheSameOnes() throws {
  let layer = softmaxLayer(n: 400, classes: 4, width: 12, seed: 8)
  var stream = RandomStream(seed: 1, purpose: "order")
  let order = try stream.permutation(400)
  let options = OMP.Options(budget: 40, lambda: 0.1)
  let plain = try OMP.solve(
    residuals: matrix(layer.residuals), embeddings: matrix(layer.embeddings), options: options)
  let permuted = try OMP.solve(
    residuals: matrix(order.map { layer.residuals[$0] }),
    embeddings: matrix(order.map { layer.embeddings[$0] }), options: options)
  #expect(permuted.indices.map { order[$0] } == plain.indices)
  #expect(isClose(permuted.weights, plain.weights, 1e-9))
}

@Test func omp_scaledGradients_picksTheSameOnes() throws {
  for lambda in [0, 0.5] {
    var results: [OMP.Result] = []
    for scale in [1, 1e-3, 1e-6, 1e4] {
      let layer = softmaxLayer(n: 600, classes: 6, width: 16, seed: 5, scale: scale)
      results.append(
        try OMP.solve(
          residuals: matrix(layer.residuals).cast(.float32),
          embeddings: matrix(layer.embeddings).cast(.float32),
          options: OMP.Options(budget: 60, lambda: lambda)))
    }
    for result in results {
      #expect(result.indices.count == 60)
      #expect(result.indices == results[0].indices)
      #expect(isClose(result.weights, results[0].weights, 1e-3))
    }
  }
}

/// Several pieces of columns, a refresh and eliminations, on one and two threads.
@Test(arguments: [DType.float32, .float64])
func omp_anyThreadCount_givesTheSameBits(_ dtype: DType) throws {
  var stream = RandomStream(seed: 4, purpose: "threads")
  let r = try Tensor.randn([3000, 7], dtype, stream: &stream)
  let h = try Tensor.randn([3000, 20], dtype, stream: &stream)
  let threads = Workers.threadCount
  defer { Workers.threadCount = threads }
  var results: [OMP.Result] = []
  for count in [1, 2] {
    Workers.threadCount = count
    results.append(
      try OMP.solve(residuals: r, embeddings: h, options: OMP.Options(budget: 130)))
  }
  #expect(results[0].eliminations > 0)
  #expect(results[0].indices == results[1].indices)
  #expect(results[0].weights.map(\.bitPattern) == results[1].weights.map(\.bitPattern))
  #expect(results[0].residual.bitPattern == results[1].residual.bitPattern)
}

/// The size of one class-wise selection.
@Test func omp_fiveThousandCandidates_leaveTheResidualPromised() throws {
  let layer = softmaxLayer(
    n: 5000, classes: 10, width: 512, seed: 21, labels: [Int](repeating: 0, count: 5000))
  let r = try matrix(layer.residuals).cast(.float32)
  let h = try matrix(layer.embeddings).cast(.float32)
  let result = try OMP.solve(residuals: r, embeddings: h, options: OMP.Options(budget: 500))
  #expect(result.indices.count == 500)
  #expect(result.residual > 0 && result.residual < 0.1)
}

@Test func omp_exactFit_stopsExhausted() throws {
  for dtype in [DType.float32, .float64] {
    // Three independent directions: nothing is left after three picks.
    let rows: [[Double]] = [[1, 0, 0], [0, 2, 0], [0, 0, 3], [1, 1, 0], [0.5, 0, 0]]
    let result = try solve(rows, [1, 2, 3], k: 5, dtype)
    #expect(result.stop == .exhausted)
    #expect(result.residual < 1e-6)
    #expect(result.indices.count == 3)
  }
}

@Test func omp_dependentCandidate_isPassedOver() throws {
  // Under a penalty a twin keeps a correlation; without one it can only be rounding.
  let rows: [[Double]] = [[3, 0], [3, 0], [0, 1]]
  let result = try solve(rows, [9, 1], k: 3, lambda: 1e-12)
  #expect(result.indices == [0, 2])
  #expect(result.stop == .exhausted)
}

@Test func omp_eps_stopsEarly() throws {
  let result = try OMP.solve(
    rows: matrix(table), options: OMP.Options(budget: 4, eps: 0.3))
  #expect(result.indices == [5, 0])
  #expect(result.stop == .eps)
}

@Test func omp_zeroTarget_picksNothing() throws {
  let result = try solve(table, [0, 0, 0, 0], k: 3)
  #expect(result.indices.isEmpty)
  #expect(result.residual == 0)
  #expect(result.stop == .exhausted)
}

@Test func omp_badInput_namesWhatWasGiven() throws {
  let rows = try matrix(table)
  #expect(errorText { _ = try solve(table, k: 7) }.contains("1 ... 6"))
  #expect(errorText { _ = try solve(table, k: 0) }.contains("got 0"))
  #expect(errorText { _ = try solve(table, k: 2, lambda: -1) }.contains("lambda"))
  #expect(errorText { _ = try solve(table, k: 2, lambda: .nan) }.contains("nan"))
  #expect(errorText { _ = try solve(table, [1, 2], k: 2) }.contains("(4,)"))
  #expect(errorText { _ = try solve(table, [1, 2, .infinity, 0], k: 2) }.contains("finite"))
  let options = OMP.Options(budget: 2)
  #expect(
    errorText {
      _ = try OMP.solve(
        residuals: rows, embeddings: Tensor.zeros([5, 3]), options: options)
    }.contains("(5, 3)"))
  #expect(
    errorText {
      _ = try OMP.solve(
        residuals: rows, embeddings: rows, target: Tensor.zeros([4, 4]), options: options)
    }.contains("(4, 5)"))
  #expect(
    errorText { _ = try OMP.solve(rows: Tensor.zeros([3]), options: options) }.contains("(3,)"))
  var broken = table
  broken[3][1] = .nan
  #expect(errorText { _ = try solve(broken, k: 2) }.contains("candidate 3"))
}
