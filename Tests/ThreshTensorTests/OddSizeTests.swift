// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Image operations in float32 on sizes that fill no vector, against plain loops over pixels.
struct OddSizeTests {
  /// One image; 0 outside of it.
  struct Image {
    let c: Int
    let h: Int
    let w: Int
    var values: [Double]

    subscript(channel: Int, y: Int, x: Int) -> Double {
      (0..<h).contains(y) && (0..<w).contains(x) ? values[(channel * h + y) * w + x] : 0
    }
  }

  static let channels = [1, 3, 5, 7, 17]
  static let maps = [(1, 1), (1, 3), (3, 2), (7, 5)]

  private static func numbers(_ count: Int, _ purpose: String) throws -> [Double] {
    var stream = RandomStream(seed: 11, purpose: purpose)
    return try Tensor.randn([count], stream: &stream).values(Float.self).map { Double($0) }
  }

  private static func tensor(_ values: [Double], _ shape: [Int]) throws -> Tensor {
    try Tensor(values.map { Float($0) }, shape).requireGrad()
  }

  /// A 3x3 window with padding 1: the pixels of output (y, x) that lie inside, in row-major order.
  private static func window(_ y: Int, _ x: Int, _ stride: Int, _ h: Int, _ w: Int)
    -> [(tap: Int, y: Int, x: Int)]
  {
    (0..<9).map { (tap: $0, y: y * stride - 1 + $0 / 3, x: x * stride - 1 + $0 % 3) }
      .filter { (0..<h).contains($0.y) && (0..<w).contains($0.x) }
  }

  private static func expectEqual(
    _ got: Tensor, _ want: [Double], within most: Double, _ name: String
  ) throws {
    let got = try got.values(Float.self)
    try #require(got.count == want.count, "\(name)")
    for (i, (a, b)) in zip(got, want).enumerated() {
      #expect(abs(Double(a) - b) <= most * max(1, abs(b)), "\(name)[\(i)]")
    }
  }

  @Test(arguments: channels, maps)
  func depthwise_oddSizes_agreesWithLoops(_ c: Int, _ map: (Int, Int)) throws {
    let (h, w) = map
    for stride in [1, 2] {
      let (oh, ow) = ((h - 1) / stride + 1, (w - 1) / stride + 1)
      let x = Image(c: c, h: h, w: w, values: try Self.numbers(c * h * w, "x"))
      let weight = try Self.numbers(c * 9, "weight")
      let seed = try Self.numbers(c * oh * ow, "seed")
      var y = [Double](repeating: 0, count: c * oh * ow)
      var dx = [Double](repeating: 0, count: c * h * w)
      var dw = [Double](repeating: 0, count: c * 9)
      for i in y.indices {
        let channel = i / (oh * ow)
        for at in Self.window(i / ow % oh, i % ow, stride, h, w) {
          y[i] += x[channel, at.y, at.x] * weight[channel * 9 + at.tap]
          dx[(channel * h + at.y) * w + at.x] += seed[i] * weight[channel * 9 + at.tap]
          dw[channel * 9 + at.tap] += seed[i] * x[channel, at.y, at.x]
        }
      }
      let input = try Self.tensor(x.values, [1, c, h, w])
      let filters = try Self.tensor(weight, [c, 1, 3, 3])
      let output = try input.conv2d(filters, stride: Pair(stride), padding: 1, groups: c)
      let gradients = try output.gradients(
        of: [input, filters], seed: Self.tensor(seed, output.shape).detached())
      try Self.expectEqual(output, y, within: 2e-6, "y")
      try Self.expectEqual(gradients[0], dx, within: 2e-6, "dx")
      try Self.expectEqual(gradients[1], dw, within: 1e-5, "dw")
    }
  }

  @Test(arguments: channels, maps)
  func pooling_oddSizes_agreesWithLoops(_ c: Int, _ map: (Int, Int)) throws {
    let (h, w) = map
    let (oh, ow) = ((h - 1) / 2 + 1, (w - 1) / 2 + 1)
    let x = Image(c: c, h: h, w: w, values: try Self.numbers(c * h * w, "x"))
    let seed = try Self.numbers(c * oh * ow, "seed")
    var (most, mean) = (seed, seed)
    var dMost = [Double](repeating: 0, count: c * h * w)
    var dMean = dMost
    for i in seed.indices {
      let channel = i / (oh * ow)
      let inside = Self.window(i / ow % oh, i % ow, 2, h, w)
      let seen = inside.map { x[channel, $0.y, $0.x] }
      most[i] = seen.reduce(-.infinity, max)
      mean[i] = seen.reduce(0, +) / Double(seen.count)
      for (at, value) in zip(inside, seen) {
        let place = (channel * h + at.y) * w + at.x
        if value == most[i] { dMost[place] += seed[i] }
        dMean[place] += seed[i] / Double(seen.count)
      }
    }
    let input = try Self.tensor(x.values, [1, c, h, w])
    let up = try Self.tensor(seed, [1, c, oh, ow]).detached()
    let largest = try input.maxPool2d(3, stride: 2, padding: 1)
    let average = try input.avgPool2d(3, stride: 2, padding: 1, countIncludePad: false)
    try Self.expectEqual(largest, most, within: 0, "maximum")
    try Self.expectEqual(
      try largest.gradients(of: [input], seed: up)[0], dMost, within: 1e-6, "its dx")
    try Self.expectEqual(average, mean, within: 1e-6, "mean")
    try Self.expectEqual(
      try average.gradients(of: [input], seed: up)[0], dMean, within: 1e-6, "its dx")

    let whole = try input.globalAvgPool2d()
    let sums = (0..<c).map { x.values[($0 * h * w)..<(($0 + 1) * h * w)].reduce(0, +) }
    try Self.expectEqual(whole, sums.map { $0 / Double(h * w) }, within: 1e-6, "global mean")
  }

  @Test(arguments: channels, maps.dropFirst())
  func batchNorm_oneImageOfOddSize_agreesWithLoops(_ c: Int, _ map: (Int, Int)) throws {
    let (h, w) = map
    let n = h * w
    let x = try Self.numbers(c * n, "x")
    let seed = try Self.numbers(c * n, "seed")
    let (weight, bias) = (try Self.numbers(c, "weight"), try Self.numbers(c, "bias"))
    var (y, dx) = (x, x)
    var (dw, db) = (weight, bias)
    for channel in 0..<c {
      let here = channel * n..<(channel + 1) * n
      let mean = x[here].reduce(0, +) / Double(n)
      let variance = x[here].map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(n)
      let scale = 1 / (variance + 1e-5).squareRoot()
      let normal = here.map { (x[$0] - mean) * scale }
      db[channel] = seed[here].reduce(0, +)
      dw[channel] = zip(seed[here], normal).map(*).reduce(0, +)
      for (i, value) in zip(here, normal) {
        y[i] = value * weight[channel] + bias[channel]
        dx[i] =
          weight[channel] * scale * (seed[i] - (db[channel] + value * dw[channel]) / Double(n))
      }
    }
    let input = try Self.tensor(x, [1, c, h, w])
    let (scales, shifts) = (try Self.tensor(weight, [c]), try Self.tensor(bias, [c]))
    let output = try input.batchNorm(weight: scales, bias: shifts, running: nil, training: true)
    let gradients = try output.gradients(
      of: [input, scales, shifts], seed: Self.tensor(seed, output.shape).detached())
    try Self.expectEqual(output, y, within: 1e-5, "y")
    try Self.expectEqual(gradients[0], dx, within: 2e-5, "dx")
    try Self.expectEqual(gradients[1], dw, within: 1e-5, "dweight")
    try Self.expectEqual(gradients[2], db, within: 1e-5, "dbias")
  }
}
