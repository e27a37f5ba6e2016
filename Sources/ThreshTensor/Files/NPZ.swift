// SPDX-License-Identifier: Apache-2.0

/// numpy's archive of named arrays: a zip file of `NAME.npy` entries.
public enum NPZ {
  /// The arrays in the archive's order; stored and deflated entries are read.
  /// - Throws: `TensorError` naming file, entry, offset, what was found and what was needed.
  public static func read(_ path: String) throws -> [(name: String, tensor: Tensor)] {
    try read(ByteSource(path: path))
  }

  public static func read(bytes: [UInt8], name: String) throws -> [(
    name: String, tensor: Tensor
  )] {
    try read(ByteSource(bytes: bytes, name: name))
  }

  private static func read(_ source: ByteSource) throws -> [(name: String, tensor: Tensor)] {
    var out: [(name: String, tensor: Tensor)] = []
    var seen: Set<String> = []
    for entry in try ZipReader.entries(source) {
      guard entry.name.hasSuffix(".npy") else {
        throw source.error(entry.header, "entry '\(entry.name)'; an npz holds .npy entries only")
      }
      let name = String(entry.name.dropLast(4))
      guard seen.insert(name).inserted else {
        throw source.error(entry.header, "a second array named '\(name)'")
      }
      out.append((name, try NPY.read(ZipReader.open(entry, source))))
    }
    return out
  }

  /// Writes the arrays uncompressed, as numpy.savez does; the file is replaced as a whole.
  /// - Throws: `TensorError` for a name given twice or too long, and beyond zip's 4 GiB.
  public static func write(_ tensors: [(name: String, tensor: Tensor)], to path: String) throws {
    var seen: Set<String> = []
    for (name, _) in tensors {
      guard seen.insert(name).inserted, !name.isEmpty, name.utf8.count < 60_000 else {
        throw TensorError(
          "write", "\(path): array name '\(name.prefix(80))' is empty, too long or given twice")
      }
    }
    guard tensors.count < 65_535 else {
      throw TensorError("write", "\(path): \(tensors.count) arrays; a zip holds at most 65534")
    }
    try AtomicFile.write(path) { send in
      var zip = ZipWriter(path: path, send: send)
      for (name, tensor) in tensors {
        let header = NPY.header(tensor)
        try tensor.withFileBytes { data in
          try header.withUnsafeBytes { try zip.add(name + ".npy", [$0, data]) }
        }
      }
      try zip.finish()
    }
  }
}
