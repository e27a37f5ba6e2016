// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshTensor

struct DecodingTests {
  @Test func decode_referenceCases_agreesExactly() throws {
    let cases = try Fixtures.cases("decoding")
    #expect(cases.count == 3)
    for (i, item) in cases.enumerated() {
      var options =
        item.info.style == "torchvision" ? Decoding.Options.torchvision : Decoding.Options.nvidia
      options.perImage = try #require(item.info.per_image)
      let found = try Decoding.detections(
        #require(item.info.loc).tensor(.float32), #require(item.info.conf).tensor(.float32),
        .ssd300, options)
      #expect(found.images == (try item.integers("images")), "case \(i)")
      #expect(found.labels == (try item.integers("labels")), "case \(i)")
      #expect(found.scores == (try item.floats("scores")), "case \(i)")
      #expect(found.boxes == (try item.floats("boxes")), "case \(i)")
    }
  }

  @Test func decode_nothingAboveTheThreshold_findsNothing() throws {
    let found = try Decoding.detections(
      Tensor.zeros([2, 4, 8732]), Tensor.zeros([2, 21, 8732]), .ssd300)
    #expect(found.count == 0)
    let none = try Decoding.detections(
      Tensor.zeros([0, 4, 8732]), Tensor.zeros([0, 21, 8732]), .ssd300)
    #expect(none.count == 0)
  }

  @Test func decode_images_doNotTouchOneAnother() throws {
    var draw = Draw(1)
    let (loc, conf) = (
      try draw.normal([3, 4, 8732], .float32), try draw.normal([3, 4, 8732], std: 3, .float32)
    )
    let all = try Decoding.detections(loc, conf, .ssd300)
    var joined = Detections()
    for i in 0..<3 {
      let one = try Decoding.detections(loc.narrow(0, i, 1), conf.narrow(0, i, 1), .ssd300)
      #expect(one.count <= 200)
      joined.images += one.images.map { $0 + i }
      joined.labels += one.labels
      joined.scores += one.scores
      joined.boxes += one.boxes
    }
    #expect(all.images == joined.images)
    #expect(all.labels == joined.labels)
    #expect(all.scores == joined.scores)
    #expect(all.boxes == joined.boxes)
  }

  @Test func decode_scoreNotANumber_namesTheImage() throws {
    var scores = [Float](repeating: 0, count: 2 * 2 * 8732)
    scores[2 * 8732 + 5] = .nan
    let error = try #require(throws: DetectionError.self) {
      try Decoding.detections(
        Tensor.zeros([2, 4, 8732]), Tensor(scores, [2, 2, 8732]), .ssd300)
    }
    #expect(error.image == 1)
  }

  @Test func decode_unfitting_isAnError() throws {
    #expect(throws: TensorError.self) {
      try Decoding.detections(Tensor.zeros([1, 4, 100]), Tensor.zeros([1, 4, 100]), .ssd300)
    }
    #expect(throws: TensorError.self) {
      try Decoding.detections(Tensor.zeros([1, 4, 8732]), Tensor.zeros([2, 4, 8732]), .ssd300)
    }
  }

  @Test func pixels_areLeftTopWidthHeight() {
    var found = Detections()
    found.images = [1, 0]
    found.labels = [1, 2]
    found.scores = [0.9, 0.8]
    found.boxes = [0.25, 0.5, 0.75, 0.625, -0.125, 0, 0.5, 1]
    #expect(
      found.pixels([(width: 640, height: 480), (width: 100, height: 200)])
        == [25, 100, 50, 25, -80, 0, 400, 480])
  }
}

struct SuppressionTests {
  @Test func nms_referenceCases_agreesExactly() throws {
    let cases = try Fixtures.cases("suppression")
    #expect(cases.count == 10)
    for (i, item) in cases.enumerated() {
      let kept = try NonMaximumSuppression.kept(
        item.array("boxes"), item.array("scores"),
        rule: NonMaximumSuppression.Rule(
          threshold: #require(item.info.threshold), keepsEqual: #require(item.info.equal as Bool?)))
      #expect(kept == (try item.integers("kept")), "case \(i)")
    }
  }

  @Test func nms_overlapOfExactlyTheThreshold_goesOrStays() throws {
    let boxes = try Tensor([0, 0, 2, 2, 0, 0, 2, 1] as [Float], [2, 4])
    let scores = try Tensor([0.9, 0.8] as [Float])
    #expect(try NonMaximumSuppression.kept(boxes, scores) == [0])
    let rule = NonMaximumSuppression.Rule(threshold: 0.5, keepsEqual: true)
    #expect(try NonMaximumSuppression.kept(boxes, scores, rule: rule) == [0, 1])
  }

  @Test func nms_whatItKept_itKeepsAgain() throws {
    var draw = Draw(2)
    for round in 0..<20 {
      let boxes = try draw.objects(60, classes: 2).boxes
      let scores = try draw.uniform(60).map { Float(($0 * 30).rounded() / 30) }
      let kept = try NonMaximumSuppression.kept(Tensor(boxes, [60, 4]), Tensor(scores))
      let again = try NonMaximumSuppression.kept(
        Tensor(kept.flatMap { boxes[4 * $0..<4 * $0 + 4] }, [kept.count, 4]),
        Tensor(kept.map { scores[$0] }))
      #expect(again == Array(0..<kept.count), "round \(round)")
      #expect(kept.count < 60)
    }
  }

  @Test func nms_orderOfBoxes_changesNothing() throws {
    var draw = Draw(3)
    let boxes = try draw.objects(50, classes: 2).boxes
    let scores = try draw.uniform(50).map { Float($0) }
    let order = (0..<50).map { ($0 * 17 + 3) % 50 }
    let kept = try NonMaximumSuppression.kept(Tensor(boxes, [50, 4]), Tensor(scores))
    let turned = try NonMaximumSuppression.kept(
      Tensor(order.flatMap { boxes[4 * $0..<4 * $0 + 4] }, [50, 4]),
      Tensor(order.map { scores[$0] }))
    #expect(turned.map { order[$0] } == kept)
  }

  @Test func nms_labels_leaveOneAnotherAlone() throws {
    let boxes = try Tensor([0, 0, 2, 2, 0, 0, 2, 2, 0, 0, 2, 2] as [Float], [3, 4])
    let scores = try Tensor([0.5, 0.9, 0.7] as [Float])
    #expect(try NonMaximumSuppression.kept(boxes, scores, labels: [1, 2, 1]) == [1, 2])
    #expect(try NonMaximumSuppression.kept(boxes, scores) == [1])
  }

  @Test func nms_unfitting_isAnError() throws {
    let boxes = try Tensor.zeros([3, 4])
    #expect(throws: TensorError.self) { try NonMaximumSuppression.kept(boxes, Tensor.zeros([2])) }
    #expect(throws: TensorError.self) {
      try NonMaximumSuppression.kept(Tensor.zeros([3, 5]), Tensor.zeros([3]))
    }
    #expect(throws: TensorError.self) {
      try NonMaximumSuppression.kept(boxes, Tensor.full([3], .nan))
    }
    #expect(throws: TensorError.self) {
      try NonMaximumSuppression.kept(boxes, Tensor.zeros([3]), labels: [1])
    }
    #expect(try NonMaximumSuppression.kept(Tensor.zeros([0, 4]), Tensor.zeros([0])) == [])
  }
}
