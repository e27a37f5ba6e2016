// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Where the time of a piece of code goes, by operation and by layer.
///
/// Off unless a profile is being taken; an operation then costs one relaxed load more. Operations open
/// a span at their start and close it at their end:
///
///     let span = Profiler.begin("relu")
///     defer { span.end() }
///
/// Only the thread that takes a profile is recorded in it; what the worker pool does for it is inside its
/// spans.
public enum Profiler {
  /// How many threads are taking a profile.
  private static let active = Atomic<Int>(0)
  /// The recorder of each of them.
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Whether a profile is being taken, of whatever thread.
  public static var isOn: Bool { active.load(ordering: .relaxed) != 0 }

  /// The profile that is being taken of this thread.
  static var current: ProfileRecorder? {
    guard isOn, let pointer = pthread_getspecific(key) else { return nil }
    return Unmanaged<ProfileRecorder>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// What a span stands for.
  enum Kind {
    /// An operation; inside a backward pass of another operation it is not told apart from that.
    case operation
    /// A part of an operation with a row of its own, in forward and backward passes.
    case part
    /// The backward pass of an operation.
    case backward
  }

  /// An operation that is being timed; nothing when no profile is being taken.
  public struct Span {
    fileprivate let recorder: ProfileRecorder?
    fileprivate let depth: Int

    /// Ends the span, and those inside it that have not ended.
    public func end() { recorder?.end(depth) }

    /// The tensors that the operation reads and writes, unless it counts its bytes itself.
    func touches(_ out: Tensor, _ a: Tensor? = nil, _ b: Tensor? = nil) {
      recorder?.touched(out.byteCount + (a?.byteCount ?? 0) + (b?.byteCount ?? 0), depth)
    }

    /// The same for any number of them.
    func touches(bytes: @autoclosure () -> Int) { recorder?.touched(bytes(), depth) }

    /// Corrects the method that the span began with.
    func uses(_ method: ConvolutionMethod) { recorder?.method(method.rawValue, depth) }
  }

  /// Begins a span called `op`.
  public static func begin(_ op: @autoclosure () -> String) -> Span {
    guard isOn, let recorder = current else { return Span(recorder: nil, depth: 0) }
    return begin(recorder, op())
  }

  /// Begins a span of another kind.
  ///
  /// - Parameter layer: the layer to which it belongs instead of the one that runs.
  static func begin(
    _ op: @autoclosure () -> String, _ kind: Kind, method: @autoclosure () -> String = "",
    layer: @autoclosure () -> String? = nil
  ) -> Span {
    guard isOn, let recorder = current else { return Span(recorder: nil, depth: 0) }
    return begin(recorder, op(), kind, method(), layer())
  }

  private static func begin(
    _ recorder: ProfileRecorder, _ op: String, _ kind: Kind = .operation, _ method: String = "",
    _ layer: String? = nil
  ) -> Span {
    guard let depth = recorder.begin(op, kind, method, layer) else {
      return Span(recorder: nil, depth: 0)
    }
    return Span(recorder: recorder, depth: depth)
  }

  /// Adds to what the innermost span has computed and moved.
  ///
  /// - Parameters:
  ///   - flops: floating-point operations, two for each multiply-accumulate.
  ///   - bytes: read and written, instead of the operation's inputs and outputs.
  static func count(flops: @autoclosure () -> Int = 0, bytes: @autoclosure () -> Int = 0) {
    guard isOn, let recorder = current else { return }
    recorder.count(flops: flops(), bytes: bytes())
  }

  /// Runs `body` as a call of `layer`, to which the operations inside belong.
  ///
  /// - Parameters:
  ///   - kind: the layer's name where it is called by itself.
  ///   - below: the layers below it with their paths from it; asked when it is first seen.
  public static func layer<R>(
    _ layer: AnyObject, kind: String, below: () -> [(layer: AnyObject, path: String)],
    _ body: () throws -> R
  ) rethrows -> R {
    guard isOn, let recorder = current else { return try body() }
    let depth = recorder.enter(layer, kind, below)
    defer { recorder.leave(depth) }
    return try body()
  }

  /// Runs `body` and tells where its time went.
  ///
  /// - Parameter clock: gives seconds; for tests.
  /// - Throws: `TensorError` inside another profile of this thread, and what `body` throws.
  public static func profile<R>(
    clock: @escaping () -> Double = { MonotonicClock.seconds }, _ body: () throws -> R
  ) throws -> (profile: Profile, result: R) {
    guard pthread_getspecific(key) == nil else {
      throw TensorError("profile", "a profile is being taken already; profiles do not nest")
    }
    let recorder = ProfileRecorder(clock: clock)
    return try withExtendedLifetime(recorder) {
      pthread_setspecific(key, Unmanaged.passUnretained(recorder).toOpaque())
      active.wrappingAdd(1, ordering: .relaxed)
      defer {
        active.wrappingSubtract(1, ordering: .relaxed)
        pthread_setspecific(key, nil)
      }
      let result = try body()
      return (recorder.finish(), result)
    }
  }
}

extension Tensor {
  /// Bytes of the elements.
  var byteCount: Int { count * dtype.size }
}
