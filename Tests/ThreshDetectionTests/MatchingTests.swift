// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshTensor

struct MatchingTests {
  /// The positive boxes of one image, their labels and offsets.
  private func positives(_ targets: BoxTargets, _ image: Int = 0) throws -> (
    boxes: [Int], labels: [Int], offsets: [Float]
  ) {
    let labels = try targets.labels.select(0, image).values(Int64.self)
    let boxes = labels.indices.filter { labels[$0] > 0 }
    let offsets = try targets.offsets.select(0, image).contiguous().values(Float.self)
    return (
      boxes, boxes.map { Int(labels[$0]) },
      (0..<4).flatMap { k in boxes.map { offsets[k * labels.count + $0] } }
    )
  }

  @Test func encode_referenceCases_agreesExactly() throws {
    let cases = try Fixtures.cases("matching")
    #expect(cases.count == 13)
    let images = try cases.map {
      ImageObjects(boxes: try $0.floats("objects"), labels: try $0.integers("labels"))
    }
    // All in one batch: images do not touch one another.
    let targets = try Matching.encode(images, .ssd300)
    for (i, item) in cases.enumerated() {
      let found = try positives(targets, i)
      #expect(found.boxes == (try item.integers("positive")), "case \(i)")
      #expect(found.labels == (try item.integers("marks")), "case \(i)")
      #expect(found.offsets == (try item.floats("offsets")), "case \(i)")
      let all = try targets.offsets.select(0, i).contiguous().values(Float.self)
      #expect(all.count { $0 != 0 } == found.offsets.count { $0 != 0 }, "case \(i)")
    }
  }

  @Test func encode_objectOfADefaultBox_isThatBoxWithOffsetZero() throws {
    let corners = try DefaultBoxes.ssd300.cornerForm().values(Float.self)
    // Corners of these are exact in float32 up to a rounding of the centre.
    for box in [700, 6000, 8100, 8729] {
      let object = ImageObjects(boxes: Array(corners[4 * box..<4 * box + 4]), labels: [3])
      let targets = try Matching.encode([object], .ssd300)
      let found = try positives(targets)
      let at = try #require(found.boxes.firstIndex(of: box))
      #expect(found.labels[at] == 3)
      for k in 0..<4 { #expect(abs(found.offsets[k * found.boxes.count + at]) < 1e-4) }
    }
  }

  @Test func encode_noObjects_isAllBackground() throws {
    let targets = try Matching.encode(
      [
        ImageObjects(boxes: [], labels: []),
        ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [2]),
      ],
      .ssd300)
    #expect(try positives(targets, 0).boxes == [])
    #expect(try positives(targets, 1).boxes.count >= 1)
    #expect(try Matching.encode([], .ssd300).labels.shape == [0, 8732])
  }

  @Test func encode_orderOfObjects_changesNothingWithoutContention() throws {
    var draw = Draw(3)
    for round in 0..<20 {
      let image = try draw.objects(6, classes: 9)
      let order = [4, 0, 5, 2, 1, 3]
      let turned = ImageObjects(
        boxes: order.flatMap { image.boxes[4 * $0..<4 * $0 + 4] },
        labels: order.map { image.labels[$0] })
      let a = try Matching.encode([image], .ssd300)
      let b = try Matching.encode([turned], .ssd300)
      #expect(
        try a.labels.values(Int64.self) == b.labels.values(Int64.self), "round \(round)")
      #expect(try a.offsets.values(Float.self) == b.offsets.values(Float.self), "round \(round)")
    }
  }

  @Test func encode_twoObjectsClaimOneBox_theLaterHasIt() throws {
    let box: [Float] = [0.30, 0.30, 0.37, 0.37]
    let targets = try Matching.encode(
      [ImageObjects(boxes: box + box, labels: [1, 2])], .ssd300)
    let found = try positives(targets)
    #expect(found.labels.contains(2))
    // The claimed box alone goes to the later; where both overlap alike the first counts.
    #expect(found.labels.count { $0 == 2 } == 1)
  }

  @Test(
    arguments: [
      ([0.1, 0.1, 0.1, 0.5], "width 0.0"), ([0.1, 0.5, 0.3, 0.2], "height -0.3"),
      ([Float.nan, 0.1, 0.3, 0.2], "no finite corners"),
      ([0.1, 0.1, Float.infinity, 0.2], "no finite corners"),
    ] as [([Float], String)])
  func encode_degenerateBox_namesImageAndObject(_ box: [Float], _ text: String) throws {
    let good = ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [1])
    let bad = ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5] + box, labels: [1, 2])
    let error = try #require(throws: DetectionError.self) {
      try Matching.encode([good, good, bad], .ssd300)
    }
    #expect(error.image == 2)
    #expect(error.object == 1)
    #expect(
      error.message(countingFrom: 1, name: "397133").hasPrefix("object 2 of image 3 (id 397133)"))
    #expect(error.description.contains(text), "\(error)")
  }

  @Test func encode_labelOutOfRange_namesIt() {
    let image = ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [5])
    #expect(throws: DetectionError.self) { try Matching.encode([image], .ssd300, classes: 5) }
    #expect(throws: Never.self) { try Matching.encode([image], .ssd300, classes: 6) }
    let zero = ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [0])
    #expect(throws: DetectionError.self) { try Matching.encode([zero], .ssd300) }
    let short = ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [])
    #expect(throws: DetectionError.self) { try Matching.encode([short], .ssd300) }
  }

  @Test func encodeDecode_objects_comeBack() throws {
    var draw = Draw(5)
    let image = try draw.objects(5, classes: 4)
    let targets = try Matching.encode([image], .ssd300)
    let labels = try targets.labels.values(Int64.self)
    // Scores that are sure of each label.
    let scores = try Tensor(
      (0..<4).flatMap { c in labels.map { $0 == c ? Float(20) : 0 } }, [1, 4, 8732])
    var options = Decoding.Options()
    options.suppression.threshold = 0.95
    let found = try Decoding.detections(targets.offsets, scores, .ssd300, options)
    for (k, label) in image.labels.enumerated() {
      let object = image.boxes[4 * k..<4 * k + 4]
      let near = (0..<found.count).contains { i in
        found.labels[i] == label
          && zip(found.boxes[4 * i..<4 * i + 4], object).allSatisfy { abs($0 - $1) < 1e-5 }
      }
      #expect(near, "object \(k)")
    }
  }
}
