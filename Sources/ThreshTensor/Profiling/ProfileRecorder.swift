// SPDX-License-Identifier: Apache-2.0

/// The spans of one profile while it is being taken, and the sums of those that have ended.
final class ProfileRecorder {
  /// Events beyond this number are summed up but not kept for the trace: about 32 MiB.
  static let mostEvents = 1 << 19

  private struct Key: Hashable {
    var op, method: String
  }

  /// A span that has not ended.
  private struct Frame {
    var row: Int
    let layer: Int
    let start: Double
    /// Inside a backward pass, or one itself.
    let isBackward: Bool
    /// Seconds of the spans inside, and bytes.
    var inner = 0.0
    var innerBytes = 0
    var flops = 0
    /// Counted by the operation, and the size of its inputs and outputs.
    var counted = 0
    var touched = 0
  }

  private let clock: () -> Double
  private let begin: Double
  private var frames: [Frame] = []
  private var rows: [Profile.Row] = []
  private var rowOf: [Key: Int] = [:]
  /// The first one is of what runs in no layer.
  private var layers = [Profile.Layer(path: "")]
  private var layerOf: [String: Int] = ["": 0]
  /// The calls that have not ended, innermost last.
  private var calls: [(layer: Int, start: Double)] = []
  private var layerOfObject: [ObjectIdentifier: Int] = [:]
  /// Keeps the identities in use.
  private var objects: [AnyObject] = []
  private var hasModel = false
  private var events: [Profile.Event] = []
  private var dropped = 0

  init(clock: @escaping () -> Double) {
    self.clock = clock
    begin = clock()
  }

  // MARK: Spans

  /// Begins a span; nil where it is not told apart from the one around it.
  func begin(_ op: String, _ kind: Profiler.Kind, _ method: String, _ layer: String?) -> Int? {
    let isBackward = frames.last?.isBackward ?? false
    if kind == .operation && isBackward { return nil }
    let around = isBackward ? frames.last?.layer : calls.last?.layer
    let row = row(Key(op: op, method: method))
    let place = layer.map(index(ofLayer:)) ?? around ?? 0
    frames.append(
      Frame(
        row: row, layer: place, start: clock(), isBackward: isBackward || kind == .backward))
    return frames.count - 1
  }

  /// Ends the span at `depth` and all inside it.
  func end(_ depth: Int) {
    let now = clock()
    while frames.count > depth, let frame = frames.popLast() {
      let seconds = now - frame.start
      let own = seconds - frame.inner
      let bytes = frame.counted > 0 ? frame.counted : max(0, frame.touched - frame.innerBytes)
      rows[frame.row].calls += 1
      rows[frame.row].seconds += own
      rows[frame.row].flops += frame.flops
      rows[frame.row].bytes += bytes
      if frame.isBackward {
        layers[frame.layer].backward.add(own, frame.flops)
      } else {
        layers[frame.layer].forward.add(own, frame.flops)
      }
      if !frames.isEmpty {
        frames[frames.count - 1].inner += seconds
        frames[frames.count - 1].innerBytes += bytes + frame.innerBytes
      }
      keep(
        Profile.Event(
          name: .operation(frame.row), layer: frame.layer, start: frame.start - begin,
          seconds: seconds, flops: frame.flops, bytes: bytes, isBackward: frame.isBackward))
    }
  }

  func touched(_ bytes: Int, _ depth: Int) {
    if depth < frames.count { frames[depth].touched = bytes }
  }

  /// What the tape is told of an operation, for the innermost span if that is the operation's.
  func recorded(_ op: String, _ inputs: [Tensor], _ out: Tensor) {
    guard let frame = frames.last, rows[frame.row].op == op else { return }
    touched(inputs.reduce(out.byteCount) { $0 + $1.byteCount }, frames.count - 1)
  }

  func count(flops: Int, bytes: Int) {
    guard !frames.isEmpty else { return }
    frames[frames.count - 1].flops += flops
    frames[frames.count - 1].counted += bytes
  }

  func method(_ method: String, _ depth: Int) {
    guard depth < frames.count else { return }
    frames[depth].row = row(Key(op: rows[frames[depth].row].op, method: method))
  }

  private func row(_ key: Key) -> Int {
    if let row = rowOf[key] { return row }
    rows.append(Profile.Row(op: key.op, method: key.method))
    rowOf[key] = rows.count - 1
    return rows.count - 1
  }

  private func keep(_ event: Profile.Event) {
    if events.count < ProfileRecorder.mostEvents { events.append(event) } else { dropped += 1 }
  }

  // MARK: Layers

  /// The path of the layer that runs; nil in none.
  var layerPath: String? { calls.last.map { layers[$0.layer].path } }

  /// Begins a call of a layer.
  func enter(_ layer: AnyObject, _ kind: String, _ below: () -> [(layer: AnyObject, path: String)])
    -> Int
  {
    let place = layerOfObject[ObjectIdentifier(layer)] ?? name(layer, kind, below())
    layers[place].calls += 1
    calls.append((place, clock()))
    return calls.count - 1
  }

  func leave(_ depth: Int) {
    let now = clock()
    while calls.count > depth, let call = calls.popLast() {
      keep(
        Profile.Event(
          name: .layer, layer: call.layer, start: call.start - begin, seconds: now - call.start,
          flops: 0, bytes: 0, isBackward: false))
    }
  }

  /// Names a layer that is called by itself and those below it. The layers of the first model have
  /// the names of its state.
  private func name(_ layer: AnyObject, _ kind: String, _ below: [(layer: AnyObject, path: String)])
    -> Int
  {
    let outer = layerPath.map { $0 + "." } ?? ""
    var path = outer + kind
    var number = 1
    while layerOf[path] != nil {
      number += 1
      path = "\(outer)\(kind)#\(number)"
    }
    let place = index(ofLayer: path)
    set(layer, place)
    var prefix = path + "."
    if calls.isEmpty && !hasModel && !below.isEmpty {
      hasModel = true
      prefix = ""
    }
    for (layer, path) in below where layerOfObject[ObjectIdentifier(layer)] == nil {
      set(layer, index(ofLayer: prefix + path))
    }
    return place
  }

  private func set(_ layer: AnyObject, _ place: Int) {
    layerOfObject[ObjectIdentifier(layer)] = place
    objects.append(layer)
  }

  private func index(ofLayer path: String) -> Int {
    if let index = layerOf[path] { return index }
    layers.append(Profile.Layer(path: path))
    layerOf[path] = layers.count - 1
    return layers.count - 1
  }

  // MARK: The end

  /// The profile up to now; spans that have not ended are left out.
  func finish() -> Profile {
    Profile(
      seconds: clock() - begin, operations: rows, layers: layers, events: events, dropped: dropped)
  }
}
