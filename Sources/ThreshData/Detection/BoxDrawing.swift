// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A box to be drawn, with what is written above it.
public struct DrawnBox: Sendable {
  /// What a box is judged to be, which decides its colour.
  public enum Verdict: String, Sendable, CaseIterable {
    /// A detection that is right: green.
    case truePositive = "tp"
    /// A detection that is wrong: red.
    case falsePositive = "fp"
    /// An object that was missed: orange.
    case falseNegative = "fn"
    /// An object of the truth: blue.
    case truth = "gt"

    var colour: [UInt8] {
      switch self {
      case .truePositive: [0, 170, 60]
      case .falsePositive: [220, 30, 40]
      case .falseNegative: [240, 140, 0]
      case .truth: [30, 100, 230]
      }
    }
  }

  public var box: PixelBox
  public var text: String
  public var colour: [UInt8]

  /// A box with a label and a score of two decimals. Without a verdict the colour is that of `number`,
  /// one of eight.
  public init(
    _ box: PixelBox, label: String? = nil, score: Double? = nil, verdict: Verdict? = nil,
    number: Int = 0
  ) {
    self.box = box
    text = [label, score.map(DrawnBox.decimals)].compactMap { $0 }.joined(separator: " ")
    colour = verdict?.colour ?? DrawnBox.palette[abs(number % DrawnBox.palette.count)]
  }

  private static let palette: [[UInt8]] = [
    [230, 25, 75], [60, 180, 75], [0, 130, 200], [245, 130, 48], [145, 30, 180], [0, 128, 128],
    [128, 0, 0], [0, 0, 128],
  ]

  /// Two decimals, or the number as it is where it is no share.
  private static func decimals(_ score: Double) -> String {
    guard score >= 0, score < 1000 else { return "\(score)" }
    let hundredths = Int((score * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}

extension RGBImage {
  /// Draws boxes with their texts, `line` pixels thick; letters are `line` / 2, rounded up, points wide.
  ///
  /// Parts outside the picture are left out; a text stands above its box, or inside where there is no
  /// room. Boxes of numbers that are not finite are not drawn.
  public mutating func draw(_ boxes: [DrawnBox], line: Int = 2) {
    for item in boxes {
      let box = item.box
      guard [box.left, box.top, box.right, box.bottom].allSatisfy(\.isFinite) else { continue }
      func pixel(_ x: Double, _ most: Int) -> Int {
        Int(min(max(x.rounded(), -16), Double(most) + 16))
      }
      let (l, r) = (pixel(box.left, width), pixel(box.right, width))
      let (t, b) = (pixel(box.top, height), pixel(box.bottom, height))
      fill(l, t, r, t + line, item.colour)
      fill(l, b - line, r, b, item.colour)
      fill(l, t, l + line, b, item.colour)
      fill(r - line, t, r, b, item.colour)
      if item.text.isEmpty { continue }
      let dot = (line + 1) / 2
      let tall = (BitmapFont.height + 2) * dot
      let letters = item.text.prefix(80)
      let wide = ((BitmapFont.width + 1) * letters.count + 1) * dot
      let top = t - tall >= 0 ? t - tall : max(t, 0)
      let left = max(0, min(l, width - wide))
      fill(left, top, left + wide, top + tall, item.colour)
      for (i, letter) in letters.enumerated() {
        for (x, column) in BitmapFont.columns(letter).enumerated() {
          for y in 0..<BitmapFont.height where column >> y & 1 == 1 {
            let px = left + (1 + i * (BitmapFont.width + 1) + x) * dot
            let py = top + (1 + y) * dot
            fill(px, py, px + dot, py + dot, [255, 255, 255])
          }
        }
      }
    }
  }

  private mutating func fill(_ l: Int, _ t: Int, _ r: Int, _ b: Int, _ colour: [UInt8]) {
    for y in max(t, 0)..<max(max(t, 0), min(b, height)) {
      for x in max(l, 0)..<max(max(l, 0), min(r, width)) {
        for k in 0..<3 { pixels[3 * (y * width + x) + k] = colour[k] }
      }
    }
  }
}
