// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The settings of a convolution.
public struct ConvolutionSettings: Sendable {
  public var stride: Pair
  public var padding: Pair
  public var dilation: Pair
  public var groups: Int

  public init(stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1, groups: Int = 1) {
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
  }
}

/// The sizes of one 2-d convolution, checked: x (N, C, H, W), weight (K, C / groups, R, S),
/// y (N, K, OH, OW).
struct ConvolutionShape: Sendable {
  let n, c, h, w: Int
  let k, r, s: Int
  let oh, ow: Int
  let stride, padding, dilation: Pair
  let groups: Int

  /// Input and output channels of a group.
  var groupC: Int { c / groups }
  var groupK: Int { k / groups }
  /// Numbers in a patch of one group.
  var patch: Int { r * s * groupC }
  /// Rows of output pixels in the batch.
  var lines: Int { n * oh }
  var isDepthwise: Bool { groups > 1 && groupC == 1 && groupK == 1 }
  /// Whether a patch is one pixel and patches lie in the order of the pixels.
  var isPointwise: Bool {
    r == 1 && s == 1 && stride == Pair(1) && padding == Pair(0)
  }

  init(
    _ x: [Int], _ weight: [Int], stride: Pair, padding: Pair, dilation: Pair, groups: Int
  ) throws {
    let op = "conv2d"
    (n, c, h, w) = (x[0], x[1], x[2], x[3])
    (k, r, s) = (weight[0], weight[2], weight[3])
    (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
    try ImageChecks.pair(op, "stride", stride, least: 1)
    try ImageChecks.pair(op, "padding", padding, least: 0)
    try ImageChecks.pair(op, "dilation", dilation, least: 1)
    guard groups >= 1, c % groups == 0, k % groups == 0 else {
      throw TensorError(
        op, "\(groups) groups divide neither or only one of \(c) input and \(k) output channels")
    }
    guard weight[1] == c / groups else {
      throw TensorError(
        op,
        "an input of \(c) channels in \(groups) group(s) needs a weight of shape "
          + "(K, \(c / groups), R, S), got \(shapeText(weight))")
    }
    guard r >= 1, s >= 1, r <= 1 << 20, s <= 1 << 20, h <= 1 << 24, w <= 1 << 24, k >= 1 else {
      throw TensorError(
        op, "cannot convolve \(shapeText(x)) with a weight of shape \(shapeText(weight))")
    }
    (oh, ow) = (
      ConvolutionShape.extent(h, r, stride.h, padding.h, dilation.h),
      ConvolutionShape.extent(w, s, stride.w, padding.w, dilation.w)
    )
    guard oh >= 1, ow >= 1 else {
      throw TensorError(
        op,
        "a \(r)x\(s) kernel with dilation (\(dilation.h), \(dilation.w)) does not fit into an image "
          + "of \(h)x\(w) padded by (\(padding.h), \(padding.w))")
    }
    guard max(n * oh * ow, patch, k) <= Int32.max else {
      throw TensorError(op, "the output of \(n)x\(k)x\(oh)x\(ow) numbers is too large")
    }
  }

  init(_ x: [Int], _ weight: [Int], _ settings: ConvolutionSettings) throws {
    try self.init(
      x, weight, stride: settings.stride, padding: settings.padding, dilation: settings.dilation,
      groups: settings.groups)
  }

  /// Of a convolution of x by weight, both checked for operation `op`.
  init(_ op: String, _ x: Tensor, _ weight: Tensor, _ settings: ConvolutionSettings) throws {
    try ImageChecks.image(op, x)
    guard weight.ndim == 4 else {
      throw TensorError(
        op, "needs a weight of shape (K, C / groups, R, S), got \(shapeText(weight.shape))")
    }
    try ImageChecks.parameter(op, "the weight", weight, weight.shape, x)
    try self.init(x.shape, weight.shape, settings)
  }

  /// Places of a window of `size` along `extent`; below 1 when it does not fit.
  static func extent(_ extent: Int, _ size: Int, _ stride: Int, _ padding: Int, _ dilation: Int)
    -> Int
  {
    let free = extent + 2 * padding - dilation * (size - 1) - 1
    return free < 0 ? 0 : free / stride + 1
  }

  /// The convolution's window over its input.
  var window: thresh_window {
    thresh_window(
      h: h, w: w, c: c, oh: oh, ow: ow, r: r, s: s, stride_h: stride.h, stride_w: stride.w,
      pad_h: padding.h, pad_w: padding.w, dilation_h: dilation.h, dilation_w: dilation.w)
  }

  /// The convolution of dy (N, K, OH, OW) by flipped weights that gives dx, for stride 1; nil where
  /// the padding is wider than the kernel reaches.
  var transposed: ConvolutionShape? {
    let pad = Pair(dilation.h * (r - 1) - padding.h, dilation.w * (s - 1) - padding.w)
    guard stride == Pair(1), groups == 1, pad.h >= 0, pad.w >= 0 else { return nil }
    return try? ConvolutionShape(
      [n, k, oh, ow], [c, k, r, s], stride: stride, padding: pad, dilation: dilation, groups: 1)
  }
}
