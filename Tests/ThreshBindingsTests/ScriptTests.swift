// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshKit

/// Runs the self-checking scripts of Tests/Scripts, each in a session of its own.
@Suite(.serialized) struct ScriptTests {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts")

  @Test(arguments: [
    "tensors", "errors", "modules", "fusion", "selection", "scores", "greedy", "batches",
    "gradmatch", "deepfool", "layers", "plot", "detection", "images", "detection_training",
    "coco", "help", "stubs", "docs", "repl", "files", "progress", "profile", "sources", "traces",
    "resume", "runs", "sweep", "sweep_cells", "statistics", "figures", "report",
  ])
  func script_run_returnsOk(_ name: String) throws { try run(name) }

  static let browser = "/usr/bin/chromium"
  static let hasBrowser = FileManager.default.isExecutableFile(atPath: browser)

  @Test(.enabled(if: hasBrowser, "chromium is not installed: scripts/setup --tests"))
  func reportPage_inABrowser_isWhatWasMeant() throws { try run("report_page") }

  private func run(_ name: String) throws {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "thresh-\(UUID())")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let file = ScriptTests.folder.appending(path: "\(name).lua")
    let session = try Session()
    let source = try String(contentsOf: file, encoding: .utf8)
    do {
      let results = try session.run(
        source, name: "@\(name).lua",
        arguments: [.string(scratch.path), .string(ScriptTests.folder.path)])
      #expect(results.first?.text == "ok")
    } catch let error as LuaError {
      Issue.record("\(error.message)\n\(error.traceback ?? "")")
    }
  }
}
