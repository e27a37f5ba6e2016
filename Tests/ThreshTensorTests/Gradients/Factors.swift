// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// (A + Aᵀ) / 2: moves both halves alike where only the lower one is read. (…, n, n)
func symmetric(_ a: Tensor) throws -> Tensor { try (a + a.transpose()) * 0.5 }

func factorCases() throws -> [Case] {
  let identity = try Tensor.eye(3, dtype: .float64)
  let (square, squares) = (
    try spread([3, 3]) + identity * 2, try spread([4, 3, 3]) + identity * 2
  )
  let (tall, talls) = (try spread([5, 3], -1, 2), try spread([3, 4, 2], -1, 2))
  return [
    Case("qr Q", [tall], .meet("qr")) { try $0[0].qr().q },
    Case("qr R", [tall], .meet("qr")) { try $0[0].qr().r },
    Case("qr stack, Q", [talls]) { try $0[0].qr().q },
    Case("qr stack, Q R", [talls]) {
      let (q, r) = try $0[0].qr()
      return try q.matmul(r)
    },
    Case("eigh values", [square], .meet("eigh")) { try symmetric($0[0]).eigh().values },
    // The sign of a vector is open.
    Case("eigh vectors", [square], .meet("eigh")) { try symmetric($0[0]).eigh().vectors.square() },
    Case("eigh stack", [squares]) {
      let (values, vectors) = try symmetric($0[0]).eigh()
      return try vectors.square() * values.unsqueeze(-2)
    },
    Case("eigvalsh", [square], .meet("eigh")) { try symmetric($0[0]).eigvalsh() },
    Case("eigvalsh stack", [squares]) { try symmetric($0[0]).eigvalsh() },
    Case("slogdet", [square], .meet("slogdet")) { try $0[0].slogdet().logabsdet },
    Case("slogdet stack", [squares]) { try $0[0].slogdet().logabsdet },
  ]
}

func productCases() throws -> [Case] {
  let square = try spread([3, 3])
  let (x, y) = (try spread([3, 2, 4]), try spread([3, 4, 2], 1, 2))
  return try [
    Case("mm", [spread([4, 3]), spread([3, 2])]) { try $0[0].mm($0[1]) },
    Case("baddbmm", [spread([2, 2]), x, y]) { try $0[0].baddbmm($0[1], $0[2]) },
    Case("baddbmm factors", [spread([3, 2, 2]), x, y]) {
      try $0[0].baddbmm($0[1], $0[2], beta: 0.5, alpha: 2)
    },
    Case("cdist p 1", [spread([5, 3], -1, 2), spread([4, 3], 3, 5)]) {
      try $0[0].cdist($0[1], p: 1)
    },
    Case("cdist p 3", [spread([5, 3], -1, 2), spread([4, 3], 3, 5)]) {
      try $0[0].cdist($0[1], p: 3)
    },
    Case("einsum", [spread([4, 3]), spread([3, 2])]) { try Tensor.einsum("ij,jk->ik", $0) },
    Case("einsum stack", [x, y]) { try Tensor.einsum("bij,bjk->bik", $0) },
    Case("einsum traces", [x, spread([2, 2])], .meet("permute")) {
      try Tensor.einsum("bij,ii->jb", $0)
    },
    Case("einsum of three", [square, square, spread([3])]) {
      try Tensor.einsum("ij,jk,k->i", $0)
    },
    Case("einsum sum of rows", [spread([4, 3])], .meet("sum")) { try Tensor.einsum("ij->j", $0) },
  ]
}
