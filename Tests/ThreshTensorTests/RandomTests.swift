// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Known answers of Random123's kat_vectors for philox4x32-10.
@Test(
  arguments: [
    ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    (
      [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
      [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
    ),
    (
      [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
      [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
    ),
  ] as [([UInt32], [UInt32], [UInt32])])
func philox_knownCounters_givesRandom123Answers(
  counter: [UInt32], key: [UInt32], answer: [UInt32]
) {
  #expect(Philox.block(SIMD4(counter), key: SIMD2(key)) == SIMD4(answer))
}

@Test func randomStream_jumpToPosition_continuesAsIfDrawn() {
  var a = RandomStream(seed: 1, purpose: "test")
  let drawn = (0..<23).map { _ in a.nextUInt32() }
  var b = RandomStream(seed: 1, purpose: "test")
  b.position = 17
  #expect((0..<6).map { _ in b.nextUInt32() } == Array(drawn[17...]))
  #expect(b.position == 23)
}

@Test func randomStream_eachPartOfTheName_givesAnotherStream() {
  let streams = [
    RandomStream(seed: 1, purpose: "a"), RandomStream(seed: 2, purpose: "a"),
    RandomStream(seed: 1 << 32, purpose: "a"), RandomStream(seed: 1, purpose: "b"),
    RandomStream(seed: 1, purpose: "a", epoch: 1), RandomStream(seed: 1, purpose: "a", index: 1),
    RandomStream(seed: 1, purpose: "a", epoch: 1 << 32),
    RandomStream(seed: 1, purpose: "a", index: 1 << 32),
    RandomStream(seed: 1, purpose: "a", index: -1),
  ]
  let first = streams.map { s -> UInt64 in
    var s = s
    return s.nextUInt64()
  }
  #expect(Set(first).count == streams.count)
}

@Test func randomStream_uniformAndNormal_haveTheMomentsOfTheirLaws() {
  var s = RandomStream(seed: 3, purpose: "moments")
  let n = 200_000
  var (m1, m2) = (0.0, 0.0)
  for _ in 0..<n {
    let x = s.uniform()
    #expect(x >= 0 && x < 1)
    m1 += x
    m2 += x * x
  }
  // Five standard errors: sqrt(1/12/n) and sqrt(4/45/n).
  #expect(abs(m1 / Double(n) - 0.5) < 5 * (1.0 / 12 / Double(n)).squareRoot())
  #expect(abs(m2 / Double(n) - 1.0 / 3) < 5 * (4.0 / 45 / Double(n)).squareRoot())
  var moments = [0.0, 0, 0, 0]
  for _ in 0..<n {
    let x = s.normal()
    var p = 1.0
    for k in 0..<4 {
      p *= x
      moments[k] += p / Double(n)
    }
  }
  // Var(x^k) = E x^2k - (E x^k)^2: 1, 2, 15, 96.
  for (k, (mean, variance)) in [(0.0, 1.0), (1, 2), (0, 15), (3, 96)].enumerated() {
    #expect(abs(moments[k] - mean) < 5 * (variance / Double(n)).squareRoot(), "moment \(k + 1)")
  }
}

@Test func randomStream_integerBelow_isUniform() throws {
  var s = RandomStream(seed: 4, purpose: "integers")
  var counts = [Int](repeating: 0, count: 7)
  for _ in 0..<70_000 { counts[try s.integer(below: 7)] += 1 }
  let chi2 = counts.reduce(0.0) { $0 + (Double($1) - 10_000) * (Double($1) - 10_000) / 10_000 }
  // The 0.9999 quantile of chi-square with 6 degrees of freedom is 27.86.
  #expect(chi2 < 27.86)
  #expect(throws: TensorError.self) { try s.integer(below: 0) }
}

@Test func permutation_ofFour_meetsEachOrderEquallyOften() throws {
  var s = RandomStream(seed: 5, purpose: "permutation")
  var counts: [[Int]: Int] = [:]
  for _ in 0..<24_000 { counts[try s.permutation(4), default: 0] += 1 }
  #expect(counts.count == 24)
  let chi2 = counts.values.reduce(0.0) {
    $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000
  }
  // The 0.9999 quantile of chi-square with 23 degrees of freedom is 56.
  #expect(chi2 < 56)
}

@Test(arguments: [0, 1, 2, 9, 10]) func sample_ofTen_isTheHeadOfThePermutation(k: Int) throws {
  var a = RandomStream(seed: 6, purpose: "sample")
  var b = a
  #expect(try a.sample(k, of: 10) == Array(b.permutation(10).prefix(k)))
}

@Test func sample_moreThanThereAre_isRefused() {
  var s = RandomStream(seed: 6, purpose: "sample")
  #expect(throws: TensorError.self) { try s.sample(11, of: 10) }
  #expect(throws: TensorError.self) { try s.sample(-1, of: 10) }
}

@Test func weightedSample_bothKinds_followTheWeights() throws {
  var s = RandomStream(seed: 7, purpose: "weighted")
  let weights = [0.0, 1, 2, 3, 0]
  let n = 60_000
  var counts = [Int](repeating: 0, count: 5)
  for i in try s.weightedSample(n, weights: weights, replacement: true) { counts[i] += 1 }
  #expect(counts[0] == 0 && counts[4] == 0)
  for i in 1...3 {
    let p = weights[i] / 6
    #expect(abs(Double(counts[i]) - p * Double(n)) < 5 * (p * (1 - p) * Double(n)).squareRoot())
  }
  // P(first 3, then 2) = 3/6 * 2/3 = 1/3.
  var hits = 0
  for _ in 0..<n where try s.weightedSample(2, weights: weights, replacement: false) == [3, 2] {
    hits += 1
  }
  #expect(abs(Double(hits) - Double(n) / 3) < 5 * (2.0 / 9 * Double(n)).squareRoot())
}

@Test func weightedSample_badWeights_areRefused() {
  var s = RandomStream(seed: 7, purpose: "weighted")
  for weights in [[0.0, 0], [1, -1], [1, .nan], [1, .infinity], []] {
    #expect(throws: TensorError.self) {
      try s.weightedSample(1, weights: weights, replacement: true)
    }
  }
  #expect(throws: TensorError.self) {
    try s.weightedSample(2, weights: [1, 0], replacement: false)
  }
}

@Test func tensorFills_anyThreadCount_giveTheSameBits() throws {
  let threads = Workers.threadCount
  defer { Workers.threadCount = threads }
  func fills() throws -> [[Double]] {
    var s = RandomStream(seed: 8, purpose: "fill")
    return [
      try Tensor.rand([70_001], stream: &s).values(Float.self).map { Double($0) },
      try Tensor.randn([70_001], stream: &s).values(Float.self).map { Double($0) },
      try Tensor.rand([30_001], .float64, stream: &s).values(Double.self),
      try Tensor.randn([30_001], .float64, stream: &s).values(Double.self),
      try Tensor.randint(-5, 5, [30_001], stream: &s).values(Int64.self).map { Double($0) },
      try Tensor.bernoulli(0.3, [30_001], .float64, stream: &s).values(Double.self),
    ]
  }
  Workers.threadCount = 1
  let one = try fills()
  Workers.threadCount = 4
  #expect(try fills() == one)

  let laws: [(mean: Double, variance: Double)] = [
    (0.5, 1.0 / 12), (0, 1), (0.5, 1.0 / 12), (0, 1), (-0.5, 8.25), (0.3, 0.21),
  ]
  for (values, law) in zip(one, laws) {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
    #expect(abs(mean - law.mean) < 5 * (law.variance / n).squareRoot())
    #expect(abs(variance - law.variance) < 0.05 * law.variance)
  }
}

@Test func tensorFill_longerShape_keepsTheFirstElements() throws {
  var (a, b) = (RandomStream(seed: 9, purpose: "x"), RandomStream(seed: 9, purpose: "x"))
  let short = try Tensor.randn([10], stream: &a).values(Float.self)
  #expect(try Array(Tensor.randn([1000], stream: &b).values(Float.self)[..<10]) == short)
}

@Test func tensorFill_secondCall_goesOnInTheStream() throws {
  var s = RandomStream(seed: 9, purpose: "x")
  let a = try Tensor.rand([5], stream: &s).values(Float.self)
  let b = try Tensor.rand([5], stream: &s).values(Float.self)
  #expect(Set(a + b).count == 10)
}

@Test func randint_boundsThatDoNotFit_areRefused() {
  var s = RandomStream(seed: 9, purpose: "x")
  #expect(throws: TensorError.self) { try Tensor.randint(3, 3, [1], stream: &s) }
  #expect(throws: TensorError.self) { try Tensor.randint(0, 257, [1], .uint8, stream: &s) }
  #expect(throws: TensorError.self) { try Tensor.randint(0, 2, [-1], stream: &s) }
}

@Test func multinomial_rowsOfWeights_drawWithinEachRow() throws {
  var s = RandomStream(seed: 10, purpose: "x")
  let weights = try Tensor([0, 1, 0, 0, 0, 2] as [Float], [2, 3])
  let drawn = try Tensor.multinomial(weights, 4, replacement: true, stream: &s)
  #expect(drawn.shape == [2, 4])
  #expect(try drawn.values(Int64.self) == [1, 1, 1, 1, 2, 2, 2, 2])
  #expect(try Tensor.randperm(5, stream: &s).values(Int64.self).sorted() == [0, 1, 2, 3, 4])
}
