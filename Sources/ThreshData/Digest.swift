// SPDX-License-Identifier: Apache-2.0
import CMessageDigest

/// Digests as lower-case hexadecimal text.
public enum Digest {
  public static func sha256(_ bytes: UnsafeRawBufferPointer) -> String {
    var digest = SHA256()
    digest.add(bytes)
    return digest.finish()
  }

  static func md5(_ bytes: UnsafeRawBufferPointer) -> String {
    var context = MD5_CTX()
    MD5Init(&context)
    if let base = bytes.baseAddress {
      MD5Update(&context, base.assumingMemoryBound(to: UInt8.self), bytes.count)
    }
    var sum = [UInt8](repeating: 0, count: Int(MD5_DIGEST_LENGTH))
    MD5Final(&sum, &context)
    return hex(sum)
  }

  fileprivate static func hex(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}

/// SHA-256 over bytes that come in pieces.
struct SHA256 {
  private var context = SHA2_CTX()

  init() { SHA256Init(&context) }

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress else { return }
    SHA256Update(&context, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  mutating func finish() -> String {
    var sum = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256Final(&sum, &context)
    return Digest.hex(sum)
  }
}
