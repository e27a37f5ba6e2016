// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension ImageDataset {
  /// SHA-256, in hexadecimal, over shape, type, pixels in (H, W, C) order and int64 labels.
  ///
  /// Names, scaling and normalisation do not count: the same samples in the same order agree, in
  /// memory or mapped. A sample at a time is held.
  public func fingerprint() throws -> String {
    if let known = digest.withLock({ $0 }) { return known }
    var sum = SHA256()
    let header = "\(store.dtype.name) \(shapeText([count] + sampleShape))\n"
    Array(header.utf8).withUnsafeBytes { sum.add($0) }
    let (c, area) = (channels, height * width)
    try store.withSamples { samples in
      func addRows<T>(_ zero: T, _ copy: (Int, UnsafeMutableBufferPointer<T>) -> Void) throws {
        var sample = [T](repeating: zero, count: sampleCount)
        for (i, row) in rows.enumerated() {
          if i & 1023 == 0 { try Interrupt.check("fingerprint") }
          sample.withUnsafeMutableBufferPointer { copy(row, $0) }
          sample.withUnsafeBytes { sum.add($0) }
        }
      }
      if store.dtype == .uint8 {
        try addRows(0 as UInt8) { row, out in
          for k in 0..<c {
            samples.visitBytes(row, k, of: c, area: area) { p, v in out[p * c + k] = v }
          }
        }
      } else {
        try addRows(0 as Float) { row, out in
          for k in 0..<c {
            samples.visitFloats(row, k, of: c, area: area) { p, v in out[p * c + k] = v }
          }
        }
      }
    }
    labels.map { Int64($0).littleEndian }.withUnsafeBytes { sum.add($0) }
    let result = sum.finish()
    digest.withLock { $0 = result }
    return result
  }
}
