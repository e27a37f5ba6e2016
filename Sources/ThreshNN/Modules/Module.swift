// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A layer or a model: named parameters, buffers and submodules, and a forward pass.
///
/// Names, their order and the state they form are PyTorch's, so that checkpoints carry over.
open class Module {
  /// What kind of module this is, as messages and printed models show it.
  open var name: String { String(describing: type(of: self)) }
  /// The settings shown behind the name, e.g. `3, 64, kernel 3x3`.
  open var details: String { "" }

  public private(set) var ownParameters: [(name: String, tensor: Tensor)] = []
  public private(set) var ownBuffers: [(name: String, tensor: Tensor)] = []
  public private(set) var children: [(name: String, module: Module)] = []

  /// Training mode (batch statistics, dropout) or evaluation mode, for all submodules alike.
  public var training = true {
    didSet { for child in children { child.module.training = training } }
  }

  /// Where the forward pass draws its random numbers from; nil for a module that draws none.
  open var stream: RandomStream? {
    get { nil }
    set {}
  }

  /// Is told of this module's calls; see `summary`.
  public var observer: (any ModuleObserver)?

  public init() {}

  // MARK: Calling

  /// The output of the module for input `x`. Subclasses override it; callers call the module itself.
  open func forward(_ x: Tensor) throws -> Tensor { x }

  /// All outputs, for a module that has several; `forward` is the only one of the others.
  open func forwardAll(_ x: Tensor) throws -> [Tensor] { [try forward(x)] }

  /// `forward`, of which the observer is told.
  public final func callAsFunction(_ x: Tensor) throws -> Tensor {
    try profiled {
      guard let observer else { return try forward(x) }
      return try observer.watch(self, x, { try forward(x) }, tensors: { [$0] })
    }
  }

  /// `forwardAll`, of which the observer is told.
  public final func callAll(_ x: Tensor) throws -> [Tensor] {
    try profiled {
      guard let observer else { return try forwardAll(x) }
      return try observer.watch(self, x, { try forwardAll(x) }, tensors: { $0 })
    }
  }

  /// `body` as a call of this layer in a profile, where one is being taken.
  final func profiled<R>(_ body: () throws -> R) rethrows -> R {
    guard Profiler.isOn else { return try body() }
    return try Profiler.layer(self, kind: name, below: { namedDescendants() }, body)
  }

  private func namedDescendants() -> [(layer: AnyObject, path: String)] {
    children.flatMap { child in
      [(child.module as AnyObject, child.name)]
        + child.module.namedDescendants().map { ($0.layer, "\(child.name).\($0.path)") }
    }
  }

  /// Multiply-accumulates of one call; 0 but for convolutions and linear layers, as is usual.
  open func multiplyAccumulates(_ x: Tensor, _ outputs: [Tensor]) -> Int { 0 }

  // MARK: Building

  /// Adds a parameter, which wants a gradient from now on.
  @discardableResult
  public func register(parameter name: String, _ tensor: Tensor) throws -> Tensor {
    try tensor.requireGrad()
    ownParameters.append((name, tensor))
    return tensor
  }

  /// Adds a tensor that is saved but not trained.
  @discardableResult
  public func register(buffer name: String, _ tensor: Tensor) -> Tensor {
    ownBuffers.append((name, tensor))
    return tensor
  }

  /// Adds a submodule.
  @discardableResult
  public func register<M: Module>(child name: String, _ module: M) -> M {
    children.append((name, module))
    module.training = training
    return module
  }

  // MARK: Walking

  /// Every parameter below this module with its dotted name, in order of registration.
  ///
  /// A module that is used in several places is listed once.
  public func namedParameters() -> [(name: String, tensor: Tensor)] {
    named { $0.ownParameters }
  }

  /// Every buffer below this module with its dotted name.
  public func namedBuffers() -> [(name: String, tensor: Tensor)] { named { $0.ownBuffers } }

  public func parameters() -> [Tensor] { namedParameters().map(\.tensor) }

  /// Parameters and buffers by name, in PyTorch's order: a module's own ones before its children's.
  public func stateDict() -> [(name: String, tensor: Tensor)] {
    named { $0.ownParameters + $0.ownBuffers }
  }

  private func named(_ own: (Module) -> [(name: String, tensor: Tensor)]) -> [(
    name: String, tensor: Tensor
  )] {
    var seen: Set<ObjectIdentifier> = []
    var all: [(name: String, tensor: Tensor)] = []
    func walk(_ module: Module, _ prefix: String) {
      for (name, tensor) in own(module) where seen.insert(ObjectIdentifier(tensor)).inserted {
        all.append((prefix + name, tensor))
      }
      for child in module.children { walk(child.module, prefix + child.name + ".") }
    }
    walk(self, "")
    return all
  }

  /// This module and all below it, a module before its children.
  public func modules() -> [Module] { [self] + children.flatMap { $0.module.modules() } }

  // MARK: State

  /// Copies a saved state into the parameters and buffers.
  ///
  /// `num_batches_tracked`, which PyTorch saves and nothing here needs, is passed over.
  /// - Parameter strict: refuse names that are missing or unexpected.
  /// - Throws: with every name that does not fit; nothing is changed then.
  public func load(_ state: [String: Tensor], strict: Bool = true) throws {
    let own = stateDict()
    let known = Set(own.map(\.name))
    let missing = own.map(\.name).filter { state[$0] == nil }
    let unexpected = state.keys.filter {
      !known.contains($0) && !$0.hasSuffix("num_batches_tracked")
    }.sorted()
    var problems: [String] = []
    if strict {
      if !missing.isEmpty { problems.append("missing: " + Module.listing(missing)) }
      if !unexpected.isEmpty { problems.append("unexpected: " + Module.listing(unexpected)) }
    }
    for (name, tensor) in own {
      guard let given = state[name], given.shape != tensor.shape else { continue }
      problems.append(
        "\(name) has shape \(shapeText(given.shape)), the model needs \(shapeText(tensor.shape))")
    }
    guard problems.isEmpty else {
      throw TensorError(
        "load_state_dict", "the state does not fit \(name): " + problems.joined(separator: "; "))
    }
    try GradMode.off {
      for (name, tensor) in own { if let given = state[name] { _ = try tensor.copy_(given) } }
    }
  }

  private static func listing(_ names: [String]) -> String {
    names.prefix(8).joined(separator: ", ")
      + (names.count > 8 ? " and \(names.count - 8) more" : "")
  }

  // MARK: Head

  /// The last linear layer: the one whose gradients Grad-Match compares.
  open func head() -> Linear? {
    for child in children.reversed() {
      if let head = child.module.head() { return head }
    }
    return nil
  }

  /// The output together with what went into the head. (N, …) -> (N, C), (N, E)
  /// - Throws: when the model has no linear layer, or the forward pass does not use it.
  public func forwardWithEmbedding(_ x: Tensor) throws -> (logits: Tensor, embedding: Tensor) {
    guard let head = head() else {
      throw TensorError(
        "forward_with_embedding",
        "\(name) has no linear layer whose input could be the embedding")
    }
    head.capturing = true
    defer {
      head.capturing = false
      head.captured = nil
    }
    let logits = try self(x)
    guard let embedding = head.captured else {
      throw TensorError(
        "forward_with_embedding", "the forward pass of \(name) did not use its last linear layer")
    }
    return (logits, embedding)
  }
}
