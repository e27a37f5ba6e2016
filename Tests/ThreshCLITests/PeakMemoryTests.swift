// SPDX-License-Identifier: Apache-2.0
import Testing

/// The most memory that something takes, in a process where nothing else runs.
struct PeakMemoryTests {
  @Test func omp_fiveThousandCandidates_takesLittleBeyondItsInputs() throws {
    let source = """
      local th = require "thresh"
      local n, classes, k = 5000, 10, 500
      local labels = th.randint(1, classes, { n }, { seed = 1 })
      local embeddings = th.randn(n, 512, { seed = 2 }):relu()
      local residuals = th.randn(n, classes, { seed = 3 }):softmax(2) - th.nn.one_hot(labels, classes)
      collectgarbage()
      local before = th.memory().tensors
      th.reset_peak_memory()
      local result = th.select.omp { residuals = residuals, embeddings = embeddings, budget = k }
      print(#result.indices, (th.peak_memory() - before) // 2 ^ 20 < 60)
      """
    let result = try Command().run(["-e", source])
    #expect(result.output == "500\ttrue\n", "\(result.output)\(result.errors)")
  }
}
