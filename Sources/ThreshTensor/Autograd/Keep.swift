// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Drops all rows but `rows` from this tensor and from everything the tape saved for it.
  ///
  /// The backward pass of the result then costs as much as that of a batch of `rows.count`. Every
  /// node gathers its saved rows; BatchNorm's statistics stay those of the whole batch, and its
  /// reductions run over the kept rows. The tensors that were made on the way, this one included,
  /// can no longer be the start of a backward pass. Under `GradMode.off` the rows are only copied.
  ///
  /// - Parameter rows: 0-based, without repeats; their order becomes the order of the batch.
  /// - Throws: when an operation mixes rows, naming it, be it on a way beside the batch as in
  ///   `h - h.mean(dims: [0])`; the tape is then as it was.
  public func keep(_ rows: [Int]) throws -> Tensor {
    guard let n = shape.first else {
      throw TensorError("keep", "needs a tensor with rows, got a 0-d tensor")
    }
    var seen = Set<Int>()
    for row in rows {
      guard row >= 0, row < n else {
        throw TensorError("keep", "a row is outside a batch of \(n)", index: row)
      }
      guard seen.insert(row).inserted else {
        throw TensorError("keep", "a row comes twice", index: row)
      }
    }
    let kept = try GradMode.off { try gatheredRows(rows) }
    guard requiresGrad, GradMode.isEnabled else { return kept }
    let root: Node
    if let node {
      root = node
    } else {
      // A leaf has no tape to drop rows of: its gradient is put in place where it arrives.
      root = Node("keep", inputs: [self], rows: .each([true]), saved: []) { [$0.grad] }
    }
    let nodes = try Keep.nodes(from: root)
    try GradMode.off { try Keep.drop(nodes, rows, of: n) }
    kept.requiresGrad = true
    kept.node = root
    return kept
  }

  /// Rows by index, off the tape, in this tensor's memory order. (N, …) -> (rows.count, …)
  func gatheredRows(_ rows: [Int]) throws -> Tensor {
    let source =
      isDense && (strides.first ?? 1) == count / max(shape[0], 1)
      ? self
      : try contiguousUnrecorded()
    let out = try Tensor(
      empty: [rows.count] + shape.dropFirst(), dtype, strides: source.strides, op: "keep")
    let bytes = source.count / max(shape[0], 1) * dtype.size
    let from = source.storage.base + source.offset * dtype.size
    let to = out.storage.base
    Workers.chunks(of: rows.count, grain: max(1, 65_536 / max(bytes, 1))) { range in
      for i in range {
        (to + i * bytes).copyMemory(from: from + rows[i] * bytes, byteCount: bytes)
      }
    }
    return out
  }

  /// The inverse of `gatheredRows` for gradients: zeros where no row was kept.
  func scatteredRows(_ rows: [Int], of n: Int) throws -> Tensor {
    let source = try contiguousUnrecorded()
    let out = try Tensor.zeros([n] + shape.dropFirst(), dtype)
    let bytes = count / max(rows.count, 1) * dtype.size
    let from = source.storage.base + source.offset * dtype.size
    for (i, row) in rows.enumerated() {
      (out.storage.base + row * bytes).copyMemory(from: from + i * bytes, byteCount: bytes)
    }
    return out
  }
}

private enum Keep {
  /// The nodes that carry the batch, found from the root through inputs that carry it.
  static func nodes(from root: Node) throws -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var next = 0
    while next < nodes.count {
      let node = nodes[next]
      next += 1
      guard node.backward != nil else {
        throw TensorError("keep", "the tape of '\(node.op)' was freed by an earlier backward")
      }
      switch node.rows {
      case .mixed(let why):
        throw TensorError("keep", "rows cannot be dropped behind '\(node.op)': \(why)")
      case .each(let carries):
        for (input, carries) in zip(node.inputs, carries) where carries {
          if let below = input.node, seen.insert(ObjectIdentifier(below)).inserted {
            nodes.append(below)
          }
        }
      }
    }
    try checkSideways(nodes, seen)
    return nodes
  }

  /// Refuses a batch that is also used as a whole: its other way down needs the rows that would go.
  ///
  /// Named is the operation that mixes rows on that way, else the one that the way leads to. A leaf
  /// may be used both ways, its gradient has room for all rows.
  private static func checkSideways(_ batch: [Node], _ carriers: Set<ObjectIdentifier>) throws {
    var seen = carriers
    var open = batch.map { node in
      (node: node, op: node.op, why: "it uses a whole batch beside each row of it")
    }
    while let (node, op, why) = open.popLast() {
      var carries = [Bool](repeating: false, count: node.inputs.count)
      if case .each(let each) = node.rows, carriers.contains(ObjectIdentifier(node)) {
        carries = each
      }
      for (input, carries) in zip(node.inputs, carries) where !carries {
        guard let below = input.node else { continue }
        guard !carriers.contains(ObjectIdentifier(below)) else {
          throw TensorError("keep", "rows cannot be dropped behind '\(op)': \(why)")
        }
        guard seen.insert(ObjectIdentifier(below)).inserted else { continue }
        if case .mixed(let reason) = below.rows {
          open.append((below, below.op, reason))
        } else {
          open.append((below, op, why))
        }
      }
    }
  }

  static func drop(_ nodes: [Node], _ rows: [Int], of n: Int) throws {
    // Several nodes may have saved the same tensor; it is gathered once.
    struct Key: Hashable {
      let storage: ObjectIdentifier
      let offset: Int
      let shape, strides: [Int]
    }
    var gathered: [Key: Tensor] = [:]
    func gather(_ t: Tensor) throws -> Tensor {
      let key = Key(
        storage: ObjectIdentifier(t.storage), offset: t.offset, shape: t.shape, strides: t.strides)
      if let done = gathered[key] { return done }
      let kept = try t.gatheredRows(rows)
      gathered[key] = kept
      return kept
    }
    var replacements: [[Node.Saved]] = []
    for node in nodes {
      replacements.append(
        try node.saved.map { saved in
          guard saved.rows else { return saved }
          guard saved.version == saved.tensor.storage.version else {
            throw TensorError("keep", "a tensor that '\(node.op)' saved was changed in place")
          }
          return .rows(try gather(saved.tensor))
        })
    }
    for (node, saved) in zip(nodes, replacements) {
      node.saved = saved
      guard case .each(let carries) = node.rows else { continue }
      for i in node.inputs.indices where carries[i] { node.inputShapes[i][0] = rows.count }
      if let before = node.kept {
        node.kept = (rows.map { before.rows[$0] }, before.of)
      } else {
        node.kept = (rows, n)
      }
    }
  }
}
