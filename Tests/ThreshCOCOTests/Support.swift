// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshCOCO

let fixtures = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/coco")

func fixture<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
  try JSONDecoder().decode(type, from: Data(contentsOf: fixtures.appending(path: name)))
}

/// A problem of `eval.json`: what the generator's docstring says.
struct Problem: Decodable {
  struct Options: Decodable {
    var max_dets: [Int]?
    var iou: [Double]?
    var areas: [[Double]]?
    var use_cats: Int?
  }

  var images: [Int64]
  var categories: [Int64]
  var objects: [[Double]]
  var detections: [[Double]]
  var options: Options
  var stats: [String]
  var ap: [String]

  var truth: Annotations {
    var truth = Annotations()
    truth.images.ids = images
    truth.images.widths = images.map { _ in 0 }
    truth.images.heights = images.map { _ in 0 }
    truth.images.fileNames = images.map { _ in "" }
    truth.categories.ids = categories
    truth.categories.names = categories.map { "\($0)" }
    truth.categories.supercategories = categories.map { _ in "" }
    for o in objects {
      truth.objects.ids.append(Int64(o[0]))
      truth.objects.images.append(Int32(images.firstIndex(of: Int64(o[1])) ?? -1))
      truth.objects.categories.append(Int32(categories.firstIndex(of: Int64(o[2])) ?? -1))
      truth.objects.boxes += o[3..<7]
      truth.objects.areas.append(o[7])
      truth.objects.isCrowd.append(o[8] != 0)
    }
    return truth
  }

  var found: Detections {
    var found = Detections()
    for d in detections {
      found.append(
        image: Int64(d[0]), category: Int64(d[1]), box: (d[2], d[3], d[4], d[5]), score: d[6])
    }
    return found
  }

  var evaluationOptions: EvaluationOptions {
    var o = EvaluationOptions()
    if let limits = options.max_dets { o.maxDetections = limits }
    if let thresholds = options.iou { o.iouThresholds = thresholds }
    if let areas = options.areas {
      o.areas = zip(AreaRange.coco, areas).map { AreaRange($0.name, $1[0], $1[1]) }
    }
    if options.use_cats == 0 { o.useCategories = false }
    return o
  }
}

/// Two images, two categories, three objects, of which the detections find two and a half.
func toy(
  objects: [String]? = nil, results: [String]? = nil, images: String? = nil,
  categories: String? = nil
) -> (truth: [UInt8], found: [UInt8]) {
  let objects =
    objects ?? [
      #"{"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0}"#,
      #"{"id":2,"image_id":1,"category_id":2,"bbox":[80,20,40,30],"area":1200,"iscrowd":0}"#,
      #"{"id":3,"image_id":2,"category_id":1,"bbox":[5,5,20,20],"area":400,"iscrowd":0}"#,
    ]
  let results =
    results ?? [
      #"{"image_id":1,"category_id":1,"bbox":[11,10,50,50],"score":0.9}"#,
      #"{"image_id":1,"category_id":2,"bbox":[80,21,40,30],"score":0.8}"#,
      #"{"image_id":2,"category_id":1,"bbox":[6,5,20,20],"score":0.7}"#,
    ]
  let images =
    images ?? #"[{"id":1,"width":200,"height":100},{"id":2,"width":100,"height":100}]"#
  let categories = categories ?? #"[{"id":1,"name":"a"},{"id":2,"name":"b"}]"#
  let truth =
    "{\"images\":\(images),\n\"annotations\":[\n\(objects.joined(separator: ",\n"))\n],\n"
    + "\"categories\":\(categories)}"
  return (Array(truth.utf8), Array("[\n\(results.joined(separator: ",\n"))\n]".utf8))
}
