// SPDX-License-Identifier: Apache-2.0

/// The loops under every operation with index tensors: reads and writes whose place along one
/// dimension comes from memory.
///
/// The operands share one shape; the indexed one has stride 0 along the dimension that is picked, and
/// `step` is the distance of neighbouring positions. Indices are int64 and have been checked.
enum Picking {
  /// out[…] = from[… + index[…] · step].
  static func gather(_ from: Tensor, step: Int, _ index: Tensor, into out: Tensor) {
    func run<T: Element>(_: T.Type) {
      let plan = Loops.Plan(out.shape, [out.strides, from.strides, index.strides])
      let (o, p, q) = (out.pointer(T.self), from.pointer(T.self), index.pointer(Int64.self))
      let (so, sp, sq) = (plan.inner(0), plan.inner(1), plan.inner(2))
      plan.forEachRow { at, n in
        let (o, p, q) = (o + at[0], p + at[1], q + at[2])
        if sq == 0 {
          let row = p + Int(q[0]) &* step
          if so == 1 && sp == 1 {
            o.update(from: row, count: n)
          } else {
            for i in 0..<n { o[i &* so] = row[i &* sp] }
          }
        } else {
          for i in 0..<n { o[i &* so] = p[i &* sp &+ Int(q[i &* sq]) &* step] }
        }
      }
    }
    switch out.dtype {
    case .bool: run(Bool.self)
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    }
  }

  /// into[… + index[…] · step] = source[…]; of repeated places the last along `dim` wins.
  static func scatter(
    _ source: Tensor, _ index: Tensor, dim: Int, into target: Tensor, step: Int
  ) {
    func run<T: Element>(_: T.Type) {
      lines(source, index, dim, target, step) { (_: T, y: T) in y }
    }
    switch target.dtype {
    case .bool: run(Bool.self)
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    }
  }

  /// into[… + index[…] · step] += source[…]; repeated places add up in the order along `dim`.
  static func scatterAdd(
    _ source: Tensor, _ index: Tensor, dim: Int, into target: Tensor, step: Int
  ) {
    func run<T: NumericElement>(_: T.Type) {
      lines(source, index, dim, target, step) { (x: T, y: T) in T.sum(x, y) }
    }
    switch target.dtype {
    case .bool: break
    case .uint8: run(UInt8.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    }
  }

  /// Lines along `dim` never meet in the target, so they run in parallel, each in its own order:
  /// the result does not depend on the number of threads.
  @inline(__always)
  private static func lines<T: Element>(
    _ source: Tensor, _ index: Tensor, _ dim: Int, _ target: Tensor, _ step: Int,
    _ f: (T, T) -> T
  ) {
    func others(_ values: [Int]) -> [Int] { Array(values[..<dim]) + values[(dim + 1)...] }
    let plan = Loops.Plan(
      others(source.shape), [target, index, source].map { others($0.strides) })
    let (o, p, q) = (target.pointer(T.self), source.pointer(T.self), index.pointer(Int64.self))
    let (so, sq, sp) = (plan.inner(0), plan.inner(1), plan.inner(2))
    let length = source.shape[dim]
    let (indexStep, sourceStep) = (index.strides[dim], source.strides[dim])
    plan.forEachRow(cost: length) { at, n in
      let line = o + at[0]
      for j in 0..<length {
        let q = q + (at[1] &+ j &* indexStep)
        let p = p + (at[2] &+ j &* sourceStep)
        if sq == 0 {
          let o = line + Int(q[0]) &* step
          if so == 1 && sp == 1 {
            for i in 0..<n { o[i] = f(o[i], p[i]) }
          } else {
            for i in 0..<n { o[i &* so] = f(o[i &* so], p[i &* sp]) }
          }
        } else {
          for i in 0..<n {
            let k = i &* so &+ Int(q[i &* sq]) &* step
            line[k] = f(line[k], p[i &* sp])
          }
        }
      }
    }
  }
}

extension Tensor {
  /// This tensor as `Picking` wants it: read with shape `shape`, without a step along `d`.
  func lined(up shape: [Int], along d: Int) -> Tensor {
    var strides = strides
    strides[d] = 0
    return view(shape, strides)
  }

  /// The (k) positions along `d`, read as if they had `shape`.
  func spread(along d: Int, of shape: [Int]) -> Tensor {
    var steps = [Int](repeating: 0, count: shape.count)
    steps[d] = 1
    return view(shape, steps)
  }
}
