// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// A TensorBoard event file that grows: scalars, histograms and images by tag and step.
///
/// A record is the length of its event (8 bytes), the masked CRC-32C of that, the event, and the masked CRC-32C of
/// the event, all little-endian. Each goes to the file at once and whole, so that TensorBoard can follow.
public final class EventWriter {
  public let path: String
  private var file: Int32

  /// Begins a file of its own in `folder`, called `events.out.tfevents.TIME.HOST.PID`.
  public convenience init(folder: String) throws {
    let name = "events.out.tfevents.\(Int(EventWriter.now)).\(Machine.hostName).\(getpid())"
    var path = "\(folder)/\(name)"
    var more = 0
    while access(path, F_OK) == 0 {
      more += 1
      path = "\(folder)/\(name).\(more)"
    }
    try self.init(path: path, time: EventWriter.now)
  }

  init(path: String, time: Double) throws {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw EventWriter.problem(path) }
    var event = ProtobufMessage()
    event.double(1, time)
    event.text(3, "brain.Event:2")
    try write(event)
  }

  deinit { close() }

  public func close() {
    if file >= 0 { Glibc.close(file) }
    file = -1
  }

  /// The seconds since 1970.
  public static var now: Double {
    var clock = timespec()
    clock_gettime(CLOCK_REALTIME, &clock)
    return Double(clock.tv_sec) + Double(clock.tv_nsec) * 1e-9
  }

  public func scalar(_ tag: String, _ value: Double, step: Int, time: Double = now) throws {
    try write(tag, step, time) { $0.float(2, Float(value)) }
  }

  /// - Throws: `TensorError` also when none of the values is finite.
  public func histogram(
    _ tag: String, _ values: [Double], step: Int, time: Double = now
  ) throws {
    let histogram = EventHistogram(values)
    guard !histogram.values.isEmpty else {
      throw TensorError("tensorboard", "histogram '\(tag)' has no finite value")
    }
    try write(tag, step, time) { $0.delimited(5, histogram.message.bytes) }
  }

  /// An RGB picture as the bytes of a PNG file.
  public func image(
    _ tag: String, png: [UInt8], width: Int, height: Int, step: Int, time: Double = now
  ) throws {
    var image = ProtobufMessage()
    image.integer(1, height)
    image.integer(2, width)
    image.integer(3, 3)
    image.delimited(4, png)
    try write(tag, step, time) { $0.delimited(4, image.bytes) }
  }

  private func write(
    _ tag: String, _ step: Int, _ time: Double, _ fill: (inout ProtobufMessage) -> Void
  ) throws {
    var value = ProtobufMessage()
    value.text(1, tag)
    fill(&value)
    var summary = ProtobufMessage()
    summary.delimited(1, value.bytes)
    var event = ProtobufMessage()
    event.double(1, time)
    event.integer(2, step)
    event.delimited(5, summary.bytes)
    try write(event)
  }

  private func write(_ event: ProtobufMessage) throws {
    guard file >= 0 else { throw TensorError("tensorboard", "\(path) is closed") }
    let length = littleEndian(UInt64(event.bytes.count))
    let record =
      length + littleEndian(CRC32C.masked(length)) + event.bytes
      + littleEndian(CRC32C.masked(event.bytes))
    let before = lseek(file, 0, SEEK_END)
    var done = 0
    while done < record.count {
      let sent = record[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if sent < 0 && errno == EINTR { continue }
      guard sent > 0 else {
        let problem = EventWriter.problem(path)
        // Half a record would hide all that follow.
        ftruncate(file, before)
        throw problem
      }
      done += sent
    }
  }

  private static func problem(_ path: String) -> TensorError {
    TensorError("tensorboard", "\(path): \(String(cString: strerror(errno)))")
  }
}
