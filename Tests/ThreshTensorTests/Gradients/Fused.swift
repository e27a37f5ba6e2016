// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

private let activations: [Activation] = [.none, .relu, .relu6]

/// Convolutions and linear layers that end with an activation. The outputs reach both of its limits.
func activatedCases() throws -> [Case] {
  var cases: [Case] = []
  let settings = [
    ConvolutionSettings(padding: 1), ConvolutionSettings(stride: 2, padding: 1),
    ConvolutionSettings(padding: 1, groups: 4), ConvolutionSettings(dilation: 2, groups: 2),
  ]
  for activation in [Activation.relu, .relu6] {
    for z in settings {
      let (x, w) = (try spread([2, 4, 5, 5], -3, 3), try spread([4, 4 / z.groups, 3, 3]))
      for bias in [true, false] {
        cases.append(
          Case(
            "conv2d \(activation) stride \(z.stride.h) groups \(z.groups) bias \(bias)",
            try [x, w] + (bias ? [spread([4], -2, 2)] : []), exact: true
          ) {
            try $0[0].conv2d(
              $0[1], bias: bias ? $0[2] : nil, stride: z.stride, padding: z.padding,
              dilation: z.dilation, groups: z.groups, activation: activation)
          })
      }
    }
    for shape in [[4, 5], [2, 3, 5], [1, 5], [5]] {
      for bias in [true, false] {
        cases.append(
          Case(
            "linear \(activation) \(shape) bias \(bias)",
            try [spread(shape, -4, 5), spread([6, 5], -3, 3)] + (bias ? [spread([6])] : []),
            shape.count == 1 ? .meet("linear") : .apart
          ) { try $0[0].linear($0[1], bias: bias ? $0[2] : nil, activation: activation) })
      }
    }
  }
  return cases
}

/// A convolution of x (n, c, h, w), its normalisation, a residual and an activation in one step.
private func convNorm(
  _ x: [Int], _ weight: [Int], _ z: ConvolutionSettings, _ activation: Activation,
  residual: [Int]? = nil, gain: Bool = true, shift: Bool = true, training: Bool = true
) throws -> Case {
  let k = weight[0]
  var inputs = [try spread(x), try spread(weight, -0.6, 0.7)]
  // Gains that take the outputs beyond 6.
  if gain { inputs.append(try spread([k], 2, 6)) }
  if shift { inputs.append(try spread([k], -1, 3)) }
  if let residual { inputs.append(try spread(residual, -2, 2.5)) }
  let text =
    "convNorm \(x) by \(weight) stride \(z.stride.h) groups \(z.groups) \(activation)"
    + (residual == nil ? "" : " residual") + (gain ? " gain" : "") + (shift ? " shift" : "")
    + (training ? "" : " evaluation")
  return Case(text, inputs, training ? .shared : .apart, exact: true) { t in
    let norm = NormSettings(
      weight: gain ? t[2] : nil, bias: shift ? t[gain ? 3 : 2] : nil,
      running: try running(k, t[0].dtype), training: training, eps: 1e-3)
    return try t[0].convNorm(
      t[1], z, norm, activation, residual: residual == nil ? nil : t.last)
  }
}

func convNormCases() throws -> [Case] {
  var cases: [Case] = []
  for activation in activations {
    for residual in [nil, [3, 3, 4, 3]] {
      for (gain, shift) in [(true, true), (true, false), (false, true), (false, false)] {
        for training in [true, false] {
          cases.append(
            try convNorm(
              [3, 2, 4, 3], [3, 2, 3, 3], ConvolutionSettings(padding: 1), activation,
              residual: residual, gain: gain, shift: shift, training: training))
        }
      }
    }
    cases += try [
      // Pixels alone, strided, in groups, depthwise, and channels around the widths of vectors.
      convNorm([2, 5, 3, 3], [7, 5, 1, 1], ConvolutionSettings(), activation),
      convNorm(
        [2, 5, 3, 3], [7, 5, 1, 1], ConvolutionSettings(), activation, residual: [2, 7, 3, 3]),
      convNorm(
        [2, 3, 5, 4], [2, 3, 3, 3], ConvolutionSettings(stride: 2, padding: 1), activation),
      convNorm(
        [2, 4, 4, 3], [6, 2, 3, 3], ConvolutionSettings(padding: 1, groups: 2), activation),
      convNorm(
        [2, 5, 4, 4], [5, 1, 3, 3], ConvolutionSettings(padding: 1, groups: 5), activation),
      convNorm(
        [2, 5, 5, 4], [5, 1, 3, 3], ConvolutionSettings(stride: 2, padding: 1, groups: 5),
        activation, residual: [2, 5, 3, 2]),
      convNorm([1, 2, 3, 3], [17, 2, 3, 3], ConvolutionSettings(padding: 1), activation),
    ]
  }
  return cases
}
