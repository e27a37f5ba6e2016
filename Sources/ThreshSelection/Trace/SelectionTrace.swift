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
    for i in lines.indices.dropFirst() {
      let event = try TraceEvent(parse(i), n: header.n) { problem(i + 1, $0) }
      if let last = events.last, event.epoch <= last.epoch {
        throw problem(i + 1, "epoch \(event.epoch) does not follow epoch \(last.epoch)")
      }
      events.append(event)
    }
    self.events = events
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

  /// Starts the file with its header.
  /// - Throws: when the file cannot be made.
  public init(path: String, header: TraceHeader) throws {
    self.path = path
    file = fopen(path, "wb")
    guard file != nil else {
      throw TensorError("trace", "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    try put(header.json.text)
  }

  deinit { close() }

  public func write(_ event: TraceEvent) throws { try put(event.json.text) }

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
