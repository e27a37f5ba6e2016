// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Row-major with dimension `d` last, off the tape: the lines along `d` one after the other.
  func linesLast(_ d: Int) throws -> Tensor {
    try permutedView(shape.indices.filter { $0 != d } + [d]).contiguousUnrecorded()
  }

  /// A tensor whose dimension `d` came last, with it back in its place; a view.
  func linesBack(_ d: Int) -> Tensor {
    var order = Array(0..<ndim - 1)
    order.insert(ndim - 1, at: d)
    return permutedView(order)
  }

  /// A fresh tensor with one line for each line of `source`, computed line by line in parallel.
  @inline(__always)
  static func byLines<T: Element, R: Element>(
    _ source: Tensor, _ op: String, _: R.Type,
    _ f: (_ from: UnsafePointer<T>, _ to: UnsafeMutablePointer<R>, _ n: Int) -> Void
  ) throws -> Tensor {
    let out = try Tensor(empty: source.shape, R.dtype, op: op)
    let n = source.shape[source.ndim - 1]
    if out.count == 0 { return out }
    let (p, o) = (source.pointer(T.self), out.pointer(R.self))
    Workers.chunks(of: source.count / n, grain: max(1, Loops.grain / n)) { range in
      for line in range { f(p + line * n, o + line * n, n) }
    }
    return out
  }

  /// The same for two sources of one shape and type.
  @inline(__always)
  static func byLines<T: Element>(
    _ a: Tensor, _ b: Tensor, _ op: String, _: T.Type,
    _ f: (UnsafePointer<T>, UnsafePointer<T>, UnsafeMutablePointer<T>, _ n: Int) -> Void
  ) throws -> Tensor {
    let other = b.pointer(T.self)
    let base = UnsafePointer(a.pointer(T.self))
    return try byLines(a, op, T.self) { (p: UnsafePointer<T>, o: UnsafeMutablePointer<T>, n) in
      f(p, other + (p - base), o, n)
    }
  }
}
