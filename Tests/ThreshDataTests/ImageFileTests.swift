// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
@testable import ThreshData
import ThreshTensor

/// Files and pixels written by `scripts/fixtures/images.py`.
enum PictureFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/images").path

  static func arrays(_ file: String) throws -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: try NPZ.read("\(folder)/\(file).npz").map { ($0.name, $0.tensor) })
  }

  static func bytes(_ file: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder)/\(file)")))
  }
}

private func decode(_ bytes: [UInt8], _ name: String = "the picture") throws -> RGBImage {
  try bytes.withUnsafeBytes { try ImageFile.decode($0, name: name) }
}

/// The message of the error that `body` throws.
private func problem(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

@Suite struct ImageFileTests {
  @Test func file_ofEveryKind_hasPillowsPixels() throws {
    let expected = try PictureFixtures.arrays("pixels")
    #expect(expected.count == 24)
    let inks = ["cmyk.jpg", "ycck.jpg"]
    for (name, pixels) in expected {
      let image = try ImageFile.read("\(PictureFixtures.folder)/\(name)")
      #expect([image.height, image.width, 3] == pixels.shape, "\(name)")
      let want = try pixels.values(UInt8.self)
      let most = zip(image.pixels, want).map { abs(Int($0) - Int($1)) }.max() ?? 255
      // The transform of JPEG is exact to a level between releases of the library; CMYK doubles it.
      #expect(
        most <= (name.hasSuffix(".png") ? 0 : inks.contains(name) ? 2 : 1), "\(name): \(most)")
    }
  }

  @Test func jpeg_cutOffAnywhere_isAnErrorThatNamesTheFile() throws {
    for name in ["colour.jpg", "progressive.jpg", "grey.jpg", "cmyk.jpg", "subsampled.jpg"] {
      let whole = try PictureFixtures.bytes(name)
      for count in stride(from: 0, to: whole.count - 2, by: 7) {
        let message = problem { _ = try decode(Array(whole.prefix(count)), "photo.jpg") }
        #expect(message.contains("photo.jpg"), "\(name) of \(count) bytes: \(message)")
      }
    }
  }

  @Test func png_cutOffAnywhere_isAnErrorThatNamesTheFile() throws {
    for name in ["colour.png", "palette.png", "deep.png", "interlaced.png"] {
      let whole = try PictureFixtures.bytes(name)
      for count in 0..<whole.count {
        let message = problem { _ = try decode(Array(whole.prefix(count)), "chart.png") }
        #expect(message.contains("chart.png"), "\(name) of \(count) bytes: \(message)")
      }
    }
  }

  @Test func png_changedByte_isSeenByItsChecksum() throws {
    let whole = try PictureFixtures.bytes("colour.png")
    var missed: [Int] = []
    for place in 33..<whole.count - 12 {
      var bytes = whole
      bytes[place] ^= 0x10
      guard let image = try? decode(bytes) else { continue }
      // A chunk that is not read, such as a comment, may change.
      if try image != decode(whole) { missed.append(place) }
    }
    #expect(missed.isEmpty)
  }

  @Test func file_thatIsNoPicture_isRefusedByName() throws {
    #expect(problem { _ = try decode([]) }.contains("the file is empty"))
    #expect(problem { _ = try decode(Array("GIF89a".utf8)) }.contains("neither JPEG nor PNG"))
    #expect(problem { _ = try ImageFile.read("/no/such.jpg") }.contains("/no/such.jpg"))
    // A header that promises 2^31 - 1 pixels each way.
    var huge = try PictureFixtures.bytes("colour.png")
    huge.replaceSubrange(16..<24, with: [0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF])
    #expect(problem { _ = try decode(huge) }.contains("2147483647 x 2147483647 pixels"))
    // One of 30000 x 30000 whose data are a few bytes.
    huge.replaceSubrange(16..<24, with: [0, 0, 0x30, 0, 0, 0, 0x30, 0])
    #expect(problem { _ = try decode(huge) }.contains("too few for its size"))
  }

  @Test func mutatedFiles_areReadOrRefused() throws {
    var stream = RandomStream(seed: 5, purpose: "mutation")
    var (read, refused) = (0, 0)
    for name in [
      "colour.jpg", "progressive.jpg", "cmyk.jpg", "ycck.jpg", "turned-6.jpg", "palette.png",
      "deep.png", "interlaced.png",
    ] {
      let whole = try PictureFixtures.bytes(name)
      for _ in 0..<300 {
        var bytes = whole
        for _ in 0..<1 + stream.drawn(below: 8) {
          bytes[Int(stream.drawn(below: UInt64(bytes.count)))] = UInt8(stream.drawn(below: 256))
        }
        do {
          let image = try decode(bytes)
          #expect(image.pixels.count == 3 * image.width * image.height)
          read += 1
        } catch is TensorError { refused += 1 }
      }
    }
    #expect(read > 50 && refused > 50)
  }

  @Test func png_writtenAndRead_isTheSame() throws {
    for (width, height) in [(1, 1), (3, 200), (257, 5)] {
      let image = try RGBImage(
        width: width, height: height,
        pixels: (0..<3 * width * height).map { UInt8(truncatingIfNeeded: $0 * 37 + $0 / 7) })
      try inFolder { folder in
        try ImageFile.writePNG(image, to: folder + "/x.png")
        #expect(try ImageFile.read(folder + "/x.png") == image)
      }
    }
  }

  @Test func pictureOfATensor_roundTripsAndRefusesOthers() throws {
    let image = try ImageFile.read("\(PictureFixtures.folder)/colour.png")
    #expect(try RGBImage(image.tensor()) == image)
    #expect(try RGBImage(FloatImage(image).tensor()) == image)
    #expect(problem { _ = try RGBImage(Tensor.zeros([4, 2, 2])) }.contains("(3, H, W)"))
    #expect(try RGBImage(Tensor([Float.nan, 2, -1], [3, 1, 1])).pixels == [0, 255, 0])
  }
}

@Suite struct PictureChangeTests {
  @Test func resizeAndColours_areTorchvisions() throws {
    var arrays = try PictureFixtures.arrays("changes")
    let first = arrays.removeValue(forKey: "x")
    let x = try #require(first)
    let (h, w) = (x.shape[1], x.shape[2])
    let planes = try x.values(Float.self)
    var pixels = [Float](repeating: 0, count: planes.count)
    for k in 0..<3 { for p in 0..<h * w { pixels[3 * p + k] = planes[k * h * w + p] } }
    let source = FloatImage(width: w, height: h, values: pixels)
    #expect(arrays.count == 22)
    for (name, expected) in arrays {
      let words = name.split(separator: " ").map(String.init)
      var image = source
      switch words[0] {
      case "resize":
        image = try image.resized(
          width: Int(words[2]) ?? 0, height: Int(words[1]) ?? 0, antialias: words[3] == "1")
      case "brightness": image.adjustBrightness(Float(words[1]) ?? 0)
      case "contrast": image.adjustContrast(Float(words[1]) ?? 0)
      case "saturation": image.adjustSaturation(Float(words[1]) ?? 0)
      default: image.adjustHue(Float(words[1]) ?? 0)
      }
      let got = try image.tensor()
      #expect(got.shape == expected.shape, "\(name)")
      let most =
        zip(try got.values(Float.self), try expected.values(Float.self))
        .map { abs($0 - $1) }.max() ?? 1
      #expect(most < 2e-6, "\(name): \(most)")
    }
  }
}

@Suite struct ImageFolderTests {
  @Test func folders_areClassesInOrder_andUnreadableFilesAreTold() throws {
    try inFolder { root in
      for (folder, file, copy) in [
        ("b", "colour.png", "2.png"), ("a", "turned-6.jpg", "x.JPG"), ("b", "grey.jpg", "1.jpeg"),
      ] {
        try FileManager.default.createDirectory(
          atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
        try FileManager.default.copyItem(
          atPath: "\(PictureFixtures.folder)/\(file)", toPath: "\(root)/\(folder)/\(copy)")
      }
      let (set, skipped) = try ImageFolder.load(root, size: 8)
      #expect(set.count == 3 && set.classNames == ["a", "b"] && skipped.isEmpty)
      #expect(set.labels.map { Int($0) } == [0, 1, 1] && set.sampleShape == [3, 8, 8])
      // The second of b is the picture of colours, squashed.
      let want = try FloatImage(ImageFile.read("\(PictureFixtures.folder)/colour.png"))
        .resized(width: 8, height: 8).rounded().tensor()
      #expect(try set.sample(2).values(UInt8.self) == want.values(UInt8.self))

      try Data("no picture".utf8).write(to: URL(filePath: root + "/a/broken.png"))
      #expect(problem { _ = try ImageFolder.load(root, size: 8) }.contains("a/broken.png"))
      let lenient = try ImageFolder.load(root, size: 8, skipUnreadable: true)
      #expect(lenient.dataset.count == 3 && lenient.skipped.count == 1)
      #expect(lenient.skipped[0].contains("a/broken.png"))
      try FileManager.default.createDirectory(
        atPath: root + "/empty", withIntermediateDirectories: true)
      #expect(problem { _ = try ImageFolder.load(root, size: 8) }.contains("empty"))
      #expect(problem { _ = try ImageFolder.load(root + "/none", size: 8) }.contains("none"))
    }
  }
}
