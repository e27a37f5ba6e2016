// SPDX-License-Identifier: Apache-2.0

/// A block of memory that tensors share: the tensor and its views hold the same storage.
public final class Storage: @unchecked Sendable {
  /// The first byte. Nothing above `ThreshTensor` may read through it.
  public let base: UnsafeMutableRawPointer
  public let byteCount: Int
  /// Counts writes in place, so that the backward pass notices a saved tensor that has changed.
  public internal(set) var version = 0

  /// Storage with undefined content.
  public init(byteCount: Int) throws {
    self.byteCount = byteCount
    base = try backend.allocate(byteCount)
  }

  deinit { backend.deallocate(base, byteCount) }
}
