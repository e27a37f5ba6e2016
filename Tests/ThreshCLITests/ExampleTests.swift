// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// The examples that need no files, each with few epochs.
@Suite(.serialized) struct ExampleTests {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "examples")

  @Test(arguments: [
    ("quickstart", ["--epochs", "2"], "Cached-GradMatch, lr 0.1"),
    ("heuristics/margin", ["--epochs", "2", "--every", "1", "--seeds", "1,"], "Margin"),
    (
      "heuristics/hard-medoids", ["--epochs", "2", "--every", "1", "--seeds", "1,"], "Hard medoids"
    ),
    (
      "heuristics/dual", ["--epochs", "4", "--scored", "3", "--window", "2", "--seeds", "1,"],
      "DUAL"
    ),
  ])
  func example_run_printsTheComparison(_ name: String, _ options: [String], _ row: String) throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "\(name).lua").path
    let result = try command.run(
      [script, "--quiet"] + options, environment: ["THRESH_TRACES": command.folder + "/traces"])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    let rows = result.output.split(separator: "\n")
    for label in ["RS2 ", "RandomPB ", row] {
      #expect(rows.contains { $0.hasPrefix(label) }, "\(result.output)")
    }
  }

  @Test func evaluateExample_withFiles_judgesAndComparesThem() throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "evaluate-coco.lua").path
    let gt = try command.file(
      "gt.json",
      #"{"images":[{"id":7}],"categories":[{"id":3,"name":"cat"}],"annotations":[{"id":1,"image_id":7,"#
        + #""category_id":3,"bbox":[1,1,9,9],"area":81,"iscrowd":0}]}"#)
    let dt = try command.file(
      "dt.json", #"[{"image_id":7,"category_id":3,"bbox":[1,1,9,9],"score":0.5}]"#)
    let options = ["--annotations", gt, "--results", dt, "--draws", "5"]
    let read = try command.run([script] + options)
    #expect(read.status == 0 && read.errors == "", "\(read.errors)")
    #expect(read.output.contains("cat") && read.output.contains("1.000 at 0.50"))
    #expect(!read.output.contains("other - this"), "\(read.output)")
    let both = try command.run([script] + options + ["--other", dt])
    #expect(both.output.contains("other - this"), "\(both.output)")
    let half = try command.run([script, "--results", dt])
    #expect(half.status == 2 && half.errors.contains("--annotations"), "\(half.output)")
  }

  @Test(arguments: [
    (
      "matching-error", ["--epochs", "2", "--every", "1"],
      ["loss", "matching error", "● GradMatch", "△ RandomPB"]
    ),
    (
      "ssd-shapes",
      [
        "--images", "12", "--test", "6", "--size", "48", "--model-size", "32", "--width", "4",
        "--epochs", "2", "--seeds", "1,",
      ],
      ["mAP", "Base ", "SB2 ", "SB3 ", "Random-SB2 ", "t_diff", "small", "triangle"]
    ),
    (
      "evaluate-coco", ["--draws", "20"],
      ["Average Precision", "TIDE", "Calibration", "rectangle", "other - this", "AP50"]
    ),
  ])
  func example_run_printsItsTables(_ name: String, _ options: [String], _ parts: [String]) throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "\(name).lua").path
    let quiet = name == "evaluate-coco" ? [] : ["--quiet"]
    let traces = name == "ssd-shapes" ? ["--traces", command.folder + "/traces"] : []
    let result = try command.run([script] + quiet + options + traces)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    for part in parts { #expect(result.output.contains(part), "\(part): \(result.output)") }
  }

  /// The recipe on a folder of COCO's form, with a narrow part of its options.
  @Test func ssdCocoExample_onAFolder_trainsAndKeepsTheWeights() throws {
    let command = try Command()
    let make = "th.data.shapes{n = 3, size = 40, seed = 1}:save('set')"
    #expect(try command.run(["-e", "th = require 'thresh' " + make]).status == 0)
    let script = ExampleTests.folder.appending(path: "ssd-coco.lua").path
    let result = try command.run(
      [
        script, "--quiet", "--images", "set/images", "--annotations", "set/instances.json",
        "--test-images", "set/images", "--test-annotations", "set/instances.json", "--backbone",
        "resnet18", "--limit", "2", "--batch-size", "2", "--epochs", "1", "--methods", "base,",
        "--warmup", "1", "--checkpoints", "weights",
      ], seconds: 120)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.contains("mAP") && result.output.contains("Base "))
    #expect(!command.read(command.folder + "/weights/base-seed1.safetensors").isEmpty)
    let wrong = try command.run([script, "--methods", "bas"])
    #expect(wrong.status != 0)
  }

  @Test(arguments: [
    "1-tensors", "2-gradients", "3-data", "4-training", "5-selecting", "6-traces", "7-heuristics",
    "8-detection", "9-figures",
  ])
  func tutorialPage_run_holdsWhatItSays(_ name: String) throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "tutorial/\(name).lua").path
    let result = try command.run([script], environment: ["TMPDIR": command.folder])
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    #expect(result.output.count > 100)
  }

  @Test func dualExample_windowBeyondWhatIsScored_isRefused() throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "heuristics/dual.lua").path
    let result = try command.run([script, "--window", "9"])
    #expect(result.status == 2 && result.output == "" && result.errors.contains("--window"))
  }
}
