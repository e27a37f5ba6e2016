// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// One recorded operation: its inputs, what it saved, and how gradients flow back through it.
///
/// Each node knows which of its inputs and saved tensors have the batch as their first extent, so that
/// rows can be dropped between forward and backward (`Tensor.keep`).
public final class Node {
  /// A tensor kept for the backward pass.
  public struct Saved {
    var tensor: Tensor
    /// Whether the first extent is the batch.
    let rows: Bool
    let version: Int

    /// A tensor whose first extent is the batch whenever the output's is.
    public static func rows(_ tensor: Tensor) -> Saved { Saved(tensor, rows: true) }
    /// A tensor that does not depend on the batch: a parameter, a statistic.
    public static func whole(_ tensor: Tensor) -> Saved { Saved(tensor, rows: false) }

    init(_ tensor: Tensor, rows: Bool) {
      // Off the tape, and out of reach of what becomes of the tensor later: an output that is recorded
      // after it was saved, or an input written in place, would otherwise hold its own node.
      self.tensor = tensor.view(tensor.shape, tensor.strides)
      self.rows = rows
      version = tensor.storage.version
    }
  }

  /// What the batch is to an operation.
  public enum Rows {
    /// Output row i depends on row i of the inputs marked true; the others have no batch.
    case each([Bool])
    /// Rows of the batch meet in the output (a sum over the batch, a transpose): they cannot be
    /// dropped behind it. The text says why, for the message.
    case mixed(String)
  }

  /// What a backward function is given.
  public struct Context {
    /// The gradient of the output.
    public let grad: Tensor
    /// Whether nobody else needs it: a function may write over it and answer with it.
    let ownsGrad: Bool
    /// The saved tensors, in the order in which they were saved.
    public let saved: [Tensor]
    /// The shape each input's gradient must have.
    public let inputShapes: [[Int]]
    /// Which inputs want a gradient; others may be answered by nil.
    public let wants: [Bool]
    /// What other operations gave for each input so far, where nobody else has it: a function may add
    /// to it in place and answer with it.
    let sums: [Tensor?]
  }

  public typealias Backward = (Context) throws -> [Tensor?]

  /// Where the gradient of an input goes. A node leads to nodes, not to tensors: an output that no
  /// operation saved is free as soon as the program lets go of it.
  enum Input {
    /// It wants no gradient.
    case constant
    case leaf(Tensor)
    case node(Node)

    init(_ tensor: Tensor) {
      if let node = tensor.node {
        self = .node(node)
      } else {
        self = tensor.requiresGrad ? .leaf(tensor) : .constant
      }
    }

    var node: Node? {
      if case .node(let node) = self { return node }
      return nil
    }

    var wantsGradient: Bool {
      if case .constant = self { return false }
      return true
    }
  }

  public let op: String
  /// Rises with each recorded operation: an order in which inputs come before outputs.
  let sequence: Int
  let rows: Rows
  private(set) var inputs: [Input]
  var inputShapes: [[Int]]
  var saved: [Saved]
  var backward: Backward?
  /// The rows still there after `keep`, of how many; nil when all are.
  var kept: (rows: [Int], of: Int)?
  /// The layer that ran, while a profile is taken: its backward pass is that layer's too.
  let layer: String?

  private static let counter = Atomic<Int>(0)

  init(_ op: String, inputs: [Tensor], rows: Rows, saved: [Saved], backward: @escaping Backward) {
    self.op = op
    self.rows = rows
    self.inputs = inputs.map(Input.init)
    self.inputShapes = inputs.map(\.shape)
    self.saved = saved
    self.backward = backward
    layer = Profiler.current?.layerPath
    sequence = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
  }

  deinit {
    // Long chains are taken apart in a loop: releasing them recursively would overflow the stack.
    var nodes = inputs.compactMap(\.node)
    inputs = []
    while var node = nodes.popLast() {
      guard isKnownUniquelyReferenced(&node) else { continue }
      nodes.append(contentsOf: node.inputs.compactMap(\.node))
      node.inputs = []
    }
  }
}

extension Tensor {
  /// Puts this fresh output on the tape, if it is on and any input wants a gradient.
  ///
  /// - Parameters:
  ///   - rows: which inputs have the batch first (see `Node.Rows`).
  ///   - saved: what the backward function needs; it must not capture tensors or batch sizes itself.
  @discardableResult
  public func recorded(
    _ op: String, _ inputs: [Tensor], rows: @autoclosure () -> Node.Rows,
    saved: @autoclosure () -> [Node.Saved] = [], backward: @escaping Node.Backward
  ) -> Tensor {
    Profiler.current?.recorded(op, inputs, self)
    guard GradMode.isEnabled, inputs.contains(where: \.requiresGrad) else { return self }
    requiresGrad = true
    node = Node(op, inputs: inputs, rows: rows(), saved: saved(), backward: backward)
    return self
  }

  /// Whether an operation on these inputs will be recorded.
  public static func willRecord(_ inputs: [Tensor]) -> Bool {
    GradMode.isEnabled && inputs.contains(where: \.requiresGrad)
  }

  /// The same for at most two inputs, without a list of them: small operations ask this first.
  static func willRecord(_ a: Tensor?, _ b: Tensor? = nil) -> Bool {
    (a?.requiresGrad ?? false || b?.requiresGrad ?? false) && GradMode.isEnabled
  }
}

extension Node.Rows {
  /// The rule of elementwise operations: an input with the output's number of dimensions and first
  /// extent carries the batch; one that is broadcast along it does not.
  public static func elementwise(_ output: Tensor, _ inputs: [Tensor]) -> Node.Rows {
    .each(inputs.map { carriesBatch($0.shape, output.shape) })
  }

  /// Whether an operand of `shape` has the batch of an output of `outputShape` as its first extent.
  static func carriesBatch(_ shape: [Int], _ outputShape: [Int]) -> Bool {
    guard let n = outputShape.first, let first = shape.first else { return false }
    return shape.count == outputShape.count && first == n
  }
}

extension Node.Saved {
  /// An operand of an elementwise operation whose output has `outputShape`.
  public static func operand(_ tensor: Tensor, of outputShape: [Int]) -> Node.Saved {
    Node.Rows.carriesBatch(tensor.shape, outputShape) ? .rows(tensor) : .whole(tensor)
  }
}
