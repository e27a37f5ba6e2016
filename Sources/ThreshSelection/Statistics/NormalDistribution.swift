// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The standard normal distribution.
package enum NormalDistribution {
  /// The part below `x`.
  package static func part(below x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }

  /// The point below which a part `p` lies; infinite for 0 and 1.
  ///
  /// A rational start for the tail's logarithm (Abramowitz and Stegun 26.2.23, error below 4.5e-4) and
  /// Halley's steps on the distribution itself, which end at the last bits.
  package static func point(_ p: Double) -> Double {
    guard p > 0, p < 1 else { return p <= 0 ? -.infinity : .infinity }
    // The upper half mirrors the lower one, in which small parts keep their digits.
    if p > 0.5 { return -point(1 - p) }
    let t = (-2 * log(p)).squareRoot()
    var x =
      (2.515517 + t * (0.802853 + t * 0.010328))
      / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t
    for _ in 0..<3 {
      let error = (part(below: x) - p) / (exp(-x * x / 2) / (2 * Double.pi).squareRoot())
      x -= error / (1 + x * error / 2)
    }
    return x
  }
}
