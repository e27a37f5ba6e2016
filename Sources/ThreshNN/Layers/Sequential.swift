// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Modules one after the other, named 0, 1, 2, …
public final class Sequential: Module {
  public init(_ modules: [Module]) {
    super.init()
    for (i, module) in modules.enumerated() { register(child: "\(i)", module) }
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    try children.reduce(x) { try $1.module.forward($0) }
  }
}
