// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshKit
import ThreshTensor

/// Operations in which many products and sums meet, so that errors of rounding add up.
private let factored: Set<String> = [
  "inv", "inverse", "det", "slogdet", "solve", "solve_triangular", "qr", "eigvalsh", "svdvals",
  "lstsq", "cdist", "cholesky",
]

/// Functions of `th` that have no golden case, and why.
private let exceptions: [String: String] = [
  "rand": "random", "randn": "random", "randint": "random", "randperm": "random",
  "rand_like": "random", "randn_like": "random", "normal": "random", "normal_": "random",
  "uniform_": "random", "bernoulli": "random", "multinomial": "random", "stream": "random",
  "manual_seed": "random", "seed": "random", "get_rng_state": "random", "set_rng_state": "random",
  "empty": "its content is undefined", "empty_like": "its content is undefined",
  "svd": "its vectors have no fixed sign; reconstructed in LinearTests",
  "eigh": "its vectors have no fixed sign; reconstructed in FactorTests",
  "backward": "the tape: GradientTests", "requires_grad_": "the tape: GradientTests",
  "keep": "the tape: GradientTests", "no_grad": "the tape", "enable_grad": "the tape",
  "is_grad_enabled": "the tape",
  "save_npy": "files: FilesTests", "load_npy": "files: FilesTests",
  "save_npz": "files: FilesTests", "load_npz": "files: FilesTests",
  "save_safetensors": "files: FilesTests", "load_safetensors": "files: FilesTests",
  "write_file": "files: resume.lua", "sha256": "files: resume.lua",
  "parse_json": "files: resume.lua",
  "clock": "system", "is_terminal": "system", "terminal_width": "system",
  "make_directory": "system", "list_directory": "system: repl.lua completes paths by it",
  "num_threads": "system", "set_num_threads": "system",
  "set_convolution": "system: ConvolutionTests", "cpu_level": "system",
  "channels_last": "memory order: ConvolutionTests",
  "profile": "system: profile.lua", "memory": "system", "peak_memory": "system",
  "reset_peak_memory": "system",
]

@Suite(.serialized) struct GoldenSurfaceTests {
  @Test(arguments: GoldenSurface.Layout.allCases)
  func surface_goldenCases_matchPyTorch(_ layout: GoldenSurface.Layout) throws {
    let golden = try GoldenSurface()
    #expect(golden.cases.count > 4000)
    let lua = try Session().lua
    let caller = try lua.load(
      """
      local th, name, first = require 'thresh.core', ...
      -- `th.select` is the namespace of the selectors; the operation is a method alone.
      local f = name == 'select' and first.select or th[name]
      return f(select(2, ...))
      """, name: "=golden")
    for item in golden.cases {
      let relative = factored.contains(item.op) ? (1e-4, 1e-10) : (2e-6, 1e-12)
      do {
        let arguments = try item.arguments.map { try golden.value($0, layout) }
        let results = try lua.call(caller, [.string(item.op)] + arguments)
        #expect(results.count == item.results.count, "\(item.label)")
        for (found, wanted) in zip(results, item.results) {
          if let problem = try golden.difference(found, wanted, relative) {
            Issue.record("\(item.label), \(layout): \(problem)")
          }
        }
        // What writes in place has written, too.
        if item.op.hasSuffix("_"), let first = arguments.first, let wanted = item.results.first {
          if let problem = try golden.difference(first, wanted, relative) {
            Issue.record("\(item.label), \(layout), in place: \(problem)")
          }
        }
      } catch {
        Issue.record("\(item.label), \(layout): \(error)")
      }
    }
  }

  /// An argument behind all that a function takes is refused, and so is a table of options that it does
  /// not know; what writes has then written nothing.
  @Test func surface_surplusArgumentOrUnknownOption_isRefused() throws {
    let golden = try GoldenSurface()
    let lua = try Session().lua
    let caller = try lua.load(
      """
      local th, name, first = require 'thresh.core', ...
      local f = name == 'select' and first.select or th[name]
      return pcall(f, select(2, ...))
      """, name: "=golden")
    let unknown = LuaValue.table(LuaTable(["no_such_option": .integer(1)]))
    var seen = Set<String>()
    for item in golden.cases where seen.insert(item.op).inserted {
      for (extra, padded) in [(LuaValue.integer(1), true), (unknown, true), (unknown, false)] {
        let arguments = try item.arguments.map { try golden.value($0, .rowMajor) }
        let nils = [LuaValue](repeating: .nil, count: padded ? 12 - arguments.count : 0)
        let results = try lua.call(
          caller, [.string(item.op)] + arguments + nils + [extra])
        guard case .boolean(false)? = results.first else {
          Issue.record("\(item.label) takes \(extra) after \(nils.count) nils")
          continue
        }
        if item.op.hasSuffix("_"), let first = arguments.first {
          let problem = try golden.difference(first, item.arguments[0], (0, 0))
          #expect(problem == nil, "\(item.label) has written")
        }
      }
    }
    #expect(seen.count > 200)
  }

  @Test func surface_everyFunction_hasGoldenCasesOrAReason() throws {
    let names = try Session().run(
      """
      local names = {}
      for name, value in pairs(require 'thresh.core') do
        if type(value) == 'function' then names[#names + 1] = name end
      end
      return table.concat(names, ' ') .. ' select'
      """)
    let functions = Set(
      try #require(names.first?.text).split(separator: " ").map(String.init))
    #expect(functions.count > 250)
    let covered = Set(try GoldenSurface().cases.map(\.op))
    #expect(functions.subtracting(covered).subtracting(exceptions.keys).sorted() == [])
    // No exception outlives its reason, and no case its function.
    #expect(Set(exceptions.keys).subtracting(functions).sorted() == [])
    #expect(Set(exceptions.keys).intersection(covered).sorted() == [])
    #expect(covered.subtracting(functions).sorted() == [])
  }
}
