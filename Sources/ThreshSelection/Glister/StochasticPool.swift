// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// The candidates that stochastic greedy looks at for a pick (Mirzasoleiman et al. 2015):
/// `floor(n / k ln(1 / epsilon))` of those left, at least 1 and at most all.
struct StochasticPool {
  let size: Int

  init(n: Int, budget: Int, epsilon: Double) {
    size = max(1, Int(min(Double(n), Double(n) / Double(max(budget, 1)) * log(1 / epsilon))))
  }

  /// The place in `left` of the one that gains most among those drawn, the lowest candidate of equals.
  func best(
    of left: [Int], _ stream: inout RandomStream, _ gain: (Int) -> Double
  ) throws -> Int {
    let places = try stream.sample(min(size, left.count), of: left.count)
    var (found, most) = (0, -Double.infinity)
    for (i, place) in places.enumerated() {
      let value = gain(left[place])
      if i == 0 || value > most || (value == most && left[place] < left[found]) {
        (found, most) = (place, value)
      }
    }
    return found
  }
}
