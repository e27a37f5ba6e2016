// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Random brightness, contrast, saturation and hue, each drawn uniformly from its range.
public struct ColourJitter: Sendable, Equatable {
  public var brightness = 1.0...1.0
  public var contrast = 1.0...1.0
  public var saturation = 1.0...1.0
  /// In turns: 0.5 is the opposite colour.
  public var hue = 0.0...0.0
  /// Each change happens with this probability.
  public var probability = 1.0
  /// What contrast keeps; nil for the mean of the grey picture.
  public var centre: Float?
  /// Brightness first, contrast next or last by chance; otherwise saturation, hue, brightness, contrast.
  public var mixed = false

  public init() {}

  /// NVIDIA's: always all four, contrast about the middle grey. Its hue of 0.5 counts in degrees.
  public static let nvidia: ColourJitter = {
    var jitter = ColourJitter()
    jitter.brightness = 0.875...1.125
    jitter.contrast = 0.5...1.5
    jitter.saturation = 0.5...1.5
    jitter.hue = -0.5 / 360...0.5 / 360
    jitter.centre = 0.5
    return jitter
  }()

  /// torchvision's `RandomPhotometricDistort` as its SSD recipe has it, without the exchange of channels.
  public static let ssd: ColourJitter = {
    var jitter = ColourJitter()
    jitter.brightness = 0.875...1.125
    jitter.contrast = 0.5...1.5
    jitter.saturation = 0.5...1.5
    jitter.hue = -0.05...0.05
    jitter.probability = 0.5
    jitter.mixed = true
    return jitter
  }()

  /// Draws all numbers, needed or not, so that a change that does not happen moves no other's.
  func apply(_ image: inout FloatImage, _ stream: inout RandomStream) {
    func draw(_ range: ClosedRange<Double>) -> Float? {
      let happens = stream.bernoulli(probability)
      let value = range.lowerBound + (range.upperBound - range.lowerBound) * stream.uniform()
      return happens ? Float(value) : nil
    }
    let (b, c, s, h) = (draw(brightness), draw(contrast), draw(saturation), draw(hue))
    let contrastFirst = mixed && stream.bernoulli(0.5)
    if mixed, let b { image.adjustBrightness(b) }
    if contrastFirst, let c { image.adjustContrast(c, centre: centre) }
    if let s { image.adjustSaturation(s) }
    if let h { image.adjustHue(h) }
    if !mixed, let b { image.adjustBrightness(b) }
    if !contrastFirst, let c { image.adjustContrast(c, centre: centre) }
  }
}
