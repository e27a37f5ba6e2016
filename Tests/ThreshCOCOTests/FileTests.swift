// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshCOCO

private func folder() throws -> URL {
  let url = FileManager.default.temporaryDirectory.appending(path: "thresh-coco-\(UUID())")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  return url
}

private let objects = [
  #"{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,30,30],"area":900,"iscrowd":0,"extra":{"a":[1]}}"#,
  #"{"iscrowd":1,"category_id":2,"image_id":2,"id":2,"bbox":[1,1,50,50],"area":2500.5}"#,
  #"{"id":3,"image_id":2,"category_id":1,"bbox":[1,1,0,50],"area":0,"iscrowd":0}"#,
]

private func write(_ bytes: [UInt8], _ name: String, _ folder: URL) throws -> String {
  let url = folder.appending(path: name)
  try Data(bytes).write(to: url)
  return url.path
}

@Test func copy_withChoices_keepsRecordsAsTheyStand() throws {
  let folder = try folder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let source = try write(toy(objects: objects).truth, "all.json", folder)
  let out = folder.appending(path: "some.json").path
  func kept(_ change: (inout AnnotationFile.Choice) -> Void) throws -> [Int64] {
    var choice = AnnotationFile.Choice()
    change(&choice)
    let counts = try AnnotationFile.copy(source, to: out, choice)
    let (read, report) = try Annotations.read(path: out)
    #expect(counts.objects == read.objects.count && report.count(.error) == 0)
    #expect(counts.images == read.images.count && counts.categories == read.categories.count)
    return read.objects.ids
  }
  #expect(try kept { _ in } == [1, 2, 3])
  let text = try String(contentsOfFile: out, encoding: .utf8)
  for object in objects { #expect(text.contains(object)) }
  #expect(try kept { $0.images = [2] } == [2, 3])
  #expect(try kept { $0.categories = [1] } == [1, 3])
  #expect(try kept { $0.dropCrowds = true } == [1, 3])
  #expect(try kept { $0.dropInvalid = true } == [1, 2])
  #expect(try kept { $0.areas = 900...2000 } == [1])
}

@Test func merge_ofTakenIDs_givesNewOnes() throws {
  let folder = try folder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let first = try write(
    toy(
      objects: objects, images: #"[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}]"#
    ).truth, "1.json", folder)
  let second = try write(
    toy(
      objects: objects, images: #"[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"c.jpg"}]"#,
      categories: #"[{"id":1,"name":"b"},{"id":2,"name":"new"}]"#
    ).truth, "2.json", folder)
  let out = folder.appending(path: "both.json").path
  let counts = try AnnotationFile.merge([first, second], to: out)
  #expect(counts.images == 3 && counts.objects == 6 && counts.categories == 3)
  let (read, report) = try Annotations.read(path: out)
  #expect(report.count(.error) == 0 && report.problems.allSatisfy { $0.kind == "degenerate-box" })
  #expect(read.images.fileNames == ["a.jpg", "b.jpg", "c.jpg"] && read.images.ids == [1, 2, 3])
  #expect(read.categories.names == ["a", "b", "new"])
  #expect(read.objects.ids == [1, 2, 3, 4, 5, 6])
  #expect(read.objects.images == [0, 1, 1, 0, 2, 2])
  // The second file's first category is the first file's second.
  #expect(read.objects.categories == [0, 1, 0, 1, 2, 1])
}

@Test func merge_ofPartsThatOverlap_keepsEachObjectOnce() throws {
  let folder = try folder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let images = #"[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}]"#
  // The second has one object moved.
  let moved = objects[0].replacing("[1,1,30,30]", with: "[2,1,30,30]")
  let first = try write(toy(objects: objects, images: images).truth, "1.json", folder)
  let second = try write(
    toy(objects: [moved, objects[1], objects[2]], images: images).truth, "2.json", folder)
  let out = folder.appending(path: "both.json").path
  let counts = try AnnotationFile.merge([first, second, second], to: out)
  #expect(counts.images == 2 && counts.objects == 4 && counts.repeated == 5)
  let read = try Annotations.read(path: out).0
  #expect(read.objects.ids == [1, 2, 3, 4] && read.objects.boxes[12] == 2)
  // Within one file nothing is left out.
  #expect(try AnnotationFile.merge([first], to: out).repeated == 0)
  // Without file names, images are told apart, and so are their objects.
  let bare = try write(toy(objects: objects).truth, "3.json", folder)
  let apart = try AnnotationFile.merge([bare, bare], to: out)
  #expect(apart.images == 4 && apart.objects == 6 && apart.repeated == 0)
}

@Test func sampleAndSplit_sameSeed_drawTheSame() throws {
  var annotations = Annotations()
  annotations.images.ids = (1...100).map { Int64($0) }
  let sample = try annotations.sample(10, seed: 3)
  #expect(sample.count == 10 && sample == sample.sorted() && Set(sample).count == 10)
  #expect(try sample == annotations.sample(10, seed: 3))
  #expect(try sample != annotations.sample(10, seed: 4))
  let parts = try annotations.split([0.7, 0.2, 0.1], seed: 1)
  #expect(parts.map(\.count) == [70, 20, 10] && Set(parts.joined()).count == 100)
  #expect(throws: COCOError.self) { try annotations.sample(101, seed: 0) }
  #expect(throws: COCOError.self) { try annotations.split([0.7, 0.5], seed: 0) }
}

@Test func statistics_ofAToySet_countEachObjectOnce() throws {
  let s = DatasetStatistics(try Annotations.read(bytes: toy(objects: objects).truth).0)
  #expect(s.images == 2 && s.objects == 3 && s.crowds == 1 && s.emptyImages == 0 && s.most == 2)
  #expect(s.small == 2 && s.medium == 0 && s.large == 0 && s.mean == 1.5)
  #expect(s.categories.map(\.objects) == [2, 1] && s.categories.map(\.images) == [2, 1])
}

@Test func results_written_readBackTheSame() throws {
  let folder = try folder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let path = folder.appending(path: "r.json").path
  var found = Detections()
  for i in 0..<500 {
    let x = 1 / Double(i + 3)
    found.append(image: Int64(i) << 40, category: 3, box: (x, 1e-7 * x, 1e9 * x, 40), score: x)
  }
  try found.write(path: path)
  let (read, report) = try Detections.read(path: path)
  #expect(read.images == found.images && read.boxes == found.boxes && read.scores == found.scores)
  #expect(report.count(.error) == 0)
  try found.write(path: path, rounded: true)
  #expect(try Detections.read(path: path).0.scores == found.scores.map { Double(Float($0)) })
  found.scores[3] = .nan
  #expect(throws: COCOError.self) { try found.write(path: path) }
  // What failed has not touched the file.
  #expect(try Detections.read(path: path).0.count == 500)
}

@Test func reader_recordsAcrossWindows_areWhole() throws {
  // Windows are a MiB: texts, numbers and outlines are cut at every kind of place.
  let folder = try folder()
  defer { try? FileManager.default.removeItem(at: folder) }
  let corners = (0..<40).map { "\($0).25,\($0)" }.joined(separator: ",")
  let many = (1...6000).map {
    #"{"segmentation":[[\#(corners)]],"note":"q\"]} \\","id":\#($0),"image_id":1,"category_id":1,"#
      + #""bbox":[\#($0).125,2,30.0625,40],"area":1200.5,"iscrowd":0}"#
  }
  let path = try write(toy(objects: many).truth, "many.json", folder)
  let (read, report) = try Annotations.read(path: path)
  #expect(report.count(.error) == 0 && read.objects.ids == (1...6000).map { Int64($0) })
  #expect(read.objects.boxes == (1...6000).flatMap { [Double($0) + 0.125, 2, 30.0625, 40] })
  let out = folder.appending(path: "copy.json").path
  try AnnotationFile.copy(path, to: out, AnnotationFile.Choice())
  let text = try String(contentsOfFile: out, encoding: .utf8)
  #expect(text.contains(many[5999]) && text.contains(many[3210]))
  #expect(try Annotations.read(path: out, masks: true).0.objects.masks.count == 6000)
}
