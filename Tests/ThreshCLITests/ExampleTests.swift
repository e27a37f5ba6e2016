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

  /// The scripts of the study at the scale that runs in seconds, with fewer settings still.
  @Test(arguments: [
    (
      "table2", ["--optimizers", "Adam,", "--seeds", "1,2"],
      [
        "Adam", "Full-EarlyStop", "RS2", "RandomPB", "GradMatchPB-warm", "marginal",
        "50 % of cases",
      ]
    ),
    ("table3", ["--seeds", "1,"], ["RS2-warm", "Cached-GradMatch-warm", "no claim is made"]),
    ("batch-sizes", ["--seeds", "1,"], ["step", "16", "GradMatchPB", "square root"]),
    (
      "interrupts", ["--seeds", "1,", "--interrupts", "0,2", "--keeps", "0.5,"],
      ["SB start 0.3 keep 0.5 interrupt 2", "random start 0.3", "Full-EarlyStop 2 epochs"]
    ),
    (
      "detection", ["--epochs", "2"],
      [
        "mAP", "small", "medium", "large", "t_diff s", "SB2", "Random-SB3", "mAP - Base",
        "of another seed", "75 % of cases",
      ]
    ),
    (
      "priorities", ["--seeds", "1,", "--count", "4"],
      ["never chosen %", "GradMatch", "Selective-Backprop", "times chosen"]
    ),
    (
      "priorities", ["--seeds", "1,", "--count", "4", "--task", "detection"],
      ["never chosen %", "GradMatch", "Selective-Backprop"]
    ),
  ])
  func study_tinyScale_printsItsTablesAndWritesItsReport(
    _ name: String, _ options: [String], _ parts: [String]
  ) throws {
    let command = try Command()
    let result = try study(command, name, options)
    #expect(result.status == 0 && result.errors == "", "\(result.errors)")
    for part in parts { #expect(result.output.contains(part), "\(part): \(result.output)") }
    try expectReport(result.output)
  }

  /// What is recorded is not run again, and Figures 1 to 3 are drawn from it.
  @Test func study_startedAgain_tellsTheSameAndIsDrawn() throws {
    let command = try Command()
    let options = ["--rates", "0.03,", "--seeds", "1,2"]
    let first = try study(command, "table1", options)
    let again = try study(command, "table1", options)
    #expect(first.status == 0 && first.errors == "", "\(first.errors)")
    // The first line is the estimate, which is measured anew.
    #expect(
      first.output.split(separator: "\n").dropFirst()
        == again.output.split(separator: "\n").dropFirst())
    let figures = try study(command, "figures", [])
    #expect(figures.status == 0 && figures.output.contains("Figure 1: learning rates"))
    #expect(figures.output.contains("Left out, since it has not been run: table2.lua --scale tiny"))
    try expectReport(figures.output)
    let estimate = try study(command, "table1", options + ["--estimate"])
    #expect(estimate.status == 0 && estimate.output.contains("16 runs on 64 training"))
    #expect(!estimate.output.contains("Results"))
  }

  @Test func study_badInput_isRefused() throws {
    let command = try Command()
    let scale = try study(command, "table1", ["--scale", "huge"])
    #expect(scale.status == 2 && scale.errors.contains("no scale 'huge'"))
    let optimizer = try study(command, "table2", ["--optimizers", "Adamm,"])
    #expect(optimizer.status == 1 && optimizer.errors.contains("no optimiser 'Adamm'"))
    let size = try study(command, "batch-sizes", ["--sizes", "12,"])
    #expect(size.status == 1 && size.errors.contains("12 is no multiple of the batch of 8"))
    let figures = try study(command, "figures", [])
    #expect(figures.status == 1 && figures.errors.contains("table1.lua --scale tiny"))
  }

  private func study(_ command: borrowing Command, _ name: String, _ options: [String]) throws
    -> Command.Result
  {
    let script = ExampleTests.folder.appending(path: "study/\(name).lua").path
    let scale = options.contains("--scale") ? [] : ["--scale", "tiny"]
    return try command.run(
      [script, "--quiet", "--root", command.folder + "/runs"] + scale + options, seconds: 300)
  }

  /// The report that a script's last line names, in its four forms.
  private func expectReport(_ output: String) throws {
    let last = try #require(output.split(separator: "\n").last)
    let path = String(last.dropFirst("Report: ".count))
    #expect(path.hasSuffix("/report.html"), "\(last)")
    for ending in ["html", "md", "tex", "csv"] {
      let file = URL(filePath: path).deletingPathExtension().appendingPathExtension(ending)
      #expect(FileManager.default.fileExists(atPath: file.path), "\(file.path)")
    }
  }
}
