// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// The record of a run's selections, read back: JSON lines, a header and one event a change.
///
/// A run that was killed leaves a last line without its end; it is passed over and `isTorn` says so.
public final class SelectionTrace: Sendable {
  public let path: String
  public let header: TraceHeader
  public let events: [TraceEvent]
  /// What a batch selector did, an event an epoch.
  public let batchEvents: [BatchEvent]
  /// Whether the last line was cut off.
  public let isTorn: Bool

  /// Reads a trace.
  /// - Throws: `TensorError` naming file and line, what was found and what was needed.
  public init(path: String) throws {
    let text = try WholeFile.read(path)
    var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    // The last piece has no line end: empty in a whole file, torn otherwise.
    let rest = lines.popLast() ?? []
    func problem(_ line: Int, _ reason: String) -> TensorError {
      TensorError("trace", "\(path):\(line): \(reason)")
    }
    func parse(_ line: Int) throws -> JSON {
      do { return try JSON.parse(Array(lines[line])) } catch let error as JSON.ParseError {
        throw problem(line + 1, "no JSON: \(error)")
      }
    }
    guard !lines.isEmpty else { throw problem(1, "no header: the file is empty or cut off") }
    let header = try TraceHeader(parse(0)) { problem(1, $0) }
    self.path = path
    self.header = header
    var events: [TraceEvent] = []
    var batchEvents: [BatchEvent] = []
    func follow(_ last: Int?, _ epoch: Int, _ line: Int) throws {
      if let last, epoch <= last {
        throw problem(line + 1, "epoch \(epoch) does not follow epoch \(last)")
      }
    }
    for i in lines.indices.dropFirst() {
      let json = try parse(i)
      if json["kind"] == .string(BatchEvent.kind) {
        let event = try BatchEvent(json, n: header.n) { problem(i + 1, $0) }
        try follow(batchEvents.last?.epoch, event.epoch, i)
        batchEvents.append(event)
      } else {
        let event = try TraceEvent(json, n: header.n) { problem(i + 1, $0) }
        try follow(events.last?.epoch, event.epoch, i)
        events.append(event)
      }
    }
    self.events = events
    self.batchEvents = batchEvents
    isTorn = !rest.isEmpty
  }

  /// The subset in force at `epoch`: the last event at or before it; nil before the first.
  public func event(at epoch: Int) -> TraceEvent? { events.last { $0.epoch <= epoch } }

  /// Refuses candidates other than those the trace was made of.
  public func check(dataset: String, fingerprint: String, n: Int) throws {
    guard header.n == n, header.fingerprint == fingerprint else {
      throw TensorError(
        "trace",
        "\(path) was made of '\(header.dataset)' (\(header.n) images, "
          + "\(header.fingerprint.prefix(12))…), not of '\(dataset)' (\(n) images, "
          + "\(fingerprint.prefix(12))…)")
    }
  }
}

/// Writes a trace as it happens: every event is in the file before training goes on.
public final class TraceWriter {
  public let path: String
  private var file: UnsafeMutablePointer<FILE>?
  private let n: Int
  private let labels: [Int]?
  private var tally: BatchTally?

  /// Starts the file with its header.
  /// - Parameter labels: of the candidates, 0-based; with them every event tells its classes.
  /// - Throws: when the file cannot be made.
  public init(path: String, header: TraceHeader, labels: [Int]? = nil) throws {
    self.path = path
    n = header.n
    self.labels = labels
    file = fopen(path, "wb")
    guard file != nil else {
      throw TensorError("trace", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    try put(header.json.text)
  }

  /// Goes on with a file of which the first `bytes` are kept and the rest is cut off: what a run wrote
  /// behind its checkpoint, before it was killed.
  /// - Throws: when the file cannot be opened, does not begin with this header, or has fewer bytes.
  public init(
    resuming path: String, header: TraceHeader, labels: [Int]? = nil, bytes: Int,
    tally: BatchTally? = nil
  ) throws {
    self.path = path
    n = header.n
    self.labels = labels
    func problem(_ reason: String) -> TensorError {
      TensorError("trace", "\(path) cannot be gone on with: \(reason)")
    }
    if let tally, tally.count != n {
      throw problem("the counts are of \(tally.count) images, the trace of \(n)")
    }
    guard let opened = fopen(path, "r+b") else { throw problem(String(cString: strerror(errno))) }
    file = opened
    let line = Array((header.json.text + "\n").utf8)
    var found = [UInt8](repeating: 0, count: line.count)
    guard fread(&found, 1, found.count, opened) == found.count, found == line else {
      throw problem("its first line is not that of this run")
    }
    guard fseek(opened, 0, SEEK_END) == 0, ftell(opened) >= bytes, bytes >= line.count else {
      throw problem("\(bytes) bytes are needed, it has \(ftell(opened))")
    }
    guard ftruncate(fileno(opened), off_t(bytes)) == 0, fseek(opened, bytes, SEEK_SET) == 0 else {
      throw problem(String(cString: strerror(errno)))
    }
    self.tally = tally
  }

  deinit { close() }

  /// How many bytes are in the file and on the disk: where `init(resuming:)` may cut.
  public func position() throws -> Int {
    guard let file else { throw TensorError("trace", "\(path) is closed") }
    guard fflush(file) == 0, fsync(fileno(file)) == 0 else {
      throw TensorError("trace", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    return ftell(file)
  }

  /// What has been counted since the last `writeCounts`; nil when nothing was.
  public var counts: BatchTally? { tally }

  public func write(_ event: TraceEvent) throws { try put(event.json.text) }

  /// How many of `indices` are of each class, as far as the labels are known.
  public func classes(of indices: [Int]) -> [Int]? {
    guard let labels, let last = labels.max(), labels.allSatisfy({ $0 >= 0 }) else { return nil }
    var counts = [Int](repeating: 0, count: last + 1)
    for index in indices where labels.indices.contains(index) { counts[labels[index]] += 1 }
    return counts
  }

  /// Counts what a batch selector did with one batch; `writeCounts` writes the epoch's sums.
  /// - Parameters:
  ///   - images: the images of the batch, 0-based.
  ///   - rows: the positions in it that were kept; nil for all.
  ///   - losses: what each was judged by, nil where none was computed.
  public func count(_ images: [Int], rows: [Int]?, losses: [Double?]) throws {
    if let bad = images.first(where: { $0 < 0 || $0 >= n }) {
      throw TensorError("trace", "image \(bad) is not in 0 ..< \(n)")
    }
    if let bad = rows?.first(where: { !images.indices.contains($0) }) {
      throw TensorError("trace", "row \(bad) is outside a batch of \(images.count)")
    }
    guard losses.count == images.count, Set(rows ?? []).count == (rows ?? []).count else {
      throw TensorError(
        "trace",
        "\(losses.count) losses for \(images.count) images, or a row that is kept twice")
    }
    var tally = self.tally ?? BatchTally(n)
    self.tally = nil
    tally.add(images, rows: rows, judged: losses)
    self.tally = tally
  }

  /// Writes what was counted since the last time, if anything was.
  public func writeCounts(epoch: Int, seconds: Double) throws {
    guard let tally else { return }
    self.tally = nil
    try put(tally.event(epoch: epoch, seconds: seconds).json.text)
  }

  /// Ends the file; further events are errors.
  public func close() {
    if let file { fclose(file) }
    file = nil
  }

  private func put(_ line: String) throws {
    guard let file else { throw TensorError("trace", "\(path) is closed") }
    let bytes = Array((line + "\n").utf8)
    guard fwrite(bytes, 1, bytes.count, file) == bytes.count, fflush(file) == 0 else {
      throw TensorError("trace", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
  }
}
