// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

/// Keys of a golden slice: numbers, [start, stop, step] and "new".
private func keys(_ golden: Golden) throws -> [TensorIndex] {
  try (golden.arguments["spec"]?.array ?? []).map { entry in
    switch entry {
    case .integer(let i): .at(i)
    case .array(let ends):
      .range(
        start: ends[0].integer, stop: ends[1].integer, step: try #require(ends[2].integer))
    default: .newAxis
    }
  }
}

@Test func indexing_goldenCases_matchPyTorchAndNumpy() throws {
  // Constructors of scripts: ops/surface has them.
  let elsewhere: Set = ["arange", "linspace"]
  let cases = try Golden.cases("indexing").filter { !elsewhere.contains($0.op) }
  #expect(cases.count > 90)
  for golden in cases {
    // The same of a tensor whose memory runs the other way round.
    for turned in [false, true] {
      var inputs = golden.inputs
      if turned {
        let back = Array(inputs[0].shape.indices.reversed())
        inputs[0] = try inputs[0].permute(back).contiguous().permute(back)
      }
      try golden.expect(indexed(golden, inputs), relative: 0)
    }
  }
}

private func indexed(_ golden: Golden, _ inputs: [Tensor]) throws -> [Tensor] {
  let x = inputs[0]
  let dim = golden.integer("dim") ?? 0
  switch golden.op {
  case "slice": return [try x.at(keys(golden))]
  case "slice_assign":
    let target = try x.clone()
    try target.assign(keys(golden), inputs[1])
    return [target]
  case "gather": return [try x.gather(dim, inputs[1])]
  case "scatter_add": return [try x.scatterAdd(dim, inputs[1], inputs[2])]
  case "index_select": return [try x.indexSelect(dim, inputs[1])]
  case "index_add": return [try x.indexAdd(dim, inputs[1], inputs[2])]
  case "masked_select": return [try x.maskedSelect(inputs[1])]
  case "masked_fill": return [try x.maskedFill(inputs[1], #require(golden.scalar("value")))]
  case "nonzero": return [try x.nonzero()]
  case "cat": return [try Tensor.cat(inputs, dim)]
  case "stack": return [try Tensor.stack(inputs, dim)]
  case "tile": return [try x.tile(golden.list("reps"))]
  case "repeat_interleave":
    return [try x.repeatInterleave(#require(golden.integer("repeats")), golden.integer("dim"))]
  case "permute": return [try x.permute(golden.list("dims"))]
  case "transpose":
    return [try x.transpose(#require(golden.integer("dim0")), #require(golden.integer("dim1")))]
  case "expand": return [try x.expand(golden.list("shape"))]
  case "reshape": return [try x.reshape(golden.list("shape"))]
  case "flatten": return [try x.flatten(start: golden.integer("start_dim") ?? 0)]
  case "split": return try x.split(#require(golden.integer("size")), dim)
  case "chunk": return try x.chunk(#require(golden.integer("chunks")), dim)
  case "tril": return [try x.tril(golden.integer("diagonal") ?? 0)]
  case "triu": return [try x.triu(golden.integer("diagonal") ?? 0)]
  case "diag": return [try x.diag()]
  default:
    Issue.record("no operation \(golden.op)")
    return []
  }
}
