// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Products, factorisations and equations.
func addLinearAlgebra(to operations: inout TensorOperations) {
  for (name, product) in [
    "matmul": { try $0.matmul($1) }, "mm": { try $0.mm($1) }, "bmm": { try $0.bmm($1) },
    "mv": { try $0.mv($1) },
    "dot": { try $0.dot($1) }, "outer": { try $0.outer($1) }, "solve": { try $0.solve($1) },
  ] as KeyValuePairs<String, (Tensor, Tensor) throws -> Tensor> {
    operations.add(name) { call, t in
      let result = try product(t, call.tensor(2, "other"))
      return call.count < 3 ? .tensor(result) : try delivered(result, call, optionsAt: 3)
    }
  }
  operations.add(unary: [
    "inverse": { try $0.inverse() }, "inv": { try $0.inverse() }, "det": { try $0.det() },
    "trace": { try $0.trace() },
    "svdvals": { try $0.svdvals() }, "eigvalsh": { try $0.eigvalsh() },
  ])
  operations.add("addmm") { call, t in
    let o = try call.options(at: 4, allowed: ["alpha", "beta"])
    return .tensor(
      try t.addmm(
        call.tensor(2, "a"), call.tensor(3, "b"), beta: o.number("beta") ?? 1,
        alpha: o.number("alpha") ?? 1))
  }
  operations.add("baddbmm") { call, t in
    let o = try call.options(at: 4, allowed: ["alpha", "beta"])
    return .tensor(
      try t.baddbmm(
        call.tensor(2, "a"), call.tensor(3, "b"), beta: o.number("beta") ?? 1,
        alpha: o.number("alpha") ?? 1))
  }
  operations.add("qr") { _, t in
    let (q, r) = try t.qr()
    return .many([.object(q), .object(r)])
  }
  operations.add("eigh") { _, t in
    let (values, vectors) = try t.eigh()
    return .many([.object(values), .object(vectors)])
  }
  operations.add("slogdet") { _, t in
    let (sign, log) = try t.slogdet()
    return .many([.object(sign), .object(log)])
  }
  operations.add("cholesky") { call, t in
    let o = try call.options(at: 2, allowed: ["upper"])
    return .tensor(try t.cholesky(upper: o.boolean("upper") ?? false))
  }
  operations.add("solve_triangular") { call, t in
    let o = try call.options(at: 3, allowed: ["upper", "transpose", "unit"])
    return .tensor(
      try t.solveTriangular(
        call.tensor(2, "b"), upper: o.required("upper", o.boolean("upper")),
        transpose: o.boolean("transpose") ?? false, unit: o.boolean("unit") ?? false))
  }
  operations.add("lstsq") { call, t in
    let o = try call.options(at: 3, allowed: ["rcond"])
    let found = try t.lstsq(call.tensor(2, "b"), rcond: o.number("rcond"))
    return .many([
      .object(found.solution), .object(found.residuals), .object(found.rank),
      .object(found.singularValues),
    ])
  }
  operations.add("svd") { _, t in
    let (u, s, vh) = try t.svd()
    return .many([.object(u), .object(s), .object(vh)])
  }
  operations.add("diag") { call, t in
    .tensor(try t.diag(offset: call.optionalInteger(2, "offset") ?? 0))
  }
  operations.add("cdist") { call, t in
    let o = try call.options(at: 3, allowed: ["p", "squared"])
    let other = try call.tensor(2, "other")
    if let p = try o.number("p"), p != 2 {
      guard try o.boolean("squared") ?? false == false else {
        throw o.error("squared", "is for p = 2 alone")
      }
      return .tensor(try t.cdist(other, p: p))
    }
    return .tensor(try t.cdist(other, squared: o.boolean("squared") ?? false))
  }
}
