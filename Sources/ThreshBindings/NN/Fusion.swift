// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// Layers run as one operation, for the `forward` of modules written in Lua; native containers do it
/// by themselves.
func addFusion(to nn: inout Namespace) {
  for (name, activation) in [
    ("conv_bn", .none), ("conv_bn_relu", .relu), ("conv_bn_relu6", .relu6),
  ] as [(String, Activation)] {
    // conv_bn_relu(conv, bn, x, { residual = r }): relu(bn(conv(x)) + r)
    nn.function(name) { call in
      let conv = try call.object(1, "conv", as: Conv2d.self)
      let norm = try call.object(2, "bn", as: BatchNorm2d.self)
      let x = try call.tensor(3, "x")
      let o = try call.options(at: 4, allowed: ["residual"])
      return .tensor(try convNorm(conv, norm, x, activation, residual: o.tensor("residual")))
    }
  }
  nn.function("add_relu") { call in
    .tensor(try call.tensor(1, "a").addRectified(call.tensor(2, "b")))
  }
}
