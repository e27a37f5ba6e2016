// SPDX-License-Identifier: Apache-2.0
import Testing

@Test func prompt_help_isAGlobalAndReadsTheEmbeddedTexts() throws {
  let command = try Command()
  let result = try command.run(
    ["-i"], input: "help(select.RS2)\nhelp(select)\nhelp(select.omp)\nhelp(42)\n")
  for part in [
    "select.RS2(given)\n\n", "Source: RS2, Okanovic", "SELCON", "select.omp(options)\n\n",
    "help: there is no text about 42",
  ] {
    #expect(result.output.contains(part), "\(result.output)")
  }
}

@Test func scriptFunction_help_isTheCommentAboveIt() throws {
  let command = try Command()
  let script = try command.file(
    "own.lua",
    """
    local th = require "thresh"
    --- Doubles x.
    ---
    --- Cost: O(1).
    local function twice(x) return 2 * x end
    -- Not for help.
    local function thrice(x) return 3 * x end
    th.help(twice)
    th.help(thrice)
    print(rawget(_G, "help") == nil)
    """)
  let result = try command.run([script])
  #expect(result.errors == "" && result.status == 0)
  #expect(
    result.output == "Doubles x.\n\nCost: O(1).\nhelp: there is no text about a function\ntrue\n")
}
