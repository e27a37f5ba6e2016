// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Operations that write into their tensor and give it back: `t:add_(1)`, `t:relu_()`.
func addInPlace(to operations: inout TensorOperations) {
  // Operations that keep a floating-point tensor's type have an in-place form.
  let tests: [UnaryOp] = [.isnan, .isinf, .isfinite]
  for op in UnaryOp.allCases where !tests.contains(op) {
    operations.add(op.rawValue + "_", most: 1) { _, t in .tensor(try t.unary_(op)) }
  }
  for (name, op) in inPlaceOperations {
    operations.add(name, most: 2) { call, t in
      .tensor(try t.binaryInPlace(op, LuaOperand(call, 2, "other")))
    }
  }
  operations.add("zero_", most: 1) { _, t in .tensor(try t.zero_()) }
  operations.add("fill_", most: 2) { call, t in .tensor(try t.fill_(call.number(2, "value"))) }
  operations.add("copy_", most: 2) { call, t in .tensor(try t.copy_(call.tensorOrList(2, "source")))
  }
  operations.add("clamp_", most: 3) { call, t in
    let (least, most) = try clampBounds(call)
    return .tensor(try t.clamp_(min: least, max: most))
  }
  operations.add("lerp_", most: 3) { call, t in
    let (end, weight) = (try call.tensor(2, "end"), try LuaOperand(call, 3, "weight"))
    return .tensor(try t.written("lerp_", [end]) { try t.lerp(end, weight) })
  }
  for (name, make) in [
    ("addcmul_", { try $0.addcmul($1, $2, value: $3) }),
    ("addcdiv_", { try $0.addcdiv($1, $2, value: $3) }),
  ] as [(String, (Tensor, Tensor, Tensor, Scalar) throws -> Tensor)] {
    operations.add(name, most: 4) { call, t in
      let o = try call.options(at: 4, allowed: ["value"])
      let (a, b) = (try call.tensor(2, "a"), try call.tensor(3, "b"))
      let value = try o.scalar("value") ?? 1
      return .tensor(try t.written(name, [a, b]) { try make(t, a, b, value) })
    }
  }
  operations.add("nan_to_num_", most: 2) { call, t in
    let o = try call.options(at: 2, allowed: ["nan", "posinf", "neginf"])
    return .tensor(
      try t.written("nan_to_num_", []) {
        try t.nanToNum(
          nan: o.number("nan") ?? 0, posinf: o.number("posinf"), neginf: o.number("neginf"))
      })
  }
  operations.add("masked_fill_", most: 3) { call, t in
    guard let value = try scalar(call, 3, "value") else {
      throw call.argumentError(3, "value", "number expected, got no value")
    }
    return .tensor(try t.maskedFill_(call.tensor(2, "mask"), value))
  }
}

private let inPlaceOperations: KeyValuePairs<String, BinaryOp> = [
  "add_": .add, "sub_": .sub, "mul_": .mul, "div_": .div, "remainder_": .remainder,
  "fmod_": .fmod, "floor_divide_": .floorDivide, "pow_": .pow, "maximum_": .maximum,
  "minimum_": .minimum, "atan2_": .atan2, "logical_and_": .logicalAnd, "logical_or_": .logicalOr,
  "logical_xor_": .logicalXor, "bitwise_and_": .bitwiseAnd, "bitwise_or_": .bitwiseOr,
  "bitwise_xor_": .bitwiseXor,
]

extension Tensor {
  /// Writes what `compute` gives of tensors that no gradient is wanted of into this one.
  func written(_ op: String, _ operands: [Tensor], _ compute: () throws -> Tensor) throws -> Tensor
  {
    if GradMode.isEnabled, operands.contains(where: \.requiresGrad) {
      throw TensorError(
        op,
        "a value that requires a gradient cannot be written in place, the tape would lose it; "
          + "detach it or use no_grad")
    }
    return try GradMode.off { try compute() }.delivered(to: self, op)
  }
}
