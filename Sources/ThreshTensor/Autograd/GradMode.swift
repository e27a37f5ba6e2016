// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Whether operations are recorded on the tape, per thread.
public enum GradMode {
  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// True unless this thread is inside `off`.
  public static var isEnabled: Bool { pthread_getspecific(key) == nil }

  /// Runs `body` with the tape off, or on again inside `off`.
  public static func with<R>(_ enabled: Bool, _ body: () throws -> R) rethrows -> R {
    let before = pthread_getspecific(key)
    pthread_setspecific(key, enabled ? nil : UnsafeRawPointer(bitPattern: 1))
    defer { pthread_setspecific(key, before) }
    return try body()
  }

  /// Runs `body` without recording: PyTorch's `no_grad`.
  public static func off<R>(_ body: () throws -> R) rethrows -> R { try with(false, body) }
}
