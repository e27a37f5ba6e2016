// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// Random arguments for every function that Lua can call, in a process of its own: a budget of memory
/// makes what is too large an error and not a long wait.
struct FuzzTests {
  @Test func everyFunction_randomArguments_returnsOrRaises() throws {
    let scripts = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts").path
    let command = try Command()
    let result = try command.run(
      ["--max-memory", "512M", scripts + "/fuzz.lua", command.folder, scripts], seconds: 240)
    #expect(result.status == 0, "\(result.errors.suffix(4_000))")
    #expect(result.output.contains("functions"), "\(result.output.suffix(400))")
  }

  @Test func brokenFiles_areReadOrRefused() throws {
    let tests = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().path
    let command = try Command()
    let result = try command.run(
      [
        "--max-memory", "1G", tests + "/Scripts/fuzz_files.lua", command.folder,
        tests + "/Fixtures/images", tests + "/Fixtures/coco/corpus", "10",
      ], seconds: 120)
    #expect(result.status == 0, "\(result.errors.suffix(4_000))")
    for kind in ["jpg", "png", "json"] { #expect(result.output.contains(kind)) }
  }

  @Test func prompt_brokenEntriesAndCompletions_liveOn() throws {
    let scripts = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Scripts").path
    let command = try Command()
    let result = try command.run(
      ["--max-memory", "512M", scripts + "/fuzz_prompt.lua", command.folder, "15"], seconds: 120)
    #expect(result.status == 0, "\(result.errors.suffix(4_000))")
    #expect(result.output.contains("completions"), "\(result.output)")
  }
}
