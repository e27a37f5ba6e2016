// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshCOCO
import ThreshData
import ThreshTensor

private func problem(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch { return "\(error)" }
}

/// The smallest box around the pixels of a picture that are mostly red.
private func redBox(_ image: FloatImage) -> PixelBox? {
  var box: PixelBox?
  for y in 0..<image.height {
    for x in 0..<image.width {
      let p = 3 * (y * image.width + x)
      guard image.values[p] > 0.5, image.values[p + 1] < 0.5 else { continue }
      let (l, t) = (Double(x), Double(y))
      let old = box ?? PixelBox(left: l, top: t, right: l + 1, bottom: t + 1)
      box = PixelBox(
        left: min(old.left, l), top: min(old.top, t), right: max(old.right, l + 1),
        bottom: max(old.bottom, t + 1))
    }
  }
  return box
}

/// A dark picture with a red rectangle on the box.
private func picture(_ width: Int, _ height: Int, _ box: PixelBox) throws -> FloatImage {
  var pixels = [UInt8](repeating: 20, count: 3 * width * height)
  for y in Int(box.top)..<Int(box.bottom) {
    for x in Int(box.left)..<Int(box.right) {
      pixels.replaceSubrange(3 * (y * width + x)..<3 * (y * width + x) + 3, with: [255, 0, 0])
    }
  }
  return try FloatImage(RGBImage(width: width, height: height, pixels: pixels))
}

@Suite struct DetectionAugmentationTests {
  /// Boxes follow the pixels through every change of place, to half a pixel of the resized picture.
  @Test func boxes_followThePixels() throws {
    var (cropped, expanded, flipped) = (0, 0, 0)
    for index in 0..<120 {
      var draw = RandomStream(seed: 2, purpose: "test", index: index)
      let (w, h) = (40 + Int(draw.drawn(below: 60)), 40 + Int(draw.drawn(below: 60)))
      let left = Double(draw.drawn(below: UInt64(w - 20))),
        top = Double(draw.drawn(below: UInt64(h - 20)))
      let box = PixelBox(
        left: left, top: top, right: left + 8 + Double(draw.drawn(below: 12)),
        bottom: top + 8 + Double(draw.drawn(below: 12)))
      for (kind, change) in [
        DetectionAugmentation.crop(.nvidia), .crop(.ssd), .expand(probability: 1, most: 3),
        .horizontalFlip(probability: 1), .resize(size: 96),
      ].enumerated() {
        var image = try picture(w, h, box)
        var objects = [BoxedObject(box: box, label: 0)]
        var stream = RandomStream(seed: 3, purpose: "augment", index: 10 * index + kind)
        try change.apply(&image, &objects, &stream)
        guard let got = objects.first?.box else {
          #expect(kind < 2, "only a crop may lose an object")
          continue
        }
        let seen = try #require(redBox(image))
        let slack = kind == 4 ? 1.0 : 0
        for (a, b) in [
          (got.left, seen.left), (got.top, seen.top), (got.right, seen.right),
          (got.bottom, seen.bottom),
        ] { #expect(abs(a - b) <= slack, "change \(kind): \(got) seen \(seen)") }
        if kind < 2, image.width < w || image.height < h { cropped += 1 }
        if kind == 2 { expanded += image.width > w ? 1 : 0 }
        if kind == 3, got != box { flipped += 1 }
      }
    }
    #expect(cropped > 60 && expanded > 60 && flipped > 60)
  }

  /// The part that is cut out keeps the mode's least overlap with every object, or with one of those inside.
  @Test func crop_keepsItsRules() throws {
    var found: [Double: Int] = [:]
    for index in 0..<400 {
      var draw = RandomStream(seed: 9, purpose: "test", index: index)
      let objects = (0..<3).map { _ in
        let (x, y) = (Double(draw.drawn(below: 60)), Double(draw.drawn(below: 60)))
        return BoxedObject(
          box: PixelBox(
            x: x, y: y, width: 5 + Double(draw.drawn(below: 35)),
            height: 5 + Double(draw.drawn(below: 35))),
          label: 0)
      }
      for threshold in [0, 0.1, 0.3] {
        for rule in SSDCrop.Rule.allCases {
          var crop = SSDCrop()
          (crop.thresholds, crop.rule, crop.attempts, crop.rounds) = ([threshold], rule, 50, 10)
          var stream = RandomStream(seed: 1, purpose: "crop", index: index)
          guard let part = crop.draw(width: 100, height: 100, objects, &stream) else { continue }
          found[threshold, default: 0] += 1
          #expect(part.left >= 0 && part.top >= 0 && part.right <= 100 && part.bottom <= 100)
          #expect(
            (0.5...2).contains(part.width / part.height) && part.width >= 29 && part.height >= 29)
          func overlap(_ a: PixelBox) -> Double {
            let w = max(0, min(a.right, part.right) - max(a.left, part.left))
            let h = max(0, min(a.bottom, part.bottom) - max(a.top, part.top))
            return w * h / (a.area + part.area - w * h)
          }
          let inside = objects.filter { o in
            let (x, y) = ((o.box.left + o.box.right) / 2, (o.box.top + o.box.bottom) / 2)
            return x > part.left && x < part.right && y > part.top && y < part.bottom
          }
          #expect(!inside.isEmpty)
          switch rule {
          case .all: #expect(objects.allSatisfy { overlap($0.box) >= threshold })
          case .any: #expect(inside.contains { overlap($0.box) >= threshold })
          }
        }
      }
    }
    #expect(found.values.allSatisfy { $0 > 30 } && found.count == 3)
  }

  @Test func recipes_areDrawnBySeedEpochAndImage() throws {
    let set = try DetectionDataset(shapes: Shapes(count: 6, size: 64, seed: 1))
    func batch(_ seed: UInt64, _ epoch: Int, _ recipe: DetectionAugmentation.Recipe) throws
      -> DetectionBatch
    {
      var options = DetectionLoaderOptions()
      (options.loader.seed, options.loader.epoch, options.loader.shuffle) = (seed, epoch, false)
      (options.size, options.augment) = (48, recipe.steps)
      return try #require(try DetectionLoader(set, options).next())
    }
    for recipe in [DetectionAugmentation.Recipe.nvidia, .ssd] {
      let one = try batch(1, 0, recipe).x.values(Float.self)
      #expect(try batch(1, 0, recipe).x.values(Float.self) == one)
      #expect(try batch(2, 0, recipe).x.values(Float.self) != one)
      #expect(try batch(1, 1, recipe).x.values(Float.self) != one)
    }
    #expect(
      !DetectionAugmentation.Recipe.nvidia.steps.contains {
        if case .expand = $0 { true } else { false }
      })
  }
}

@Suite struct ShapesTests {
  @Test func shapes_haveCrowdsTinyAndBorderObjects_andDependOnTheSeedAlone() throws {
    let set = try DetectionDataset(shapes: Shapes(count: 200, size: 128, seed: 4))
    let objects = set.annotations.objects
    #expect(objects.isCrowd.contains(true))
    #expect(objects.areas.contains { $0 < 40 } && objects.areas.contains { $0 > 1024 })
    #expect((0..<objects.count).contains { objects.boxes[4 * $0] == 0 })
    #expect(Set(objects.categories) == [0, 1, 2, 3, 4])
    let again = try DetectionDataset(shapes: Shapes(count: 200, size: 128, seed: 4))
    #expect(try again.fingerprint() == set.fingerprint() && again.image(7) == set.image(7))
    let other = try DetectionDataset(shapes: Shapes(count: 200, size: 128, seed: 5))
    #expect(try other.fingerprint() != set.fingerprint() && other.image(7) != set.image(7))
    // A smaller set is a part of a larger one.
    let few = try DetectionDataset(shapes: Shapes(count: 8, size: 128, seed: 4))
    #expect(try few.image(7) == set.image(7) && few.objects(7) == set.objects(7))
    #expect(problem { _ = try Shapes(count: 0) }.contains("got 0"))
    #expect(problem { _ = try Shapes(count: 1, size: 8) }.contains("got 8"))
  }

  @Test func shapes_writtenAsFiles_areReadBackTheSame() throws {
    try inFolder { folder in
      let set = try DetectionDataset(shapes: Shapes(count: 5, size: 40, seed: 6))
      try set.write(to: folder)
      let (annotations, report) = try Annotations.read(path: folder + "/instances.json")
      #expect(report.problems.isEmpty)
      let read = try DetectionDataset(folder: folder + "/images", annotations: annotations)
      #expect(read.count == 5 && read.classCount == 5)
      for i in 0..<5 {
        #expect(try read.image(i) == set.image(i))
        #expect(try read.objects(i) == set.objects(i))
      }
    }
  }
}

@Suite struct DetectionDatasetTests {
  /// A set over the fixtures' pictures, its annotation file written as given.
  private func set(
    images: String, objects: String = "", dropInvalid: Bool = false
  ) throws -> DetectionDataset {
    let text = """
      {"images": [\(images)], "categories": [{"id": 1, "name": "a"}], "annotations": [\(objects)]}
      """
    let (annotations, report) = try Annotations.read(bytes: Array(text.utf8))
    return try DetectionDataset(
      folder: PictureFixtures.folder, annotations: annotations, report: report,
      dropInvalid: dropInvalid)
  }

  @Test func objectsThatTheReaderLeavesOut_areRefused_orCounted() throws {
    let images = #"{"id": 7, "file_name": "colour.png", "width": 13, "height": 9}"#
    let objects = [
      #"{"id": 1, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4], "iscrowd": 0}"#,
      #"{"id": 2, "image_id": 7, "category_id": 1, "bbox": [1, 2, 3], "area": "big", "iscrowd": 0}"#,
      #"{"id": 3, "image_id": 7, "category_id": 1, "bbox": [1, 2, 0, 4], "iscrowd": 0}"#,
      #"{"id": 4, "image_id": 7, "category_id": 9, "bbox": [1, 2, 3, 4], "iscrowd": 0}"#,
    ].joined(separator: ",")
    let message = problem { _ = try set(images: images, objects: objects) }
    #expect(message.contains("'bbox' must be a list of four numbers"), "\(message)")
    let lenient = try set(images: images, objects: objects, dropInvalid: true)
    #expect(try lenient.droppedCount == 3 && lenient.objects(0).count == 1)
    #expect(lenient.report.problems.contains { $0.kind == "invalid-box" })
    #expect(try lenient.subset([0]).droppedCount == 1)
    // What makes the whole file wrong is refused in any case.
    let twice = problem { _ = try set(images: images + "," + images, dropInvalid: true) }
    #expect(twice.contains("image ids occur more than once"), "\(twice)")
  }

  @Test func pictureOfAnotherSize_isRefusedByName() throws {
    let turned = try set(
      images: #"{"id": 7, "file_name": "turned-6.jpg", "width": 13, "height": 9}"#)
    let message = problem { _ = try turned.image(0) }
    #expect(message.contains("turned-6.jpg") && message.contains("9 x 13"), "\(message)")
    #expect(message.contains("says 13 x 9"), "\(message)")
    let silent = try set(images: #"{"id": 7, "file_name": "turned-6.jpg"}"#)
    #expect(try silent.image(0).width == 9)
  }

  @Test func writtenFiles_thatWouldHaveOneName_areNamedByIds() throws {
    try inFolder { folder in
      let both = try set(
        images: #"{"id": 7, "file_name": "colour.png"}, {"id": 3, "file_name": "colour.jpg"}"#,
        objects:
          #"{"id": 1, "image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "ignore": 1, "iscrowd": 1}"#
      )
      try both.write(to: folder)
      let (annotations, _) = try Annotations.read(path: folder + "/instances.json")
      #expect(annotations.images.fileNames == ["7.png", "3.png"])
      #expect(annotations.images.widths == [13, 13] && annotations.objects.isIgnored == [true])
      let read = try DetectionDataset(folder: folder + "/images", annotations: annotations)
      #expect(try read.image(0) == both.image(0) && read.image(1) == both.image(1))
      #expect(try read.image(0) != read.image(1) && read.objects(1) == both.objects(1))
    }
  }

  private func annotations(_ box: [Double]) throws -> Annotations {
    let list = box.map { "\($0)" }.joined(separator: ", ")
    let text = """
      {"images": [{"id": 7, "file_name": "colour.png", "width": 13, "height": 9},
        {"id": 3, "file_name": "grey.jpg", "width": 11, "height": 8}],
       "categories": [{"id": 20, "name": "b"}, {"id": 10, "name": "a"}],
       "annotations": [
         {"id": 1, "image_id": 3, "category_id": 10, "bbox": [1, 2, 3, 4], "area": 9, "iscrowd": 0},
         {"id": 2, "image_id": 7, "category_id": 20, "bbox": [\(list)], "area": 9, "iscrowd": 1}]}
      """
    return try Annotations.read(bytes: Array(text.utf8)).0
  }

  @Test func boxThatIsNone_namesItsImage_orIsDroppedAndCounted() throws {
    let bad = try annotations([1, 1, 0, 5])
    let message = problem {
      _ = try DetectionDataset(folder: PictureFixtures.folder, annotations: bad)
    }
    #expect(
      message.contains("object 2 of image 7") && message.contains("[1.0, 1.0, 0.0, 5.0]"),
      "\(message)")
    let set = try DetectionDataset(
      folder: PictureFixtures.folder, annotations: bad, dropInvalid: true)
    let counts = try [set.objects(0).count, set.objects(1).count]
    #expect(set.droppedCount == 1 && counts == [0, 1])
    #expect(set.annotations.objects.count == 2)
  }

  @Test func batch_hasBoxesAsShares_idsAndSizes() throws {
    let set = try DetectionDataset(
      folder: PictureFixtures.folder, annotations: annotations([-2, 0, 8, 100]))
    var options = DetectionLoaderOptions()
    (options.size, options.loader.shuffle, options.loader.prefetch) = (6, false, 0)
    options.loader.weights = [2, 0.5]
    let batch = try #require(try DetectionLoader(set, options).next())
    #expect(batch.x.shape == [2, 3, 6, 6] && batch.ids == [7, 3] && batch.indices == [0, 1])
    #expect(batch.sizes.map(\.width) == [13, 11] && batch.sizes.map(\.height) == [9, 8])
    #expect(try batch.weights?.values(Float.self) == [2, 0.5])
    // Cut off at the edges of 13 x 9.
    let box = try batch.boxes[0].values(Float.self)
    for (a, b) in zip(box, [0, 0, Float(6) / 13, 1]) { #expect(abs(a - b) < 1e-6) }
    #expect(batch.labels == [[0], [1]])
    options.keepCrowds = false
    let plain = try #require(try DetectionLoader(set, options).next())
    #expect(plain.boxes[0].shape == [0, 4] && plain.labels == [[], [1]])
    // ImageNet's mean and standard deviation.
    let grey = try FloatImage(set.image(1)).resized(width: 6, height: 6)
    let want = (grey.values[0] - 0.485) / 0.229
    #expect(abs(try batch.x.values(Float.self)[108] - want) < 1e-5)
  }

  @Test func unreadablePicture_isAnError_orSkippedAndCounted() throws {
    try inFolder { folder in
      try FileManager.default.copyItem(
        atPath: PictureFixtures.folder + "/colour.png", toPath: folder + "/colour.png")
      let set = try DetectionDataset(folder: folder, annotations: annotations([1, 1, 5, 5]))
      var options = DetectionLoaderOptions()
      options.loader.shuffle = false
      for prefetch in [0, 2] {
        options.loader.prefetch = prefetch
        let loader = try DetectionLoader(set, options)
        #expect(problem { _ = try loader.next() }.contains("grey.jpg"))
      }
      options.skipUnreadable = true
      let loader = try DetectionLoader(set, options)
      let batches = try [loader.next()?.ids, loader.next()?.ids]
      #expect(batches == [[7], nil])
      #expect(loader.skipped.count == 1 && loader.skipped[0].contains("grey.jpg"))
    }
  }

  @Test func subset_keepsPicturesObjectsAndIds() throws {
    let set = try DetectionDataset(shapes: Shapes(count: 9, size: 32, seed: 2))
    let part = try set.subset([5, 0])
    #expect(part.count == 2 && part.annotations.images.ids == [6, 1])
    #expect(try part.image(0) == set.image(5) && part.objects(1) == set.objects(0))
    #expect(try part.fingerprint() != set.fingerprint())
    #expect(problem { _ = try set.subset([1, 1]) }.contains("twice"))
    #expect(problem { _ = try set.subset([9]) }.contains("index 9"))
  }

  @Test func loader_threadsAndPrefetch_doNotChangeABit() throws {
    let set = try DetectionDataset(shapes: Shapes(count: 12, size: 48, seed: 2))
    var options = DetectionLoaderOptions()
    (options.loader.batchSize, options.size, options.augment) = (
      5, 40, DetectionAugmentation.Recipe.ssd.steps
    )
    func bits(_ prefetch: Int) throws -> [[UInt32]] {
      options.loader.prefetch = prefetch
      let loader = try DetectionLoader(set, options)
      var out: [[UInt32]] = []
      while let batch = try loader.next() {
        out.append(try batch.x.values(Float.self).map(\.bitPattern))
        for boxes in batch.boxes { out.append(try boxes.values(Float.self).map(\.bitPattern)) }
      }
      return out
    }
    let reference = try bits(0)
    #expect(reference.count == 15)
    #expect(try bits(1) == reference && bits(3) == reference)
  }
}

@Suite struct BoxDrawingTests {
  @Test func boxes_haveTheirColours_textsAndEdges() throws {
    var image = try RGBImage(width: 60, height: 50, red: 255, green: 255, blue: 255)
    let blank = image
    image.draw(
      [
        DrawnBox(
          PixelBox(left: 10, top: 20, right: 40, bottom: 45), label: "cat", score: 0.876,
          verdict: .truePositive),
        DrawnBox(PixelBox(left: .nan, top: 0, right: 5, bottom: 5)),
        DrawnBox(PixelBox(left: 50, top: 30, right: 1e300, bottom: 1e300), verdict: .falsePositive),
      ], line: 2)
    func colour(_ x: Int, _ y: Int) -> [UInt8] {
      Array(image.pixels[3 * (y * 60 + x)..<3 * (y * 60 + x) + 3])
    }
    #expect(
      colour(10, 30) == [0, 170, 60] && colour(11, 30) == [0, 170, 60]
        && colour(39, 44) == [0, 170, 60])
    #expect(colour(12, 30) == [255, 255, 255] && colour(41, 30) == [255, 255, 255])
    #expect(colour(50, 40) == [220, 30, 40])
    // The text stands on a ground of the box's colour above it, white letters on it.
    let above = (11..<19).flatMap { y in (10..<50).map { colour($0, y) } }
    #expect(above.contains([0, 170, 60]) && above.contains([255, 255, 255]))
    #expect(
      DrawnBox(PixelBox(left: 0, top: 0, right: 1, bottom: 1), label: "cat", score: 0.876).text
        == "cat 0.88")
    var none = blank
    none.draw([])
    #expect(none == blank)
  }
}
