// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What the biases of a detector's heads say of each image: the gradients of its loss in closed form,
/// without a backward pass. Grad-Match's candidates for detection (Killamsetty et al. 2021 take the last
/// layer's).
///
/// The columns are the biases in the order of the state, `loc` of each map and then `conf` of each map,
/// channel = number * boxes + box: Σ shapes (4 + K), 2,550 for SSD300 with 81 classes. The gradient of a
/// bias is the sum over its map of d L / d output, (softmax - one-hot) / pos on the boxes that count and
/// alpha clamp(predicted - wanted, -1, 1) / pos on the positive ones; an image without positives has zeros.
public enum BiasGradients {
  /// The gradients of each image's loss, (N, Σ shapes (4 + K)), or summed over maps and boxes,
  /// (N, 4 + K).
  /// - Parameters:
  ///   - locations: the predicted offsets (N, 4, P).
  ///   - scores: class scores (N, K, P).
  ///   - pooled: sums over maps and boxes.
  /// - Throws: as `MultiBox.loss`, or when the outputs are of other boxes.
  public static func rows(
    _ locations: Tensor, _ scores: Tensor, _ targets: BoxTargets, _ boxes: DefaultBoxes,
    _ options: MultiBox.Options = MultiBox.Options(), pooled: Bool = false
  ) throws -> Tensor {
    let problem = try MultiBox.Problem(
      locations.detached(), scores.detached(), targets, options)
    guard problem.boxes == boxes.count else {
      throw TensorError(
        "bias_gradients",
        "the outputs are of \(problem.boxes) boxes, the model has \(boxes.count)")
    }
    // The loss says which images have none that is finite.
    let result = try GradMode.off {
      try MultiBox.loss(problem.locations, problem.scores, targets, options)
    }
    let positives = try result.positives.values(Int64.self)
    return try scores.dtype == .float64
      ? rows(problem, boxes, positives, pooled, Double.self)
      : rows(problem, boxes, positives, pooled, Float.self)
  }

  private static func rows<T: FloatingElement>(
    _ problem: MultiBox.Problem, _ boxes: DefaultBoxes, _ positives: [Int64], _ pooled: Bool,
    _: T.Type
  ) throws -> Tensor {
    let mined = try problem.mine(T.self)
    let places =
      pooled
      ? [Place](repeating: Place(offset: 0, shapes: 1, shape: 0), count: boxes.count)
      : Place.all(boxes)
    let k = problem.classes
    let shapes = pooled ? 1 : boxes.shapes.reduce(0, +)
    let width = shapes * (4 + k)
    let mean = Double(positives.reduce(0, +)) / Double(max(problem.images, 1))
    let rows = MinedRows<T>(
      locations: problem.locations, scores: problem.scores, labels: problem.targets.labels,
      offsets: problem.targets.offsets, logSums: mined.logSums, used: mined.used)
    let alpha = problem.options.alpha
    let normalisation = problem.options.normalisation
    return try Tensor.fromHost([problem.images, width], T.self) { to in
      to.update(repeating: 0)
      guard let to = to.baseAddress else { return }
      try rows.forEachImage { i, image in
        let divisor =
          switch normalisation {
          case .image: Double(max(positives[i], 1))
          case .batch: mean > 0 ? mean : 1
          case .none: 1.0
          }
        withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { sums in
          sums.initialize(repeating: 0)
          for a in 0..<image.boxes where image.used[a] != MultiBox.Use.none.rawValue {
            let place = places[a]
            if image.used[a] == MultiBox.Use.positive.rawValue {
              for c in 0..<4 {
                sums[4 * place.offset + c * place.shapes + place.shape] +=
                  alpha * Double(image.slope(a, c))
              }
            }
            let first = 4 * shapes + k * place.offset + place.shape
            for c in 0..<k { sums[first + c * place.shapes] += Double(image.residual(a, c)) }
          }
          for j in 0..<width { to[i * width + j] = T(sums[j] / divisor) }
        }
      }
    }
  }

  /// Where a box's biases are: the shapes of the maps before, those of its own map, its own.
  private struct Place {
    let offset, shapes, shape: Int

    static func all(_ boxes: DefaultBoxes) -> [Place] {
      var (places, offset) = ([Place](), 0)
      for (size, shapes) in zip(boxes.plan.maps, boxes.shapes) {
        for shape in 0..<shapes {
          let place = Place(offset: offset, shapes: shapes, shape: shape)
          places += [Place](repeating: place, count: size * size)
        }
        offset += shapes
      }
      return places
    }
  }
}
