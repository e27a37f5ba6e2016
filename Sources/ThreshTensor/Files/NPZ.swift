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
    try entries(source).map { ($0.name, try NPY.read(ZipReader.open($0.entry, source))) }
  }

  /// One array of the archive at `path`, read without the others.
  /// - Throws: as `read`; for a name that is not there, with the names that are.
  public static func read(_ path: String, _ name: String) throws -> Tensor {
    let source = try ByteSource(path: path)
    return try NPY.read(ZipReader.open(entry(name, source), source))
  }

  /// One array left in the archive, to be read page by page. Its checksum is not compared.
  /// - Throws: as `NPY.map`, and for entries that are compressed.
  public static func map(_ path: String, _ name: String) throws -> MappedArray {
    let source = try ByteSource(path: path)
    return try NPY.map(ZipReader.locate(entry(name, source), source))
  }

  private static func entry(_ name: String, _ source: ByteSource) throws -> ZipReader.Entry {
    let all = try entries(source)
    guard let found = all.first(where: { $0.name == name }) else {
      throw TensorError(
        "read",
        "\(source.name) has no array '\(name)'; it has \(all.map(\.name).joined(separator: ", "))")
    }
    return found.entry
  }

  private static func entries(_ source: ByteSource) throws -> [(
    name: String, entry: ZipReader.Entry
  )] {
    var seen: Set<String> = []
    return try ZipReader.entries(source).map { entry in
      guard entry.name.hasSuffix(".npy") else {
        throw source.error(entry.header, "entry '\(entry.name)'; an npz holds .npy entries only")
      }
      let name = String(entry.name.dropLast(4))
      guard seen.insert(name).inserted else {
        throw source.error(entry.header, "a second array named '\(name)'")
      }
      return (name, entry)
    }
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
