// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import ThreshData
import ThreshTensor

/// An npy file written by hand.
private func npy(_ descr: String, _ shape: [Int], fortran: Bool = false, _ data: [UInt8]) -> [UInt8]
{
  var text = "{'descr': '\(descr)', 'fortran_order': \(fortran ? "True" : "False"), "
  text += "'shape': \(shapeText(shape)), }"
  // Not padded: the data may begin anywhere.
  text += "\n"
  return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.utf8.count), 0] + Array(text.utf8) + data
}

private let labels = (0..<23).map { (i: Int) -> Int64 in Int64(i % 3) }
private let shape = [23, 3, 6, 5]

private func bytes() -> [UInt8] {
  (0..<23 * 90).map { (i: Int) -> UInt8 in UInt8((i * 37 + i / 90) % 256) }
}

private func y() throws -> Tensor { try Tensor(labels) }

/// The same set, in memory and mapped, in each form of file.
private func pairs(_ folder: String) throws -> [(String, ImageDataset, ImageDataset)] {
  var out: [(String, ImageDataset, ImageDataset)] = []
  let floats = bytes().map { Float($0) / 256 + 0.001 }
  let tensors = [
    "uint8": try Tensor(bytes(), shape), "float32": try Tensor(floats, shape),
    "float64": try Tensor(floats.map { Double($0) * 1.000_000_01 }, shape),
    "vectors": try Tensor(bytes(), [23, 90]),
  ]
  for (name, x) in tensors.sorted(by: { $0.key < $1.key }) {
    let path = "\(folder)/\(name).npy"
    try NPY.write(x, to: path)
    func set(_ mapping: Mapping) throws -> ImageDataset {
      try .fromNPY(path, y: y(), mapping: mapping)
    }
    out.append((name, try set(.never), try set(.always)))
    let archive = "\(folder)/\(name).npz"
    try NPZ.write([("odd", Tensor([1, 2, 3] as [UInt8])), ("x", x), ("y", y())], to: archive)
    out.append(
      (
        "npz \(name)", try .fromNPZ(archive, mapping: .never),
        try .fromNPZ(archive, mapping: .always)
      ))
  }
  let unaligned = folder + "/unaligned.npy"
  try AtomicFile.write(
    unaligned, npy("<f4", shape, floats.withUnsafeBytes { Array($0) }))
  out.append(
    (
      "unaligned", try .fromNPY(unaligned, y: y(), mapping: .never),
      try .fromNPY(unaligned, y: y(), mapping: .always)
    ))
  // Records of 2 bytes, 90 pixels and 5 bytes behind 7 bytes.
  let raw = folder + "/raw.bin"
  let pixels = bytes()
  var content = [UInt8](repeating: 9, count: 7)
  for i in 0..<23 {
    content += [1, 2]
    content += pixels[90 * i..<90 * (i + 1)]
    content += [3, 4, 5, 6, 7]
  }
  try AtomicFile.write(raw, content)
  func records(_ mapping: Mapping) throws -> ImageDataset {
    try .fromRaw(
      raw, sampleShape: [3, 6, 5], offset: 9, stride: 97, y: y(), mapping: mapping)
  }
  out.append(("raw", try records(.never), try records(.always)))
  let files = [folder + "/a.bin", folder + "/b.bin"]
  try AtomicFile.write(files[0], (0..<4).flatMap(cifarRecord))
  try AtomicFile.write(files[1], (4..<11).flatMap(cifarRecord))
  for limit in [nil, 3, 9] {
    out.append(
      (
        "cifar10 \(limit ?? 11)", try CIFAR10.load(files: files, limit: limit, mapping: .never),
        try CIFAR10.load(files: files, limit: limit, mapping: .always)
      ))
  }
  return out
}

private func content(_ set: ImageDataset, _ options: LoaderOptions) throws -> [[UInt32]] {
  try allBatches(set, options).map { batch in
    try batch.x.values(Float.self).map(\.bitPattern) + batch.labels.map { UInt32($0) }
  }
}

@Test func mapped_everyForm_givesTheBitsOfMemory() throws {
  try inFolder { folder in
    for (name, memory, mapped) in try pairs(folder) {
      #expect(!memory.isMapped && mapped.isMapped, "\(name)")
      #expect(memory.labels == mapped.labels, "\(name)")
      #expect(try memory.fingerprint() == mapped.fingerprint(), "\(name)")
      #expect(try memory.channelStatistics() == mapped.channelStatistics(), "\(name)")
      let last = memory.count - 1
      #expect(
        try memory.sample(last).equal(mapped.sample(last))
          && memory.sample(0).dtype
            == mapped.sample(0).dtype,
        "\(name)")
      let statistics = try memory.channelStatistics()
      let (a, b) = (try memory.normalised(statistics), try mapped.normalised(statistics))
      var options = LoaderOptions()
      options.batchSize = 4
      options.seed = 5
      options.indices = Array(stride(from: last, through: 0, by: -1))
      if memory.isImages {
        options.augment = [
          .randomCrop(padding: 2), .horizontalFlip(), .cutout(size: 3),
          .randomCrop(padding: 1, border: .reflect),
        ]
      }
      options.prefetch = 0
      let reference = try content(a, options)
      for prefetch in [0, 1, 2] {
        options.prefetch = prefetch
        #expect(try content(b, options) == reference, "\(name), prefetch \(prefetch)")
      }
    }
  }
}

@Test func mapped_openFile_outlivesItsName() throws {
  try inFolder { folder in
    let path = folder + "/x.npy"
    try NPY.write(Tensor(bytes(), shape), to: path)
    let set = try ImageDataset.fromNPY(path, y: y(), mapping: .always).subset([3, 4])
    try FileManager.default.removeItem(atPath: path)
    #expect(try set.sample(1).values(UInt8.self) == Array(bytes()[360..<450]))
  }
}

@Test func mapped_fileCutShort_isAnErrorOfTheNextUse() throws {
  try inFolder { folder in
    let path = folder + "/x.npy"
    try NPY.write(Tensor(bytes(), shape), to: path)
    let set = try ImageDataset.fromNPY(path, y: y(), mapping: .always)
    var options = LoaderOptions()
    options.batchSize = 5
    options.prefetch = 0
    let loader = try Loader(set, options)
    #expect(try loader.next() != nil)
    try #require(truncate(path, 1000) == 0)
    for use in [
      { _ = try loader.next() }, { _ = try set.fingerprint() }, { _ = try set.sample(0) },
      { _ = try set.channelStatistics() },
    ] as [() throws -> Void] {
      let error = #expect(throws: TensorError.self) { try use() }
      #expect(error?.message.contains("\(path): the file had") == true)
    }
  }
}

@Test func mapped_automatic_mapsLargeFilesThatAllowIt() throws {
  try inFolder { folder in
    let small = folder + "/small.npy"
    try NPY.write(Tensor(bytes(), shape), to: small)
    #expect(try !ImageDataset.fromNPY(small, y: y()).isMapped)
    // A hole of 64 MiB takes no room on the disk.
    let large = folder + "/large.bin"
    try AtomicFile.write(large, [])
    try #require(truncate(large, (64 << 20) + 1) == 0)
    let one = try Tensor([0] as [Int64])
    #expect(try ImageDataset.fromRaw(large, sampleShape: [(64 << 20) + 1], y: one).isMapped)
  }
}

@Test func mapped_unfitFiles_areRefusedWithNameAndReason() throws {
  let data = bytes()
  let cases: [([UInt8], String)] = [
    (Array(npy("|u1", shape, data).dropLast()), "needs 2070 bytes, found 2069"),
    (npy("|u1", shape, data + [0]), "needs 2070 bytes, found 2071"),
    (npy("|u1", shape, fortran: true, data), "Fortran order, so it can be read but not mapped"),
    (npy(">f4", [23, 5], [UInt8](repeating: 0, count: 460)), "'>f4' are big-endian"),
    (npy("<f2", [23, 45], data), "'<f2' would have to be converted"),
    (npy("<i4", [23, 5], [UInt8](repeating: 0, count: 460)), "float32 or float64, got int32"),
    (npy("|u1", [23, 90, 1], data), "x must be (n, C, H, W) or (n, d)"),
    (npy("|u1", [46, 45], data), "one label for each of the 46 samples, got (23,)"),
    (npy("|u1", [23, 0], []), "with nothing empty"),
    (Array("PK, not an array".utf8), "not an npy file"),
    ([], "the npy magic"),
  ]
  try inFolder { folder in
    let path = folder + "/x.npy"
    for (content, reason) in cases {
      try AtomicFile.write(path, content)
      let error = #expect(throws: TensorError.self) {
        try ImageDataset.fromNPY(path, y: y(), mapping: .always)
      }
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains(path) == true, "\(error?.message ?? "")")
    }
    // What cannot be mapped is read.
    try AtomicFile.write(path, npy("|u1", shape, fortran: true, data))
    #expect(try ImageDataset.fromNPY(path, y: y()).count == 23)
    let raw = folder + "/raw.bin"
    try AtomicFile.write(raw, data)
    for (offset, stride, sampleShape) in [
      (1, nil, [3, 6, 5]), (0, 91, [3, 6, 5]), (0, 89, [3, 6, 5]), (-1, nil, [3, 6, 5]),
      (.max, nil, [3, 6, 5]), (0, .max, [3, 6, 5]), (0, nil, [3, 6, 0]), (0, nil, [3, 6, -5]),
      (0, nil, [.max, 2]), (0, nil, [6, 15]), (0, nil, [91]),
    ] as [(Int, Int?, [Int])] {
      let error = #expect(throws: TensorError.self) {
        try ImageDataset.fromRaw(
          raw, sampleShape: sampleShape, offset: offset, stride: stride, y: y())
      }
      #expect(error?.description.contains(raw) == true, "\(error?.description ?? "")")
    }
    for missing in [folder, folder + "/none.npy"] {
      #expect(throws: TensorError.self) {
        try ImageDataset.fromNPY(missing, y: y(), mapping: .always)
      }
    }
  }
}

@Test func mapped_compressedEntries_areReadOrRefused() throws {
  // numpy's own archives of the same arrays, stored and compressed.
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/io")
  let path = folder.appending(path: "compressed.npz").path
  let name = try #require(NPZ.read(path).first?.name)
  let error = #expect(throws: TensorError.self) { try NPZ.map(path, name) }
  #expect(error?.message.contains("is compressed, so it can be read but not mapped") == true)
  let stored = folder.appending(path: "stored.npz").path
  for (name, tensor) in try NPZ.read(stored) {
    #expect(try NPZ.read(stored, name).equal(tensor))
    guard let array = try? NPZ.map(stored, name) else { continue }
    #expect(try array.read().equal(tensor), "\(name)")
  }
  let absent = #expect(throws: TensorError.self) { try NPZ.map(stored, "nope") }
  #expect(absent?.message.contains("no array 'nope'; it has ") == true)
}
