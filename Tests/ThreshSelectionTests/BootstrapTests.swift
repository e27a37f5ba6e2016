// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

import ThreshSelection

private struct Golden: Decodable {
  struct Case: Decodable {
    let values, medians: [Double]
    let limits: [Limits]
  }
  struct Limits: Decodable {
    let method: String
    let level, low, high: Double
  }
  let cases: [Case]
  let normal: [[Double]]
}

@Test func interval_mediansOfResamples_hasTheLimitsOfScipy() throws {
  let golden = try fixture("bootstrap.json", as: Golden.self)
  #expect(golden.cases.count == 6)
  for item in golden.cases {
    for limits in item.limits {
      let method = try #require(IntervalMethod(rawValue: limits.method))
      let found = try MedianBootstrap(method: method, level: limits.level)
        .interval(item.values, medians: item.medians)
      #expect(
        isClose([found.lowerBound, found.upperBound], [limits.low, limits.high], 1e-9),
        "\(item.values) \(limits): \(found)")
    }
  }
}

@Test func normalPoint_parts_areThoseOfScipy() throws {
  for pair in try fixture("bootstrap.json", as: Golden.self).normal {
    let found = NormalDistribution.point(pair[0])
    #expect(abs(found - pair[1]) <= 1e-12 * max(1, abs(pair[1])), "\(pair): \(found)")
  }
  #expect(NormalDistribution.point(0) == -.infinity && NormalDistribution.point(1) == .infinity)
}

/// The median of three draws from three values is the least in 7 cases of 27, the middle one in 13.
@Test func bootstrap_threeValues_drawsTheirMediansAsOftenAsCounted() throws {
  let medians = try MedianBootstrap(draws: 27_000).medians(of: [1, 2, 4])
  for (value, wanted) in [(1.0, 7000.0), (2, 13000), (4, 7000)] {
    let found = Double(medians.count { $0 == value })
    // Five standard deviations of such a count.
    #expect(abs(found - wanted) < 5 * (wanted * (1 - wanted / 27000)).squareRoot(), "\(value)")
  }
}

/// Percentiles of five values in closed form: the median is the least in 1 - sum of the binomial terms
/// that have fewer than three of it, 181 / 3125 of the resamples, which is between 2.5 % and 10 %.
@Test func interval_fiveValues_hasTheLimitsOfTheClosedForm() throws {
  let values: [Double] = [1, 2, 3, 4, 5]
  #expect(try MedianBootstrap(level: 0.95).interval(values) == 1...5)
  #expect(try MedianBootstrap(level: 0.8).interval(values) == 2...4)
  // Symmetric values without ties: correction moves nothing but by chance.
  #expect(try MedianBootstrap(method: .bca, level: 0.8).interval(values) == 2...4)
}

@Test func interval_sameSeed_isTheSameWhateverTheOrderOfCalls() throws {
  let values: [Double] = [3, 1, 4, 1.5, 9, 2.6]
  let bootstrap = try MedianBootstrap(draws: 40, seed: 3)
  let first = try bootstrap.interval(values)
  _ = try bootstrap.interval([5, 6])
  #expect(try bootstrap.interval(values) == first)
  #expect(
    try MedianBootstrap(draws: 40, seed: 4).medians(of: values) != bootstrap.medians(of: values))
  // A monotone map of the values maps the medians of odd numbers of them.
  let odd: [Double] = [3, 1, 4]
  #expect(bootstrap.medians(of: odd.map { $0 * $0 }) == bootstrap.medians(of: odd).map { $0 * $0 })
}

@Test func interval_fewOrEqualValues_isNoneOrAPoint() throws {
  for method in IntervalMethod.allCases {
    let bootstrap = try MedianBootstrap(method: method)
    #expect(try bootstrap.interval([]) == nil && bootstrap.interval([2]) == nil)
    #expect(try bootstrap.interval([2, 2, 2]) == 2...2)
  }
  #expect(try MedianBootstrap().interval([1, 2, .infinity]) == 1 ... .infinity)
}

@Test func bootstrap_badOptions_areRefused() throws {
  #expect(errorText { _ = try MedianBootstrap(level: 1) }.contains("between 0 and 1, got 1.0"))
  #expect(errorText { _ = try MedianBootstrap(level: .nan) }.contains("between 0 and 1, got nan"))
  #expect(errorText { _ = try MedianBootstrap(draws: 0) }.contains("1 ... 1000000, got 0"))
  #expect(errorText { _ = try MedianBootstrap().interval([1, .nan]) }.contains("a value is nan"))
  let bca = try MedianBootstrap(method: .bca)
  #expect(errorText { _ = try bca.interval([1, .infinity]) }.contains("BCa needs finite"))
}
