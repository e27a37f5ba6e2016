// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The rows that a backward pass of the loss has, be they all or those that were kept.
///
/// With f the factor of an image and only over the boxes that count: d/d scores = f (softmax - one-hot),
/// d/d locations = f alpha clamp(predicted - wanted, -1, 1) on positives; 0 elsewhere.
struct MinedRows<T: FloatingElement> {
  /// (n, 4, P)
  let locations: Tensor
  /// (n, K, P)
  let scores: Tensor
  let labels, offsets, logSums, used: Tensor

  /// Calls `body` for each box of an image that counts, in rising order, with (box, label or 0, whether
  /// positive), and pointers to the image's rows.
  struct Image {
    let boxes, classes: Int
    let loc, conf, offsets, sums: UnsafePointer<T>
    let labels: UnsafePointer<Int64>
    let used: UnsafePointer<UInt8>

    /// softmax - one-hot of one box and class.
    @inline(__always)
    func residual(_ box: Int, _ c: Int) -> T {
      let p = Numbers.exp(conf[c * boxes + box] - sums[box])
      return Int(labels[box]) == c ? p - 1 : p
    }

    /// clamp(predicted - wanted, -1, 1)
    @inline(__always)
    func slope(_ box: Int, _ k: Int) -> T {
      min(max(loc[k * boxes + box] - offsets[k * boxes + box], -1), 1)
    }
  }

  /// Runs `body` on every image, in parallel.
  func forEachImage(_ body: (Int, Image) -> Void) throws {
    let (n, classes, boxes) = (scores.shape[0], scores.shape[1], scores.shape[2])
    guard scores.count > 0 else { return }
    try locations.withHostElements(T.self) { loc in
      try scores.withHostElements(T.self) { conf in
        try labels.withHostElements(Int64.self) { labels in
          try offsets.withHostElements(T.self) { offsets in
            try logSums.withHostElements(T.self) { sums in
              try used.withHostElements(UInt8.self) { used in
                guard let loc = loc.baseAddress, let conf = conf.baseAddress,
                  let labels = labels.baseAddress, let offsets = offsets.baseAddress,
                  let sums = sums.baseAddress, let used = used.baseAddress
                else { return }
                Workers.run(n) { i in
                  body(
                    i,
                    Image(
                      boxes: boxes, classes: classes, loc: loc + 4 * i * boxes,
                      conf: conf + i * classes * boxes, offsets: offsets + 4 * i * boxes,
                      sums: sums + i * boxes, labels: labels + i * boxes, used: used + i * boxes))
                }
              }
            }
          }
        }
      }
    }
  }

  /// The gradients of locations and scores, of those that are wanted.
  func gradients(_ factors: [T], _ alpha: T, _ wants: [Bool]) throws -> [Tensor?] {
    var result: [Tensor?] = [nil, nil]
    if wants[0] {
      result[0] = try Tensor.fromHost(locations.shape, T.self) { to in
        guard let to = to.baseAddress else { return }
        try forEachImage { i, image in
          let to = to + 4 * i * image.boxes
          to.update(repeating: 0, count: 4 * image.boxes)
          let f = factors[i] * alpha
          for a in 0..<image.boxes where image.used[a] == MultiBox.Use.positive.rawValue {
            for k in 0..<4 { to[k * image.boxes + a] = f * image.slope(a, k) }
          }
        }
      }
    }
    if wants[1] {
      result[1] = try Tensor.fromHost(scores.shape, T.self) { to in
        guard let to = to.baseAddress else { return }
        try forEachImage { i, image in
          let to = to + i * image.classes * image.boxes
          to.update(repeating: 0, count: image.classes * image.boxes)
          let f = factors[i]
          for a in 0..<image.boxes where image.used[a] != MultiBox.Use.none.rawValue {
            for c in 0..<image.classes { to[c * image.boxes + a] = f * image.residual(a, c) }
          }
        }
      }
    }
    return result
  }
}
