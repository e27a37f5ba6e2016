// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshTensor

struct DefaultBoxesTests {
  struct File: Decodable {
    struct Sample: Decodable {
      var box: Int
      var center: [Double]
    }
    var centers, corners: [Double]
    var samples: [Sample]
  }

  private func columnSums(_ t: Tensor) throws -> [Double] {
    try t.cast(.float64).sum(dims: [0]).values(Double.self)
  }

  @Test func ssd300_boxes_areThoseOfTheReference() throws {
    let file = try Fixtures.json("boxes.json", as: File.self)
    let boxes = DefaultBoxes.ssd300
    #expect(boxes.count == 8732)
    #expect(boxes.offsets == [0, 5776, 7942, 8542, 8692, 8728, 8732])
    #expect(boxes.shapes == [4, 6, 6, 6, 4, 4])
    let centers = try boxes.centerForm()
    for sample in file.samples {
      #expect(try values(centers.select(0, sample.box)) == sample.center, "box \(sample.box)")
    }
    #expect(relativeError(try columnSums(centers), file.centers) < 1e-14)
    #expect(relativeError(try columnSums(boxes.cornerForm()), file.corners) < 1e-14)
  }

  @Test func ssd300_boxes_haveTheSumsOfTheSpecification() throws {
    let sums = try columnSums(DefaultBoxes.ssd300.centerForm())
    for (sum, wanted) in zip(sums, [4443.14667, 4443.14667, 1171.96768, 1171.96768]) {
      #expect(abs(sum - wanted) < 1e-5)
    }
    let edges = try columnSums(DefaultBoxes.ssd300.cornerForm())
    for (sum, wanted) in zip(edges, [3857.16279, 3857.16279, 5029.13055, 5029.13055]) {
      #expect(abs(sum - wanted) < 1e-5)
    }
    let corners = try DefaultBoxes.ssd300.cornerForm().values(Float.self)
    let outside = (0..<8732).count { i in
      corners[4 * i] < 0 || corners[4 * i + 1] < 0 || corners[4 * i + 2] > 1
        || corners[4 * i + 3] > 1
    }
    #expect(outside == 2221)
  }

  @Test func plan_unfitting_isAnError() {
    var plan = DefaultBoxes.Plan.ssd300
    plan.scales.removeLast()
    #expect(throws: TensorError.self) { try DefaultBoxes(plan) }
    plan = .ssd300
    plan.ratios[0] = [0]
    #expect(throws: TensorError.self) { try DefaultBoxes(plan) }
    plan.ratios[0] = [.nan]
    #expect(throws: TensorError.self) { try DefaultBoxes(plan) }
    plan = .ssd300
    plan.maps[0] = 1 << 40
    #expect(throws: TensorError.self) { try DefaultBoxes(plan) }
  }
}
