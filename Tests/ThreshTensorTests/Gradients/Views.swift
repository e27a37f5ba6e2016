// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

func viewCases() throws -> [Case] {
  let x = try spread([4, 3, 2])
  let turned = try spread([4, 2, 3]).permute([0, 2, 1])
  return [
    Case("reshape", [x]) { try $0[0].reshape([4, -1]) },
    Case("reshape rows", [x], .meet("reshape")) { try $0[0].reshape([2, 12]) },
    Case("view", [x]) { try $0[0].view([4, 2, 3]) },
    Case("flatten", [x]) { try $0[0].flatten(start: 1) },
    Case("flatten permuted", [turned]) { try $0[0].flatten(start: 1) },
    Case("flatten all", [x], .meet("reshape")) { try $0[0].flatten() },
    Case("unflatten", [try spread([4, 6])]) { try $0[0].unflatten(1, [3, 2]) },
    Case("contiguous", [turned]) { try $0[0].contiguous() },
    Case("channelsLast", [try spread([3, 2, 3, 2])]) { try $0[0].channelsLast() },
    Case("clone", [x]) { try $0[0].clone() },
    Case("permute", [x]) { try $0[0].permute([0, 2, 1]) },
    Case("permute rows", [x], .meet("permute")) { try $0[0].permute([2, 0, 1]) },
    Case("transpose", [x]) { try $0[0].transpose(1, 2) },
    Case("transpose rows", [x], .meet("permute")) { try $0[0].transpose(0, 1) },
    Case("t", [try spread([4, 3])], .meet("permute")) { try $0[0].t() },
    Case("squeeze", [try spread([4, 1, 2])]) { try $0[0].squeeze() },
    Case("squeeze one", [try spread([4, 1, 2, 1])]) { try $0[0].squeeze(1) },
    Case("squeeze the first", [try spread([1, 4])], .meet("squeeze")) { try $0[0].squeeze(0) },
    Case("unsqueeze", [x]) { try $0[0].unsqueeze(1) },
    Case("unsqueeze the first", [x], .meet("unsqueeze")) { try $0[0].unsqueeze(0) },
    Case("select", [x]) { try $0[0].select(2, 1) },
    Case("select row", [x], .meet("select")) { try $0[0].select(0, 2) },
    Case("narrow", [x]) { try $0[0].narrow(1, 1, 2) },
    Case("narrow step", [try spread([4, 5])]) { try $0[0].narrow(1, 0, 3, step: 2) },
    Case("narrow rows", [x], .meet("narrow")) { try $0[0].narrow(0, 1, 2) },
    Case("expand", [try spread([4, 1])]) { try $0[0].expand([4, 3]) },
    Case("expand row", [try spread([3])]) { try $0[0].expand([4, 3]) },
    Case("broadcastTo", [try spread([4, 1, 2])]) { try $0[0].broadcastTo([4, 3, 2]) },
    Case("diagonal", [try spread([4, 3, 3])]) { try $0[0].diagonal(dim1: 1, dim2: 2) },
    Case("diagonal offset", [try spread([4, 3, 4])]) {
      try $0[0].diagonal(offset: -1, dim1: 1, dim2: 2)
    },
    Case("diagonal rows", [try spread([4, 3])], .meet("diagonal")) { try $0[0].diagonal() },
    Case("unfold overlapping", [try spread([4, 6])]) { try $0[0].unfold(1, 3, 1) },
    Case("unfold apart", [try spread([3, 7])]) { try $0[0].unfold(1, 2, 3) },
    Case("unfold inside", [x]) { try $0[0].unfold(1, 2, 1) },
    Case("unfold rows", [try spread([4, 3])], .meet("unfold")) { try $0[0].unfold(0, 3, 1) },
    Case("movedim", [try spread([4, 3, 2, 5])]) { try $0[0].movedim([1, 2], [3, 1]) },
    Case("movedim rows", [x], .meet("permute")) { try $0[0].movedim([0], [2]) },
    Case("meshgrid", [try spread([3]), try spread([2], 1, 2)]) {
      let grid = try Tensor.meshgrid($0)
      return try grid[0] * grid[1]
    },
  ]
}

func joiningCases() throws -> [Case] {
  let (a, b) = (try spread([4, 3]), try spread([4, 2], 1, 2))
  let counts = try Tensor([2, 0, 3] as [Int64])
  return [
    Case("cat", [a, b, a]) { try Tensor.cat($0, 1) },
    Case("cat images", [try spread([3, 2, 2, 3]), try spread([3, 1, 2, 3])]) {
      try Tensor.cat($0, 1)
    },
    Case("cat rows", [a, a], .meet("cat")) { try Tensor.cat($0, 0) },
    Case("stack", [a, a]) { try Tensor.stack($0, 1) },
    Case("stack last", [a, a]) { try Tensor.stack($0, -1) },
    Case("stack rows", [a, a], .meet("cat")) { try Tensor.stack($0) },
    Case("split", [try spread([4, 5])]) {
      let parts = try $0[0].split([2, 0, 3], 1)
      return try Tensor.cat([parts[2], parts[0] * 2], 1)
    },
    Case("split size", [try spread([4, 5])]) { try $0[0].split(2, 1)[2] },
    Case("chunk", [try spread([4, 5])]) { try $0[0].chunk(2, 1)[1] },
    Case("tile", [a]) { try $0[0].tile([1, 2]) },
    Case("tile no row", [a], .meet("tile")) { try $0[0].tile([0, 2]) },
    Case("tile rows", [a], .meet("tile")) { try $0[0].tile([2, 3]) },
    Case("tile more dimensions", [a], .meet("tile")) { try $0[0].tile([2, 1, 2]) },
    Case("repeatInterleave", [a]) { try $0[0].repeatInterleave(2, 1) },
    Case("repeatInterleave counts", [a]) { try $0[0].repeatInterleave(counts, 1) },
    Case("repeatInterleave flat", [a], .meet("index_select")) { try $0[0].repeatInterleave(2) },
  ]
}

func indexingCases() throws -> [Case] {
  let x = try spread([4, 3, 5])
  let (pairs, rows) = (try Tensor([2, 0, -1] as [Int64]), try Tensor([3, 0, 3] as [Int64]))
  let columns = try Tensor([1, 0, 2, 2] as [Int64]).reshape([4, 1])
  let rowMask = try Tensor([true, false, true, true])
  let columnMask = try Tensor([true, false, true])
  let full = try x.gt(0.1)
  func at(_ what: String, _ keys: [TensorIndex], _ batch: Batch = .apart) -> Case {
    Case("at \(what)", [x], batch) { try $0[0].at(keys) }
  }
  let index = try Tensor([2, 0, 0, 1, 4, 4, 3, 3] as [Int64], [4, 1, 2]).expand([4, 3, 2])
  let along = try Tensor([0, 2, 2, 1, 0, 0, 1, 1] as [Int64], [4, 2])
  let flat = try spread([4, 3])
  return [
    at("positions", [.all, .at(1), .at(-1)]),
    at(
      "ranges", [.all, .range(start: 0, stop: nil, step: 2), .range(start: 4, stop: 0, step: -1)]),
    at("new axis", [.all, .newAxis, .ellipsis, .at(2)]),
    at("indices", [.all, .indices(pairs)]),
    at("repeated indices", [.all, .all, .indices(rows)]),
    at("index pairs", [.all, .indices(pairs), .indices(rows)]),
    at("apart indices", [.indices(pairs), .all, .indices(rows)], .meet("index")),
    at("mask of columns", [.all, .mask(columnMask)]),
    at("row", [.at(2)], .meet("index")),
    at("rows", [.indices(rows)], .meet("index")),
    at("range of rows", [.range(start: 1, stop: 3, step: 1)], .meet("index")),
    at("mask of rows", [.mask(rowMask)], .meet("index")),
    at("mask of elements", [.mask(full)], .meet("index")),
    Case("indexSelect", [x]) { try $0[0].indexSelect(1, Tensor([2, 0, 2] as [Int64])) },
    Case("indexSelect rows", [x], .meet("index_select")) { try $0[0].indexSelect(0, rows) },
    Case("gather", [x]) { try $0[0].gather(2, index) },
    Case("gather some rows", [x], .meet("gather")) { try $0[0].gather(2, index.narrow(0, 0, 2)) },
    Case("gather rows", [try spread([4, 4])], .meet("gather")) { try $0[0].gather(0, along.t()) },
    Case("take", [flat], .meet("index")) { try $0[0].take(Tensor([3, 3, -1] as [Int64])) },
    Case("takeAlong", [flat]) { try $0[0].takeAlong(along, dim: 1) },
    Case("takeAlong broadcast", [flat]) { try $0[0].takeAlong(columns, dim: 1) },
    Case("takeAlong flat", [flat], .meet("gather")) { try $0[0].takeAlong(pairs) },
    Case("maskedSelect", [x], .meet("index")) { try $0[0].maskedSelect(full) },
    Case("maskedSelect row", [try spread([3])], .meet("index")) {
      try $0[0].maskedSelect(columnMask)
    },
    Case("tril", [try spread([4, 3])]) { try $0[0].tril() },
    Case("tril stack", [x]) { try $0[0].tril(1) },
    Case("triu", [x]) { try $0[0].triu(-1) },
    Case("scatter", [x, try spread([4, 3, 2], 1, 2)]) { try $0[0].scatter(2, index, $0[1]) },
    Case("scatter larger source", [x, try spread([4, 4, 3], 1, 2)]) {
      try $0[0].scatter(2, index, $0[1])
    },
    Case("scatter value", [x]) { try $0[0].scatter(2, index, 0.5) },
    Case("scatter rows", [flat, try spread([2, 4], 1, 2)], .meet("scatter")) {
      try $0[0].t().contiguous().scatter(0, along.t(), $0[1])
    },
    Case("scatterAdd", [x, try spread([4, 3, 2], 1, 2)]) { try $0[0].scatterAdd(2, index, $0[1]) },
    Case("scatterAdd rows", [try spread([3, 4]), try spread([2, 4], 1, 2)], .meet("scatter_add")) {
      try $0[0].scatterAdd(0, along.t(), $0[1])
    },
    Case("indexAdd", [x, try spread([4, 3, 3], 1, 2)]) {
      try $0[0].indexAdd(2, rows, $0[1], alpha: 0.5)
    },
    Case("indexAdd rows", [flat, try spread([3, 3], 1, 2)], .meet("index_add")) {
      try $0[0].indexAdd(0, rows, $0[1])
    },
    Case("flip", [x]) { try $0[0].flip([1, 2]) },
    Case("flip rows", [x], .meet("flip")) { try $0[0].flip([0]) },
    Case("roll", [x]) { try $0[0].roll([1, -2], [1, 2]) },
    Case("roll rows", [x], .meet("roll")) { try $0[0].roll([1], [0]) },
    Case("roll flat", [x], .meet("reshape")) { try $0[0].roll([5]) },
  ]
}
