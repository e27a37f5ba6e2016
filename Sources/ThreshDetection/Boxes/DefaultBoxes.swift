// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The default boxes of a single-shot detector (Liu et al. 2016), in the order of its outputs: map,
/// shape, row, column.
///
/// On map k with scale s and the next scale s': a square of s, one of sqrt(s s'), and for each ratio r
/// s sqrt(r) x s / sqrt(r) and its transpose. Computed in double, stored as float32 and clamped to
/// [0, 1] in centre form, as NVIDIA's SSD300 v1.1 does; corners are derived afterwards, not clamped.
public final class DefaultBoxes: Sendable {
  /// What the boxes are computed from. Sizes are in pixels of the image.
  public struct Plan: Sendable, Equatable {
    /// Height and width of the image.
    public var imageSize: Int
    /// Height and width of each map.
    public var maps: [Int]
    /// Pixels from one centre to the next on each map.
    public var steps: [Double]
    /// One scale more than there are maps.
    public var scales: [Double]
    /// The ratios other than 1 on each map.
    public var ratios: [[Double]]

    public init(
      imageSize: Int, maps: [Int], steps: [Double], scales: [Double], ratios: [[Double]]
    ) {
      self.imageSize = imageSize
      self.maps = maps
      self.steps = steps
      self.scales = scales
      self.ratios = ratios
    }

    /// SSD300's: 8,732 boxes.
    public static let ssd300 = Plan(
      imageSize: 300, maps: [38, 19, 10, 5, 3, 1], steps: [8, 16, 32, 64, 100, 300],
      scales: [21, 45, 99, 153, 207, 261, 315], ratios: [[2], [2, 3], [2, 3], [2, 3], [2], [2]])
  }

  /// SSD300's boxes.
  public static let ssd300 = DefaultBoxes(unchecked: .ssd300)

  public let plan: Plan
  /// Boxes at each place of each map.
  public let shapes: [Int]
  /// The first box of each map, and the number of all at the end.
  public let offsets: [Int]
  /// cx, cy, w, h of each box as parts of the image.
  let centers: [Float]
  /// left, top, right, bottom of each box.
  let corners: [Float]

  /// The number of boxes.
  public var count: Int { offsets[offsets.count - 1] }

  /// - Throws: when the lists do not fit one another or a size is not positive.
  public convenience init(_ plan: Plan) throws {
    let op = "default_boxes"
    let maps = plan.maps.count
    guard maps > 0, plan.steps.count == maps, plan.scales.count == maps + 1,
      plan.ratios.count == maps
    else {
      throw TensorError(
        op,
        "\(maps) maps need as many steps and lists of ratios and one scale more, got "
          + "\(plan.steps.count), \(plan.ratios.count) and \(plan.scales.count)")
    }
    guard plan.imageSize > 0, plan.imageSize <= 1 << 20 else {
      throw TensorError(op, "the image size must be in 1 to 1048576, got \(plan.imageSize)")
    }
    for size in plan.maps where size < 1 || size > 4096 {
      throw TensorError(op, "the size of a map must be in 1 to 4096, got \(size)")
    }
    for value in plan.steps + plan.scales + plan.ratios.flatMap({ $0 })
    where !(value > 0 && value < 1e9) {
      throw TensorError(op, "steps, scales and ratios must be positive, got \(value)")
    }
    let boxes = zip(plan.maps, plan.ratios).reduce(0) { $0 + $1.0 * $1.0 * (2 + 2 * $1.1.count) }
    try MemoryPool.shared.require(boxes * 32, op)
    self.init(unchecked: plan)
  }

  private init(unchecked plan: Plan) {
    self.plan = plan
    shapes = plan.ratios.map { 2 + 2 * $0.count }
    offsets = zip(plan.maps, shapes).reduce(into: [0]) { offsets, map in
      offsets.append(offsets[offsets.count - 1] + map.0 * map.0 * map.1)
    }
    var centers: [Float] = []
    centers.reserveCapacity(4 * offsets[offsets.count - 1])
    let image = Double(plan.imageSize)
    for (k, size) in plan.maps.enumerated() {
      let (scale, next) = (plan.scales[k] / image, plan.scales[k + 1] / image)
      let between = (scale * next).squareRoot()
      var shapes = [(scale, scale), (between, between)]
      for ratio in plan.ratios[k] {
        let (w, h) = (scale * ratio.squareRoot(), scale / ratio.squareRoot())
        shapes += [(w, h), (h, w)]
      }
      let divisor = image / plan.steps[k]
      for (w, h) in shapes {
        for y in 0..<size {
          for x in 0..<size {
            for value in [(Double(x) + 0.5) / divisor, (Double(y) + 0.5) / divisor, w, h] {
              centers.append(min(max(Float(value), 0), 1))
            }
          }
        }
      }
    }
    self.centers = centers
    corners = stride(from: 0, to: centers.count, by: 4).flatMap { i in
      let (cx, cy, w, h) = (centers[i], centers[i + 1], centers[i + 2], centers[i + 3])
      return [cx - 0.5 * w, cy - 0.5 * h, cx + 0.5 * w, cy + 0.5 * h]
    }
  }

  /// cx, cy, w, h of each box as parts of the image, float32. (count, 4)
  public func centerForm() throws -> Tensor { try Tensor(centers, [count, 4]) }

  /// left, top, right, bottom of each box, float32; some stick out of the image. (count, 4)
  public func cornerForm() throws -> Tensor { try Tensor(corners, [count, 4]) }
}
