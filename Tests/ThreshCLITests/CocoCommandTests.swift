// SPDX-License-Identifier: Apache-2.0
import Testing

private let truth = """
  {"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg"}],
  "annotations":[
  {"id":1,"image_id":1,"category_id":1,"bbox":[10,10,50,50],"area":2500,"iscrowd":0,"mine":[1]},
  {"id":2,"image_id":2,"category_id":3,"bbox":[5,5,20,20],"area":400,"iscrowd":0}],
  "categories":[{"id":1,"name":"cat"},{"id":3,"name":"dog"}]}
  """
private let found = """
  [{"image_id":1,"category_id":1,"bbox":[11,10,50,50],"score":0.9},
  {"image_id":2,"category_id":3,"bbox":[50,50,20,20],"score":0.3}]
  """

@Test func cocoCommand_eval_printsFiguresOrOneObject() throws {
  let command = try Command()
  _ = try command.file("gt.json", truth)
  _ = try command.file("dt.json", found)
  let text = try command.run(["coco", "eval", "gt.json", "dt.json", "--per-class", "--tide"])
  #expect(text.status == 0 && text.errors == "", "\(text.errors)")
  for part in [
    " Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.500\n",
    " Average Recall     (AR) @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = n/a\n",
    "2 detections, 2 objects (0 crowds), 2 images", "cat ", "Miss  0.0000  1 errors",
  ] {
    #expect(text.output.contains(part), "\(part) in \(text.output)")
  }
  let json = try command.run(["coco", "eval", "gt.json", "dt.json", "--json"])
  #expect(json.status == 0)
  #expect(json.output.hasPrefix("{\"counts\":{") && json.output.hasSuffix("}\n"))
  #expect(
    json.output.contains(
      "\"stats\":[0.4999999999999999,0.49999999999999994,0.49999999999999994,0,"
        + "0.9999999999999998,-1,0.5,0.5,0.5,0,1,-1]"), "\(json.output)")
}

@Test func cocoCommand_check_tellsByItsStatus() throws {
  let command = try Command()
  _ = try command.file("gt.json", truth)
  _ = try command.file("dt.json", found)
  let clean = try command.run(["coco", "check", "gt.json", "dt.json"])
  #expect(clean.status == 0 && clean.output == "no problem found\n", "\(clean.output)")
  _ = try command.file("bad.json", found.replacing("\"image_id\":2", with: "\"image_id\":8"))
  let bad = try command.run(["coco", "check", "gt.json", "bad.json"])
  #expect(bad.status == 1 && bad.output.contains("error: ") && bad.output.contains("image_id 8"))
  let refused = try command.run(["coco", "eval", "gt.json", "bad.json"])
  #expect(refused.status == 2 && refused.errors.contains("image_id 8"), "\(refused.errors)")
  _ = try command.file("torn.json", "[{\"image_id\":")
  let torn = try command.run(["coco", "check", "gt.json", "torn.json", "--json"])
  #expect(torn.status == 1 && torn.output.contains("\"ok\":false"))
  #expect(torn.output.contains("torn.json:1:14: the file ends too early"), "\(torn.output)")
}

@Test func cocoCommand_cuttingFiles_writesThem() throws {
  let command = try Command()
  _ = try command.file("gt.json", truth)
  let filter = try command.run([
    "coco", "filter", "gt.json", "--categories", "cat", "--drop-empty", "--out", "cat.json",
  ])
  #expect(filter.output == "cat.json: 1 images, 1 objects, 1 categories\n", "\(filter.errors)")
  let split = try command.run(["coco", "split", "gt.json", "--out", "a.json,b.json", "--seed", "3"])
  #expect(split.output.split(separator: "\n").count == 2, "\(split.errors)")
  let merge = try command.run(["coco", "merge", "a.json", "b.json", "--out", "all.json"])
  #expect(merge.output == "all.json: 2 images, 2 objects, 2 categories\n", "\(merge.errors)")
  let stats = try command.run(["coco", "stats", "all.json"])
  #expect(
    stats.output.hasPrefix(
      "2 images (0 without objects), 2 objects (0 crowds), 2 categories\n"), "\(stats.output)")
  let sample = try command.run(["coco", "sample", "gt.json", "--count", "1", "--out", "one.json"])
  #expect(sample.output.hasPrefix("one.json: 1 images, 1 objects"), "\(sample.errors)")
}

@Test func cocoCommand_filesThatLackParts_areNotedOrTold() throws {
  let command = try Command()
  _ = try command.file("gt.json", truth.replacing(",\"iscrowd\":0,\"mine\":[1]", with: ""))
  _ = try command.file("dt.json", found)
  let noted = try command.run(["coco", "check", "gt.json", "dt.json"])
  #expect(noted.status == 0 && noted.output.hasPrefix("note: gt.json:3:1: 'iscrowd' is missing"))
  #expect(noted.output.hasSuffix("no problem found beyond what is noted\n"), "\(noted.output)")
  _ = try command.file("zero.json", truth.replacing("{\"id\":1,\"im", with: "{\"id\":0,\"im"))
  let compat = try command.run(["coco", "eval", "zero.json", "dt.json", "--json"])
  #expect(compat.status == 0 && compat.errors.hasPrefix("warning: zero.json:3:1: "))
  #expect(compat.output.contains("\"stats\":[0,"), "\(compat.output)")
  let strict = try command.run(["coco", "eval", "zero.json", "dt.json", "--json", "--strict"])
  #expect(strict.status == 0 && strict.errors == "", "\(strict.errors)")
  #expect(strict.output.contains("\"stats\":[0.4999999999999999,"), "\(strict.output)")
  _ = try command.file(
    "stray.json", found.replacing("\"category_id\":3", with: "\"category_id\":8"))
  let refused = try command.run(["coco", "eval", "gt.json", "stray.json", "--strict"])
  #expect(refused.status == 2 && refused.output == "")
  #expect(refused.errors.contains("stray.json:2:1: ") && refused.errors.contains("category_id 8"))
  _ = try command.file("lost.json", truth.replacing("\"image_id\":2", with: "\"image_id\":9"))
  let counted = try command.run(["coco", "stats", "lost.json"])
  #expect(
    counted.status == 0 && counted.errors.hasPrefix("warning: lost.json:4:1: objects of images"))
  let dropped = try command.run(["coco", "eval", "gt.json", "stray.json"])
  #expect(dropped.status == 0 && dropped.output.contains("1 of unknown categories"))
}

@Test func cocoCommand_outputs_areNotWrittenOverEachOther() throws {
  let command = try Command()
  _ = try command.file("gt.json", truth)
  let split = try command.run(["coco", "split", "gt.json", "--out", "a.json,a.json"])
  #expect(split.status == 2 && split.errors == "thresh coco: --out names 'a.json' twice\n")
  // The source may be one of the parts.
  _ = try command.file("own.json", truth)
  let own = try command.run(["coco", "split", "own.json", "--out", "own.json,rest.json"])
  #expect(
    own.output == """
      own.json: 1 images, 1 objects, 2 categories
      rest.json: 1 images, 1 objects, 2 categories

      """, "\(own.output)\(own.errors)")
  let lost = try command.run(["coco", "split", "gt.json", "--out", "c.json,none/d.json"])
  #expect(lost.status == 2 && lost.errors.contains("none/d.json"), "\(lost.errors)")
  #expect(try command.run(["coco", "stats", "c.json"]).status == 2)
  let twice = try command.run(["coco", "merge", "gt.json", "gt.json", "--out", "all.json"])
  #expect(
    twice.output == """
      all.json: 2 images, 2 objects, 2 categories
      2 objects that a file before had were left out

      """, "\(twice.output)\(twice.errors)")
  let area = try command.run([
    "coco", "filter", "gt.json", "--min-area", "5", "--max-area", "3", "--out", "b.json",
  ])
  #expect(area.errors == "thresh coco: --min-area 5 is above --max-area 3\n", "\(area.errors)")
}

@Test func cocoCommand_mistake_isOneLineAndStatus2() throws {
  let command = try Command()
  let result = try command.run(["coco", "evil"])
  #expect(result.status == 2 && result.output == "")
  #expect(result.errors == "thresh coco: unknown command 'evil' (did you mean 'eval'?)\n")
  let option = try command.run(["coco", "eval", "a", "b", "--jason"])
  #expect(option.status == 2 && option.errors.contains("did you mean 'json'?"), "\(option.errors)")
  #expect(try command.run(["coco", "eval", "none.json", "none.json"]).status == 2)
  #expect(try command.run(["coco"]).output.hasPrefix("usage: thresh coco COMMAND"))
  let help = try command.run(["coco", "split", "--help"])
  #expect(help.status == 0 && help.output.hasPrefix("usage: thresh coco COMMAND"))
}
