// SPDX-License-Identifier: Apache-2.0
import Testing
import FoundationEssentials
import ThreshCOCO

/// What `coco_masks.py` stores; see its docstring.
private struct File: Decodable {
  struct Image: Decodable {
    var size: [Int]
    var outlines: [Outline]
    var crowds: [Int]
    var areas: [Int]
    var boxes: [[Double]]
    var overlaps: [Overlap]
  }

  enum Outline: Decodable {
    case polygons([[Double]])
    case runs(counts: [UInt32], size: [Int])

    private struct Runs: Decodable {
      var counts: [UInt32]
      var size: [Int]
    }

    init(from decoder: any Decoder) throws {
      if let parts = try? decoder.singleValueContainer().decode([[Double]].self) {
        self = .polygons(parts)
      } else {
        let runs = try decoder.singleValueContainer().decode(Runs.self)
        self = .runs(counts: runs.counts, size: runs.size)
      }
    }

    var segmentation: Segmentation {
      switch self {
      case .polygons(let parts): .polygons(parts)
      case .runs(let counts, let size): .runs(counts, height: size[0], width: size[1])
      }
    }
  }

  struct Overlap: Decodable {
    var i: Int
    var j: Int
    var value: Double

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      i = try list.decode(Int.self)
      j = try list.decode(Int.self)
      value = Double(try list.decode(String.self)) ?? .nan
    }
  }

  var images: [Image]
  var odd: [Image]
  var stats: [String]
}

@Test func masks_areasBoxesAndOverlaps_equalPycocotools() throws {
  let file = try fixture(File.self, "masks.json")
  #expect(file.images.count == 24 && file.odd.count == 30)
  #expect(file.images.contains { $0.crowds.contains(1) })
  try compare(file.images + file.odd)
}

/// Runs only where `THRESH_COCO_MASKS` names what `coco_masks.py FILE OUT` wrote.
private let allMasks = ProcessInfo.processInfo.environment["THRESH_COCO_MASKS"]

@Test(.enabled(if: allMasks != nil, "THRESH_COCO_MASKS names no figures of coco_masks.py"))
func masks_ofAWholeFile_equalPycocotools() throws {
  let data = try Data(contentsOf: URL(filePath: try #require(allMasks)))
  try compare(JSONDecoder().decode(File.self, from: data).images)
}

private func compare(_ images: [File.Image]) throws {
  for (number, image) in images.enumerated() {
    let masks = try image.outlines.map {
      try RunMask($0.segmentation, height: image.size[0], width: image.size[1])
    }
    #expect(masks.map(\.area) == image.areas, "image \(number)")
    #expect(
      masks.map { [$0.box.0, $0.box.1, $0.box.2, $0.box.3] } == image.boxes, "image \(number)")
    var wanted = [Double](repeating: 0, count: masks.count * masks.count)
    for o in image.overlaps { wanted[o.i * masks.count + o.j] = o.value }
    for i in masks.indices {
      for j in masks.indices {
        #expect(
          masks[i].overlap(masks[j], isCrowd: image.crowds[j] == 1) == wanted[i * masks.count + j],
          "image \(number), \(i) on \(j)")
      }
    }
  }
}

@Test func evaluation_ofMasks_hasPycocotoolsBits() throws {
  let truth = try Annotations.read(
    path: fixtures.appending(path: "masks_truth.json").path, masks: true)
  let found = try Detections.read(
    path: fixtures.appending(path: "masks_found.json").path, masks: true)
  #expect(truth.1.problems.filter { $0.severity == .error }.isEmpty)
  #expect(found.1.problems.filter { $0.severity == .error }.isEmpty && found.0.count > 20)
  var options = EvaluationOptions()
  options.overlap = .masks
  let stats = try fixture(File.self, "masks.json").stats.map { Double($0) ?? .nan }
  #expect(try Evaluation(truth.0, found.0, options).stats == stats)
  #expect(stats[0] > 0.1)
}

@Test func masks_thatDoNotFit_areErrors() throws {
  #expect(throws: COCOError.self) { try RunMask([3, 2], height: 2, width: 2) }
  #expect(throws: COCOError.self) {
    try RunMask(.polygons([[0, 0, 1, 1, 2, 0]]), height: 0, width: 0)
  }
  #expect(throws: COCOError.self) {
    try RunMask(.polygons([[0, 0, 1e300, 1, 2, 0]]), height: 9, width: 9)
  }
  for text in [
    "1", "[1]", "[[1,2]]", "[[1,2,3,4,5,\"6\"]]", "{}", #"{"size":[2,2],"counts":[5]}"#,
    #"{"size":[2,2],"counts":"~"}"#, #"{"size":[2,2],"counts":"ppppppppppppppppp"}"#,
    #"{"size":[-2,2],"counts":[4]}"#,
  ] {
    #expect(throws: COCOError.self, "\(text)") { try Segmentation(json: Array(text.utf8)) }
  }
  #expect(
    try RunMask([0, 4], height: 2, width: 2).overlap(
      RunMask([0, 6], height: 2, width: 3), isCrowd: false) == -1)
}
