// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func linalg_goldenCases_matchPyTorchAndNumpy() throws {
  let cases = try Golden.cases("linalg")
  #expect(cases.count > 100)
  for golden in cases {
    let single = golden.outputs[0].dtype == .float32
    try golden.expect([solved(golden)], relative: single ? 1e-4 : 1e-11)
  }
}

private func solved(_ golden: Golden) throws -> Tensor {
  let a = golden.inputs[0]
  let b = golden.inputs.count > 1 ? golden.inputs[1] : a
  switch golden.op {
  case "matmul": return try a.matmul(b)
  case "bmm": return try a.bmm(b)
  case "outer": return try a.outer(b)
  case "dot": return try a.dot(b)
  case "cholesky": return try a.cholesky()
  case "solve": return try a.solve(b)
  case "inverse": return try a.inverse()
  case "det": return try a.det()
  case "solve_triangular": return try a.solveTriangular(b, upper: golden.flag("upper"))
  case "lstsq": return try a.lstsq(b).solution
  case "svdvals": return try a.svdvals()
  case "eigvalsh": return try a.eigvalsh()
  case "trace": return try a.trace()
  case "cdist": return try a.cdist(b, p: #require(golden.arguments["p"]?.double))
  default:
    Issue.record("no operation \(golden.op)")
    return a
  }
}
