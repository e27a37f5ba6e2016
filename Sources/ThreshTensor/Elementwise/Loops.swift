// SPDX-License-Identifier: Apache-2.0

/// The loops under every elementwise operation: broadcast, collapse, cut into chunks, run.
///
/// Chunks depend on the problem alone, and every element is computed by itself, so results do not
/// depend on the number of threads.
enum Loops {
  /// Elements a chunk has at least.
  static let grain = 16_384

  /// Collapsed extents (outermost first) and the strides of each operand along them.
  struct Plan {
    let extents: [Int]
    let strides: [[Int]]
    let rows: Int
    let columns: Int
    /// The stride of each operand along the innermost extent, for plans without lists.
    private let steps: SIMD4<Int>
    private let operands: Int

    /// One row of `count` elements. It needs no lists, which take longer than a small row itself.
    init(row count: Int, steps: SIMD4<Int>, operands: Int) {
      (extents, strides, rows, columns) = ([], [], 1, count)
      (self.steps, self.operands) = (steps, operands)
    }

    /// - Parameter operands: strides of each operand over `shape`, the output's first.
    init(_ shape: [Int], _ operands: [[Int]]) {
      self.operands = operands.count
      steps = SIMD4()
      if operands.allSatisfy({ $0 == operands[0] }), Shape.isContiguous(shape, operands[0]) {
        extents = [shape.reduce(1, *)]
        strides = operands.map { _ in [1] }
        (rows, columns) = (1, extents[0])
        return
      }
      // Visit dimensions by falling stride of the output, so that dense outputs are written in order.
      let order = shape.indices.filter { shape[$0] != 1 }
        .sorted { (operands[0][$0], $1) > (operands[0][$1], $0) }
      var extents: [Int] = []
      var strides = [[Int]](repeating: [], count: operands.count)
      for d in order {
        let joins =
          !extents.isEmpty
          && operands.indices.allSatisfy {
            strides[$0][extents.count - 1] == operands[$0][d] * shape[d]
          }
        if joins {
          extents[extents.count - 1] *= shape[d]
          for k in operands.indices { strides[k][extents.count - 1] = operands[k][d] }
        } else {
          extents.append(shape[d])
          for k in operands.indices { strides[k].append(operands[k][d]) }
        }
      }
      if extents.isEmpty {
        extents = [1]
        strides = strides.map { _ in [0] }
      }
      self.extents = extents
      self.strides = strides
      columns = extents[extents.count - 1]
      rows = extents.dropLast().reduce(1, *)
    }

    /// The stride of each operand along the innermost extent.
    func inner(_ operand: Int) -> Int {
      extents.isEmpty ? steps[operand] : strides[operand][extents.count - 1]
    }

    /// An operand's shape and strides.
    typealias Layout = (shape: [Int], strides: [Int])

    // The plans of loops over `out`'s shape, with each input broadcast to it.

    @inline(never)
    static func over(_ out: Tensor) -> Plan {
      if out.isDense { return Plan(row: out.count, steps: SIMD4(1, 0, 0, 0), operands: 1) }
      return Plan(out.shape, [out.strides])
    }

    @inline(never)
    static func over(_ out: Tensor, _ a: Layout) -> Plan {
      if let row = rowStep(out, a), out.isDense {
        return Plan(row: out.count, steps: SIMD4(1, row, 0, 0), operands: 2)
      }
      return Plan(
        out.shape, [out.strides, Shape.broadcastStrides(a.shape, a.strides, to: out.shape)])
    }

    @inline(never)
    static func over(_ out: Tensor, _ a: Layout, _ b: Layout) -> Plan {
      if let x = rowStep(out, a), let y = rowStep(out, b), out.isDense {
        return Plan(row: out.count, steps: SIMD4(1, x, y, 0), operands: 3)
      }
      return Plan(
        out.shape,
        [
          out.strides, Shape.broadcastStrides(a.shape, a.strides, to: out.shape),
          Shape.broadcastStrides(b.shape, b.strides, to: out.shape),
        ])
    }

    @inline(never)
    static func over(_ out: Tensor, _ a: Layout, _ b: Layout, _ c: Layout) -> Plan {
      if let x = rowStep(out, a), let y = rowStep(out, b), let z = rowStep(out, c), out.isDense {
        return Plan(row: out.count, steps: SIMD4(1, x, y, z), operands: 4)
      }
      return Plan(
        out.shape,
        [
          out.strides, Shape.broadcastStrides(a.shape, a.strides, to: out.shape),
          Shape.broadcastStrides(b.shape, b.strides, to: out.shape),
          Shape.broadcastStrides(c.shape, c.strides, to: out.shape),
        ])
    }

    /// The step of an input along a dense output in its memory order: 1 where both are laid out
    /// alike, 0 for a single element; nil where one row does not do.
    private static func rowStep(_ out: Tensor, _ input: Layout) -> Int? {
      if input.shape == out.shape {
        if input.strides == out.strides { return 1 }
        return Shape.isContiguous(input.shape, input.strides) && out.isContiguous ? 1 : nil
      }
      return input.shape.allSatisfy { $0 == 1 } ? 0 : nil
    }

    /// Calls `body(operandOffsets, columns)` for each row piece, in parallel when it pays.
    ///
    /// Never inlined: every operation's loops are compiled once, not once for each way to cut.
    ///
    /// - Parameter cost: the work at one position, in units of one element's.
    @inline(never)
    func forEachRow(
      cost: Int = 1, _ body: (_ at: UnsafePointer<Int>, _ columns: Int) -> Void
    ) {
      let grain = max(64, Loops.grain / max(cost, 1))
      let (rows, columns) = (rows, columns)
      if rows * columns == 0 { return }
      let operands = operands
      if rows == 1 && columns < 2 * grain && operands <= 8 {
        withUnsafeBytes(of: SIMD8<Int>()) { zeros in
          body(zeros.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: Int.self), columns)
        }
        return
      }
      if rows == 1 {
        Workers.chunks(of: columns, grain: grain) { range in
          withUnsafeTemporaryAllocation(of: Int.self, capacity: operands) { at in
            for k in 0..<operands { at[k] = range.lowerBound * inner(k) }
            body(UnsafePointer(at.baseAddress.unsafelyUnwrapped), range.count)
          }
        }
        return
      }
      let outer = extents.count - 1
      Workers.chunks(of: rows, grain: max(1, grain / max(columns, 1))) { range in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: operands + outer) { scratch in
          let at = scratch.baseAddress.unsafelyUnwrapped
          let index = at + operands
          var rest = range.lowerBound
          for k in 0..<operands { at[k] = 0 }
          for d in stride(from: outer - 1, through: 0, by: -1) {
            index[d] = rest % extents[d]
            rest /= extents[d]
            for k in 0..<operands { at[k] += index[d] * strides[k][d] }
          }
          for _ in range {
            body(UnsafePointer(at), columns)
            var d = outer - 1
            while d >= 0 {
              index[d] += 1
              for k in 0..<operands { at[k] += strides[k][d] }
              if index[d] < extents[d] { break }
              for k in 0..<operands { at[k] -= extents[d] * strides[k][d] }
              index[d] = 0
              d -= 1
            }
          }
        }
      }
    }
  }

  /// out[i] = f().
  @inline(__always)
  static func generate<R: Element>(_ out: Tensor, _ f: () -> R) {
    let plan = Plan.over(out)
    let o = out.pointer(R.self)
    let so = plan.inner(0)
    plan.forEachRow { at, n in
      let o = o + at[0]
      for i in 0..<n { o[i * so] = f() }
    }
  }

  /// out[i] = f(a[i]), with `a` broadcast to out's shape.
  @inline(__always)
  static func map<A: Element, R: Element>(_ a: Tensor, into out: Tensor, _ f: (A) -> R) {
    let plan = Plan.over(out, (a.shape, a.strides))
    let (o, p) = (out.pointer(R.self), a.pointer(A.self))
    let (so, sa) = (plan.inner(0), plan.inner(1))
    plan.forEachRow { at, n in
      let (o, p) = (o + at[0], p + at[1])
      if so == 1 && sa == 1 {
        for i in 0..<n { o[i] = f(p[i]) }
      } else {
        for i in 0..<n { o[i &* so] = f(p[i &* sa]) }
      }
    }
  }

  /// What a loop reads: a tensor's elements, or a single number elsewhere.
  struct Input<T: Element> {
    let pointer: UnsafePointer<T>
    let shape: [Int]
    let strides: [Int]

    init(pointer: UnsafePointer<T>, shape: [Int], strides: [Int]) {
      self.pointer = pointer
      self.shape = shape
      self.strides = strides
    }

    init(_ t: Tensor) {
      self.init(pointer: t.pointer(T.self), shape: t.shape, strides: t.strides)
    }
  }

  /// out[i] = f(a[i], b[i]), with both broadcast to out's shape.
  @inline(__always)
  static func map<A: Element, B: Element, R: Element>(
    _ a: Tensor, _ b: Tensor, into out: Tensor, _ f: (A, B) -> R
  ) {
    map(Input<A>(a), Input<B>(b), into: out, f)
  }

  /// out[i] = f(a[i], b[i]), with both broadcast to out's shape.
  @inline(__always)
  static func map<A: Element, B: Element, R: Element>(
    _ a: Input<A>, _ b: Input<B>, into out: Tensor, _ f: (A, B) -> R
  ) {
    let plan = Plan.over(out, (a.shape, a.strides), (b.shape, b.strides))
    let (o, p, q) = (out.pointer(R.self), a.pointer, b.pointer)
    let (so, sa, sb) = (plan.inner(0), plan.inner(1), plan.inner(2))
    plan.forEachRow { at, n in
      let (o, p, q) = (o + at[0], p + at[1], q + at[2])
      if so == 1 && sa == 1 && sb == 1 {
        for i in 0..<n { o[i] = f(p[i], q[i]) }
      } else if so == 1 && sa == 1 && sb == 0 {
        let y = q[0]
        for i in 0..<n { o[i] = f(p[i], y) }
      } else if so == 1 && sa == 0 && sb == 1 {
        let x = p[0]
        for i in 0..<n { o[i] = f(x, q[i]) }
      } else {
        for i in 0..<n { o[i &* so] = f(p[i &* sa], q[i &* sb]) }
      }
    }
  }

  /// out[i] = f(a[i], b[i], c[i]), with all broadcast to out's shape.
  @inline(__always)
  static func map<A: Element, B: Element, C: Element, R: Element>(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, into out: Tensor, _ f: (A, B, C) -> R
  ) {
    let plan = Plan.over(
      out, (a.shape, a.strides), (b.shape, b.strides), (c.shape, c.strides))
    let (o, p, q, r) = (
      out.pointer(R.self), a.pointer(A.self), b.pointer(B.self), c.pointer(C.self)
    )
    let (so, sa, sb, sc) = (plan.inner(0), plan.inner(1), plan.inner(2), plan.inner(3))
    plan.forEachRow { at, n in
      let (o, p, q, r) = (o + at[0], p + at[1], q + at[2], r + at[3])
      for i in 0..<n { o[i &* so] = f(p[i &* sa], q[i &* sb], r[i &* sc]) }
    }
  }

  /// Copies `a`, broadcast to out's shape, converting to out's type.
  static func convert(_ a: Tensor, into out: Tensor) {
    switch a.dtype {
    case .bool: convert(Bool.self, a, into: out)
    case .uint8: convert(UInt8.self, a, into: out)
    case .int32: convert(Int32.self, a, into: out)
    case .int64: convert(Int64.self, a, into: out)
    case .float32: convert(Float.self, a, into: out)
    case .float64: convert(Double.self, a, into: out)
    }
  }

  private static func convert<A: Element>(_: A.Type, _ a: Tensor, into out: Tensor) {
    if A.dtype == out.dtype {
      map(a, into: out) { (x: A) in x }
      return
    }
    // Integers go through Int64, so that none above 2^53 is rounded.
    if A.dtype.isFloating {
      switch out.dtype {
      case .bool: map(a, into: out) { (x: A) in Bool(converting: x.asDouble) }
      case .uint8: map(a, into: out) { (x: A) in UInt8(converting: x.asDouble) }
      case .int32: map(a, into: out) { (x: A) in Int32(converting: x.asDouble) }
      case .int64: map(a, into: out) { (x: A) in Int64(converting: x.asDouble) }
      case .float32: map(a, into: out) { (x: A) in Float(converting: x.asDouble) }
      case .float64: map(a, into: out) { (x: A) in x.asDouble }
      }
    } else {
      switch out.dtype {
      case .bool: map(a, into: out) { (x: A) in Bool(converting: x.asInt64) }
      case .uint8: map(a, into: out) { (x: A) in UInt8(converting: x.asInt64) }
      case .int32: map(a, into: out) { (x: A) in Int32(converting: x.asInt64) }
      case .int64: map(a, into: out) { (x: A) in x.asInt64 }
      case .float32: map(a, into: out) { (x: A) in Float(converting: x.asInt64) }
      case .float64: map(a, into: out) { (x: A) in Double(converting: x.asInt64) }
      }
    }
  }

  /// The strides of a new output of `shape`: those of a full-shaped dense operand, else row-major.
  ///
  /// This is how channels-last activations stay channels-last through elementwise operations.
  static func outputStrides(_ shape: [Int], _ operands: [Tensor]) -> [Int] {
    for t in operands where t.shape == shape && t.isDense { return t.strides }
    return Shape.contiguousStrides(shape)
  }

  /// The same for at most two operands, without a list of them.
  static func outputStrides(_ shape: [Int], _ a: Tensor?, _ b: Tensor? = nil) -> [Int] {
    if let a, a.shape == shape, a.isDense { return a.strides }
    if let b, b.shape == shape, b.isDense { return b.strides }
    return Shape.contiguousStrides(shape)
  }
}
