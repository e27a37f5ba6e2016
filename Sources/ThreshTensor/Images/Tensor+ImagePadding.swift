// SPDX-License-Identifier: Apache-2.0

/// Zeros around an image: rows, columns and channels, and the pixels that stay.
private struct Frame {
  var top = 0
  var bottom = 0
  var left = 0
  var right = 0
  /// Channels before and after.
  var before = 0
  var after = 0
  /// Every how many pixels one is taken.
  var stride = 1

  func padded(_ x: [Int]) -> [Int] {
    [
      x[0], before + x[1] + after, top + (x[2] + stride - 1) / stride + bottom,
      left + (x[3] + stride - 1) / stride + right,
    ]
  }

  /// Copies the pixels that stay, out of the small image or back into it; both channels-last.
  func copy(_ small: Tensor, _ framed: Tensor, back: Bool) {
    let (c, h, w) = (small.shape[1], small.shape[2], small.shape[3])
    let (fc, fh, fw) = (framed.shape[1], framed.shape[2], framed.shape[3])
    let size = small.dtype.size
    let (s, f) = (
      small.storage.base + small.offset * size, framed.storage.base + framed.offset * size
    )
    let run = stride == 1 && before == 0 && after == 0
    Workers.chunks(of: small.shape[0] * h, grain: max(1, 16_384 / max(1, w * c))) { lines in
      for line in lines where line % h % stride == 0 {
        let y = top + line % h / stride
        var from = s + line * w * c * size
        var to = f + (((line / h) * fh + y) * fw + left) * fc * size + before * size
        let pixels = run ? 1 : (w + stride - 1) / stride
        let bytes = (run ? w : 1) * c * size
        for _ in 0..<pixels {
          if back {
            from.copyMemory(from: to, byteCount: bytes)
          } else {
            to.copyMemory(from: from, byteCount: bytes)
          }
          from += stride * c * size
          to += fc * size
        }
      }
    }
  }
}

extension Tensor {
  /// Zeros around each image. (N, C, H, W) -> (N, C, top + H + bottom, left + W + right)
  public func pad2d(left: Int = 0, right: Int = 0, top: Int = 0, bottom: Int = 0) throws -> Tensor {
    try framed("pad2d", Frame(top: top, bottom: bottom, left: left, right: right))
  }

  /// Channels of zeros before and after; every `stride`-th pixel along height and width is kept.
  ///
  /// With a stride of 2 it is the shortcut of option A in He et al. 2016 (CIFAR ResNets).
  /// (N, C, H, W) -> (N, before + C + after, ceil(H / stride), ceil(W / stride))
  public func padChannels(before: Int, after: Int, stride: Int = 1) throws -> Tensor {
    try framed("pad_channels", Frame(before: before, after: after, stride: stride))
  }

  private func framed(_ op: String, _ frame: Frame) throws -> Tensor {
    let span = Profiler.begin(op)
    defer { span.end() }
    try ImageChecks.image(op, self)
    let sides = [frame.top, frame.bottom, frame.left, frame.right, frame.before, frame.after]
    guard sides.allSatisfy({ $0 >= 0 && $0 <= 1 << 24 }), frame.stride >= 1 else {
      throw TensorError(op, "paddings must not be negative and the stride at least 1")
    }
    let x = try channelsLastUnrecorded()
    let y = try Tensor.image(frame.padded(shape), dtype, op)
    y.fillUnrecorded(0)
    frame.copy(x, y, back: false)
    return y.recorded(op, [self], rows: .each([true])) { c in
      let dy = try c.grad.channelsLastUnrecorded()
      let dx = try Tensor.image(c.inputShapes[0], dy.dtype, op)
      if frame.stride > 1 { dx.fillUnrecorded(0) }
      frame.copy(dx, dy, back: true)
      return [dx]
    }
  }
}
