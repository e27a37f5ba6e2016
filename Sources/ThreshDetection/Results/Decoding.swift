// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// What a detector found in a batch, image by image and best first.
public struct Detections: Sendable {
  /// The row of the image in the batch, from 0.
  public var images: [Int] = []
  /// The class, from 1.
  public var labels: [Int] = []
  public var scores: [Float] = []
  /// left, top, right, bottom as parts of the image, four numbers a detection.
  public var boxes: [Float] = []

  public init() {}

  public var count: Int { images.count }

  /// left, top, width, height in pixels, as COCO's results have them: computed in double from the
  /// float32 corners, stored as float32.
  /// - Parameter sizes: width and height of each image.
  public func pixels(_ sizes: [(width: Double, height: Double)]) -> [Float] {
    images.indices.flatMap { i in
      let (w, h) = sizes[images[i]]
      let (l, t, r, b) = (boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3])
      return [
        Float(Double(l) * w), Float(Double(t) * h), Float(Double(r - l) * w),
        Float(Double(b - t) * h),
      ]
    }
  }
}

/// From the outputs of a detector to boxes with classes and scores.
///
/// Box: x = 0.1 t_x w + cx, w' = w exp(0.2 t_w), and the same for y and h; score: softmax over the classes.
/// For each class but the background the boxes above the threshold, of these the best few, thinned by
/// non-maximum suppression; then the best of all classes. Float32, an operation at a time; softmax and
/// exp are computed in double and rounded once. Of equal scores the lower class and box come first.
public enum Decoding {
  public struct Options: Sendable {
    /// A score must be above it.
    public var scoreThreshold: Float = 0.05
    /// Boxes of a class that go into the suppression.
    public var perClass = 200
    public var suppression = NonMaximumSuppression.Rule()
    /// Detections of an image.
    public var perImage = 200
    /// Whether boxes are cut at the borders of the image.
    public var clips = false
    /// The largest 0.2 t_w and 0.2 t_h, a width of 1000 pixels for 16 at torchvision's; nil without end.
    public var largestLogSize: Float?

    public init() {}

    /// NVIDIA's SSD300 v1.1.
    public static let nvidia = Options()

    /// torchvision's SSD300.
    public static var torchvision: Options {
      var options = Options()
      options.scoreThreshold = 0.01
      options.perClass = 400
      options.suppression = NonMaximumSuppression.Rule(threshold: 0.45, keepsEqual: true)
      options.clips = true
      options.largestLogSize = Float(Glibc.log(1000.0 / 16))
      return options
    }
  }

  /// What was found in each image.
  /// - Parameters:
  ///   - locations: the predicted offsets (N, 4, P).
  ///   - scores: class scores before the softmax (N, K, P), class 0 the background.
  /// - Throws: `DetectionError` where a score is no number, `TensorError` where shapes do not fit.
  public static func detections(
    _ locations: Tensor, _ scores: Tensor, _ boxes: DefaultBoxes, _ options: Options = .nvidia
  ) throws -> Detections {
    let op = "decode"
    guard scores.ndim == 3, scores.dtype.isFloating, scores.shape[1] >= 1,
      scores.shape[2] == boxes.count, locations.dtype.isFloating,
      locations.shape == [scores.shape[0], 4, boxes.count]
    else {
      throw TensorError(
        op,
        "needs offsets (N, 4, \(boxes.count)) and class scores (N, K, \(boxes.count)), got "
          + "\(shapeText(locations.shape)) and \(shapeText(scores.shape))")
    }
    guard options.perClass >= 0, options.perImage >= 0 else {
      throw TensorError(op, "numbers of boxes must not be negative")
    }
    let n = scores.shape[0]
    let (loc, conf, sums) = try GradMode.off {
      let conf = try scores.detached().cast(.float32)
      return (try locations.detached().cast(.float32), conf, try conf.logsumexp(dims: [1]))
    }
    var found = [Detections](repeating: Detections(), count: n)
    var broken = [Bool](repeating: false, count: n)
    try loc.withHostElements(Float.self) { loc in
      try conf.withHostElements(Float.self) { conf in
        try sums.withHostElements(Float.self) { sums in
          found.withUnsafeMutableBufferPointer { found in
            broken.withUnsafeMutableBufferPointer { broken in
              guard let loc = loc.baseAddress, let conf = conf.baseAddress,
                let sums = sums.baseAddress
              else { return }
              let (k, p) = (scores.shape[1], boxes.count)
              Workers.run(n) { i in
                let image = Image(
                  boxes: boxes, classes: k, loc: loc + 4 * i * p, conf: conf + i * k * p,
                  sums: sums + i * p, options: options)
                broken[i] = (0..<p).contains { sums[i * p + $0].isNaN }
                if !broken[i] { found[i] = image.detections(row: i) }
              }
            }
          }
        }
      }
    }
    if let i = broken.firstIndex(of: true) {
      throw DetectionError(op, image: i, "a class score is not a number")
    }
    return found.reduce(into: Detections()) { all, one in
      all.images += one.images
      all.labels += one.labels
      all.scores += one.scores
      all.boxes += one.boxes
    }
  }

  /// The outputs of one image.
  private struct Image {
    let boxes: DefaultBoxes
    let classes: Int
    let loc, conf, sums: UnsafePointer<Float>
    let options: Options

    struct Candidate {
      var score: Float
      var label, box: Int
    }

    func detections(row: Int) -> Detections {
      var found: [Candidate] = []
      var softmax = Softmax(conf: conf, classes: classes, boxes: boxes.count)
      for label in 1..<max(classes, 1) {
        let order = candidates(label, &softmax).sorted(by: better).prefix(options.perClass)
        let kept = NonMaximumSuppression.run(Array(order.indices), options.suppression) {
          corners(order[$0].box)
        }
        found += kept.map { order[$0] }
      }
      var result = Detections()
      for candidate in found.sorted(by: better).prefix(options.perImage) {
        let (l, t, r, b) = corners(candidate.box)
        result.images.append(row)
        result.labels.append(candidate.label)
        result.scores.append(candidate.score)
        result.boxes += [l, t, r, b]
      }
      return result
    }

    private func better(_ a: Candidate, _ b: Candidate) -> Bool {
      if a.score != b.score { return a.score > b.score }
      return a.label != b.label ? a.label < b.label : a.box < b.box
    }

    /// The boxes of a class above the threshold. A bound in logarithms, a little low, spares most boxes
    /// the exact softmax.
    private func candidates(_ label: Int, _ softmax: inout Softmax) -> [Candidate] {
      let threshold = options.scoreThreshold
      let bound = threshold > 0 ? Glibc.logf(threshold) - 1e-3 : -Float.infinity
      let row = conf + label * boxes.count
      var result: [Candidate] = []
      for a in 0..<boxes.count where row[a] - sums[a] >= bound - 1e-6 * sums[a].magnitude {
        let score = softmax.score(a, label)
        if score > threshold { result.append(Candidate(score: score, label: label, box: a)) }
      }
      return result
    }

    private func corners(_ a: Int) -> (Float, Float, Float, Float) {
      let p = boxes.count
      let c = boxes.centers
      let (cx, cy, w, h) = (c[4 * a], c[4 * a + 1], c[4 * a + 2], c[4 * a + 3])
      var (logW, logH) = (0.2 * loc[2 * p + a], 0.2 * loc[3 * p + a])
      if let most = options.largestLogSize { (logW, logH) = (min(logW, most), min(logH, most)) }
      let (x, y) = (0.1 * loc[a] * w + cx, 0.1 * loc[p + a] * h + cy)
      let (width, height) = (exponential(logW) * w, exponential(logH) * h)
      let box = (
        x - 0.5 * width, y - 0.5 * height, x + 0.5 * width, y + 0.5 * height
      )
      guard options.clips else { return box }
      func cut(_ v: Float) -> Float { min(max(v, 0), 1) }
      return (cut(box.0), cut(box.1), cut(box.2), cut(box.3))
    }
  }

  /// Softmax over the classes in double; the sum of a box is computed when first needed.
  private struct Softmax {
    let conf: UnsafePointer<Float>
    let classes, boxes: Int
    private var tops: [Double]
    private var totals: [Double]

    init(conf: UnsafePointer<Float>, classes: Int, boxes: Int) {
      self.conf = conf
      self.classes = classes
      self.boxes = boxes
      tops = [Double](repeating: 0, count: boxes)
      totals = tops
    }

    mutating func score(_ a: Int, _ label: Int) -> Float {
      if totals[a] == 0 {
        var top = -Float.infinity
        for c in 0..<classes { top = max(top, conf[c * boxes + a]) }
        tops[a] = Double(top)
        for c in 0..<classes { totals[a] += Glibc.exp(Double(conf[c * boxes + a]) - tops[a]) }
      }
      return Float(Glibc.exp(Double(conf[label * boxes + a]) - tops[a]) / totals[a])
    }
  }
}
