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

  @Test func dualExample_windowBeyondWhatIsScored_isRefused() throws {
    let command = try Command()
    let script = ExampleTests.folder.appending(path: "heuristics/dual.lua").path
    let result = try command.run([script, "--window", "9"])
    #expect(result.status == 2 && result.output == "" && result.errors.contains("--window"))
  }
}
