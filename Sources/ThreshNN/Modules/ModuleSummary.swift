// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What a model consists of, by one forward pass of a batch of one: `Module.summary`.
public final class ModuleSummary {
  /// One call of a layer: of a module without submodules, or with parameters of its own.
  public struct Row: Sendable {
    /// Its dotted name in the state; empty for the model itself.
    public var path: String
    /// What kind of module it is.
    public var type: String
    /// Its settings, as the printed module shows them.
    public var details: String
    /// The shape of each output, the batch of 1 included.
    public var shapes: [[Int]] = []
    /// Numbers in its own parameters; 0 in its second call, and where another layer shares them.
    public var parameters: Int
    /// Multiply-accumulates of convolutions and linear layers, without those of biases.
    public var macs = 0
  }

  /// The model's kind and the shape of its input, the batch of 1 included.
  public let model: String
  public let input: [Int]
  public let rows: [Row]
  /// Numbers in all parameters, used or not, each counted once.
  public let parameters: Int
  /// Of these, the ones that want a gradient.
  public let trainable: Int
  /// Numbers in parameters of layers that the forward pass did not call.
  public let unused: Int
  /// The rows' multiply-accumulates.
  public let macs: Int
  public let parameterBytes: Int
  /// Bytes of the rows' outputs for one image; what modules compute between layers is not among them.
  public let activationBytes: Int

  init(_ module: Module, input: Tensor, rows: [Row]) {
    let tensors = module.parameters()
    model = module.name
    self.input = input.shape
    self.rows = rows
    parameters = tensors.reduce(0) { $0 + $1.count }
    trainable = tensors.reduce(0) { $0 + ($1.requiresGrad ? $1.count : 0) }
    unused = parameters - rows.reduce(0) { $0 + $1.parameters }
    macs = rows.reduce(0) { $0 + $1.macs }
    parameterBytes = tensors.reduce(0) { $0 + $1.count * $1.dtype.size }
    let numbers = rows.reduce(0) { $0 + $1.shapes.reduce(0) { $0 + $1.reduce(1, *) } }
    activationBytes = numbers * input.dtype.size
  }
}

extension Module {
  /// Every layer with its output shape, parameters and multiply-accumulates, for images of `image`.
  ///
  /// Runs one forward pass of zeros, a batch of one, in evaluation mode and off the tape; each module's
  /// mode is as before afterwards.
  /// - Parameter image: the input without its batch, such as (3, 32, 32).
  /// - Throws: when a layer does not accept what it is given, naming the layer.
  public func summary(_ image: [Int]) throws -> ModuleSummary {
    guard !image.isEmpty, image.allSatisfy({ $0 >= 1 }) else {
      throw TensorError(
        "summary",
        "needs the shape of one input without its batch, such as (3, 32, 32), got "
          + shapeText(image))
    }
    let all = modules()
    let before = all.map { (module: $0, training: $0.training, observer: $0.observer) }
    let calls = SummaryObserver(self)
    training = false
    for module in all { module.observer = calls }
    defer {
      // Parents come first, so that setting their mode does not undo that of their children.
      for state in before {
        state.module.training = state.training
        state.module.observer = state.observer
      }
    }
    let dtype = parameters().first { $0.dtype.isFloating }?.dtype ?? .float32
    let input = try Tensor.zeros([1] + image, dtype)
    try GradMode.off { _ = try callAll(input) }
    return ModuleSummary(self, input: input, rows: calls.rows)
  }
}

/// Writes down the calls of layers.
private final class SummaryObserver: ModuleObserver {
  private(set) var rows: [ModuleSummary.Row] = []
  /// Rows of calls that have not ended.
  private var open: [Int] = []
  private var paths: [ObjectIdentifier: String] = [:]
  private var counted: Set<ObjectIdentifier> = []
  private var named = false

  init(_ root: Module) { name(root, "") }

  /// A module in several places goes by the first.
  private func name(_ module: Module, _ path: String) {
    guard paths[ObjectIdentifier(module)] == nil else { return }
    paths[ObjectIdentifier(module)] = path
    for child in module.children {
      name(child.module, path.isEmpty ? child.name : path + "." + child.name)
    }
  }

  private func path(of module: Module) -> String { paths[ObjectIdentifier(module)] ?? "" }

  private func isLayer(_ module: Module) -> Bool {
    module.children.isEmpty || !module.ownParameters.isEmpty
  }

  func begins(_ module: Module, _ x: Tensor) {
    guard isLayer(module) else { return }
    let fresh = module.ownParameters.filter { counted.insert(ObjectIdentifier($0.tensor)).inserted }
    open.append(rows.count)
    rows.append(
      ModuleSummary.Row(
        path: path(of: module), type: module.name, details: module.details,
        parameters: fresh.reduce(0) { $0 + $1.tensor.count }))
  }

  func ended(_ module: Module, _ x: Tensor, _ outputs: [Tensor]) {
    guard isLayer(module), let row = open.popLast() else { return }
    rows[row].shapes = outputs.map(\.shape)
    rows[row].macs = module.multiplyAccumulates(x, outputs)
  }

  func failed(_ module: Module, _ error: any Error) -> any Error {
    if isLayer(module) { _ = open.popLast() }
    // The innermost module is the one to name.
    guard !named, let error = error as? TensorError else { return error }
    named = true
    let path = path(of: module)
    let place = path.isEmpty ? module.name : "\(path) (\(module.name))"
    return TensorError(
      "summary", "\(place): \(error.op): \(error.message)", kind: error.kind)
  }
}
