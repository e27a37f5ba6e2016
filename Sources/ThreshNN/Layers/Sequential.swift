// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Modules one after the other, named 0, 1, 2, …
///
/// A convolution, the BatchNorm behind it and the rectifier behind that run as one step, and so does
/// a convolution or a linear layer with a rectifier.
public final class Sequential: Module {
  private enum Step {
    case module(Module)
    case convNorm(Conv2d, BatchNorm2d, Activation)
    case activated(Module, Activation)
  }

  private let steps: [Step]
  private let planned: Int

  public init(_ modules: [Module]) {
    steps = Sequential.steps(modules)
    planned = modules.count
    super.init()
    for (i, module) in modules.enumerated() { register(child: "\(i)", module) }
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    // An observer is told of every module; one that was registered later is in no step.
    guard observer == nil, children.count == planned else {
      return try children.reduce(x) { try $1.module($0) }
    }
    return try steps.reduce(x) { x, step in
      switch step {
      case .module(let module): try module(x)
      case .convNorm(let conv, let norm, let activation):
        try ThreshNN.convNorm(conv, norm, x, activation)
      case .activated(let layer, let activation): try ThreshNN.activated(layer, x, activation)
      }
    }
  }

  private static func steps(_ modules: [Module]) -> [Step] {
    var steps: [Step] = []
    var rest = modules[...]
    while let module = rest.popFirst() {
      var norm: BatchNorm2d?
      if module is Conv2d, let next = rest.first as? BatchNorm2d {
        norm = next
        rest.removeFirst()
      }
      var activation = Activation.none
      if module is Conv2d || module is Linear {
        activation = rest.first is ReLU ? .relu : rest.first is ReLU6 ? .relu6 : .none
        if activation != .none { rest.removeFirst() }
      }
      if let conv = module as? Conv2d, let norm {
        steps.append(.convNorm(conv, norm, activation))
      } else if activation != .none {
        steps.append(.activated(module, activation))
      } else {
        steps.append(.module(module))
      }
    }
    return steps
  }
}
