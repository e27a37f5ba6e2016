// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

private let reductions: [(name: String, f: @Sendable (Tensor, [Int]?, Bool) throws -> Tensor)] = [
  ("sum", { try $0.sum(dims: $1, keepdim: $2) }),
  ("mean", { try $0.mean(dims: $1, keepdim: $2) }),
  ("prod", { try $0.prod(dims: $1, keepdim: $2) }),
  ("amax", { try $0.amax(dims: $1, keepdim: $2) }),
  ("amin", { try $0.amin(dims: $1, keepdim: $2) }),
  ("var", { try $0.variance(dims: $1, keepdim: $2) }),
  ("std", { try $0.std(dims: $1, correction: 0, keepdim: $2) }),
  ("norm1", { try $0.norm(1, dims: $1, keepdim: $2) }),
  ("norm2", { try $0.norm(dims: $1, keepdim: $2) }),
  ("norm3", { try $0.norm(3, dims: $1, keepdim: $2) }),
  ("normInf", { try $0.norm(.infinity, dims: $1, keepdim: $2) }),
  ("logsumexp", { try $0.logsumexp(dims: $1, keepdim: $2) }),
]

@Test(arguments: reductions.indices)
func reduction_gradient_matchesDifferences(_ index: Int) throws {
  let (name, f) = reductions[index]
  let x = try spread([4, 3, 5])
  for dims in [[1], [2], [1, 2]] {
    for keepdim in [false, true] {
      try Case("\(name) \(dims)", [x]) { try f($0[0], dims, keepdim) }.check()
    }
  }
  try Case("\(name) permuted", [spread([5, 4, 3]).permute([1, 2, 0])]) {
    try f($0[0], [1], false)
  }.check()
  for dims in [[0], [0, 2], nil] {
    try Case("\(name) over the batch", [x], rows: false) { try f($0[0], dims, false) }.check()
    #expect(throws: TensorError.self) {
      try f(x.clone().requireGrad(), dims, true).keep([0])
    }
  }
}

private let alongDim: [(name: String, f: @Sendable (Tensor, Int) throws -> Tensor)] = [
  ("softmax", { try $0.softmax($1) }),
  ("logSoftmax", { try $0.logSoftmax($1) }),
  ("cumsum", { try $0.cumsum($1) }),
  ("cumprod", { try $0.cumprod($1) }),
  ("diff", { try $0.diff(dim: $1) }),
  ("maxAlong", { try $0.maxAlong($1).values }),
  ("minAlong", { try $0.minAlong($1, keepdim: true).values }),
]

@Test(arguments: alongDim.indices)
func alongDim_gradient_matchesDifferences(_ index: Int) throws {
  let (name, f) = alongDim[index]
  for dim in 1..<3 {
    try Case("\(name) \(dim)", [spread([4, 3, 5])]) { try f($0[0], dim) }.check()
    try Case("\(name) permuted", [spread([5, 4, 3]).permute([1, 2, 0])]) {
      try f($0[0], dim)
    }.check()
  }
  try Case("\(name) 0", [spread([4, 3])], rows: false) { try f($0[0], 0) }.check()
  #expect(throws: TensorError.self) { try f(spread([4, 3]).requireGrad(), 0).keep([1]) }
}

@Test func prodAndCumprod_gradientsAtZeros_areExact() throws {
  let x = try Tensor([2.0, 0, 3, 0.5, 0, 0, 4, 5] as [Double], [2, 4])
  try Case("prod", [x], rows: false) { try $0[0].prod(dims: [1]) }.check()
  try Case("cumprod", [x], rows: false) { try $0[0].cumprod(1) }.check()
  let y = try x.clone().requireGrad()
  try y.prod(dims: [1]).sum().backward()
  #expect(try y.grad?.values(Double.self) == [0, 3, 0, 0, 0, 0, 0, 0])
}

@Test func amax_ties_shareTheGradient() throws {
  let x = try Tensor([3.0, 1, 3, 2] as [Double]).requireGrad()
  try x.amax().backward()
  #expect(try x.grad?.values(Double.self) == [0.5, 0, 0.5, 0])
}

@Test func softmax_hugeAndMaskedElements_stayFinite() throws {
  let x = try Tensor([1e4, 1e4, -.infinity] as [Float])
  #expect(try x.softmax(0).values(Float.self) == [0.5, 0.5, 0])
  let y = try Tensor([-.infinity, -.infinity] as [Double])
  #expect(try y.logsumexp().item() == -.infinity)
}

@Test func views_gradients_matchDifferences() throws {
  let x = try spread([4, 3, 2])
  try Case("reshape", [x]) { try $0[0].reshape([4, -1]) }.check()
  try Case("flatten", [x]) { try $0[0].flatten(start: 1) }.check()
  try Case("flatten permuted", [spread([4, 2, 3]).permute([0, 2, 1])]) {
    try $0[0].flatten(start: 1)
  }.check()
  try Case("permute", [x]) { try $0[0].permute([0, 2, 1]) }.check()
  try Case("transpose", [x]) { try $0[0].transpose(1, 2) }.check()
  try Case("unsqueeze", [x]) { try $0[0].unsqueeze(1) }.check()
  try Case("squeeze", [spread([4, 1, 2])]) { try $0[0].squeeze() }.check()
  try Case("select", [x]) { try $0[0].select(2, 1) }.check()
  try Case("narrow", [x]) { try $0[0].narrow(1, 1, 2) }.check()
  try Case("step", [spread([4, 5])]) { try $0[0].narrow(1, 0, 3, step: 2) }.check()
  try Case("expand", [spread([4, 1])]) { try $0[0].expand([4, 3]) }.check()
  try Case("expand row", [spread([3])]) { try $0[0].expand([4, 3]) }.check()
  try Case("diagonal", [spread([4, 3, 3])]) { try $0[0].diagonal(dim1: 1, dim2: 2) }.check()
  try Case("clone", [x]) { try $0[0].clone() }.check()
  try Case("contiguous", [spread([4, 3, 2]).transpose(1, 2)]) { try $0[0].contiguous() }.check()
  try Case("indexSelect", [x]) { try $0[0].indexSelect(1, Tensor([2, 0, 2] as [Int64])) }.check()
  try Case("transposed batch", [x], rows: false) { try $0[0].transpose(0, 1) }.check()
  try Case("row", [x], rows: false) { try $0[0].select(0, 2) }.check()
}

@Test func matmul_gradients_matchDifferences() throws {
  func check(_ a: [Int], _ b: [Int], rows: Bool = true) throws {
    try Case("\(a) x \(b)", [spread(a), spread(b, 0, 2)], rows: rows) {
      try $0[0].matmul($0[1])
    }.check()
  }
  try check([4, 3], [3, 2])
  try check([4, 3], [3])
  try check([4, 2, 3], [4, 3, 2])
  try check([4, 2, 3], [3, 2])
  try check([4, 2, 3], [3])
  try check([2, 3], [4, 3, 2])
  try check([4, 1, 2, 3], [3, 3, 2])
  try check([3], [3], rows: false)
  try check([3], [3, 2], rows: false)
  try check([3], [4, 3, 2])
  try Case("permuted", [spread([3, 4]).t(), spread([2, 3]).t()]) {
    try $0[0].matmul($0[1])
  }.check()
}

@Test func reshape_channelsLast_copiesToLogicalOrder() throws {
  let x = try spread([2, 3, 4, 5])
  let y = try x.channelsLast()
  #expect(y.isChannelsLast)
  #expect(try y.flatten(start: 1).values(Double.self) == x.values(Double.self))
  #expect(try y.reshape([6, 20]).values(Double.self) == x.values(Double.self))
}
