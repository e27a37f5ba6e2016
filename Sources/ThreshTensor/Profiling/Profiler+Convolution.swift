// SPDX-License-Identifier: Apache-2.0

extension Profiler {
  /// Begins one of the three passes of a convolution between `a`, `b` and `c`.
  static func convolution(
    _ pass: String, _ method: ConvolutionMethod, _ sizes: ConvolutionShape, _ a: Tensor,
    _ b: Tensor,
    _ c: Tensor
  ) -> Span {
    let span = begin("convolution " + pass, .part, method: method.rawValue)
    span.touches(a, b, c)
    count(flops: sizes.flops)
    return span
  }
}

extension ConvolutionShape {
  /// Two for each multiply-accumulate of the direct form; the same in all three passes.
  var flops: Int { 2 * n * oh * ow * k * patch }
}
