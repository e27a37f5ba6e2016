// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

private typealias Reduce = @Sendable (Tensor, [Int]?, Bool) throws -> Tensor

private let reductions: [(name: String, op: String, f: Reduce)] = [
  ("sum", "sum", { try $0.sum(dims: $1, keepdim: $2) }),
  ("mean", "mean", { try $0.mean(dims: $1, keepdim: $2) }),
  ("prod", "prod", { try $0.prod(dims: $1, keepdim: $2) }),
  ("amax", "amax", { try $0.amax(dims: $1, keepdim: $2) }),
  ("amin", "amin", { try $0.amin(dims: $1, keepdim: $2) }),
  ("variance", "var", { try $0.variance(dims: $1, keepdim: $2) }),
  ("std", "std", { try $0.std(dims: $1, correction: 0, keepdim: $2) }),
  ("norm 1", "norm", { try $0.norm(1, dims: $1, keepdim: $2) }),
  ("norm 2", "norm", { try $0.norm(dims: $1, keepdim: $2) }),
  ("norm 3", "norm", { try $0.norm(3, dims: $1, keepdim: $2) }),
  ("norm 0.5", "norm", { try $0.norm(0.5, dims: $1, keepdim: $2) }),
  ("norm inf", "amax", { try $0.norm(.infinity, dims: $1, keepdim: $2) }),
  ("norm -inf", "amin", { try $0.norm(-.infinity, dims: $1, keepdim: $2) }),
  ("logsumexp", "logsumexp", { try $0.logsumexp(dims: $1, keepdim: $2) }),
  ("nansum", "sum", { try $0.nansum(dims: $1, keepdim: $2) }),
  ("nanmean", "sum", { try $0.nanmean(dims: $1, keepdim: $2) }),
  (
    "varianceAndMean", "var",
    {
      let found = try $0.varianceAndMean(dims: $1, keepdim: $2)
      return try found.variance + found.mean
    }
  ),
  (
    "stdAndMean", "std",
    {
      let found = try $0.stdAndMean(dims: $1, keepdim: $2)
      return try found.std * found.mean
    }
  ),
]

func reductionCases() throws -> [Case] {
  var cases: [Case] = []
  let x = try spread([4, 3, 5])
  for (name, op, f) in reductions {
    for dims in [[1], [2], [1, 2]] {
      for keepdim in [false, true] {
        cases.append(Case("\(name) over \(dims)", [x]) { try f($0[0], dims, keepdim) })
      }
    }
    for dims in [[0], [0, 2], nil] {
      for keepdim in [false, true] {
        cases.append(
          Case("\(name) over the batch \(dims ?? [])", [x], .meet(op)) {
            try f($0[0], dims, keepdim)
          })
      }
    }
  }
  return cases
}

private let alongDim: [(name: String, op: String, f: @Sendable (Tensor, Int) throws -> Tensor)] = [
  ("softmax", "softmax", { try $0.softmax($1) }),
  ("logSoftmax", "log_softmax", { try $0.logSoftmax($1) }),
  ("cumsum", "cumsum", { try $0.cumsum($1) }),
  ("cumprod", "cumprod", { try $0.cumprod($1) }),
  ("diff", "narrow", { try $0.diff(dim: $1) }),
  ("diff twice", "narrow", { try $0.diff(n: 2, dim: $1) }),
  ("maxAlong", "max", { try $0.maxAlong($1).values }),
  ("maxAlong keepdim", "max", { try $0.maxAlong($1, keepdim: true).values }),
  ("minAlong", "min", { try $0.minAlong($1).values }),
  ("minAlong keepdim", "min", { try $0.minAlong($1, keepdim: true).values }),
  ("sort", "sort", { try $0.sort(dim: $1).values }),
  ("sort descending", "sort", { try $0.sort(dim: $1, descending: true).values }),
  ("topk", "topk", { try $0.topk(2, dim: $1).values }),
  ("topk smallest", "topk", { try $0.topk(2, dim: $1, largest: false, sorted: false).values }),
  ("median", "median", { try $0.median(dim: $1).values }),
  ("median keepdim", "median", { try $0.median(dim: $1, keepdim: true).values }),
  ("cummax", "cummax", { try $0.cummax($1).values }),
  ("cummin", "cummin", { try $0.cummin($1).values }),
  ("logcumsumexp", "logcumsumexp", { try $0.logcumsumexp($1) }),
  ("kthvalue", "squeeze", { try $0.kthvalue(2, dim: $1).values }),
  ("kthvalue keepdim", "narrow", { try $0.kthvalue(3, dim: $1, keepdim: true).values }),
  (
    "aminmax", "amin",
    {
      let found = try $0.aminmax(dim: $1)
      return try found.min * found.max
    }
  ),
  ("quantile", "quantile", { try $0.quantile(0.3, dim: $1) }),
  ("quantile keepdim", "quantile", { try $0.quantile(0.8, dim: $1, keepdim: true) }),
]

func alongDimCases() throws -> [Case] {
  var cases: [Case] = []
  for (name, op, f) in alongDim {
    for dim in [1, -1] {
      cases.append(Case("\(name) along \(dim)", [try spread([4, 3, 5])]) { try f($0[0], dim) })
    }
    cases.append(
      Case("\(name) along the batch", [try spread([4, 3])], .meet(op)) { try f($0[0], 0) })
  }
  cases.append(Case("median of all", [try spread([4, 3])], .meet("median")) { try $0[0].median() })
  cases.append(
    Case("quantile of all", [try spread([4, 3])], .meet("quantile")) {
      try $0[0].quantile(0.55)
    })
  // Exact where the product of the others has a 0 in it.
  let zeros = try Tensor([2.0, 0, 3, 0.5, 0, 0, 4, 5] as [Double], [2, 4])
  cases.append(Case("prod at zeros", [zeros]) { try $0[0].prod(dims: [1]) })
  cases.append(Case("cumprod at zeros", [zeros]) { try $0[0].cumprod(1) })
  let gaps = try Tensor([2.0, .nan, 3, 0.5, 7, .nan, .nan, 5] as [Double], [2, 4])
  cases.append(Case("nansum with gaps", [gaps]) { try $0[0].nansum(dims: [1]) })
  cases.append(Case("nanmean with gaps", [gaps]) { try $0[0].nanmean(dims: [1]) })
  return cases
}
