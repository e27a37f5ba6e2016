// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func ordering_goldenCases_matchPyTorch() throws {
  let cases = try Golden.cases("ordering")
  #expect(cases.count > 300)
  for golden in cases {
    try golden.expect(ordered(golden), relative: golden.op == "quantile" ? 1e-13 : 0)
  }
}

private func ordered(_ golden: Golden) throws -> [Tensor] {
  let x = golden.inputs[0]
  let dim = golden.integer("dim") ?? -1
  switch golden.op {
  case "sort":
    let found = try x.sort(dim: dim, descending: golden.flag("descending"))
    return [found.values, found.indices]
  case "argsort": return [try x.argsort(dim: dim, descending: golden.flag("descending"))]
  case "topk":
    let found = try x.topk(
      #require(golden.integer("k")), dim: dim, largest: golden.flag("largest"))
    return [found.values, found.indices]
  case "unique":
    let found = try x.uniqueWithCounts()
    return [found.values, found.inverse, found.counts]
  case "bincount":
    let weights = golden.inputs.count > 1 ? golden.inputs[1] : nil
    return [try x.bincount(weights: weights, minlength: golden.integer("minlength") ?? 0)]
  case "searchsorted":
    return [try x.searchsorted(golden.inputs[1], right: golden.flag("right"))]
  case "diff": return [try x.diff(n: golden.integer("n") ?? 1, dim: dim)]
  case "median": return [try x.median(dim: dim).values]
  case "kthvalue": return [try x.kthvalue(#require(golden.integer("k")), dim: dim).values]
  case "flip": return [try x.flip(golden.list("dims"))]
  case "roll": return [try x.roll([#require(golden.integer("shift"))], [dim])]
  case "quantile":
    return [try x.quantile(#require(golden.arguments["q"]?.double), dim: golden.integer("dim"))]
  default:
    Issue.record("no operation \(golden.op)")
    return []
  }
}
