// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshTensor

/// Synthetic pictures in COCO's form: coloured shapes on textured ground, with groups (crowds), tiny
/// objects and such that reach over the border.
///
/// Image i depends on the seed, the size and i alone, and is drawn when it is asked for.
public struct Shapes: Sendable {
  /// The categories, with ids from 1 in this order.
  public enum Kind: Int, Sendable, CaseIterable {
    case rectangle, ellipse, triangle, diamond, cross
    var name: String { "\(self)" }
  }

  /// What stands for one annotation: one shape, or those of a group.
  struct Figure {
    var kind: Kind
    var forms: [ShapeForm]
    var colour: SIMD3<Float>
    var isCrowd: Bool
  }

  /// An annotation of a figure, from the pixels that it covers.
  struct Extent {
    var figure: Figure
    var box: PixelBox
    var area: Int
  }

  public let count: Int
  /// Width and height in pixels.
  public let size: Int
  public let seed: UInt64

  /// - Throws: `TensorError` for a count outside 1 … 1,000,000 or a size outside 16 … 4096.
  public init(count: Int, size: Int = 300, seed: UInt64 = 0) throws {
    guard (1...1_000_000).contains(count) else {
      throw TensorError("shapes", "between 1 and 1000000 images, got \(count)")
    }
    guard (16...4096).contains(size) else {
      throw TensorError("shapes", "the size must be in 16 ... 4096 pixels, got \(size)")
    }
    self.count = count
    self.size = size
    self.seed = seed
  }

  func annotations() throws -> Annotations {
    var out = Annotations()
    for kind in Kind.allCases {
      out.categories.ids.append(Int64(kind.rawValue + 1))
      out.categories.names.append(kind.name)
      out.categories.supercategories.append("shape")
    }
    for i in 0..<count {
      try Interrupt.check("shapes")
      out.images.ids.append(Int64(i + 1))
      out.images.widths.append(Int32(size))
      out.images.heights.append(Int32(size))
      out.images.fileNames.append(Shapes.fileName(i))
      for extent in extents(i) {
        out.objects.ids.append(Int64(out.objects.count + 1))
        out.objects.images.append(Int32(i))
        out.objects.categories.append(Int32(extent.figure.kind.rawValue))
        out.objects.boxes += [
          extent.box.left, extent.box.top, extent.box.width, extent.box.height,
        ]
        out.objects.areas.append(Double(extent.area))
        out.objects.isCrowd.append(extent.figure.isCrowd)
      }
    }
    return out
  }

  /// `000000000001.png` for image 0.
  static func fileName(_ index: Int) -> String {
    let number = String(index + 1)
    return String(repeating: "0", count: max(0, 12 - number.count)) + number + ".png"
  }

  /// The picture of image `index`.
  func draw(_ index: Int) throws -> RGBImage {
    var image = try RGBImage(width: size, height: size)
    var stream = RandomStream(seed: seed, purpose: "shapes ground", index: index)
    let ground = ground(index)
    // Coarse spots between random corners, and a fine grain.
    let cells = 6
    let spots = (0..<(cells + 1) * (cells + 1)).map { _ in stream.uniformFloat() - 0.5 }
    for y in 0..<size {
      for x in 0..<size {
        let (u, v) = (
          Float(x) / Float(size) * Float(cells), Float(y) / Float(size) * Float(cells)
        )
        let (i, j) = (Int(u), Int(v))
        let (a, b) = (u - Float(i), v - Float(j))
        let at = j * (cells + 1) + i
        let upper = spots[at] * (1 - a) + spots[at + 1] * a
        let lower = spots[at + cells + 1] * (1 - a) + spots[at + cells + 2] * a
        let grain = 0.08 * (stream.uniformFloat() - 0.5)
        image.set(x, y, ground + 0.25 * (upper * (1 - b) + lower * b) + grain)
      }
    }
    for extent in extents(index) {
      for form in extent.figure.forms {
        form.visit(kind: extent.figure.kind, size: size) { x, y in
          let shade = 0.1 * (stream.uniformFloat() - 0.5)
          image.set(x, y, extent.figure.colour + shade)
        }
      }
    }
    return image
  }

  private func ground(_ index: Int) -> SIMD3<Float> {
    var stream = RandomStream(seed: seed, purpose: "shapes colour", index: index)
    return SIMD3(stream.uniformFloat(), stream.uniformFloat(), stream.uniformFloat()) * 0.6 + 0.2
  }

  /// The annotations of image `index`, in the order in which they are drawn; later ones may hide others.
  func extents(_ index: Int) -> [Extent] {
    figures(index).compactMap { figure in
      var (left, top, right, bottom, area) = (size, size, 0, 0, 0)
      // The shapes of a group overlap: a pixel counts once.
      var seen: Set<Int> = []
      for form in figure.forms {
        form.visit(kind: figure.kind, size: size) { x, y in
          if figure.isCrowd, !seen.insert(y * size + x).inserted { return }
          (left, top) = (min(left, x), min(top, y))
          (right, bottom) = (max(right, x + 1), max(bottom, y + 1))
          area += 1
        }
      }
      guard area > 0 else { return nil }
      return Extent(
        figure: figure,
        box: PixelBox(
          left: Double(left), top: Double(top), right: Double(right), bottom: Double(bottom)),
        area: area)
    }
  }

  private func figures(_ index: Int) -> [Figure] {
    var stream = RandomStream(seed: seed, purpose: "shapes", index: index)
    let ground = ground(index)
    let side = Double(size)
    func colour(_ stream: inout RandomStream) -> SIMD3<Float> {
      // Away from the ground in every channel: no shape is invisible.
      var out = SIMD3<Float>.zero
      for k in 0..<3 {
        out[k] = ground[k] < 0.5 ? ground[k] + 0.25 : ground[k] - 0.25
        out[k] += (ground[k] < 0.5 ? 0.3 : -0.3) * stream.uniformFloat()
      }
      return out
    }
    func kind(_ stream: inout RandomStream) -> Kind {
      Kind(rawValue: Int(stream.drawn(below: UInt64(Kind.allCases.count)))) ?? .rectangle
    }
    func one(_ width: Double, _ cx: Double, _ cy: Double, _ stream: inout RandomStream) -> Figure {
      let stretch = stream.uniform(in: 0.6..<1.6)
      let form = ShapeForm(cx: cx, cy: cy, width: max(2, width), height: max(2, width * stretch))
      return Figure(
        kind: kind(&stream), forms: [form], colour: colour(&stream), isCrowd: false)
    }
    var out: [Figure] = []
    for _ in 0..<1 + stream.drawn(below: 4) {
      // As many doublings of the width as another: small, medium and large ones alike.
      let width = side * 0.08 * pow2(stream.uniform() * 2.6)
      out.append(
        one(
          width, stream.uniform(in: 0.15..<0.85) * side, stream.uniform(in: 0.15..<0.85) * side,
          &stream))
    }
    if stream.bernoulli(0.3) {
      let place = stream.uniform() * side
      let edge = stream.bernoulli(0.5) ? 0 : side
      let isAcross = stream.bernoulli(0.5)
      out.append(
        one(side * 0.2, isAcross ? place : edge, isAcross ? edge : place, &stream))
    }
    if stream.bernoulli(0.3) {
      for _ in 0..<1 + stream.drawn(below: 3) {
        let width = stream.uniform(in: 3..<9)
        out.append(one(width, stream.uniform() * side, stream.uniform() * side, &stream))
      }
    }
    if stream.bernoulli(0.15) {
      let (cx, cy) = (stream.uniform() * side, stream.uniform() * side)
      let kind = kind(&stream)
      let forms = (0..<8 + stream.drawn(below: 8)).map { _ in
        ShapeForm(
          cx: cx + side * stream.uniform(in: -0.15..<0.15),
          cy: cy + side * stream.uniform(in: -0.15..<0.15),
          width: max(3, side * 0.05), height: max(3, side * 0.05))
      }
      out.append(Figure(kind: kind, forms: forms, colour: colour(&stream), isCrowd: true))
    }
    return out
  }

  /// 2^x for 0 <= x < 3, linear between the powers: no function of the system's library decides a bit.
  private func pow2(_ x: Double) -> Double {
    let whole = x.rounded(.down)
    return Double(1 << Int(whole)) * (1 + x - whole)
  }
}
