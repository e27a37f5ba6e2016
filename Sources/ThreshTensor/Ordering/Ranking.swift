// SPDX-License-Identifier: Apache-2.0

/// What `sort` and `topk` share: the first elements of each line in a total order.
enum Ranking {
  /// Most elements that are kept in a heap; more are found by sorting.
  private static let heapLimit = 4096
  /// Elements of a long line that one task looks through.
  private static let piece = 131_072

  /// Which elements are wanted.
  struct Order {
    let op: String
    let descending: Bool
    /// The result follows the elements' positions, not their values.
    var byPosition = false
  }

  /// The `k` first elements of each line along `d`, and their positions; off the tape.
  static func first(_ k: Int, of t: Tensor, along d: Int, _ order: Order) throws
    -> (values: Tensor, indices: Tensor)
  {
    var shape = t.shape
    shape[d] = k
    let values = try Tensor(empty: shape, t.dtype, op: order.op)
    let indices = try Tensor(empty: shape, .int64, op: order.op)
    guard t.shape[d] <= UInt32.max else {
      throw TensorError(order.op, "at most \(UInt32.max) elements along a dimension are supported")
    }
    if values.count == 0 { return (values, indices) }
    switch t.dtype {
    case .bool: try fill(Bool.self, t, d, order, values, indices)
    case .uint8: try fill(UInt8.self, t, d, order, values, indices)
    case .int32: try fill(Int32.self, t, d, order, values, indices)
    case .int64: try fill(Int64.self, t, d, order, values, indices)
    case .float32: try fill(Float.self, t, d, order, values, indices)
    case .float64: try fill(Double.self, t, d, order, values, indices)
    }
    return (values, indices)
  }

  private static func fill<T: OrderedElement>(
    _: T.Type, _ t: Tensor, _ d: Int, _ order: Order, _ values: Tensor, _ indices: Tensor
  ) throws {
    let (source, target) = (Lines(t, d), Lines(values, d))
    let (n, k) = (source.length, target.length)
    let (p, v, o) = (t.pointer(T.self), values.pointer(T.self), indices.pointer(Int64.self))
    let heaped = k <= heapLimit && k <= n / 4
    let flip: T.Key = order.descending ? .max : 0
    let failure = FirstFailure()
    let grain = max(1, Loops.grain / (heaped ? n : 4 * n))
    Workers.chunks(of: source.count, grain: grain) { range in
      do {
        let pieces = heaped ? max(1, n / piece) : 1
        let scratch = try Scratch<T.Key>(heaped ? k * pieces : 2 * n)
        for number in range {
          try Interrupt.check(order.op)
          let line = Line(base: p + source.start(number), step: source.step, count: n, flip: flip)
          let found =
            heaped
            ? line.select(k, pieces, scratch.base)
            : try line.sort(scratch.base, order.op)
          if order.byPosition {
            var chosen = UnsafeMutableBufferPointer(start: found, count: k)
            chosen.sort { $0.index < $1.index }
          }
          let (v, o) = (v + target.start(number), o + target.start(number))
          for j in 0..<k {
            let position = Int(found[j].index)
            v[j * target.step] = line.base[position * line.step]
            o[j * target.step] = Int64(position)
          }
        }
      } catch { failure.keep(error) }
    }
    try failure.raise()
  }

  /// One line's elements, read as keys.
  private struct Line<T: OrderedElement> {
    let base: UnsafeMutablePointer<T>
    let step: Int
    let count: Int
    /// All ones to reverse the order.
    let flip: T.Key

    @inline(__always)
    func key(_ i: Int) -> T.Key { base[i &* step].orderKey ^ flip }

    func sort(_ room: UnsafeMutablePointer<Entry<T.Key>>, _ op: String) throws
      -> UnsafeMutablePointer<Entry<T.Key>>
    {
      for i in 0..<count { room[i] = Entry(key: key(i), index: UInt32(truncatingIfNeeded: i)) }
      return try RadixSort.sort(room, room + count, count, op: op)
    }

    /// The first `k` in order. Each piece of the line keeps its own `k`, of which the best remain:
    /// the order is total, so the cut does not show in the result.
    func select(_ k: Int, _ pieces: Int, _ room: UnsafeMutablePointer<Entry<T.Key>>)
      -> UnsafeMutablePointer<Entry<T.Key>>
    {
      let size = (count + pieces - 1) / pieces
      Workers.run(pieces) { c in
        scan(min(count, c * size)..<min(count, (c + 1) * size), k, room + c * k)
      }
      // Every piece is longer than the heap's limit, so that each has filled its k places.
      var all = UnsafeMutableBufferPointer(start: room, count: k * pieces)
      all.sort(by: Entry.before)
      return room
    }

    /// Keeps the first `k` of a range in a heap whose root is the last of them.
    private func scan(_ range: Range<Int>, _ k: Int, _ heap: UnsafeMutablePointer<Entry<T.Key>>) {
      for j in 0..<k {
        let i = range.lowerBound + j
        heap[j] = Entry(key: key(i), index: UInt32(truncatingIfNeeded: i))
      }
      for j in stride(from: k / 2 - 1, through: 0, by: -1) { Line.sift(heap, j, k) }
      var last = heap[0].key
      for i in range.lowerBound + k..<range.upperBound {
        let key = key(i)
        // An equal key comes later in the line, so it stays out.
        if key < last {
          heap[0] = Entry(key: key, index: UInt32(truncatingIfNeeded: i))
          Line.sift(heap, 0, k)
          last = heap[0].key
        }
      }
    }

    private static func sift(_ heap: UnsafeMutablePointer<Entry<T.Key>>, _ start: Int, _ k: Int) {
      let entry = heap[start]
      var at = start
      while true {
        var child = 2 &* at &+ 1
        if child >= k { break }
        if child &+ 1 < k && Entry.before(heap[child], heap[child &+ 1]) { child &+= 1 }
        if !Entry.before(entry, heap[child]) { break }
        heap[at] = heap[child]
        at = child
      }
      heap[at] = entry
    }
  }
}
