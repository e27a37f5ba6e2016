// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// `Tensor.convNorm` against the operations that it joins, one after the other.
struct ConvNormTests {
  struct Variant: CustomTestStringConvertible, Sendable {
    let activation: Activation
    let residual: Bool
    let keep: BatchNormKeep

    var testDescription: String { "\(activation), residual \(residual), \(keep)" }
  }

  static let variants = [Activation.none, .relu, .relu6].flatMap { activation in
    [false, true].flatMap { residual in
      [BatchNormKeep.keptRows, .constant].map {
        Variant(activation: activation, residual: residual, keep: $0)
      }
    }
  }

  /// The output, the gradients of all inputs, and the running statistics afterwards.
  private static func pass(
    _ variant: Variant, joined: Bool, training: Bool, taped: Bool = true, rows: [Int]? = nil
  ) throws -> [[Double]] {
    let leaves = try [
      spread([4, 3, 4, 5]), spread([5, 3, 3, 3]), spread([5], 2, 6), spread([5], -1, 3),
      spread([4, 5, 4, 5], -2, 2.5),
    ].map { try $0.clone().requireGrad(taped) }
    let running = RunningStatistics(
      mean: try spread([5], -0.5, 0.5).clone(), variance: try spread([5], 0.5, 2).clone(),
      momentum: 0.1)
    let norm = NormSettings(
      weight: leaves[2], bias: leaves[3], running: running, training: training, eps: 1e-3,
      keep: variant.keep)
    var y: Tensor
    if joined {
      y = try leaves[0].convNorm(
        leaves[1], ConvolutionSettings(padding: 1), norm, variant.activation,
        residual: variant.residual ? leaves[4] : nil)
    } else {
      y = try leaves[0].conv2d(leaves[1], padding: 1).batchNorm(
        weight: norm.weight, bias: norm.bias, running: running, training: training, eps: norm.eps,
        keep: norm.keep)
      if variant.residual { y = try y + leaves[4] }
      switch variant.activation {
      case .none: break
      case .relu: y = try y.clamp(min: 0)
      case .relu6: y = try y.clamp(min: 0, max: 6)
      }
    }
    let output = try y.values(Double.self)
    if let rows { y = try y.keep(rows) }
    if taped { try y.backward(spread(y.shape, 0.5, 2)) }
    return try [output, running.mean.values(Double.self), running.variance.values(Double.self)]
      + leaves.map { try $0.grad?.values(Double.self) ?? [] }
  }

  private static func compare(_ given: [[Double]], _ wanted: [[Double]], _ what: String) {
    let names = ["output", "mean", "variance", "x", "weight", "gain", "shift", "residual"]
    for (name, (a, b)) in zip(names, zip(given, wanted)) {
      #expect(a.count == b.count, "\(what): \(name)")
      let worst = zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
      #expect(worst < 1e-12, "\(what): \(name)")
    }
  }

  @Test(arguments: variants)
  func convNorm_wholeBatch_isTheOperationsInTurn(_ variant: Variant) throws {
    for training in [true, false] {
      for taped in [true, false] {
        Self.compare(
          try Self.pass(variant, joined: true, training: training, taped: taped),
          try Self.pass(variant, joined: false, training: training, taped: taped),
          "training \(training), taped \(taped)")
      }
    }
    let output = try Self.pass(variant, joined: true, training: true)[0]
    if variant.activation != .none { #expect(output.contains(0)) }
    #expect(output.contains { $0 >= 6 })
  }

  @Test(arguments: variants)
  func keep_convNorm_isTheOperationsInTurn(_ variant: Variant) throws {
    for training in [true, false] {
      for rows in [[2, 0], [3], [3, 2, 1, 0], []] {
        Self.compare(
          try Self.pass(variant, joined: true, training: training, rows: rows),
          try Self.pass(variant, joined: false, training: training, rows: rows),
          "training \(training), rows \(rows)")
      }
    }
  }

  @Test func convNorm_badArguments_areNamed() throws {
    let (x, w) = (try spread([2, 3, 4, 4]), try spread([5, 3, 3, 3]))
    func message(
      _ x: Tensor, _ w: Tensor, gain: Tensor? = nil, residual: Tensor? = nil, training: Bool = true
    ) -> String {
      let error = #expect(throws: TensorError.self) {
        try x.convNorm(
          w, ConvolutionSettings(padding: 1),
          NormSettings(weight: gain, bias: nil, running: nil, training: training),
          residual: residual)
      }
      #expect(error?.op == "conv_norm")
      return error?.message ?? ""
    }
    #expect(
      message(x, try spread([5, 3])).contains("needs a weight of shape (K, C / groups, R, S)"))
    #expect(message(x, w, gain: try spread([4])).contains("the norm's weight"))
    #expect(message(x, w, residual: try spread([2, 5, 4, 3])).contains("the residual"))
    #expect(message(x, w, training: false).contains("evaluation needs running statistics"))
    #expect(
      message(try spread([1, 3, 1, 1]), w).contains("needs more than one value per channel"))
  }
}
