// SPDX-License-Identifier: Apache-2.0
import CZlib

/// The checksum of zip archives and png files, over bytes that come in pieces.
struct CRC32 {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    let sum = crc32_z(
      UInt(value), base.assumingMemoryBound(to: UInt8.self), bytes.count)
    value = UInt32(truncatingIfNeeded: sum)
  }
}
