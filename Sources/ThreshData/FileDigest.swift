// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The digest of a whole file, read in pieces.
public enum FileDigest {
  /// SHA-256 as lower-case hexadecimal text.
  /// - Throws: `TensorError` naming the path, for what is no regular file or cannot be read.
  public static func sha256(_ path: String) throws -> String {
    var digest = SHA256()
    try WholeFile.pieces(path) { digest.add($0) }
    return digest.finish()
  }
}
