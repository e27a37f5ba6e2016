// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

private func profile(_ model: Module, _ x: Tensor) throws -> Profile {
  try Profiler.profile { try model(x).sum().backward() }.profile
}

private func images(_ shape: [Int]) throws -> Tensor {
  var stream = RandomStream(seed: 1, purpose: "profile")
  return try Tensor.randn(shape, stream: &stream)
}

@Test func sequential_inAProfile_givesTimeAndFLOPsToItsLayers() throws {
  let draw = Initializer(seed: 1)
  let model = Sequential([
    try Conv2d(3, 8, kernel: 3, padding: 1, bias: false, initializer: draw),
    try BatchNorm2d(8, initializer: draw), ReLU(), GlobalAvgPool(),
    try Linear(8, 5, initializer: draw),
  ])
  let n = 2
  let profile = try profile(model, images([n, 3, 6, 6]))
  // The convolution runs with what follows it as one operation; the loss is in no layer.
  #expect(profile.layers.map(\.path) == ["0", "3", "4", ""])
  #expect(profile.layers.map(\.calls) == [1, 1, 1, 0])
  let conv = 2 * n * 6 * 6 * 8 * 3 * 9
  let linear = 2 * n * 8 * 5
  #expect(profile.layers.map(\.forward.flops) == [conv, 0, linear, 0])
  // The images want no gradient.
  #expect(profile.layers.map(\.backward.flops) == [conv, 0, 2 * linear, 0])
  #expect(profile.layers.allSatisfy { $0.forward.seconds > 0 && $0.backward.seconds > 0 })
}

/// The summary counts multiply-accumulates by the layers' shapes, the profile where they are done.
@Test(arguments: ["resnet8", "mobilenetv2", "lenet"])
func model_inAProfile_hasTheFLOPsOfItsSummary(_ name: String) throws {
  var options = ModelOptions()
  options.seed = 1
  options.inChannels = 3
  options.imageSize = 32
  let model = try ModelRegistry.make(name, options)
  let n = 2
  let profile = try profile(model, images([n, 3, 32, 32]))
  let rows = try model.summary([3, 32, 32]).rows.filter { $0.macs > 0 }
  let forward = Dictionary(
    uniqueKeysWithValues: profile.layers.filter { $0.forward.flops > 0 }.map {
      ($0.path, $0.forward.flops)
    })
  #expect(
    forward == Dictionary(uniqueKeysWithValues: rows.map { ($0.path, 2 * n * $0.macs) }))
  let first = try #require(rows.first?.path)
  for layer in profile.layers where layer.forward.flops > 0 {
    #expect(layer.backward.flops == (layer.path == first ? 1 : 2) * layer.forward.flops)
  }
}

@Test func twoModels_inAProfile_keepTheirLayersApart() throws {
  func model() throws -> Module {
    let draw = Initializer(seed: 1)
    return Sequential([
      try Linear(4, 3, initializer: draw), ReLU(), try Linear(3, 2, initializer: draw),
    ])
  }
  let (a, b) = (try model(), try model())
  var stream = RandomStream(seed: 1, purpose: "profile")
  let x = try Tensor.randn([2, 4], stream: &stream)
  let profile = try Profiler.profile {
    _ = try a(x)
    _ = try b(x)
  }.profile
  #expect(profile.layers.map(\.path) == ["0", "2", "Sequential#2.0", "Sequential#2.2"])
}
