// SPDX-License-Identifier: Apache-2.0
import ThreshNN
import ThreshTensor

/// A single-shot detector for studies on a CPU: a plain stack of 3x3 convolutions with BatchNorm, three
/// maps at strides 8, 16 and 32, heads, boxes and outputs as SSD300 has them.
///
/// (N, C, S, S) -> offsets (N, 4, P) and class scores (N, classes, P); at S = 96, P = 828.
public final class SmallSSD: Module, Detector {
  /// The sizes of the boxes as parts of the image, of the three maps and the one after.
  public static let scales = [0.1, 0.25, 0.5, 0.85]

  public let boxes: DefaultBoxes
  public var classes: Int { heads.classes }
  /// One for each map; each begins where the last ended.
  private let stages: [Sequential]
  private let heads: BoxHeads

  public override var details: String {
    "\(classes) classes, \(boxes.plan.imageSize)x\(boxes.plan.imageSize)"
  }

  /// - Parameters:
  ///   - classes: the background counts as one.
  ///   - imageSize: height and width, at least 32.
  ///   - width: channels of the first convolution.
  ///   - scales: see `SmallSSD.scales`.
  public init(
    classes: Int, imageSize: Int = 96, inChannels: Int = 3, width: Int = 16,
    scales: [Double] = SmallSSD.scales, initializer: Initializer
  ) throws {
    let op = "small_ssd"
    guard classes >= 2, classes <= 1 << 16 else {
      throw TensorError(
        op, "classes must be in 2 to 65536, the background counted, got \(classes)")
    }
    guard imageSize >= 32, imageSize <= 4096 else {
      throw TensorError(op, "the image size must be in 32 to 4096, got \(imageSize)")
    }
    guard width >= 1, width <= 4096, inChannels >= 1, inChannels <= 4096 else {
      throw TensorError(
        op, "width and in_channels must be in 1 to 4096, got \(width) and \(inChannels)")
    }
    guard scales.count == 4, scales.allSatisfy({ $0 > 0 && $0 <= 2 }) else {
      throw TensorError(op, "needs four scales in (0, 2], got \(scales)")
    }
    guard initializer.dtype.isFloating else {
      throw TensorError(op, "dtype must be float32 or float64, got \(initializer.dtype.name)")
    }
    // Each convolution of stride 2 rounds up.
    let maps = [8, 16, 32].map { (imageSize + $0 - 1) / $0 }
    let size = Double(imageSize)
    boxes = try DefaultBoxes(
      DefaultBoxes.Plan(
        imageSize: imageSize, maps: maps, steps: maps.map { size / Double($0) },
        scales: scales.map { $0 * size }, ratios: [[2], [2, 3], [2]]))
    var channels = inChannels
    func block(_ out: Int, stride: Int) throws -> [Module] {
      defer { channels = out }
      return [
        try Conv2d(
          channels, out, kernel: 3, stride: Pair(stride), padding: 1, bias: false,
          mode: .kaimingFanOut, initializer: initializer),
        try BatchNorm2d(out, initializer: initializer), ReLU(),
      ]
    }
    var (ends, stages) = ([Int](), [Sequential]())
    for plan in [
      [(width, 2), (2 * width, 2), (2 * width, 1), (4 * width, 2), (4 * width, 1)],
      [(6 * width, 2), (6 * width, 1)], [(8 * width, 2), (8 * width, 1)],
    ] {
      stages.append(Sequential(try plan.flatMap { try block($0.0, stride: $0.1) }))
      ends.append(channels)
    }
    self.stages = stages
    heads = try BoxHeads(
      channels: ends, boxes: boxes.shapes, classes: classes, initializer: initializer)
    super.init()
    for (i, stage) in stages.enumerated() { register(child: "stage\(i + 1)", stage) }
    heads.register(in: self)
  }

  /// Offsets (N, 4, P) and class scores (N, classes, P).
  /// - Throws: for images of another size.
  public override func forwardAll(_ x: Tensor) throws -> [Tensor] {
    guard x.ndim == 4, x.shape[2] == imageSize, x.shape[3] == imageSize else {
      throw TensorError(
        "small_ssd",
        "needs images of shape (N, C, \(imageSize), \(imageSize)), got \(shapeText(x.shape))")
    }
    var maps: [Tensor] = []
    for stage in stages { maps.append(try stage(maps.last ?? x)) }
    return try heads(maps)
  }

  /// Offsets over class scores, (N, 4 + classes, P), where one tensor is needed.
  public override func forward(_ x: Tensor) throws -> Tensor { try Tensor.cat(forwardAll(x), 1) }
}
