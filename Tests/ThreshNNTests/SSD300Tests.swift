// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// SSD300 against PyTorch, a sixteenth as wide.
struct SSD300Tests {
  struct File: Decodable {
    var options: ModelFixture.Options
    var input: ModelFixture.Filled
    var tensors: [ModelFixture.Filled]
    var outputs, gradients: [ModelFixture.Summary]
  }

  @Test func ssd300_outputsAndGradients_agreeWithPyTorch() throws {
    let file = try Fixtures.json("models/ssd300.json", as: File.self)
    let model = try ModelFixture.model("ssd300", file.options, .float64)
    #expect(model.stateDict().map(\.name) == file.tensors.compactMap(\.name))
    var state: [String: Tensor] = [:]
    for f in file.tensors { state[try #require(f.name)] = try f.tensor(.float64) }
    try model.load(state)
    let x = try file.input.tensor(.float64)

    model.training = false
    try GradMode.off {
      let outputs = try model.callAll(x)
      #expect(outputs.map(\.shape) == [[2, 4, 8732], [2, 5, 8732]])
      let named = zip(["loc", "conf"], outputs).map { (name: $0, tensor: $1) }
      let error = try ModelFixture.error(named, file.outputs)
      #expect(error < 1e-9, "outputs: \(error)")
      #expect(try model(x).shape == [2, 9, 8732])
    }
    model.training = true
    let outputs = try model.callAll(x)
    try outputs.map { try ($0 * $0).mean() }.reduce(Tensor.zeros([], .float64)) { try $0 + $1 }
      .backward()
    let gradients = try model.namedParameters().map {
      (name: $0.name, tensor: try #require($0.tensor.grad))
    }
    let error = try ModelFixture.error(gradients, file.gradients)
    #expect(error < 1e-9, "gradients: \(error)")
  }

  @Test func ssd300_state_hasNVIDIAsNamesAndCounts() throws {
    let model = try ModelRegistry.make("ssd300")
    let state = model.stateDict()
    // PyTorch's 342 entries less the 53 counters of batches.
    #expect(state.count == 289)
    #expect(model.namedParameters().count == 183)
    let names = Set(state.map(\.name))
    for name in [
      "feature_extractor.feature_extractor.0.weight",
      "feature_extractor.feature_extractor.6.5.bn3.running_var",
      "additional_blocks.4.3.weight", "loc.0.bias", "conf.5.weight",
    ] { #expect(names.contains(name), "\(name)") }
  }

  @Test func ssd300_smallImage_isAnError() throws {
    var options = ModelRegistry.defaults(of: "ssd300")
    options.width = 4
    let model = try SSD300(options)
    #expect(throws: TensorError.self) { try model.callAll(Tensor.zeros([1, 3, 100, 100])) }
  }
}
