// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Symmetric positive definite from any square matrix: A Aᵀ + n I. (…, n, n)
private func positive(_ a: Tensor) throws -> Tensor {
  let n = a.shape[a.ndim - 1]
  return try a.matmul(a.transpose()) + Tensor.eye(n, dtype: a.dtype) * .int(Int64(n))
}

/// Far from singular. (…, n, n)
private func regular(_ shape: [Int]) throws -> Tensor {
  try spread(shape) + Tensor.eye(shape[shape.count - 1], dtype: .float64) * 3
}

func matmulCases() throws -> [Case] {
  let shapes: [(a: [Int], b: [Int], batch: Batch)] = [
    ([4, 3], [3, 2], .apart), ([4, 3], [3], .apart), ([4, 2, 3], [4, 3, 2], .apart),
    ([4, 2, 3], [3, 2], .apart), ([4, 2, 3], [3], .apart), ([2, 3], [4, 3, 2], .apart),
    ([4, 1, 2, 3], [3, 3, 2], .apart), ([3], [4, 3, 2], .apart),
    ([4, 5, 2, 3], [5, 3, 1], .apart),
    ([1, 2, 3], [4, 3, 2], .apart), ([3], [3], .meet("matmul")), ([3], [3, 2], .meet("matmul")),
  ]
  var cases: [Case] = []
  for (a, b, batch) in shapes {
    cases.append(
      Case("matmul \(a) x \(b)", [try spread(a), try spread(b, 0, 2)], batch) {
        try $0[0].matmul($0[1])
      })
  }
  let square = try spread([3, 3])
  return try cases + [
    Case("matmul with itself", [square], .meet("matmul")) {
      let h = try $0[0] * 2
      return try h.matmul(h)
    },
    Case("matmul transposed", [square], .meet("permute")) {
      let h = try $0[0] * 2
      return try h.matmul(h.t())
    },
    Case("bmm", [spread([4, 2, 3]), spread([4, 3, 2])]) { try $0[0].bmm($0[1]) },
    Case("mv", [spread([4, 3]), spread([3])]) { try $0[0].mv($0[1]) },
    Case("dot", [spread([4]), spread([4], 1, 2)], .meet("matmul")) { try $0[0].dot($0[1]) },
    Case("outer", [spread([4]), spread([3], 1, 2)]) { try $0[0].outer($0[1]) },
    Case("addmm", [spread([2]), spread([4, 3]), spread([3, 2])]) {
      try $0[0].addmm($0[1], $0[2], beta: 2, alpha: -3)
    },
    Case("addmm full", [spread([4, 2]), spread([4, 3]), spread([3, 2])]) {
      try $0[0].addmm($0[1], $0[2])
    },
    Case("trace", [spread([3, 4])], .meet("sum")) { try $0[0].trace() },
    Case("diag", [spread([3])], .meet("diag")) { try $0[0].diag(offset: 1) },
    Case("diag of a matrix", [spread([3, 4])], .meet("diagonal")) { try $0[0].diag(offset: -1) },
  ]
}

func solverCases() throws -> [Case] {
  var cases = try [
    // Only the lower half is read: the input moves both halves alike.
    Case("cholesky", [spread([4, 3, 3])]) { try positive($0[0]).cholesky() },
    Case("cholesky upper", [spread([4, 3, 3])]) { try positive($0[0]).cholesky(upper: true) },
    Case("cholesky of a matrix", [spread([3, 3])], .meet("cholesky")) {
      try positive($0[0]).cholesky()
    },
    Case("det", [regular([4, 3, 3])]) { try $0[0].det() },
    Case("det of a matrix", [regular([3, 3])], .meet("det")) { try $0[0].det() },
    Case("inverse", [regular([4, 3, 3])]) { try $0[0].inverse() },
    Case("inverse of a matrix", [regular([3, 3])], .meet("inverse")) { try $0[0].inverse() },
    Case("solve", [regular([4, 3, 3]), spread([4, 3, 2])]) { try $0[0].solve($0[1]) },
    Case("solve one matrix", [regular([3, 3]), spread([3, 2])], .meet("solve")) {
      try $0[0].solve($0[1])
    },
    Case("solve vector", [regular([3, 3]), spread([3])], .meet("solve")) { try $0[0].solve($0[1]) },
    Case("solve broadcast", [regular([3, 3]), spread([4, 3, 2])]) { try $0[0].solve($0[1]) },
  ]
  for upper in [false, true] {
    for transpose in [false, true] {
      for unit in [false, true] {
        let name = "solveTriangular upper \(upper) transpose \(transpose) unit \(unit)"
        cases.append(
          Case(name, [try regular([4, 3, 3]), try spread([4, 3, 2])]) {
            try $0[0].solveTriangular($0[1], upper: upper, transpose: transpose, unit: unit)
          })
        cases.append(
          Case(
            "\(name) matrix", [try regular([3, 3]), try spread([3])], .meet("solve_triangular")
          ) {
            try $0[0].solveTriangular($0[1], upper: upper, transpose: transpose, unit: unit)
          })
      }
    }
  }
  for squared in [false, true] {
    cases += try [
      Case("cdist squared \(squared)", [spread([4, 3]), spread([5, 3], 1, 2)]) {
        try $0[0].cdist($0[1], squared: squared)
      },
      Case("cdist stacks squared \(squared)", [spread([4, 2, 3]), spread([4, 3, 3], 1, 2)]) {
        try $0[0].cdist($0[1], squared: squared)
      },
      Case("cdist one to many squared \(squared)", [spread([4, 2, 3]), spread([3, 3], 1, 2)]) {
        try $0[0].cdist($0[1], squared: squared)
      },
    ]
  }
  cases.append(
    Case("cdist of a batch with itself", [try spread([4, 3])], .meet("cdist")) {
      let h = try $0[0] * 2
      return try h.cdist(h * 3)
    })
  return cases
}
