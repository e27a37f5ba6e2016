// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshData
import ThreshTensor

@Test func cifar10_shortFiles_takeTheCountFromTheSizeAndKeepThePixels() throws {
  try inFolder { folder in
    try AtomicFile.write(folder + "/data_batch_1.bin", (0..<3).flatMap(cifarRecord))
    try AtomicFile.write(folder + "/data_batch_3.bin", (3..<5).flatMap(cifarRecord))
    try AtomicFile.write(folder + "/test_batch.bin", cifarRecord(9))
    let train = try CIFAR10.load(folder: folder, part: .train)
    #expect(train.count == 5)
    #expect(train.labels == [0, 1, 2, 3, 4])
    #expect(train.sampleShape == [3, 32, 32])
    #expect(train.classNames[9] == "truck")
    #expect(train.provenance.contains("data_batch_1.bin 3, data_batch_3.bin 2"))
    #expect(try train.sample(4).values(UInt8.self) == Array(cifarRecord(4).dropFirst()))
    #expect(try CIFAR10.load(folder: folder, part: .test).labels == [9])
    let four = try CIFAR10.load(folder: folder, part: .train, limit: 4)
    #expect(four.count == 4)
    #expect(try four.sample(3).values(UInt8.self) == Array(cifarRecord(3).dropFirst()))
  }
}

@Test func cifar10_metaFile_givesTheNames() throws {
  try inFolder { folder in
    try AtomicFile.write(folder + "/test_batch.bin", cifarRecord(0))
    try AtomicFile.write(
      folder + "/batches.meta.txt", Array("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n".utf8))
    let test = try CIFAR10.load(folder: folder, part: .test)
    #expect(test.classNames.joined() == "abcdefghij")
    try AtomicFile.write(folder + "/batches.meta.txt", Array("a\nb\n".utf8))
    let error = #expect(throws: TensorError.self) { try CIFAR10.load(folder: folder, part: .test) }
    #expect(error?.message.contains("2 class names, needed 10") == true)
  }
}

/// The md5 is that of Python's hashlib over the same twenty records.
@Test func cifar10_checksums_areComparedByFileName() throws {
  try inFolder { folder in
    let path = folder + "/data_batch_1.bin"
    try AtomicFile.write(path, (0..<20).flatMap(cifarRecord))
    try AtomicFile.write(
      folder + "/md5", Array("7044792ad36fe235caea49d21c670c07  ./train/data_batch_1.bin\n".utf8))
    let sums = try CIFAR10.checksums(in: folder + "/md5")
    #expect(try CIFAR10.load(files: [path], checksums: sums).count == 20)
    let wrong = ["data_batch_1.bin": String(repeating: "0", count: 32)]
    let error = #expect(throws: TensorError.self) {
      try CIFAR10.load(files: [path], checksums: wrong)
    }
    #expect(error?.message.contains("7044792ad36fe235caea49d21c670c07") == true)
  }
}

@Test func cifar10_unfitFiles_areRefusedWithTheReason() throws {
  let good = (0..<3).flatMap(cifarRecord)
  var badLabel = good
  badLabel[2 * 3073] = 10
  let cases: [([UInt8], String)] = [
    (Array(good.dropLast()), "9218 bytes are 2 records of 3073 bytes and 3072 more"),
    ([], "0 bytes are 0 records"),
    (badLabel, "label 10 of record 2 at offset 6146"),
    ([0x1f, 0x8b, 8, 0], "gzip"),
    ([0x80, 0x02, 0x7d], "Python version"),
    ([UInt8](repeating: 1, count: 3074), "CIFAR-100"),
  ]
  try inFolder { folder in
    let path = folder + "/data_batch_1.bin"
    for (bytes, reason) in cases {
      try AtomicFile.write(path, bytes)
      let error = #expect(throws: TensorError.self) { try CIFAR10.load(files: [path]) }
      #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
      #expect(error?.message.contains(path) == true)
    }
    #expect(throws: TensorError.self) { try CIFAR10.load(folder: folder + "/none", part: .train) }
    #expect(throws: TensorError.self) { try CIFAR10.load(files: []) }
    #expect(throws: TensorError.self) { try CIFAR10.load(files: [folder]) }
  }
}

/// Counts and mean are those of the published set as scikit-learn ships it.
@Test func digits_embedded_areThePublishedOnes() throws {
  let digits = try Digits.load()
  #expect(digits.count == 1797)
  #expect(digits.sampleShape == [1, 8, 8])
  #expect(digits.classCounts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  let mean = try digits.channelStatistics().mean[0]
  #expect(abs(mean * 16 - 4.884_165) < 1e-5)
}

@Test func digits_damagedBytes_areRefused() throws {
  let header = Array("THDIGIT1".utf8) + [1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]
  #expect(try Digits.parse(header + [7, 1, 2], name: "x").labels == [7])
  let huge = Array("THDIGIT1".utf8) + [UInt8](repeating: 0xFF, count: 12)
  for bytes in [header, header + [10, 1, 2], header + [7, 1, 2, 3], huge, []] {
    #expect(throws: TensorError.self) { try Digits.parse(bytes, name: "x") }
  }
}

/// The digest is that of Python's hashlib over header, pixels in (H, W, C) order and labels.
@Test func fingerprint_smallSet_isTheDocumentedDigest() throws {
  let x = try Tensor([0, 1, 2, 3, 4, 5, 6, 7] as [UInt8], [2, 2, 1, 2])
  let a = try ImageDataset.fromTensors(x: x, y: Tensor([1, 0] as [Int64]))
  #expect(try a.fingerprint() == "9010c7945d3c7a3625f5f8c8b1aae9482fe1b15e303c7010669b14b8a063abe6")
  #expect(try a.subset([0, 1], name: "other").fingerprint() == a.fingerprint())
  #expect(try a.subset([1, 0]).fingerprint() != a.fingerprint())
  let b = try ImageDataset.fromTensors(x: x, y: Tensor([1, 1] as [Int64]))
  #expect(try b.fingerprint() != a.fingerprint())
}

@Test func fromTensors_unfitArguments_areRefused() throws {
  let x = try Tensor.zeros([2, 3, 4, 4], .uint8)
  let y = try Tensor([0, 1] as [Int64])
  for (x, y, names) in [
    (try Tensor.zeros([2, 3, 4], .uint8), y, nil), (x, try Tensor([0] as [Int64]), nil),
    (x, try Tensor([0, -1] as [Int64]), nil), (x, try Tensor([0, 1 << 40] as [Int64]), nil),
    (x, try Tensor([0, 2] as [Int64]), ["a", "b"]), (x, try Tensor([0, 1] as [Float]), nil),
    (try Tensor.zeros([2, 3], .int64), y, nil), (try Tensor.zeros([2, 0], .uint8), y, nil),
  ] as [(Tensor, Tensor, [String]?)] {
    #expect(throws: TensorError.self) {
      try ImageDataset.fromTensors(x: x, y: y, classNames: names)
    }
  }
}

@Test func fromNPZ_arraysByName_areReadAndMissingOnesNamed() throws {
  try inFolder { folder in
    let path = folder + "/set.npz"
    try NPZ.write(
      [
        ("images", Tensor([1, 2, 3, 4] as [Double], [2, 2])),
        ("y", Tensor([1, 0] as [UInt8])),
      ], to: path)
    let set = try ImageDataset.fromNPZ(path, x: "images")
    #expect(set.labels == [1, 0])
    #expect(try set.sample(1).values(Float.self) == [3, 4])
    let error = #expect(throws: TensorError.self) { try ImageDataset.fromNPZ(path) }
    #expect(error?.message.contains("no array 'x'; it has images, y") == true)
  }
}

@Test func channelStatistics_bytesAndFloats_areMeanAndPopulationDeviation() throws {
  // Channel 0: 0, 51, 102, 153 of 255; channel 1 constant.
  let x = try Tensor([0, 51, 10, 10, 102, 153, 10, 10] as [UInt8], [2, 2, 1, 2])
  let set = try ImageDataset.fromTensors(x: x, y: Tensor([0, 0] as [Int64]))
  let s = try set.channelStatistics()
  #expect(abs(s.mean[0] - 0.3) < 1e-6 && abs(s.mean[1] - 10.0 / 255) < 1e-7)
  #expect(abs(s.std[0] - 0.05.squareRoot().asFloat) < 1e-6 && s.std[1] == 1)
  #expect(throws: TensorError.self) {
    try set.normalised(ChannelStatistics(mean: [0], std: [1]))
  }
  #expect(throws: TensorError.self) {
    try set.normalised(ChannelStatistics(mean: [0, 0], std: [1, 0]))
  }
}

extension Double { fileprivate var asFloat: Float { Float(self) } }

@Test(arguments: [false, true]) func split_countsFractionsAndRest_areDisjointAndExact(
  stratified: Bool
) throws {
  let set = try countingImages(100)
  let sizes: [SplitSize] = [.rest, .count(17), .fraction(0.3)]
  let parts = try set.splitIndices(sizes, seed: 5, stratified: stratified)
  #expect(parts.map(\.count) == [53, 17, 30])
  #expect(Set(parts.flatMap { $0 }) == Set(0..<100))
  #expect(parts.allSatisfy { $0 == $0.sorted() })
  #expect(try set.splitIndices(sizes, seed: 5, stratified: stratified) == parts)
  #expect(try set.splitIndices(sizes, seed: 6, stratified: stratified) != parts)
  if stratified {
    for part in parts {
      for c in 0..<3 {
        let share = part.count { set.labels[$0] == c }
        let exact = Double(part.count) * Double(set.classCounts[c]) / 100
        // Rounding of the parts before moves what is left by less than one sample each.
        #expect(abs(Double(share) - exact) < 2)
      }
    }
  }
  let named = try set.split([("train", .count(60)), ("val", .count(40))], seed: 5)
  #expect(named.map(\.name) == ["counting/train", "counting/val"])
  let first = try set.splitIndices([.count(60)], seed: 5)[0]
  #expect(try named[0].sample(7).values(UInt8.self) == set.sample(first[7]).values(UInt8.self))
}

@Test func split_sizesThatDoNotFit_areRefused() throws {
  let set = try countingImages(10)
  for sizes in [
    [.count(11)], [.count(-1)], [.fraction(1.5)], [.fraction(.nan)], [.rest, .rest],
    [.fraction(0.6), .count(5)], [.count(1), .count(.max)],
  ] as [[SplitSize]] {
    #expect(throws: TensorError.self) { try set.splitIndices(sizes, seed: 1) }
  }
}

/// Runs only where `THRESH_CIFAR10` names a folder with real files.
private let cifarFolder = ProcessInfo.processInfo.environment["THRESH_CIFAR10"]

@Test(.enabled(if: cifarFolder != nil, "THRESH_CIFAR10 names no folder of CIFAR-10"))
func cifar10_realFiles_load() throws {
  let folder = try #require(cifarFolder)
  let train = try CIFAR10.load(folder: folder, part: .train)
  let s = try train.channelStatistics()
  // The published statistics of the 50,000 images, which any large part of them comes close to.
  for (found, published) in zip(s.mean, [0.4914, 0.4822, 0.4465]) {
    #expect(abs(Double(found) - published) < 0.01)
  }
  for (found, published) in zip(s.std, [0.2470, 0.2435, 0.2616]) {
    #expect(abs(Double(found) - published) < 0.01)
  }
}
