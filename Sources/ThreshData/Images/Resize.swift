// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Bilinear resizing of one side: for each place of the result, the first source place and weights.
///
/// Source: PyTorch's `interpolate(mode="bilinear", align_corners=False)`, with `antialias` Pillow's
/// triangle, which widens as the picture shrinks.
struct ResizeWeights {
  private(set) var starts: [Int] = []
  /// `span` weights for each place, those not needed 0.
  private(set) var weights: [Float] = []
  let span: Int

  init(from source: Int, to target: Int, antialias: Bool) {
    let scale = Float(source) / Float(target)
    let support = antialias && scale > 1 ? scale : 1
    span = antialias ? min(source, Int(support.rounded(.up)) * 2 + 1) : min(source, 2)
    for i in 0..<target {
      var line = [Float](repeating: 0, count: span)
      if antialias {
        let centre = scale * (Float(i) + 0.5)
        let start = max(Int(centre - support + 0.5), 0)
        let count = min(min(Int(centre + support + 0.5), source) - start, span)
        var total: Float = 0
        for j in 0..<count {
          line[j] = max(0, 1 - abs((Float(j + start) - centre + 0.5) / support))
          total += line[j]
        }
        for j in 0..<count { line[j] /= total }
        // A line of `span` places must end inside.
        let shift = max(0, start + span - source)
        starts.append(start - shift)
        if shift > 0 {
          line = Array(repeating: 0, count: shift) + line.prefix(span - shift)
        }
      } else {
        let place = max(scale * (Float(i) + 0.5) - 0.5, 0)
        let first = min(Int(place), source - 1)
        let start = min(first, source - span)
        let part = place - Float(first)
        line[first - start] += 1 - part
        line[min(first + 1, source - 1) - start] += part
        starts.append(start)
      }
      weights += line
    }
  }
}

extension FloatImage {
  /// The picture squashed or stretched to `width` x `height` pixels, bilinearly.
  ///
  /// `antialias` averages over all pixels that a smaller one stands for, as Pillow and torchvision do.
  /// - Throws: `TensorError` for sizes that no picture has, and when memory is short.
  public func resized(width w: Int, height h: Int, antialias: Bool = true) throws -> FloatImage {
    if (w, h) == (width, height) { return self }
    try MemoryPool.shared.require(4 * RGBImage.bytes(w, height), "resize")
    try MemoryPool.shared.require(4 * RGBImage.bytes(w, h), "resize")
    // Two source places for each of the result's, thrice while the lists grow.
    try MemoryPool.shared.require(12 * 2 * (width + height + w + h), "resize")
    let across = ResizeWeights(from: width, to: w, antialias: antialias)
    let down = ResizeWeights(from: height, to: h, antialias: antialias)
    var rows = [Float](repeating: 0, count: 3 * w * height)
    values.withUnsafeBufferPointer { values in
      rows.withUnsafeMutableBufferPointer { rows in
        for y in 0..<height {
          let line = 3 * y * width
          for x in 0..<w {
            var sum = SIMD3<Float>.zero
            for j in 0..<across.span {
              let from = line + 3 * (across.starts[x] + j)
              sum +=
                SIMD3(values[from], values[from + 1], values[from + 2])
                * across.weights[x * across.span + j]
            }
            let to = 3 * (y * w + x)
            (rows[to], rows[to + 1], rows[to + 2]) = (sum[0], sum[1], sum[2])
          }
        }
      }
    }
    var out = [Float](repeating: 0, count: 3 * w * h)
    rows.withUnsafeBufferPointer { rows in
      out.withUnsafeMutableBufferPointer { out in
        for y in 0..<h {
          for j in 0..<down.span {
            let weight = down.weights[y * down.span + j]
            if weight == 0 { continue }
            let (to, from) = (3 * y * w, 3 * (down.starts[y] + j) * w)
            for i in 0..<3 * w { out[to + i] += rows[from + i] * weight }
          }
        }
      }
    }
    return FloatImage(width: w, height: h, values: out)
  }
}
