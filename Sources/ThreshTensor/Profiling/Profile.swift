// SPDX-License-Identifier: Apache-2.0

/// Where the time of a piece of code went: what `Profiler.profile` gives.
///
/// Times are those of the operation itself, without the operations inside it, so that the rows and
/// `outside` sum to `seconds`. FLOPs are two for each multiply-accumulate of products and of
/// convolutions as if computed directly, whatever the method; other operations have none.
public final class Profile: Sendable {
  /// All calls of one operation.
  public struct Row: Sendable {
    public let op: String
    /// How a convolution was computed; empty for other operations.
    public let method: String
    public internal(set) var calls = 0
    public internal(set) var seconds = 0.0
    public internal(set) var flops = 0
    /// Read and written: inputs and outputs.
    public internal(set) var bytes = 0

    /// `convolution forward (winograd)`
    public var title: String { method.isEmpty ? op : "\(op) (\(method))" }
  }

  /// Time and work of one direction of a layer.
  public struct Pass: Sendable {
    public internal(set) var seconds = 0.0
    public internal(set) var flops = 0

    mutating func add(_ seconds: Double, _ flops: Int) {
      self.seconds += seconds
      self.flops += flops
    }
  }

  /// All calls of one layer, without the layers inside it.
  public struct Layer: Sendable {
    /// Its dotted name in the state; the kind of module where it is a model itself; empty for what
    /// ran in no layer.
    public let path: String
    public internal(set) var calls = 0
    public internal(set) var forward = Pass()
    public internal(set) var backward = Pass()

    init(path: String) { self.path = path }
  }

  /// One call of an operation or of a layer.
  struct Event: Sendable {
    enum Name: Sendable {
      case operation(Int)
      case layer
    }
    let name: Name
    let layer: Int
    /// From the profile's start.
    let start: Double
    /// Those inside included.
    let seconds: Double
    let flops, bytes: Int
    let isBackward: Bool
  }

  public let seconds: Double
  /// The operations, the slowest first.
  public let rows: [Row]
  /// The time outside all operations.
  public let outside: Double
  /// The layers in which operations ran, in the order of their first calls; what ran in none is last.
  public let layers: [Layer]
  /// Threads of the engine.
  public let threads: Int
  /// The rate that the shares of peak refer to, in 1e9 FLOPs a second (see `PeakRate`).
  public let peak: Double

  /// For the trace: calls with the indices of `operations` and `places`, in the order of their ends.
  let events: [Event]
  let operations: [Row]
  let places: [Layer]
  /// Calls that the trace lacks, because there were too many.
  public let dropped: Int

  init(seconds: Double, operations: [Row], layers: [Layer], events: [Event], dropped: Int) {
    self.seconds = seconds
    self.operations = operations
    rows = operations.filter { $0.calls > 0 }.sorted { $0.seconds > $1.seconds }
    outside = max(0, seconds - rows.reduce(0) { $0 + $1.seconds })
    places = layers
    self.layers = (layers.dropFirst() + layers.prefix(1)).filter {
      $0.forward.seconds > 0 || $0.backward.seconds > 0
    }
    self.events = events
    self.dropped = dropped
    threads = Workers.threadCount
    peak = PeakRate.gflops
  }
}
