// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// The sum over `dims`.
  public func sum(dims: [Int], keepdim: Bool = false) throws -> Tensor {
    let kept = shape.indices.map { dims.contains($0) ? 1 : shape[$0] }
    let out = try Tensor.zeros(kept, dtype)
    let strides = Shape.broadcastStrides(out.shape, out.strides, to: shape)
    let target = out.view(shape, strides)
    switch dtype {
    case .float32: Loops.serialMap(target, self) { (x: Float, y: Float) in x + y }
    case .float64: Loops.serialMap(target, self) { (x: Double, y: Double) in x + y }
    default: throw TensorError("sum", "not defined for \(dtype.name)")
    }
    return out
  }
}
extension Loops {
  static func serialMap<T: Element>(_ target: Tensor, _ t: Tensor, _ f: (T, T) -> T) {
    let plan = Plan(t.shape, [target.strides, t.strides])
    let (o, p) = (target.pointer(T.self), t.pointer(T.self))
    let (so, sa) = (plan.inner(0), plan.inner(1))
    plan.forEachRow { at, n in
      for i in 0..<n { o[at[0] + i * so] = f(o[at[0] + i * so], p[at[1] + i * sa]) }
    }
  }
}
