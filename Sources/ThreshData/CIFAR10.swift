// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// CIFAR-10 in its binary form: records of a label byte and 3 x 32 x 32 pixels, planes R, G, B.
///
/// Source: A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
public enum CIFAR10 {
  public static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  public static let trainFiles = (1...5).map { "data_batch_\($0).bin" }
  public static let testFiles = ["test_batch.bin"]
  static let record = 1 + 3 * 32 * 32

  public enum Part: String, Sendable { case train, test }

  /// The part of the set in `folder`, from those of the official files that are there.
  ///
  /// `batches.meta.txt` in the folder or the one above gives the class names where it exists.
  /// - Parameter checksums: expected md5 by file name, as `checksums(in:)` reads them.
  /// - Throws: `TensorError` when no file is there or one of them is refused.
  public static func load(
    folder: String, part: Part, checksums: [String: String] = [:], limit: Int? = nil,
    mapping: Mapping = .automatic
  ) throws -> ImageDataset {
    let names = part == .train ? trainFiles : testFiles
    let files = names.map { "\(folder)/\($0)" }.filter(exists)
    guard !files.isEmpty else {
      throw TensorError(
        "cifar10", "\(folder) has none of \(names.joined(separator: ", "))")
    }
    let meta = ["\(folder)/batches.meta.txt", "\(folder)/../batches.meta.txt"]
      .first(where: exists)
    return try load(
      files: files, name: "cifar10-\(part.rawValue)", classNames: meta.map(readNames(_:)),
      checksums: checksums, limit: limit, mapping: mapping)
  }

  /// The records of `files` in order; each file's record count follows from its size.
  /// - Parameter limit: keeps the first so many records.
  public static func load(
    files: [String], name: String = "cifar10", classNames: [String]? = nil,
    checksums: [String: String] = [:], limit: Int? = nil, mapping: Mapping = .automatic
  ) throws -> ImageDataset {
    guard !files.isEmpty else { throw TensorError("cifar10", "no files were given") }
    if let limit, limit < 1 {
      throw TensorError("cifar10", "the limit must be at least 1 image, got \(limit)")
    }
    let sizes = files.map(size(of:))
    let total = sizes.reduce(0) { $0 + $1 / record }
    let n = min(total, limit ?? total)
    let content =
      mapping.maps(n * record)
      ? try mapped(files, n, checksums) : try loaded(files, n, checksums)
    guard content.labels.count == n else {
      throw TensorError("cifar10", "\(files[0]): files have changed while they were read")
    }
    let records = zip(files, sizes).map { "\(fileName($0)) \($1 / record)" }
    let kept = n < total ? "; the first \(n) kept" : ""
    return ImageDataset(
      name: name,
      provenance: "CIFAR-10 binary, records: \(records.joined(separator: ", "))\(kept)",
      sampleShape: [3, 32, 32], labels: content.labels,
      classNames: classNames ?? self.classNames, pixelMaximum: 255, normalisation: nil,
      store: content.store, rows: Array(0..<n))
  }

  private typealias Content = (labels: [Int], store: PixelStore)

  /// The first `n` records in memory, pixels in (H, W, C) order.
  private static func loaded(_ files: [String], _ n: Int, _ checksums: [String: String]) throws
    -> Content
  {
    var labels: [Int] = []
    let pixels = try Tensor.fromHost([n, 32, 32, 3], UInt8.self) { out in
      for path in files {
        try WholeFile.read(path).withUnsafeBytes { bytes in
          try check(bytes, path, checksums)
          for start in stride(from: 0, to: bytes.count, by: record) where labels.count < n {
            let base = labels.count * (record - 1)
            labels.append(Int(bytes[start]))
            for k in 0..<3 {
              for p in 0..<1024 { out[base + 3 * p + k] = bytes[start + 1 + k * 1024 + p] }
            }
          }
        }
      }
    }
    return (labels, PixelStore(pixels))
  }

  /// The first `n` records left in their files.
  private static func mapped(_ files: [String], _ n: Int, _ checksums: [String: String]) throws
    -> Content
  {
    var labels: [Int] = []
    var parts: [PixelStore.Part] = []
    for path in files {
      let file = try MappedFile(path)
      try check(file.bytes, path, checksums)
      let rows = min(file.bytes.count / record, n - labels.count)
      for i in 0..<rows { labels.append(Int(file.bytes[i * record])) }
      parts.append(PixelStore.Part(file: file, offset: 1, stride: record, rows: rows))
    }
    return (labels, PixelStore(parts.filter { $0.rows > 0 }, .uint8))
  }

  private static func size(of path: String) -> Int {
    var status = stat()
    // What is no file is refused with its reason when it is opened.
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Reads lines of `md5  file name`, as md5sum writes them.
  public static func checksums(in path: String) throws -> [String: String] {
    var out: [String: String] = [:]
    let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
    for (number, line) in text.split(separator: "\n").enumerated() {
      let words = line.split(whereSeparator: { " \t*\r".contains($0) })
      if words.isEmpty { continue }
      guard words.count == 2, words[0].count == 32, words[0].allSatisfy(\.isHexDigit) else {
        throw TensorError("cifar10", "\(path): line \(number + 1) is not 'md5  file name'")
      }
      out[fileName(String(words[1]))] = words[0].lowercased()
    }
    return out
  }

  private static func check(
    _ bytes: UnsafeRawBufferPointer, _ path: String, _ checksums: [String: String]
  ) throws {
    let (records, rest) = bytes.count.quotientAndRemainder(dividingBy: record)
    guard records > 0, rest == 0 else {
      var reason =
        "\(path): \(bytes.count) bytes are \(records) records of \(record) bytes and \(rest) more"
      if bytes.starts(with: [0x1f, 0x8b]) {
        reason += "; the file is gzip-compressed, unpack it first"
      } else if bytes.starts(with: [0x80, 0x02]) {
        reason += "; it looks like the Python version, the binary one is needed"
      } else if bytes.count > 0, bytes.count % (record + 1) == 0 {
        reason += "; the size fits CIFAR-100, whose records have 3074 bytes"
      } else {
        reason += "; the file is cut short or of another kind"
      }
      throw TensorError("cifar10", reason)
    }
    for i in 0..<records where bytes[i * record] > 9 {
      throw TensorError(
        "cifar10",
        "\(path): label \(bytes[i * record]) of record \(i) at offset \(i * record); needed 0 ... 9"
      )
    }
    if let expected = checksums[fileName(path)] {
      let found = Digest.md5(bytes)
      guard found == expected.lowercased() else {
        throw TensorError("cifar10", "\(path): md5 \(found), needed \(expected)")
      }
    }
  }

  private static func readNames(_ path: String) throws -> [String] {
    let text = String(decoding: try WholeFile.read(path), as: UTF8.self)
    let names = text.split(whereSeparator: \.isNewline).map(String.init).filter { !$0.isEmpty }
    guard names.count == 10 else {
      throw TensorError("cifar10", "\(path): \(names.count) class names, needed 10")
    }
    return names
  }

  private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func fileName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
