// SPDX-License-Identifier: Apache-2.0
import CInterrupt

/// The user's wish to stop, polled by long operations.
public enum Interrupt {
  /// Whether someone asked to stop: a task of many may then leave its part undone, if what it belongs
  /// to checks afterwards.
  @inline(__always)
  static var isRequested: Bool { thresh_interrupt_requested() }

  /// Throws when someone asked to stop; the request stays until the host takes it.
  @inline(__always)
  public static func check(_ op: String) throws {
    if thresh_interrupt_requested() {
      throw TensorError(op, "interrupted!", kind: .interrupted)
    }
  }
}
