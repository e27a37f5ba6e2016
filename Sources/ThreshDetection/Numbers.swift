// SPDX-License-Identifier: Apache-2.0
import Glibc

/// ln x, rounded once: libraries' float32 logarithms differ in the last place.
func logarithm(_ x: Float) -> Float { Float(Glibc.log(Double(x))) }

/// exp x, rounded once.
func exponential(_ x: Float) -> Float { Float(Glibc.exp(Double(x))) }

/// libm in the precision of its argument.
enum Numbers {
  @inline(__always)
  static func exp<T: BinaryFloatingPoint>(_ x: T) -> T {
    if let x = x as? Float { return T(Glibc.expf(x)) }
    return T(Glibc.exp(Double(x)))
  }
}
