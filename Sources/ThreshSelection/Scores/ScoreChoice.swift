// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Choosing candidates by one number each: the hardest ones, within classes, past the very hardest,
/// or evenly over the range of the numbers.
public enum ScoreChoice {
  public struct Options: Sendable {
    /// The number of candidates to choose, k.
    public var budget: Int
    /// Whether high scores come first; low ones otherwise.
    public var highest: Bool
    /// The share of candidates, first in order, that is passed over: 0 ..< 1.
    public var offset: Double
    /// The number of strata of equal width to choose from evenly; nil for the first in order.
    public var strata: Int?
    /// Whether candidates of one score are ordered by a draw instead of by their number.
    public var drawsTies: Bool

    public init(
      budget: Int, highest: Bool = true, offset: Double = 0, strata: Int? = nil,
      drawsTies: Bool = false
    ) {
      self.budget = budget
      self.highest = highest
      self.offset = offset
      self.strata = strata
      self.drawsTies = drawsTies
    }
  }

  /// Chooses exactly `budget` of the candidates, with weight 1.
  ///
  /// The first `floor(offset n)` in order are passed over. Of the others the first come (in order), or,
  /// with `strata`, coverage-centric sampling (Zheng et al. 2023, algorithm 1): the range of their
  /// scores is cut into bins of equal width; from the smallest non-empty bin to the largest, the
  /// lower one of equals, each gives `min(|bin|, floor(left / bins left))` uniform draws.
  ///
  /// With `labels` all of this is done within each class, and the budget is divided by largest
  /// remainder in proportion to what each class still has after the offset.
  /// - Parameters:
  ///   - scores: n of them; infinite ones are in order, but have no stratum.
  ///   - labels: n of them, 0-based, below `classes`; nil to choose among all.
  ///   - stream: where strata and ties draw from.
  /// - Throws: `TensorError` for a score that is not a number, options out of range, labels that do
  ///   not fit, or a budget above what the offset leaves.
  public static func select(
    scores: [Double], labels: [Int]? = nil, classes: Int = 0, options: Options,
    stream: inout RandomStream
  ) throws -> [Int] {
    let n = scores.count
    try check(scores, options)
    var groups = [Array(0..<n)]
    if let labels {
      try Labels.check(labels, classes, n: n, op: op)
      groups = Members(labels, classes).lists
    }
    let ordered = groups.map { group in
      let order = inOrder(group, scores, options, &stream)
      return Array(order.dropFirst(share(options.offset, of: order.count)))
    }
    let left = ordered.reduce(0) { $0 + $1.count }
    guard options.budget >= 1, options.budget <= left else {
      throw TensorError(
        op,
        "the budget must be in 1 ... \(left), what an offset of \(options.offset) leaves of \(n) "
          + "candidates; got \(options.budget)")
    }
    let budgets = try Allocation.exact.divide(options.budget, among: ordered.map(\.count))
    var chosen: [Int] = []
    for (order, k) in zip(ordered, budgets) where k > 0 {
      if let strata = options.strata {
        chosen += try stratified(order, scores, k, strata, &stream)
      } else {
        chosen += order.prefix(k)
      }
    }
    return chosen
  }

  private static var op: String { "by_score" }
  /// Bins are a list each.
  private static var mostStrata: Int { 1 << 20 }

  private static func check(_ scores: [Double], _ options: Options) throws {
    if let bad = scores.firstIndex(where: \.isNaN) {
      throw TensorError(op, "the score of candidate \(bad) is not a number")
    }
    guard options.offset >= 0, options.offset < 1 else {
      throw TensorError(op, "the offset must be at least 0 and below 1, got \(options.offset)")
    }
    if let strata = options.strata {
      guard strata >= 1, strata <= mostStrata else {
        throw TensorError(op, "strata must be in 1 ... \(mostStrata), got \(strata)")
      }
      if let bad = scores.firstIndex(where: { !$0.isFinite }) {
        throw TensorError(
          op, "strata need finite scores; that of candidate \(bad) is \(scores[bad])")
      }
    }
  }

  /// `floor(part * n)`, where products such as 0.29 * 100 land a rounding below what they stand for.
  private static func share(_ part: Double, of n: Int) -> Int {
    min(n, Int((part * Double(n) + 1e-9 * Double(n)).rounded(.down)))
  }

  private static func inOrder(
    _ group: [Int], _ scores: [Double], _ options: Options, _ stream: inout RandomStream
  ) -> [Int] {
    var group = group
    if options.drawsTies { stream.shuffle(&group) }
    let sign = options.highest ? -1.0 : 1.0
    let keyed = group.enumerated().map { (key: sign * scores[$1], place: $0, index: $1) }
    return keyed.sorted { ($0.key, $0.place) < ($1.key, $1.place) }.map(\.index)
  }

  private static func stratified(
    _ group: [Int], _ scores: [Double], _ k: Int, _ strata: Int, _ stream: inout RandomStream
  ) throws -> [Int] {
    let own = group.map { scores[$0] }
    guard let low = own.min(), let high = own.max() else { return [] }
    // Halves, so that the width of a range from lowest to largest number does not overflow.
    let width = high / 2 - low / 2
    var bins = [[Int]](repeating: [], count: strata)
    for (index, score) in zip(group, own) {
      let place = width > 0 ? (score / 2 - low / 2) / width * Double(strata) : 0
      bins[min(strata - 1, Int(place))].append(index)
    }
    let filled = bins.indices.filter { !bins[$0].isEmpty }.sorted {
      (bins[$0].count, $0) < (bins[$1].count, $1)
    }
    var (chosen, left): ([Int], Int) = ([], k)
    for (i, b) in filled.enumerated() {
      let count = min(bins[b].count, left / (filled.count - i))
      chosen += try stream.sample(count, of: bins[b].count).map { bins[b][$0] }
      left -= count
    }
    return chosen
  }
}
