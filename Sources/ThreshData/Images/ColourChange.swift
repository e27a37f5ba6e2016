// SPDX-License-Identifier: Apache-2.0

/// Changes of colour by torchvision's formulas on floats (`transforms.functional.adjust_*`).
extension FloatImage {
  /// All values times `factor`, cut off at 0 and 1.
  public mutating func adjustBrightness(_ factor: Float) {
    for i in values.indices { values[i] = FloatImage.cut(values[i] * factor) }
  }

  /// Distances from `centre` times `factor`; the centre is the mean of the grey picture, or given, as
  /// DALI has 0.5.
  public mutating func adjustContrast(_ factor: Float, centre: Float? = nil) {
    let middle = centre ?? meanGrey
    for i in values.indices {
      values[i] = FloatImage.cut(factor * values[i] + (1 - factor) * middle)
    }
  }

  /// Distances from the pixel's grey times `factor`.
  public mutating func adjustSaturation(_ factor: Float) {
    for p in stride(from: 0, to: values.count, by: 3) {
      let grey = grey(p)
      for i in p..<p + 3 { values[i] = FloatImage.cut(factor * values[i] + (1 - factor) * grey) }
    }
  }

  /// Hues moved by `shift` turns: 0.5 goes to the opposite colour.
  public mutating func adjustHue(_ shift: Float) {
    for p in stride(from: 0, to: values.count, by: 3) {
      let (r, g, b) = (values[p], values[p + 1], values[p + 2])
      let (high, low) = (max(r, g, b), min(r, g, b))
      let range = high - low
      let saturation = range / (range == 0 ? 1 : high)
      let divisor = range == 0 ? 1 : range
      let (rc, gc, bc) = ((high - r) / divisor, (high - g) / divisor, (high - b) / divisor)
      let turn: Float = high == r ? bc - gc : high == g ? 2 + rc - bc : 4 + gc - rc
      var hue = (turn / 6 + 1).truncatingRemainder(dividingBy: 1) + shift
      hue -= hue.rounded(.down)
      let sector = (hue * 6).rounded(.down)
      let part = hue * 6 - sector
      let a = FloatImage.cut(high * (1 - saturation))
      let q = FloatImage.cut(high * (1 - saturation * part))
      let t = FloatImage.cut(high * (1 - saturation * (1 - part)))
      (values[p], values[p + 1], values[p + 2]) =
        switch Int(sector) % 6 {
        case 0: (high, t, a)
        case 1: (q, high, a)
        case 2: (a, high, t)
        case 3: (a, q, high)
        case 4: (t, a, high)
        default: (high, a, q)
        }
    }
  }

  private func grey(_ p: Int) -> Float {
    0.2989 * values[p] + 0.587 * values[p + 1] + 0.114 * values[p + 2]
  }

  private var meanGrey: Float {
    var sum = 0.0
    for p in stride(from: 0, to: values.count, by: 3) { sum += Double(grey(p)) }
    return Float(sum / Double(values.count / 3))
  }

  private static func cut(_ x: Float) -> Float { min(max(x, 0), 1) }
}
