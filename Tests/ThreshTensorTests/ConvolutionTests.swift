// SPDX-License-Identifier: Apache-2.0
import Testing

import ThreshTensor

/// The fast forms of convolution and of matrix products against the plain float64 path.
struct ConvolutionTests {
  struct Shape: CustomTestStringConvertible, Sendable {
    var n, c, h, w, k, r: Int
    var stride = 1
    var padding = 0
    var dilation = 1
    var groups = 1

    var testDescription: String {
      "\(n)x\(c)x\(h)x\(w) -> \(k), \(r)x\(r), stride \(stride), padding \(padding), "
        + "dilation \(dilation), groups \(groups)"
    }
  }

  static let shapes = [
    // Winograd by tiles, whole and clipped, with channels that fill no vector.
    Shape(n: 2, c: 16, h: 8, w: 8, k: 16, r: 3, padding: 1),
    Shape(n: 3, c: 17, h: 9, w: 7, k: 19, r: 3, padding: 1),
    Shape(n: 4, c: 64, h: 32, w: 32, k: 64, r: 3, padding: 1),
    Shape(n: 1, c: 20, h: 19, w: 19, k: 81, r: 3, padding: 1),
    Shape(n: 2, c: 16, h: 7, w: 10, k: 16, r: 3),
    Shape(n: 2, c: 16, h: 9, w: 9, k: 32, r: 3, padding: 2),
    // Winograd by panels and by filters.
    Shape(n: 8, c: 256, h: 4, w: 4, k: 256, r: 3, padding: 1),
    Shape(n: 2, c: 136, h: 16, w: 16, k: 130, r: 3, padding: 1),
    Shape(n: 2, c: 300, h: 10, w: 13, k: 18, r: 3, padding: 1),
    // Winograd by places, in two ranges of channels.
    Shape(n: 1, c: 520, h: 66, w: 64, k: 450, r: 3, padding: 1),
    // Lines, patches and pixels.
    Shape(n: 2, c: 3, h: 32, w: 32, k: 16, r: 3, padding: 1),
    Shape(n: 2, c: 3, h: 37, w: 41, k: 24, r: 7, stride: 2, padding: 3),
    Shape(n: 2, c: 32, h: 16, w: 16, k: 64, r: 3, stride: 2, padding: 1),
    Shape(n: 2, c: 40, h: 9, w: 9, k: 33, r: 3, stride: 2, padding: 1),
    Shape(n: 2, c: 8, h: 11, w: 13, k: 5, r: 5, padding: 2),
    Shape(n: 2, c: 6, h: 12, w: 13, k: 7, r: 3, stride: 3, padding: 1),
    Shape(n: 2, c: 6, h: 11, w: 13, k: 7, r: 3, padding: 2, dilation: 2),
    Shape(n: 2, c: 7, h: 6, w: 6, k: 9, r: 3, stride: 2, padding: 1, dilation: 2),
    Shape(n: 2, c: 5, h: 10, w: 10, k: 7, r: 2, stride: 2),
    Shape(n: 4, c: 96, h: 8, w: 8, k: 24, r: 1),
    Shape(n: 4, c: 24, h: 9, w: 9, k: 40, r: 1, stride: 2),
    // Odd sizes.
    Shape(n: 1, c: 1, h: 1, w: 1, k: 1, r: 1),
    Shape(n: 1, c: 1, h: 5, w: 5, k: 3, r: 3, padding: 1),
    Shape(n: 1, c: 3, h: 1, w: 1, k: 5, r: 3, padding: 1),
    Shape(n: 1, c: 7, h: 3, w: 2, k: 17, r: 3, padding: 1),
    Shape(n: 1, c: 600, h: 2, w: 2, k: 3, r: 3, padding: 1),
    // Depthwise and groups.
    Shape(n: 2, c: 40, h: 8, w: 8, k: 40, r: 3, padding: 1, groups: 40),
    Shape(n: 2, c: 24, h: 9, w: 9, k: 24, r: 3, stride: 2, padding: 1, groups: 24),
    Shape(n: 2, c: 17, h: 8, w: 10, k: 17, r: 5, padding: 2, groups: 17),
    Shape(n: 2, c: 3, h: 5, w: 4, k: 3, r: 3, padding: 1, dilation: 2, groups: 3),
    Shape(n: 2, c: 8, h: 8, w: 8, k: 12, r: 3, padding: 1, groups: 4),
  ]

  /// y, dx, dw and db of a convolution with a fixed gradient of its output.
  private static func passes(_ s: Shape, _ dtype: DType) throws -> [Tensor] {
    var stream = RandomStream(seed: 7, purpose: "convolution")
    func random(_ shape: [Int], _ std: Double) throws -> Tensor {
      try Tensor.randn(shape, .float32, std: std, stream: &stream).cast(dtype).requireGrad()
    }
    let x = try random([s.n, s.c, s.h, s.w], 1)
    let fan = Double(s.c / s.groups * s.r * s.r)
    let w = try random([s.k, s.c / s.groups, s.r, s.r], (2 / fan).squareRoot())
    let b = try random([s.k], 1)
    let y = try x.conv2d(
      w, bias: b, stride: Pair(s.stride), padding: Pair(s.padding), dilation: Pair(s.dilation),
      groups: s.groups)
    let dy = try random(y.shape, 1).detached()
    return [y.detached()] + (try y.gradients(of: [x, w, b], seed: dy))
  }

  /// ||a - b|| / ||b||
  private static func error(_ a: Tensor, _ b: Tensor) throws -> Double {
    let difference = try (a.cast(.float64) - b).norm().item()
    return difference / max(try b.norm().item(), 1e-30)
  }

  @Test(arguments: shapes)
  func convolution_float32_agreesWithFloat64(_ shape: Shape) throws {
    let exact = try Self.passes(shape, .float64)
    defer { ConvolutionMethod.mode = .auto }
    // A float32 sum of up to 6,000 products has a relative error of about 1e-6; Winograd's
    // transforms add a factor of a few.
    for (mode, most) in [(ConvolutionMethod.Mode.direct, 2e-6), (.auto, 5e-6)] {
      ConvolutionMethod.mode = mode
      for (name, (got, want)) in zip(
        ["y", "dx", "dw", "db"], zip(try Self.passes(shape, .float32), exact))
      {
        let error = try Self.error(got, want)
        #expect(error < most, "\(mode) \(name)")
      }
    }
  }

  @Test(arguments: shapes)
  func convolution_ofAnEmptyBatch_hasZerosForGradients(_ shape: Shape) throws {
    var empty = shape
    empty.n = 0
    for dtype in [DType.float32, .float64] {
      let passes = try Self.passes(empty, dtype)
      #expect(passes[0].shape[0] == 0 && passes[1].shape == [0, shape.c, shape.h, shape.w])
      for sum in passes[2...] {
        #expect(sum.count > 0)
        #expect(try sum.cast(.float64).values(Double.self).allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func convolution_accuracyOfEachForm_isPrinted() throws {
    defer { ConvolutionMethod.mode = .auto }
    print("relative error against float64   form       y        dx       dw")
    for shape in Self.shapes[2...3] + [Self.shapes[6], Self.shapes[7]] {
      let exact = try Self.passes(shape, .float64)
      for mode in [ConvolutionMethod.Mode.direct, .auto] {
        ConvolutionMethod.mode = mode
        let errors = try zip(Self.passes(shape, .float32), exact).prefix(3).map {
          try Self.error($0, $1)
        }
        #expect(errors.allSatisfy { $0 > 0 && $0 < 5e-6 })
        let form = mode == .auto ? "winograd" : "direct  "
        let figures = errors.map { "\(($0 * 1e9).rounded() / 1e9)" }.joined(separator: "  ")
        print("  \(shape.n)x\(shape.c)@\(shape.h) -> \(shape.k)  \(form)  \(figures)")
      }
    }
  }

  @Test(arguments: [1, 2, 4])
  func convolution_anyNumberOfThreads_givesTheSameBits(_ threads: Int) throws {
    let before = Workers.threadCount
    defer { Workers.threadCount = before }
    for shape in Self.shapes where shape.n * shape.c * shape.h * shape.w > 4_096 {
      Workers.threadCount = 1
      let one = try Self.passes(shape, .float32)
      Workers.threadCount = threads
      for (a, b) in zip(one, try Self.passes(shape, .float32)) {
        #expect(try a.values(Float.self) == b.values(Float.self), "\(shape.testDescription)")
      }
    }
  }

  @Test(arguments: [
    (32, 256, 3072), (3, 5, 7), (128, 10, 512), (17, 33, 65), (300, 40, 20), (64, 64, 5000),
    (1000, 17, 9), (5, 1000, 40), (2, 2, 9000), (33, 130, 257), (12, 32, 1),
  ])
  func matmul_float32InAnyLayout_agreesWithFloat64(_ m: Int, _ n: Int, _ k: Int) throws {
    var stream = RandomStream(seed: 3, purpose: "matmul")
    for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
      let a = try Tensor.randn(left ? [k, m] : [m, k], stream: &stream)
      let b = try Tensor.randn(right ? [n, k] : [k, n], stream: &stream)
      let (x, y) = (left ? try a.transpose(0, 1) : a, right ? try b.transpose(0, 1) : b)
      let exact = try x.cast(.float64).matmul(y.cast(.float64))
      #expect(try Self.error(try x.matmul(y), exact) < 5e-6, "transposed: \(left), \(right)")
    }
  }
}
