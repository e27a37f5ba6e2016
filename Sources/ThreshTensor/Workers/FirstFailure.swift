// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// An error from inside parallel tasks, on its way to the caller.
public final class FirstFailure: Sendable {
  private let error = Mutex<(any Error)?>(nil)

  public init() {}

  /// Keeps `error` unless another came first.
  public func keep(_ error: any Error) {
    self.error.withLock { if $0 == nil { $0 = error } }
  }

  /// Throws what was kept.
  public func raise() throws {
    if let error = error.withLock({ $0 }) { throw error }
  }
}
