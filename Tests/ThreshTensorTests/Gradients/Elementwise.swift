// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Where a unary operation is smooth: away from its poles and kinks.
private func domain(_ op: UnaryOp) -> (Double, Double) {
  switch op {
  case .abs, .relu, .log, .log1p, .log2, .log10, .sqrt, .rsqrt, .reciprocal: (0.2, 3)
  case .asin, .acos: (-0.9, 0.9)
  case .floor, .ceil, .round, .trunc, .sign: (0.6, 0.9)
  default: (-1.4, 1.3)
  }
}

/// The operations that give no number to differentiate.
private let tests: [UnaryOp] = [.isnan, .isinf, .isfinite, .logicalNot, .bitwiseNot]

func unaryCases() throws -> [Case] {
  var cases: [Case] = []
  for op in UnaryOp.allCases where !tests.contains(op) {
    let (low, high) = domain(op)
    cases.append(
      Case("\(op.rawValue)", [try spread([4, 3], low, high)]) { try $0[0].unary(op) })
  }
  for op in [UnaryOp.abs, .relu] {
    cases.append(
      Case("\(op.rawValue) of negative numbers", [try spread([3, 2], -3, -0.2)]) {
        try $0[0].unary(op)
      })
  }
  // Beyond 20, softplus is the input itself.
  cases.append(
    Case("softplus of large numbers", [try spread([3, 2], 20.5, 30)]) {
      try $0[0].softplus()
    })
  return cases
}

private let methods: [BinaryOp: String] = [.add: "+", .sub: "-", .mul: "*", .div: "/"]

func binaryCases() throws -> [Case] {
  var cases: [Case] = []
  let ops: [BinaryOp] = [
    .add, .sub, .mul, .div, .remainder, .fmod, .pow, .maximum, .minimum, .atan2,
  ]
  for op in ops {
    let name = methods[op] ?? op.rawValue
    func add(_ what: String, _ inputs: [Tensor], _ f: @escaping Operation) {
      cases.append(Case("\(name) \(what)", inputs, .apart, f))
    }
    let both: Operation = { try Tensor.binary(op, $0[0], $0[1]) }
    // Quotients from 2 to 9 for the remainders; positive bases for pow.
    let (low, high) = op == .remainder || op == .fmod ? (6.1, 19.3) : (0.3, 4)
    let (a, b) = (try spread([4, 3], low, high), try spread([4, 3], 2.2, 3.1))
    let (row, column) = (try spread([3], 2.1, 3), try spread([4, 1], 2.1, 3))
    add("", [a, b], both)
    add("row", [a, row], both)
    add("row first", [try spread([3], low, high), b], both)
    add("column", [try spread([4, 1], low, high), b], both)
    add("both broadcast", [try spread([4, 1], low, high), row], both)
    add("column second", [a, column], both)
    add("one element", [a, try spread([], 2.5, 2.6)], both)
    add("number right", [a]) { try Tensor.binary(op, $0[0], 1.73) }
    add("number left", [a]) { try Tensor.binary(op, 1.73, $0[0]) }
    add("with itself", [a]) { try Tensor.binary(op, $0[0] * 2.1, $0[0]) }
  }
  for op in [BinaryOp.remainder, .fmod] {
    cases.append(
      Case("\(op.rawValue) signs", [try spread([4, 3], -9.3, 9.1), try spread([3], -3.1, -2.2)]) {
        try Tensor.binary(op, $0[0], $0[1])
      })
  }
  cases.append(
    Case("pow integer of negative numbers", [try spread([4, 3], -2, -0.5)]) {
      try $0[0].pow(3)
    })
  cases.append(
    Case("atan2 quadrants", [try spread([4, 3], -2, 2), try spread([4, 3], -3, -1)]) {
      try $0[0].atan2($0[1])
    })
  return cases
}

func choiceCases() throws -> [Case] {
  let (a, b) = (try spread([4, 3]), try spread([4, 3], 1, 2))
  let (mask, rowMask) = (try a.gt(0), try Tensor([true, false, true]))
  let columnMask = try Tensor([true, false, false, true]).reshape([4, 1])
  return [
    Case("where", [a, b]) { try Tensor.where(mask, $0[0], $0[1]) },
    Case("where row", [a, b]) { try Tensor.where(rowMask, $0[0], $0[1]) },
    Case("where column", [a, b]) { try Tensor.where(columnMask, $0[0], $0[1]) },
    Case("where broadcast", [try spread([3]), try spread([4, 1])]) {
      try Tensor.where(mask, $0[0], $0[1])
    },
    Case("where number", [a]) { try Tensor.where(mask, $0[0], 2) },
    Case("clamp", [a]) { try $0[0].clamp(min: -0.501, max: 0.499) },
    Case("clamp below", [a]) { try $0[0].clamp(min: -0.1) },
    Case("clamp above", [a]) { try $0[0].clamp(max: 0.2) },
    Case("lerp", [a, b]) { try $0[0].lerp($0[1], 0.3) },
    Case("lerp tensor", [a, b, try spread([3], 0, 1)]) { try $0[0].lerp($0[1], $0[2]) },
    Case("addcmul", [a, b, try spread([3])]) { try $0[0].addcmul($0[1], $0[2], value: 0.5) },
    Case("addcdiv", [a, a, b]) { try $0[0].addcdiv($0[1], $0[2], value: 0.5) },
    Case("maskedFill", [a]) { try $0[0].maskedFill(mask, 3) },
    Case("maskedFill column", [a]) { try $0[0].maskedFill(columnMask, 3) },
    Case("nanToNum", [a]) { try $0[0].nanToNum() },
    Case("cast", [a]) { try $0[0].cast(.float64) * 3 },
    Case("summed", [try spread([4, 3, 2])], .meet("reshape")) { try $0[0].summed(to: [3, 1]) },
  ]
}
