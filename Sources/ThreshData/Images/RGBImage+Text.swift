// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension RGBImage {
  /// A line of text, black letters of 5 x 7 points on white, `scale` pixels a point; `?` for what is not ASCII.
  /// - Throws: `TensorError` for an empty text, and as of any picture of that size.
  public init(text: String, scale: Int) throws {
    let letters = Array(text)
    guard !letters.isEmpty else { throw TensorError("letters", "needs a text, got ''") }
    let (width, isTooWide) = (letters.count * (BitmapFont.width + 1) - 1)
      .multipliedReportingOverflow(by: scale)
    try self.init(
      width: isTooWide ? Int.max : width, height: BitmapFont.height * scale, red: 255, green: 255,
      blue: 255)
    for (i, letter) in letters.enumerated() {
      for (x, column) in BitmapFont.columns(letter).enumerated() {
        for y in 0..<BitmapFont.height where column >> y & 1 == 1 {
          let left = (i * (BitmapFont.width + 1) + x) * scale
          for row in y * scale..<(y + 1) * scale {
            let start = 3 * (row * width + left)
            for byte in start..<start + 3 * scale { pixels[byte] = 0 }
          }
        }
      }
    }
  }
}
