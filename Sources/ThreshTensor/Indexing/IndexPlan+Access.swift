// SPDX-License-Identifier: Apache-2.0

/// Reading and writing through a plan.
extension IndexPlan {
  /// Where the index tensors of a plan lead in one tensor.
  private struct Place {
    /// The tensor over (before…, n, after…), without a step along n.
    let lines: Tensor
    let dim: Int
    /// (n): the distances from the first element.
    let offsets: Tensor
    /// The shape of the result, with the dimensions of the index tensors instead of n.
    let shape: [Int]
    /// Strides of a new tensor of that shape.
    let strides: [Int]

    var index: Tensor { offsets.spread(along: dim, of: lines.shape) }
  }

  /// The view that a plan without index tensors leads to; backwards where a step is negative.
  private func view(of t: Tensor) -> Tensor {
    let (shape, strides, offset) = kept(of: t, entries[...])
    return t.view(shape, strides, offset: t.offset + offset)
  }

  /// The dimensions that some of the entries keep, and how far their positions move the start.
  private func kept(
    of t: Tensor, _ part: ArraySlice<Entry>
  ) -> (shape: [Int], strides: [Int], offset: Int) {
    var d = entries[..<part.startIndex].reduce(0) { $0 + $1.dims }
    var (shape, strides, offset) = ([Int](), [Int](), 0)
    for entry in part {
      switch entry {
      case .whole:
        shape.append(t.shape[d])
        strides.append(t.strides[d])
      case .at(let i): offset += i * t.strides[d]
      case .range(let start, let length, let step):
        shape.append(length)
        strides.append(t.strides[d] * step)
        offset += start * t.strides[d]
      case .newAxis:
        shape.append(1)
        strides.append(d < t.ndim ? max(1, t.strides[d] * t.shape[d]) : 1)
      case .nothing, .picked: break
      }
      d += entry.dims
    }
    return (shape, strides, offset)
  }

  private func place(in t: Tensor) throws -> Place {
    let (range, adjacent) = joined ?? (entries.count..<entries.count, true)
    let split = adjacent ? range.lowerBound : 0
    let before = kept(of: t, entries[..<split])
    let after = kept(of: t, entries[split...])
    let found = try offsets(in: t)
    let shape = before.shape + found.shape + after.shape
    let count = try Shape.count(shape, op: op)
    let n = found.count
    let lines = t.view(
      before.shape + [n] + after.shape, before.strides + [0] + after.strides,
      offset: t.offset + before.offset + after.offset)
    // The dimensions after the index tensors keep their order in memory: rows stay rows.
    var strides = Shape.contiguousStrides(shape)
    let rest = t.view(after.shape, after.strides)
    if count > 0 && rest.isDense {
      strides.replaceSubrange(
        (before.shape.count + found.ndim)..., with: rest.stridesInOrder(after.shape))
    }
    return Place(
      lines: lines, dim: before.shape.count,
      offsets: try found.reshapedUnrecorded([n]), shape: shape, strides: strides)
  }

  /// The broadcast sum of the distances that the index tensors stand for.
  private func offsets(in t: Tensor) throws -> Tensor {
    var total: Tensor?
    var d = 0
    for entry in entries {
      if case .picked(let shape, let dims, let positions) = entry {
        let (extents, strides) = (Array(t.shape[d..<(d + dims)]), t.strides[d..<(d + dims)])
        var distances = positions
        if Shape.isContiguous(extents, strides.map { $0 / max(1, strides.last ?? 1) }),
          strides.allSatisfy({ $0 % max(1, strides.last ?? 1) == 0 })
        {
          let step = Int64(strides.last ?? 0)
          for i in distances.indices { distances[i] *= step }
        } else {
          for i in distances.indices {
            distances[i] = zip(Shape.unravel(Int(positions[i]), extents), strides)
              .reduce(0) { $0 + Int64($1.0 * $1.1) }
          }
        }
        let found = try Tensor(distances, shape)
        total = try total.map { try $0 + found } ?? found
      }
      d += entry.dims
    }
    return try total ?? Tensor([0 as Int64], [1])
  }

  /// What the keys lead to: a view where the strides can say it, else a copy. Off the tape.
  func read(_ t: Tensor) throws -> Tensor {
    guard isAdvanced else {
      let view = view(of: t)
      // Strides of tensors are never negative: products and kernels count on it.
      return view.strides.contains { $0 < 0 }
        ? try view.copyUnrecorded(strides: Shape.contiguousStrides(view.shape)) : view
    }
    let place = try place(in: t)
    let out = try Tensor(empty: place.shape, t.dtype, strides: place.strides, op: op)
    Picking.gather(place.lines, step: 1, place.index, into: flat(out, place))
    return out
  }

  /// Writes `value`, which broadcasts to what the keys lead to; the later of repeated places wins.
  func write(_ value: Tensor, to t: Tensor) throws {
    if !isAdvanced {
      let target = view(of: t)
      Loops.convert(try fitting(value, target.shape), into: target)
      return
    }
    let place = try place(in: t)
    let source = try fitting(value.castUnrecorded(t.dtype), place.shape)
      .expandedView(place.shape).reshapedUnrecorded(place.lines.shape)
    Picking.scatter(source, place.index, dim: place.dim, into: place.lines, step: 1)
  }

  /// Adds a gradient of what the keys lead to into `t`; repeated places add up in order.
  func add(_ gradient: Tensor, to t: Tensor) throws {
    if !isAdvanced {
      Loops.convert(gradient, into: view(of: t))
      return
    }
    let place = try place(in: t)
    let source = try gradient.reshapedUnrecorded(place.lines.shape)
    Picking.scatterAdd(source, place.index, dim: place.dim, into: place.lines, step: 1)
  }

  /// A new tensor of the place's shape, read with its index dimensions as one: they lie side by side.
  private func flat(_ out: Tensor, _ place: Place) -> Tensor {
    let after = place.lines.ndim - place.dim - 1
    let step = place.lines.shape[(place.dim + 1)...].reduce(1, *)
    return out.view(
      place.lines.shape,
      Array(place.strides[..<place.dim]) + [step] + place.strides.suffix(after))
  }

  /// `value` if it broadcasts to `shape`; leading extents of 1 that `shape` lacks are dropped.
  private func fitting(_ value: Tensor, _ shape: [Int]) throws -> Tensor {
    let extra = max(0, value.ndim - shape.count)
    let own = Array(value.shape.dropFirst(extra))
    let fits =
      value.shape.prefix(extra).allSatisfy { $0 == 1 }
      && zip(own.reversed(), shape.reversed()).allSatisfy { $0 == $1 || $0 == 1 }
    guard fits else {
      throw TensorError(
        op,
        "a value of shape \(shapeText(value.shape)) does not broadcast to the indexed shape "
          + shapeText(shape))
    }
    return extra == 0 ? value : value.view(own, Array(value.strides.dropFirst(extra)))
  }
}

extension IndexPlan.Entry {
  /// How many dimensions of the tensor the entry stands for.
  var dims: Int {
    switch self {
    case .whole, .at, .range: 1
    case .newAxis, .nothing: 0
    case .picked(_, let dims, _): dims
    }
  }
}
