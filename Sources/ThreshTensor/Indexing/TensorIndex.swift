// SPDX-License-Identifier: Apache-2.0

/// One key of an index expression, by numpy's rules; everything is 0-based.
public enum TensorIndex: Sendable {
  /// One position, from the end when negative; the dimension disappears.
  case at(Int)
  /// Every `step`-th position from `start` on, before `stop`; nil is an open end. Ends beyond the
  /// extent are cut off, negative ones count from the end, and a negative step runs backwards.
  case range(start: Int?, stop: Int?, step: Int)
  /// A whole dimension.
  case all
  /// A new dimension of extent 1.
  case newAxis
  /// As many whole dimensions as the other keys leave; at most once.
  case ellipsis
  /// The positions where a bool tensor, which covers as many dimensions as it has, is true.
  case mask(Tensor)
  /// Positions along one dimension, from the end when negative. The index tensors of an expression
  /// are broadcast together.
  case indices(Tensor)

  /// How many dimensions of the indexed tensor the key stands for.
  var covers: Int {
    switch self {
    case .at, .range, .all, .indices: 1
    case .newAxis, .ellipsis: 0
    case .mask(let mask): mask.ndim
    }
  }
}

/// Index keys matched with the dimensions of a shape.
///
/// Dimensions that are kept whole have no extent here, so that a plan outlives `Tensor.keep`.
struct IndexPlan: Sendable {
  enum Entry: Sendable {
    case whole
    case at(Int)
    case range(start: Int, length: Int, step: Int)
    case newAxis
    /// An ellipsis that covers nothing still keeps index tensors on its sides apart.
    case nothing
    /// An index tensor of `shape`, or a mask: row-major positions in the next `dims` dimensions.
    case picked(shape: [Int], dims: Int, positions: [Int64])
  }

  let op: String
  private(set) var entries: [Entry] = []

  init(_ keys: [TensorIndex], _ shape: [Int], op: String) throws {
    self.op = op
    let covered = keys.reduce(0) { $0 + $1.covers }
    var ellipses = 0
    for case .ellipsis in keys { ellipses += 1 }
    guard ellipses <= 1 else { throw TensorError(op, "an ellipsis can be given only once") }
    guard covered <= shape.count else {
      throw TensorError(
        op,
        "the keys cover \(covered) dimensions, a tensor of shape \(shapeText(shape)) has "
          + "\(shape.count)")
    }
    let free = shape.count - covered
    var d = 0
    for key in keys {
      if case .ellipsis = key {
        entries += free == 0 ? [.nothing] : [Entry](repeating: .whole, count: free)
        d += free
      } else {
        entries.append(try IndexPlan.entry(key, d, shape, op))
        d += key.covers
      }
    }
    entries += [Entry](repeating: .whole, count: shape.count - d)
  }

  private static func entry(
    _ key: TensorIndex, _ d: Int, _ shape: [Int], _ op: String
  ) throws -> Entry {
    switch key {
    case .all: return .whole
    case .newAxis: return .newAxis
    case .ellipsis: return .nothing
    case .at(let i):
      let n = shape[d]
      guard i >= -n, i < n else {
        throw TensorError(
          op, "an index lies outside an extent of \(n) (shape \(shapeText(shape)))", index: i)
      }
      return .at(i < 0 ? i + n : i)
    case .range(let start, let stop, let step):
      guard step != 0 else { throw TensorError(op, "the step of a range must not be 0") }
      return range(start, stop, step, shape[d])
    case .indices(let index):
      let checked = try index.checkedIndices(shape[d], of: shape, wraps: true, op)
      return .picked(
        shape: index.shape, dims: 1, positions: try checked.values(Int64.self))
    case .mask(let mask):
      guard mask.dtype == .bool else {
        throw TensorError(op, "a mask must be a bool tensor, got \(mask.dtype.name)")
      }
      let under = Array(shape[d..<(d + mask.ndim)])
      guard mask.shape == under else {
        throw TensorError(
          op,
          "a mask of shape \(shapeText(mask.shape)) does not fit the extents "
            + "\(shapeText(under)) that it covers (shape \(shapeText(shape)))")
      }
      let positions = try mask.truePositions(op)
      return .picked(shape: [positions.count], dims: mask.ndim, positions: positions)
    }
  }

  /// Python's `slice.indices`.
  private static func range(_ start: Int?, _ stop: Int?, _ step: Int, _ n: Int) -> Entry {
    let (low, high) = step > 0 ? (0, n) : (-1, n - 1)
    func end(_ value: Int?, _ open: Int) -> Int {
      guard let value else { return open }
      return min(max(value < 0 ? value + n : value, low), high)
    }
    let (first, last) = (
      end(start, step > 0 ? low : high), end(stop, step > 0 ? high : low)
    )
    let span = step > 0 ? last - first : first - last
    if span <= 0 { return .range(start: 0, length: 0, step: 1) }
    let length = Int((UInt(span) - 1) / step.magnitude) + 1
    if length == n && step > 0 { return .whole }
    return .range(start: first, length: length, step: length == 1 ? 1 : step)
  }

  /// Whether index tensors take part.
  var isAdvanced: Bool { entries.contains { if case .picked = $0 { true } else { false } } }

  /// Whether the keys leave a tensor as it is.
  var isIdentity: Bool {
    entries.allSatisfy {
      switch $0 {
      case .whole, .nothing: true
      default: false
      }
    }
  }

  /// The entries that index tensors join, if there are any, and whether these stand side by side.
  ///
  /// Single positions count as 0-d index tensors where there are others: numpy's rule.
  var joined: (range: Range<Int>, adjacent: Bool)? {
    guard isAdvanced else { return nil }
    let places = entries.indices.filter {
      switch entries[$0] {
      case .picked, .at: true
      default: false
      }
    }
    guard let first = places.first, let last = places.last else { return nil }
    return (first..<last + 1, places.count == last - first + 1)
  }

  /// Whether each row of the result comes from the same row of the tensor.
  var rows: Node.Rows {
    guard case .whole? = entries.first else { return .mixed("it indexes the first dimension") }
    if let joined, !joined.adjacent {
      return .mixed("its index tensors put their dimensions before the first")
    }
    return .each([true])
  }
}
