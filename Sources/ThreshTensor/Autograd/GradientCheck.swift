// SPDX-License-Identifier: Apache-2.0

/// Compares gradients of the tape with central differences.
public enum GradientCheck {
  /// The largest error of any gradient element of `f`, relative to the larger of 1 and the element.
  ///
  /// - Parameters:
  ///   - inputs: float64 tensors, in any memory order, at which `f` is smooth.
  ///   - eps: the step of the differences; their error grows with its square.
  public static func run(
    _ inputs: [Tensor], eps: Double = 1e-5, _ f: ([Tensor]) throws -> Tensor
  ) throws -> Double {
    for t in inputs where t.dtype != .float64 {
      throw TensorError("gradient check", "needs float64 inputs, got \(t.dtype.name)")
    }
    let leaves = try inputs.map { try $0.view($0.shape, $0.strides).requireGrad() }
    let output = try f(leaves)
    let seed = try Tensor(
      (0..<output.count).map { Double(($0 * 7 + 3) % 11 + 1) / 8 }, output.shape)
    let gradients = try output.gradients(of: leaves, seed: seed)
    var worst = 0.0
    for (k, input) in inputs.enumerated() {
      let analytic = try gradients[k].values(Double.self)
      guard gradients[k].shape == input.shape else {
        throw TensorError(
          "gradient check",
          "a gradient of shape \(shapeText(gradients[k].shape)) for \(shapeText(input.shape))")
      }
      for i in analytic.indices {
        func moved(by step: Double) throws -> Double {
          var values = try input.values(Double.self)
          values[i] += step
          var arguments = inputs
          arguments[k] = try Tensor(values, input.shape)
          return try GradMode.off { try (f(arguments) * seed).sum().item() }
        }
        let numeric = (try moved(by: eps) - moved(by: -eps)) / (2 * eps)
        let error = abs(numeric - analytic[i]) / max(1, abs(numeric), abs(analytic[i]))
        worst = error.isNaN ? .infinity : max(worst, error)
      }
    }
    return worst
  }
}
