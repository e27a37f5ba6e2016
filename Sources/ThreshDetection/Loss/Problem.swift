// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension MultiBox {
  /// What a box is to the loss.
  enum Use: UInt8 {
    case none = 0
    case negative = 1
    case positive = 2
  }

  /// The sums of one image.
  struct Part {
    var locations = 0.0
    var scores = 0.0
    var positives = 0
  }

  /// Which boxes count, and what they cost.
  struct Mined {
    var parts: [Part]
    /// log Σ exp of the class scores of each box. (N, P)
    let logSums: Tensor
    /// `Use` of each box, uint8. (N, P)
    let used: Tensor
  }

  /// Predictions and targets that fit each other.
  struct Problem {
    /// (N, 4, P)
    let locations: Tensor
    /// (N, K, P)
    let scores: Tensor
    let targets: BoxTargets
    let options: Options
    let images, classes, boxes: Int

    init(
      _ locations: Tensor, _ scores: Tensor, _ targets: BoxTargets, _ options: Options
    ) throws {
      let op = "multibox"
      guard scores.ndim == 3, scores.dtype.isFloating, scores.shape[1] >= 1 else {
        throw TensorError(
          op,
          "class scores must be numbers of shape (N, K, P), got \(scores.dtype.name) of shape "
            + shapeText(scores.shape))
      }
      (images, classes, boxes) = (scores.shape[0], scores.shape[1], scores.shape[2])
      guard locations.dtype == scores.dtype, locations.shape == [images, 4, boxes] else {
        throw TensorError(
          op,
          "offsets must be \(scores.dtype.name) of shape \(shapeText([images, 4, boxes])) as the scores "
            + "are \(shapeText(scores.shape)), got \(locations.dtype.name) of shape "
            + shapeText(locations.shape))
      }
      guard targets.labels.shape == [images, boxes] else {
        throw TensorError(
          op,
          "the targets are of \(shapeText(targets.labels.shape)) boxes, the scores of "
            + shapeText([images, boxes]))
      }
      guard options.alpha.isFinite, options.alpha >= 0 else {
        throw TensorError(op, "alpha must be a number of at least 0, got \(options.alpha)")
      }
      guard options.negatives >= 0, options.negatives <= 1 << 20 else {
        throw TensorError(op, "negatives must be in 0 to 1048576, got \(options.negatives)")
      }
      guard boxes < Int(Int32.max) else { throw TensorError(op, "\(boxes) boxes are too many") }
      self.locations = locations
      self.scores = scores
      self.targets = try BoxTargets(
        labels: targets.labels,
        offsets: GradMode.off { try targets.offsets.cast(scores.dtype) })
      self.options = options
      try targets.labels.withHostElements(Int64.self) { labels in
        guard let at = labels.firstIndex(where: { $0 < 0 || $0 >= classes }) else { return }
        throw DetectionError(
          op, image: at / boxes, "label \(labels[at]) of a box is outside the \(classes) classes")
      }
    }

    /// Finds positives and hard negatives, image by image.
    func mine<T: FloatingElement>(_: T.Type) throws -> Mined {
      let logSums = try GradMode.off { try scores.detached().logsumexp(dims: [1]) }
      var parts = [Part](repeating: Part(), count: images)
      let used = try Tensor.fromHost([images, boxes], UInt8.self) { used in
        used.update(repeating: Use.none.rawValue)
        try locations.withHostElements(T.self) { loc in
          try scores.withHostElements(T.self) { conf in
            try targets.labels.withHostElements(Int64.self) { labels in
              try targets.offsets.withHostElements(T.self) { offsets in
                try logSums.withHostElements(T.self) { sums in
                  parts.withUnsafeMutableBufferPointer { parts in
                    guard boxes > 0, let loc = loc.baseAddress, let conf = conf.baseAddress,
                      let labels = labels.baseAddress, let offsets = offsets.baseAddress,
                      let sums = sums.baseAddress, let used = used.baseAddress
                    else { return }
                    Workers.run(images) { i in
                      parts[i] = mineImage(
                        loc + 4 * i * boxes, conf + i * classes * boxes, labels + i * boxes,
                        offsets + 4 * i * boxes, sums + i * boxes, used + i * boxes)
                    }
                  }
                }
              }
            }
          }
        }
      }
      return Mined(parts: parts, logSums: logSums, used: used)
    }

    private func mineImage<T: FloatingElement>(
      _ loc: UnsafePointer<T>, _ conf: UnsafePointer<T>, _ labels: UnsafePointer<Int64>,
      _ offsets: UnsafePointer<T>, _ sums: UnsafePointer<T>, _ used: UnsafeMutablePointer<UInt8>
    ) -> Part {
      var part = Part()
      for a in 0..<boxes where labels[a] > 0 {
        used[a] = Use.positive.rawValue
        part.positives += 1
        part.scores += Double(sums[a] - conf[Int(labels[a]) * boxes + a])
        for k in 0..<4 {
          let distance = Double(loc[k * boxes + a] - offsets[k * boxes + a]).magnitude
          part.locations += distance < 1 ? 0.5 * distance * distance : distance - 0.5
        }
      }
      let wanted = min(options.negatives * part.positives, boxes)
      guard wanted > 0 else { return part }
      // Positives stand as zeros among the negatives, where they may be chosen but do not count twice.
      withUnsafeTemporaryAllocation(of: T.self, capacity: boxes) { losses in
        for a in 0..<boxes { losses[a] = labels[a] > 0 ? 0 : sums[a] - conf[a] }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: boxes) { order in
          for a in 0..<boxes { order[a] = Int32(a) }
          guard let base = losses.baseAddress else { return }
          HardNegatives.partition(order, base, first: wanted)
          for a in order[..<wanted] where labels[Int(a)] == 0 {
            used[Int(a)] = Use.negative.rawValue
          }
        }
        var sum = 0.0
        for a in 0..<boxes where used[a] == Use.negative.rawValue { sum += Double(losses[a]) }
        part.scores += sum
      }
      return part
    }
  }
}
