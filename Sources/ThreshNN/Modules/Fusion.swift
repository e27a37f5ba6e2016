// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Convolution, normalisation and activation in one operation (`Tensor.convNorm`): the step that
/// convolutional networks are made of, with a residual that is added before the activation.
///
/// All models and `Sequential` go through here. Layers that are observed (`Module.summary`) and
/// convolutions with a bias are called one by one.
public func convNorm(
  _ conv: Conv2d, _ norm: BatchNorm2d, _ x: Tensor, _ activation: Activation = .none,
  residual: Tensor? = nil
) throws -> Tensor {
  guard conv.observer == nil, norm.observer == nil, conv.bias == nil else {
    let y = try norm(conv(x))
    return try activation(residual.map { try y + $0 } ?? y)
  }
  // In a profile all of it is the convolution's.
  return try conv.profiled {
    try x.convNorm(
      conv.weight,
      ConvolutionSettings(
        stride: conv.stride, padding: conv.padding, dilation: conv.dilation, groups: conv.groups),
      norm.settings, activation, residual: residual)
  }
}

/// A layer with the activation behind it in one operation, where it has such a form.
public func activated(_ layer: Module, _ x: Tensor, _ activation: Activation) throws -> Tensor {
  guard layer.observer == nil else { return try activation(layer(x)) }
  switch layer {
  case let conv as Conv2d: return try conv.profiled { try conv.forward(x, activation) }
  case let linear as Linear: return try linear.profiled { try linear.forward(x, activation) }
  default: return try activation(layer(x))
  }
}

extension Activation {
  func callAsFunction(_ x: Tensor) throws -> Tensor {
    switch self {
    case .none: x
    case .relu: try x.rectified()
    case .relu6: try x.rectified(limit: 6)
    }
  }
}
