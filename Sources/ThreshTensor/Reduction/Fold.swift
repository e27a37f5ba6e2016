// SPDX-License-Identifier: Apache-2.0

/// How a reduction folds elements into a total, and totals into an output.
///
/// `start` is neutral for `join`, so that a row may be cut anywhere.
protocol Fold {
  associatedtype Input: Element
  associatedtype Total: BitwiseCopyable
  associatedtype Output: Element
  var start: Total { get }
  func fold(_ total: Total, _ x: Input) -> Total
  func join(_ a: Total, _ b: Total) -> Total
  func finish(_ total: Total) -> Output
}

/// The engine under every reduction.
///
/// It cuts the work by shape and strides alone and joins partial totals in a fixed order, so that
/// results do not depend on the number of threads. Where the innermost memory is kept (column sums),
/// rows are folded into blocks of columns; where it is reduced, a row is folded in eight lanes.
enum Reduction {
  /// Columns folded together: their totals stay in the first-level cache.
  private static let block = 512

  /// Folds `t` over `dims` into `out`, whose shape is t's with those extents removed or 1.
  @inline(never)
  static func run<F: Fold>(_ t: Tensor, dims: [Int], into out: Tensor, _ f: F) throws {
    if out.count == 0 { return }
    let o = out.pointer(F.Output.self)
    // All of a small tensor is one run: what the general way below comes to, without its lists.
    if out.count == 1 && t.count > 0 && t.count < 4 * Loops.grain && t.isDense {
      o[0] = f.finish(f.join(f.start, foldLanes(t.pointer(F.Input.self), t.count, 1, f)))
      return
    }
    let reduced = t.shape.indices.filter { dims.contains($0) }
    let kept = t.shape.indices.filter { !dims.contains($0) }
    // out is row-major over the kept extents, whether or not it shows extents of 1 too.
    let keptShape = kept.map { t.shape[$0] }
    let k = Loops.Plan(
      keptShape, [kept.map { t.strides[$0] }, Shape.contiguousStrides(keptShape)])
    let r = Loops.Plan(reduced.map { t.shape[$0] }, [reduced.map { t.strides[$0] }])
    let length = r.rows * r.columns
    if length == 0 {
      for i in 0..<out.count { o[i] = f.finish(f.start) }
      return
    }
    let p = t.pointer(F.Input.self)
    let single = k.rows * k.columns == 1
    if !single && k.columns >= 2 && k.inner(0) < r.inner(0) {
      try columns(p, k, r, length, o, f)
    } else {
      try rows(p, k, r, length, o, f)
    }
  }

  /// Each output folds one run of (possibly scattered) rows.
  private static func rows<F: Fold>(
    _ p: UnsafePointer<F.Input>, _ k: Loops.Plan, _ r: Loops.Plan, _ length: Int,
    _ o: UnsafeMutablePointer<F.Output>, _ f: F
  ) throws {
    let outputs = k.rows * k.columns
    let cuts = outputs >= 64 ? 1 : min(64, max(1, length / (2 * Loops.grain)))
    let walk = Walk(r, 0)
    let (from, to) = (Walk(k, 0), Walk(k, 1))
    if cuts == 1 {
      Workers.chunks(of: outputs, grain: max(1, Loops.grain / length)) { range in
        for i in range {
          o[to.offset(i)] = f.finish(foldRun(p + from.offset(i), walk, 0..<length, f))
        }
      }
      return
    }
    let size = (length + cuts - 1) / cuts
    let partials = UnsafeMutablePointer<F.Total>.allocate(capacity: outputs * cuts)
    defer { partials.deallocate() }
    Workers.run(outputs * cuts) { task in
      let (i, c) = (task / cuts, task % cuts)
      let range = min(length, c * size)..<min(length, (c + 1) * size)
      partials[task] = foldRun(p + from.offset(i), walk, range, f)
    }
    for i in 0..<outputs {
      var total = f.start
      for c in 0..<cuts { total = f.join(total, partials[i * cuts + c]) }
      o[to.offset(i)] = f.finish(total)
    }
  }

  /// Positions `range` of a walk, folded in pieces that lie along its innermost extent.
  private static func foldRun<F: Fold>(
    _ p: UnsafePointer<F.Input>, _ walk: Walk, _ range: Range<Int>, _ f: F
  ) -> F.Total {
    var total = f.start
    var at = range.lowerBound
    while at < range.upperBound {
      let n = min(walk.columns - at % walk.columns, range.upperBound - at)
      total = f.join(total, foldLanes(p + walk.offset(at), n, walk.inner, f))
      at += n
    }
    return total
  }

  @inline(__always)
  private static func foldLanes<F: Fold>(
    _ p: UnsafePointer<F.Input>, _ n: Int, _ s: Int, _ f: F
  ) -> F.Total {
    var a = f.start
    if n < 16 {
      for i in 0..<n { a = f.fold(a, p[i &* s]) }
      return a
    }
    var (b, c, d, e, g, h, q) = (a, a, a, a, a, a, a)
    var i = 0
    if s == 1 {
      while i &+ 8 <= n {
        a = f.fold(a, p[i])
        b = f.fold(b, p[i &+ 1])
        c = f.fold(c, p[i &+ 2])
        d = f.fold(d, p[i &+ 3])
        e = f.fold(e, p[i &+ 4])
        g = f.fold(g, p[i &+ 5])
        h = f.fold(h, p[i &+ 6])
        q = f.fold(q, p[i &+ 7])
        i &+= 8
      }
    } else {
      while i &+ 4 <= n {
        a = f.fold(a, p[i &* s])
        b = f.fold(b, p[(i &+ 1) &* s])
        c = f.fold(c, p[(i &+ 2) &* s])
        d = f.fold(d, p[(i &+ 3) &* s])
        i &+= 4
      }
    }
    while i < n {
      a = f.fold(a, p[i &* s])
      i &+= 1
    }
    return f.join(
      f.join(f.join(a, b), f.join(c, d)), f.join(f.join(e, g), f.join(h, q)))
  }

  /// Rows of columns are folded, block of columns by block.
  private static func columns<F: Fold>(
    _ p: UnsafePointer<F.Input>, _ k: Loops.Plan, _ r: Loops.Plan, _ length: Int,
    _ o: UnsafeMutablePointer<F.Output>, _ f: F
  ) throws {
    let (width, step, outStep) = (k.columns, k.inner(0), k.inner(1))
    let blocks = (width + block - 1) / block
    let tiles = k.rows * blocks
    let tileWork = length * min(width, block)
    let cuts = tiles >= 64 ? 1 : min(64 / tiles + 1, max(1, tileWork / (2 * Loops.grain)))
    let size = (length + cuts - 1) / cuts
    let walk = Walk(r, 0)
    let (from, to) = (Walk(k, 0), Walk(k, 1))

    /// Folds rows `range` of tile `tile` into `totals`.
    @inline(__always)
    func fold(_ tile: Int, _ range: Range<Int>, _ totals: UnsafeMutablePointer<F.Total>) -> Int {
      let first = tile % blocks * block
      let n = min(block, width - first)
      for c in 0..<n { totals[c] = f.start }
      let base = p + (from.offset(tile / blocks * width) + first * step)
      var at = range.lowerBound
      while at < range.upperBound {
        let run = min(walk.columns - at % walk.columns, range.upperBound - at)
        var row = base + walk.offset(at)
        for _ in 0..<run {
          if step == 1 {
            for c in 0..<n { totals[c] = f.fold(totals[c], row[c]) }
          } else {
            for c in 0..<n { totals[c] = f.fold(totals[c], row[c &* step]) }
          }
          row += walk.inner
        }
        at += run
      }
      return n
    }

    /// Where the outputs of a tile start.
    func place(_ tile: Int) -> UnsafeMutablePointer<F.Output> {
      o + (to.offset(tile / blocks * width) + tile % blocks * block * outStep)
    }

    if cuts == 1 {
      Workers.chunks(of: tiles, grain: max(1, Loops.grain / tileWork)) { range in
        withUnsafeTemporaryAllocation(of: F.Total.self, capacity: min(block, width)) { scratch in
          let totals = scratch.baseAddress.unsafelyUnwrapped
          for tile in range {
            let n = fold(tile, 0..<length, totals)
            let o = place(tile)
            for c in 0..<n { o[c * outStep] = f.finish(totals[c]) }
          }
        }
      }
      return
    }
    let partials = UnsafeMutablePointer<F.Total>.allocate(capacity: tiles * cuts * block)
    defer { partials.deallocate() }
    Workers.run(tiles * cuts) { task in
      let (tile, c) = (task / cuts, task % cuts)
      let range = min(length, c * size)..<min(length, (c + 1) * size)
      _ = fold(tile, range, partials + task * block)
    }
    for tile in 0..<tiles {
      let n = min(block, width - tile % blocks * block)
      let o = place(tile)
      for column in 0..<n {
        var total = f.start
        for c in 0..<cuts {
          total = f.join(total, partials[(tile * cuts + c) * block + column])
        }
        o[column * outStep] = f.finish(total)
      }
    }
  }

  /// The offsets of one operand of a plan, by flat position.
  private struct Walk {
    let extents: [Int]
    let strides: [Int]
    let columns: Int
    let inner: Int

    init(_ plan: Loops.Plan, _ operand: Int) {
      extents = plan.extents
      strides = plan.strides[operand]
      columns = plan.columns
      inner = plan.inner(operand)
    }

    func offset(_ position: Int) -> Int {
      if extents.count == 1 { return position * inner }
      var (rest, offset) = (position, 0)
      for d in stride(from: extents.count - 1, through: 0, by: -1) {
        offset += rest % extents[d] * strides[d]
        rest /= extents[d]
      }
      return offset
    }
  }
}
