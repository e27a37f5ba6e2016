// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Marks a leaf as wanting a gradient, or not. Only floating-point leaves can.
  @discardableResult
  public func requireGrad(_ wanted: Bool = true) throws -> Tensor {
    guard node == nil else {
      throw TensorError(
        "requires_grad", "only leaves can be changed; this tensor was made by '\(node?.op ?? "")'")
    }
    guard !wanted || dtype.isFloating else {
      throw TensorError(
        "requires_grad", "only float32 and float64 tensors have gradients, got \(dtype.name)")
    }
    requiresGrad = wanted
    return self
  }

  /// The same values off the tape; shares the storage.
  public func detached() -> Tensor { requiresGrad ? view(shape, strides) : self }

  /// Adds d(self)/d(leaf) into the `grad` of every leaf below this tensor.
  ///
  /// - Parameters:
  ///   - seed: the gradient of this tensor; 1 when it has a single element.
  ///   - retainGraph: keep the tape for another backward pass.
  public func backward(_ seed: Tensor? = nil, retainGraph: Bool = false) throws {
    let pass = BackwardPass(retainGraph: retainGraph) { leaf, grad, owned in
      try leaf.accumulate(grad, owned: owned)
    }
    try pass.run(from: self, seed: seed)
  }

  /// The gradients of this tensor with respect to `tensors`, without touching any `grad`.
  ///
  /// A tensor that this one does not depend on gets zeros.
  public func gradients(
    of tensors: [Tensor], seed: Tensor? = nil, retainGraph: Bool = false
  ) throws -> [Tensor] {
    var found: [ObjectIdentifier: Tensor] = [:]
    let wanted = Set(tensors.map(ObjectIdentifier.init))
    let pass = BackwardPass(retainGraph: retainGraph) { leaf, grad, _ in
      let id = ObjectIdentifier(leaf)
      guard wanted.contains(id) else { return }
      if let before = found[id] {
        found[id] = try before + grad
      } else {
        found[id] = grad
      }
    }
    for tensor in tensors {
      if let node = tensor.node { pass.stops[ObjectIdentifier(node), default: []].append(tensor) }
    }
    try pass.run(from: self, seed: seed)
    return try tensors.map { try found[ObjectIdentifier($0)] ?? Tensor.zeros($0.shape, $0.dtype) }
  }

  /// Adds `gradient` to `grad`, in this tensor's own memory order.
  ///
  /// - Parameter owned: nobody else has the gradient or its memory.
  func accumulate(_ gradient: Tensor, owned: Bool) throws {
    if let grad {
      Loops.addInto(grad, gradient)
      grad.storage.version += 1
    } else {
      let strides = isDense ? strides : Shape.contiguousStrides(shape)
      // The strides of extents of 1, as a 1x1 filter has, say nothing of the order.
      let same = shape.indices.allSatisfy { shape[$0] == 1 || gradient.strides[$0] == strides[$0] }
      grad =
        try owned && same
        ? gradient.view(shape, strides) : gradient.copyUnrecorded(strides: strides)
    }
  }

  /// Whether nothing but `tensor` refers to it or to its memory.
  static func isOwned(_ tensor: inout Tensor) -> Bool {
    isKnownUniquelyReferenced(&tensor) && isKnownUniquelyReferenced(&tensor.storage)
  }
}

/// One walk down the tape, from outputs to leaves, in falling order of recording.
private final class BackwardPass {
  let retainGraph: Bool
  let deliver: (_ leaf: Tensor, _ gradient: Tensor, _ owned: Bool) throws -> Void
  /// Tensors inside the graph that also want their gradient delivered, by their nodes.
  var stops: [ObjectIdentifier: [Tensor]] = [:]

  init(retainGraph: Bool, deliver: @escaping (Tensor, Tensor, Bool) throws -> Void) {
    self.retainGraph = retainGraph
    self.deliver = deliver
  }

  func run(from output: Tensor, seed: Tensor?) throws {
    guard output.requiresGrad else {
      throw TensorError(
        "backward", "this tensor is not on the tape: nothing below it requires a gradient")
    }
    let seed = try checkedSeed(seed, for: output)
    let span = Profiler.begin("tape", .backward)
    defer { span.end() }
    try GradMode.off {
      guard let root = output.node else {
        try deliver(output, seed, false)
        return
      }
      var gradients: [ObjectIdentifier: Tensor] = [ObjectIdentifier(root): seed]
      for node in order(from: root) {
        guard var grad = gradients.removeValue(forKey: ObjectIdentifier(node)) else { continue }
        let owned = Tensor.isOwned(&grad)
        try step(node, grad, owned, &gradients)
      }
    }
  }

  private func checkedSeed(_ seed: Tensor?, for output: Tensor) throws -> Tensor {
    if let seed {
      guard seed.shape == output.shape else {
        throw TensorError(
          "backward",
          "the gradient has shape \(shapeText(seed.shape)), the tensor \(shapeText(output.shape))")
      }
      return try seed.castUnrecorded(output.dtype)
    }
    guard output.count == 1 else {
      throw TensorError(
        "backward",
        "needs one element or an explicit gradient, got shape \(shapeText(output.shape)); "
          + "reduce it first, with sum or mean")
    }
    return try Tensor.full(output.shape, 1, output.dtype)
  }

  /// Every node below `root`, later ones first.
  private func order(from root: Node) -> [Node] {
    var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
    var nodes = [root]
    var next = 0
    while next < nodes.count {
      for node in nodes[next].inputs.compactMap(\.node)
      where seen.insert(ObjectIdentifier(node)).inserted {
        nodes.append(node)
      }
      next += 1
    }
    return nodes.sorted { $0.sequence > $1.sequence }
  }

  /// What the node's backward function gives.
  private func inputGradients(of node: Node, _ backward: Node.Backward, _ context: Node.Context)
    throws
    -> [Tensor?]
  {
    let span = Profiler.begin("\(node.op) backward", .backward, layer: node.layer)
    defer { span.end() }
    let gradients = try backward(context)
    span.touches(
      bytes: context.saved.reduce(context.grad.byteCount) { $0 + $1.byteCount }
        + gradients.reduce(0) { $0 + ($1?.byteCount ?? 0) })
    return gradients
  }

  /// The sums of gradients so far of the node's inputs that may be added to in place: nobody else has
  /// them or their memory.
  private func takeSums(of node: Node, _ gradients: inout [ObjectIdentifier: Tensor]) -> [Tensor?] {
    node.inputs.map { input in
      guard let next = input.node,
        var sum = gradients.removeValue(forKey: ObjectIdentifier(next))
      else { return nil }
      if Tensor.isOwned(&sum) { return sum }
      gradients[ObjectIdentifier(next)] = sum
      return nil
    }
  }

  private func step(
    _ node: Node, _ grad: Tensor, _ owned: Bool, _ gradients: inout [ObjectIdentifier: Tensor]
  ) throws {
    guard let backward = node.backward else {
      throw TensorError(
        "backward",
        "the tape of '\(node.op)' was freed by an earlier backward; keep it with retain_graph")
    }
    for saved in node.saved where saved.version != saved.tensor.storage.version {
      throw TensorError(
        "backward",
        "a tensor of shape \(shapeText(saved.tensor.shape)) that '\(node.op)' saved was changed "
          + "in place after the forward pass")
    }
    if let kept = node.kept, grad.shape.first != kept.rows.count {
      throw TensorError(
        "backward",
        "keep dropped rows of the output of '\(node.op)'; only the tensor that keep returned leads on"
      )
    }
    let stopped = stops[ObjectIdentifier(node)] ?? []
    for tensor in stopped {
      // A tensor from which rows were dropped has them all.
      let whole = node.kept.flatMap { tensor.shape.first == $0.of ? $0 : nil }
      try deliver(tensor, whole.map { try grad.scatteredRows($0.rows, of: $0.of) } ?? grad, false)
    }
    let wants = node.inputs.map(\.wantsGradient)
    let sums = takeSums(of: node, &gradients)
    let context = Node.Context(
      grad: grad, ownsGrad: owned && stopped.isEmpty, saved: node.saved.map(\.tensor),
      inputShapes: node.inputShapes, wants: wants,
      sums: sums)
    var inputGradients = try self.inputGradients(of: node, backward, context)
    let span = Profiler.begin("accumulate gradients", .backward, layer: node.layer)
    defer { span.end() }
    for (i, input) in node.inputs.enumerated() where wants[i] {
      guard var gradient = inputGradients[i] else {
        if let next = input.node, let sum = sums[i] { gradients[ObjectIdentifier(next)] = sum }
        continue
      }
      inputGradients[i] = nil
      guard gradient.shape == node.inputShapes[i] else {
        throw TensorError(
          "backward",
          "'\(node.op)' gave a gradient of shape \(shapeText(gradient.shape)) for an input of shape "
            + shapeText(node.inputShapes[i]))
      }
      switch input {
      case .constant: break
      case .node(let next):
        let id = ObjectIdentifier(next)
        if let sum = sums[i], sum.dtype == gradient.dtype {
          // The operation may have added to it itself.
          if sum !== gradient { Loops.addInto(sum, gradient) }
          gradients[id] = sum
        } else if let before = sums[i] ?? gradients.removeValue(forKey: id) {
          gradients[id] = try before + gradient
        } else {
          gradients[id] = gradient
        }
      case .leaf(let leaf):
        if let kept = node.kept, case .each(let carries) = node.rows, carries[i] {
          gradient = try gradient.scatteredRows(kept.rows, of: kept.of)
        }
        let owned = Tensor.isOwned(&gradient)
        try deliver(leaf, gradient, owned)
      }
    }
    if !retainGraph {
      node.backward = nil
      node.saved = []
    }
  }
}
