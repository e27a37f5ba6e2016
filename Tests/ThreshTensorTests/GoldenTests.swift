// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func elementwise_goldenCases_matchPyTorch() throws {
  let cases = try Golden.cases("elementwise")
  #expect(cases.count > 800)
  // Where torch gives a bool's own value, or a number, for arithmetic on bools, this is an error here.
  for golden in cases where !golden.inputs.contains(where: { $0.dtype == .bool }) {
    // torch's own float32 gelu loses digits in the tail; ours is checked through float64.
    if golden.op == "gelu" && golden.inputs[0].dtype == .float32 { continue }
    let a = golden.inputs[0]
    let result: Tensor
    if let op = BinaryOp(rawValue: golden.op) {
      result = try Tensor.binary(op, a, golden.inputs[1])
    } else if let op = UnaryOp(rawValue: golden.op) {
      result = try a.unary(op)
    } else {
      switch golden.op {
      case "clamp": result = try a.clamp(min: golden.scalar("min"), max: golden.scalar("max"))
      case "where": result = try Tensor.where(a, golden.inputs[1], golden.inputs[2])
      case "to":
        result = try a.cast(#require(DType(name: golden.arguments["dtype"]?.string ?? "")))
      default:
        Issue.record("no operation \(golden.op)")
        continue
      }
    }
    let single = result.dtype == .float32
    try golden.expect([result], relative: single ? 1e-6 : 1e-13)
  }
}

@Test func reductions_goldenCases_matchPyTorch() throws {
  let cases = try Golden.cases("reductions")
  #expect(cases.count > 1300)
  for golden in cases {
    try golden.expect(
      reduced(golden), relative: golden.outputs[0].dtype == .float32 ? 1e-6 : 1e-13)
  }
}

private func reduced(_ golden: Golden) throws -> [Tensor] {
  let x = golden.inputs[0]
  let (dims, keep) = (golden.dims, golden.flag("keepdim"))
  let dim = golden.integer("dim")
  let correction = golden.flag("unbiased") ? 1.0 : 0
  switch golden.op {
  case "sum": return [try x.sum(dims: dims, keepdim: keep)]
  case "mean": return [try x.mean(dims: dims, keepdim: keep)]
  case "prod": return [try x.prod(dims: dims, keepdim: keep)]
  case "any": return [try x.any(dims: dims, keepdim: keep)]
  case "all": return [try x.all(dims: dims, keepdim: keep)]
  case "amax": return [try x.amax(dims: dims, keepdim: keep)]
  case "amin": return [try x.amin(dims: dims, keepdim: keep)]
  case "argmax": return [try x.argmax(dim: dim, keepdim: keep)]
  case "argmin": return [try x.argmin(dim: dim, keepdim: keep)]
  case "max", "min":
    guard let dim else { return [try golden.op == "max" ? x.amax() : x.amin()] }
    let found =
      try golden.op == "max"
      ? x.maxAlong(dim, keepdim: keep) : x.minAlong(dim, keepdim: keep)
    return [found.values, found.indices]
  case "var": return [try x.variance(dims: dims, correction: correction, keepdim: keep)]
  case "std": return [try x.std(dims: dims, correction: correction, keepdim: keep)]
  case "norm":
    let p = golden.arguments["p"]
    let order: Double? =
      p?.string == "inf" ? Double.infinity : p?.string == "fro" ? 2.0 : p?.double
    return [try x.norm(#require(order), dims: dims, keepdim: keep)]
  case "logsumexp": return [try x.logsumexp(dims: dims, keepdim: keep)]
  case "cumsum": return [try x.cumsum(#require(dim))]
  case "cumprod": return [try x.cumprod(#require(dim))]
  case "softmax": return [try x.softmax(#require(dim))]
  case "log_softmax": return [try x.logSoftmax(#require(dim))]
  case "one_hot": return [try x.oneHot(golden.integer("classes"))]
  default: return []
  }
}
