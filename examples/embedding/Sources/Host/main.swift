// SPDX-License-Identifier: Apache-2.0
// A program with Thresh inside: its own functions in Lua, Lua's functions in Swift, tensors both ways,
// and a plugin of a stranger's in a sandbox.
//   swift run -c release      (in this folder)
import ThreshKit

let session = try Session()

// Swift's functions and values, for Lua.
try session.register("hypotenuse") { (a: Double, b: Double) in (a * a + b * b).squareRoot() }
try session.set("weights", Tensor([1, 2, 3] as [Float]))
try session.run(
  """
  local th = require "thresh"
  print("hypotenuse", hypotenuse(3, 4))
  function score(values) return (values * weights):sum():item() end
  """, name: "=plugin")

// Lua's functions and values, for Swift.
let score: Double = try session.call("score", Tensor([4, 5, 6] as [Float]))
print("score", score)

// An error tells where it happened.
do {
  try session.run(
    "local th = require 'thresh'\nth.matmul(th.ones(2, 3), th.ones(2, 3))", name: "=plugin")
} catch let error as LuaError {
  print("refused", error.message)
}

// A plugin that is not trusted: no files, 64 MiB, a fifth of a second.
var options = Session.Options.sandboxed
options.memoryLimit = 64 << 20
options.timeLimit = 0.2
let sandbox = try Session(options)
for text in [
  "while true do pcall(error) end", "return ('x'):rep(1 << 30)", "return io.open('/etc/passwd')",
] {
  do {
    try sandbox.run(text, name: "=stranger")
  } catch let error as LuaError {
    print(error.kind, error.message, separator: ": ")
  }
}
