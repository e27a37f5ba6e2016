// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshNN
import ThreshTensor

struct DetectorStateTests {
  private func small() throws -> SSD300 {
    var options = ModelRegistry.defaults(of: "ssd300")
    options.width = 4
    options.classes = 3
    return try SSD300(options, backbone: .resnet18)
  }

  private func state(_ model: Module) -> [String: Tensor] {
    Dictionary(uniqueKeysWithValues: model.stateDict().map { ($0.name, $0.tensor) })
  }

  private func same(_ a: [String: Tensor], _ b: [String: Tensor]) throws -> Bool {
    guard Set(a.keys) == Set(b.keys) else { return false }
    return try a.allSatisfy { name, tensor in
      let other = try #require(b[name])
      return try tensor.shape == other.shape && values(tensor) == values(other)
    }
  }

  @Test func torchvision_headChannels_runByBoxFirst() throws {
    // Two boxes, three classes, one map: channel k * 2 + b here, b * 3 + k there.
    let ours = try Tensor([0, 1, 2, 3, 4, 5].map { Float($0) }, [6, 1, 1, 1])
    let bias = try Tensor([0, 1, 2, 3, 4, 5].map { Float($0) })
    let there = try DetectorState.convert(
      ["conf.0.weight": ours, "conf.0.bias": bias, "other": bias], from: .thresh, to: .torchvision,
      shapes: [2])
    #expect(
      Set(there.keys) == [
        "head.classification_head.module_list.0.weight",
        "head.classification_head.module_list.0.bias", "other",
      ])
    let weight = try #require(there["head.classification_head.module_list.0.weight"])
    #expect(weight.shape == [6, 1, 1, 1])
    #expect(try weight.values(Float.self) == [0, 2, 4, 1, 3, 5])
    let back = try DetectorState.convert(there, from: .torchvision, to: .nvidia, shapes: [2])
    #expect(try values(#require(back["conf.0.weight"])) == [0, 1, 2, 3, 4, 5])
    #expect(try values(#require(back["conf.0.bias"])) == [0, 1, 2, 3, 4, 5])
  }

  @Test func conversions_thereAndBack_changeNothing() throws {
    let model = try small()
    let state = state(model)
    for layout in StateLayout.allCases {
      let there = try DetectorState.convert(
        state, from: .thresh, to: layout, shapes: model.boxes.shapes)
      let back = try DetectorState.convert(
        there, from: layout, to: .thresh, shapes: model.boxes.shapes)
      #expect(try same(back, state), "\(layout.rawValue)")
      #expect(throws: Never.self) { try small().load(back) }
    }
  }

  @Test func nvidia_state_has342Entries() throws {
    let model = try SSD300()
    let there = try DetectorState.convert(
      state(model), from: .thresh, to: .nvidia, shapes: model.boxes.shapes)
    #expect(there.count == 342)
    #expect(there["additional_blocks.0.1.num_batches_tracked"]?.dtype == .int64)
    let parallel = Dictionary(uniqueKeysWithValues: there.map { ("module." + $0.key, $0.value) })
    let back = try DetectorState.convert(
      parallel, from: .nvidia, to: .thresh, shapes: model.boxes.shapes)
    #expect(back.count == 289)
  }

  @Test func convert_headsThatDoNotFit_areErrors() throws {
    let bias = try Tensor.zeros([7])
    #expect(throws: TensorError.self) {
      try DetectorState.convert(["conf.0.bias": bias], from: .thresh, to: .torchvision, shapes: [2])
    }
    #expect(throws: TensorError.self) {
      try DetectorState.convert(["conf.1.bias": bias], from: .thresh, to: .torchvision, shapes: [7])
    }
    #expect(throws: TensorError.self) {
      try DetectorState.convert(
        ["module.a": bias, "a": bias], from: .nvidia, to: .thresh, shapes: [7])
    }
  }

  @Test func backbone_ofTorchvision_givesTheSameMaps() throws {
    var options = ModelOptions()
    options.width = 4
    options.imageSize = 224
    options.seed = 9
    let resnet = try ResNet(depth: 18, options)
    let model = try small()
    let before = state(model)
    let heads = try values(#require(before["conf.0.weight"]))
    var given = state(resnet)
    given["bn1.num_batches_tracked"] = try Tensor.zeros([], .int64)
    try DetectorState.loadTrunk(of: model, fromResNet: given)
    let after = state(model)
    #expect(
      try values(#require(after["feature_extractor.feature_extractor.0.weight"]))
        == values(#require(given["conv1.weight"])))
    #expect(
      try values(#require(after["feature_extractor.feature_extractor.6.1.bn2.weight"]))
        == values(#require(given["layer3.1.bn2.weight"])))
    #expect(
      try values(#require(after["feature_extractor.feature_extractor.6.0.downsample.0.weight"]))
        == values(#require(given["layer3.0.downsample.0.weight"])))
    #expect(try values(#require(after["conf.0.weight"])) == heads)
  }

  @Test func backbone_ofAnotherDepth_isAnErrorAndChangesNothing() throws {
    var options = ModelOptions()
    options.width = 4
    let model = try small()
    let before = try values(model.parameters()[0])
    for depth in [34, 50] {
      let resnet = try ResNet(depth: depth, options)
      #expect(throws: TensorError.self) {
        try DetectorState.loadTrunk(of: model, fromResNet: state(resnet))
      }
    }
    #expect(throws: TensorError.self) { try DetectorState.loadTrunk(of: model, fromResNet: [:]) }
    #expect(try values(model.parameters()[0]) == before)
  }
}
