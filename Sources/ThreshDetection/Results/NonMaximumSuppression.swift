// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Greedy non-maximum suppression: the best box stays, what overlaps it goes, and so on.
public enum NonMaximumSuppression {
  /// Which overlaps of a kept box remove another.
  public struct Rule: Sendable, Equatable {
    public var threshold: Float
    /// Whether an overlap of exactly the threshold stays, as torchvision has it; it goes at NVIDIA.
    public var keepsEqual: Bool

    public init(threshold: Float = 0.5, keepsEqual: Bool = false) {
      self.threshold = threshold
      self.keepsEqual = keepsEqual
    }

    /// An overlap that is no number removes.
    @inline(__always)
    func keeps(_ iou: Float) -> Bool { keepsEqual ? iou <= threshold : iou < threshold }
  }

  /// The boxes that stay, best first; of equal scores the first box counts.
  /// - Parameters:
  ///   - boxes: left, top, right, bottom (n, 4).
  ///   - scores: (n)
  ///   - labels: boxes of different labels leave one another alone; nil for one label.
  /// - Throws: when shapes do not fit or a score is NaN.
  public static func kept(
    _ boxes: Tensor, _ scores: Tensor, labels: [Int64]? = nil, rule: Rule = Rule()
  ) throws -> [Int] {
    let op = "nms"
    guard boxes.ndim == 2, boxes.shape[1] == 4, boxes.dtype.isFloating else {
      throw TensorError(
        op,
        "boxes must be numbers of shape (n, 4), got \(boxes.dtype.name) of shape "
          + shapeText(boxes.shape))
    }
    let n = boxes.shape[0]
    guard scores.shape == [n], scores.dtype.isFloating, labels?.count ?? n == n else {
      throw TensorError(
        op,
        "\(n) boxes need \(n) scores and as many labels, got scores of shape "
          + shapeText(scores.shape) + (labels.map { " and \($0.count) labels" } ?? ""))
    }
    return try GradMode.off {
      try boxes.detached().cast(.float32).withHostElements(Float.self) { boxes in
        let scores = try scores.detached().cast(.float32).values(Float.self)
        if let i = scores.firstIndex(where: \.isNaN) {
          throw TensorError(op, "a score is not a number", position: [i])
        }
        var groups: [Int64: [Int]] = [:]
        for i in 0..<n { groups[labels?[i] ?? 0, default: []].append(i) }
        let kept = groups.values.flatMap { group in
          run(group.sorted(by: better(scores)), rule) { Overlap.corners(boxes, $0) }
        }
        return kept.sorted(by: better(scores))
      }
    }
  }

  /// By falling score and rising index.
  private static func better(_ scores: [Float]) -> (Int, Int) -> Bool {
    { a, b in scores[a] != scores[b] ? scores[a] > scores[b] : a < b }
  }

  /// Those of `order`, best first, that no kept one before them removes.
  static func run(
    _ order: [Int], _ rule: Rule, _ box: (Int) -> (Float, Float, Float, Float)
  ) -> [Int] {
    let boxes = order.map(box)
    var gone = [Bool](repeating: false, count: order.count)
    var kept: [Int] = []
    for i in order.indices where !gone[i] {
      kept.append(order[i])
      for j in i + 1..<max(order.count, i + 1) where !gone[j] {
        gone[j] = !rule.keeps(Overlap.iou(boxes[j], boxes[i]))
      }
    }
    return kept
  }
}
