// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshNN
import ThreshTensor

/// A layer to try, made anew for each forward pass: Dropout's stream and BatchNorm's running
/// statistics move on.
private struct LayerCase: Sendable {
  let type: String
  let shape: [Int]
  var training = true
  /// Whether rows of a batch stay apart.
  var rows = true
  let make: @Sendable (Initializer) throws -> Module

  var label: String { "\(type) \(shape)\(training ? "" : " in evaluation")" }

  func module() throws -> Module {
    let module = try make(Initializer(seed: 5, dtype: .float64))
    module.training = training
    return module
  }

  func input() throws -> Tensor {
    var stream = RandomStream(seed: 9, purpose: "layer tests")
    return try Tensor.randn(shape, .float64, stream: &stream)
  }
}

private let layers: [LayerCase] = [
  LayerCase(type: "Linear", shape: [4, 5]) { try Linear(5, 3, initializer: $0) },
  LayerCase(type: "Linear", shape: [2, 3, 5]) { try Linear(5, 2, bias: false, initializer: $0) },
  LayerCase(type: "Conv2d", shape: [3, 2, 5, 4]) {
    try Conv2d(2, 3, kernel: 3, stride: 2, padding: 1, initializer: $0)
  },
  LayerCase(type: "Conv2d", shape: [2, 4, 4, 5]) {
    try Conv2d(
      4, 6, kernel: Pair(1, 3), padding: Pair(0, 2), dilation: Pair(1, 2), groups: 2, bias: false,
      initializer: $0)
  },
  LayerCase(type: "Conv2d", shape: [2, 3, 4, 4]) {
    try Conv2d(3, 3, kernel: 3, padding: 1, groups: 3, mode: .kaimingFanOut, initializer: $0)
  },
  LayerCase(type: "BatchNorm2d", shape: [3, 2, 2, 3], rows: false) {
    try BatchNorm2d(2, initializer: $0)
  },
  LayerCase(type: "BatchNorm2d", shape: [3, 2, 2, 3], training: false) {
    try BatchNorm2d(2, initializer: $0)
  },
  LayerCase(type: "BatchNorm2d", shape: [3, 2, 2, 3], rows: false) {
    try BatchNorm2d(2, eps: 1e-3, affine: false, initializer: $0)
  },
  LayerCase(type: "BatchNorm1d", shape: [4, 3], rows: false) {
    try BatchNorm1d(3, initializer: $0)
  },
  LayerCase(type: "BatchNorm1d", shape: [4, 3], training: false) {
    try BatchNorm1d(3, initializer: $0)
  },
  LayerCase(type: "LayerNorm", shape: [4, 5]) { try LayerNorm([5], initializer: $0) },
  LayerCase(type: "LayerNorm", shape: [3, 2, 4]) { try LayerNorm([2, 4], initializer: $0) },
  LayerCase(type: "GroupNorm", shape: [3, 4, 2, 3]) { try GroupNorm(2, 4, initializer: $0) },
  LayerCase(type: "MaxPool2d", shape: [2, 3, 6, 5]) { _ in
    try MaxPool2d(kernel: 3, stride: 2, padding: 1)
  },
  LayerCase(type: "AvgPool2d", shape: [2, 3, 6, 5]) { _ in
    try AvgPool2d(kernel: Pair(2, 3), padding: Pair(1, 0), countIncludePad: false)
  },
  LayerCase(type: "AdaptiveAvgPool2d", shape: [2, 3, 5, 4]) { _ in
    try AdaptiveAvgPool2d(Pair(2, 3))
  },
  LayerCase(type: "GlobalAvgPool", shape: [2, 3, 4, 3]) { _ in GlobalAvgPool() },
  LayerCase(type: "Flatten", shape: [3, 2, 2, 2]) { _ in Flatten() },
  LayerCase(type: "ReLU", shape: [3, 4]) { _ in ReLU() },
  LayerCase(type: "ReLU6", shape: [3, 4]) { _ in ReLU6() },
  LayerCase(type: "GELU", shape: [3, 4]) { _ in GELU() },
  LayerCase(type: "Sigmoid", shape: [3, 4]) { _ in Sigmoid() },
  LayerCase(type: "Tanh", shape: [3, 4]) { _ in Tanh() },
  LayerCase(type: "Identity", shape: [3, 4]) { _ in Identity() },
  LayerCase(type: "Dropout", shape: [3, 2, 3, 2]) { try Dropout(0.4, initializer: $0) },
  LayerCase(type: "Dropout", shape: [3, 4], training: false) { try Dropout(0.4, initializer: $0) },
  LayerCase(type: "Sequential", shape: [3, 2, 4, 4]) {
    try Sequential([
      Conv2d(2, 3, kernel: 3, initializer: $0), GroupNorm(1, 3, initializer: $0), Tanh(), Flatten(),
      Linear(12, 2, initializer: $0),
    ])
  },
]

/// The gradients of a layer's input and parameters, by name, where `pick` says what of the output
/// counts.
private func gradients(
  _ layer: LayerCase, _ x: Tensor, _ seed: Tensor, _ pick: (Tensor) throws -> Tensor = { $0 }
) throws -> [(name: String, values: [Double])] {
  let (module, leaf) = (try layer.module(), try x.clone().requireGrad())
  try pick(module.forward(leaf)).backward(seed)
  return try [("the input", try doubles(#require(leaf.grad)))]
    + module.namedParameters().map { ($0.name, try doubles(#require($0.tensor.grad))) }
}

private func seed(_ shape: [Int]) throws -> Tensor {
  var stream = RandomStream(seed: 2, purpose: "seed")
  return try Tensor.randn(shape, .float64, stream: &stream)
}

@Test(arguments: layers.indices)
func layer_gradients_matchCentralDifferences(_ index: Int) throws {
  let layer = layers[index]
  let x = try layer.input()
  let weights = try seed(GradMode.off { try layer.module().forward(x).shape })
  let found = try gradients(layer, x, weights)
  let state = try layer.module().namedParameters()

  /// The weighted sum of the outputs with tensor `k` (the input first) as given.
  func loss(_ k: Int, _ values: [Double]) throws -> Double {
    try GradMode.off {
      let module = try layer.module()
      if k > 0 {
        let tensor = module.namedParameters()[k - 1].tensor
        try tensor.copy_(Tensor(values, tensor.shape))
      }
      let y = try module.forward(k == 0 ? Tensor(values, x.shape) : x)
      return try (y * weights).sum().item()
    }
  }
  for (k, tensor) in ([x] + state.map(\.tensor)).enumerated() {
    let values = try doubles(tensor)
    for i in values.indices {
      let ends = try [1e-5, -1e-5].map { step in
        var moved = values
        moved[i] += step
        return try loss(k, moved)
      }
      let (numeric, analytic) = ((ends[0] - ends[1]) / 2e-5, found[k].values[i])
      #expect(
        abs(numeric - analytic) <= 1e-6 * max(1, abs(analytic)),
        "\(layer.label), \(found[k].name), \(i)")
    }
  }
}

/// Dropping rows after the forward pass is a forward pass on the other rows alone.
@Test(arguments: layers.indices)
func layer_keep_givesGradientsOfAForwardPassOnTheKeptRows(_ index: Int) throws {
  let layer = layers[index]
  guard layer.rows else { return }
  let x = try layer.input()
  let rows = [layer.shape[0] - 1, 0]
  let kept = try GradMode.off { try layer.module().forward(x).keep(rows) }
  let weights = try seed(kept.shape)
  let dropped = try gradients(layer, x, weights) { try $0.keep(rows) }
  let picked = try gradients(layer, x, weights) {
    try $0.indexSelect(0, Tensor(rows.map { Int64($0) }))
  }
  for (a, b) in zip(dropped, picked) {
    #expect(relativeError(a.values, b.values) < 1e-12, "\(layer.label): \(a.name)")
  }
  // Dropout draws by position in the batch: fewer rows would draw other numbers.
  if layer.type == "Dropout" && layer.training { return }
  let few = try gradients(layer, x.indexSelect(0, Tensor(rows.map { Int64($0) })), weights)
  for (a, b) in zip(dropped, few).dropFirst() {
    #expect(relativeError(a.values, b.values) < 1e-12, "\(layer.label): \(a.name)")
  }
  let width = few[0].values.count / rows.count
  for (k, row) in rows.enumerated() {
    let own = Array(dropped[0].values[row * width..<(row + 1) * width])
    #expect(relativeError(own, Array(few[0].values[k * width..<(k + 1) * width])) < 1e-12)
  }
}

/// In training BatchNorm's own rule holds, which Tests/ThreshTensorTests compares with its formula.
@Test func layer_keepBehindBatchNorm_leavesDroppedRowsWithoutGradient() throws {
  for layer in layers where !layer.rows {
    let x = try layer.input()
    let shape = try layer.module().forward(x).keep([1]).shape
    let found = try gradients(layer, x, seed(shape)) { try $0.keep([1]) }
    let width = x.count / x.shape[0]
    for (i, value) in found[0].values.enumerated() where i / width != 1 {
      #expect(value == 0, "\(layer.label)")
    }
  }
}

@Test func layer_channelsLastImages_giveTheSameBits() throws {
  for layer in layers where layer.shape.count == 4 {
    let x = try layer.input()
    let weights = try seed(GradMode.off { try layer.module().forward(x).shape })
    let order = { (t: Tensor) in t.ndim == 4 ? try t.channelsLast() : t }
    let (plain, last) = (
      try gradients(layer, x, weights), try gradients(layer, order(x), order(weights))
    )
    for (a, b) in zip(plain, last) { #expect(a.values == b.values, "\(layer.label): \(a.name)") }
    let outputs = try [x, order(x)].map { try doubles(layer.module().forward($0)) }
    #expect(outputs[0] == outputs[1], "\(layer.label)")
  }
}

@Test func layer_everyPublicClass_hasACase() throws {
  let folder = Fixtures.folder.deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/ThreshNN/Layers").path
  var classes: Set<String> = []
  for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
    let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
    for line in text.split(separator: "\n") where line.hasPrefix("public final class ") {
      classes.insert(String(line.split(separator: " ")[3].prefix { $0 != ":" }))
    }
  }
  #expect(classes.count >= 18)
  let missing = classes.subtracting(layers.map(\.type))
  #expect(missing.isEmpty, "\(missing.sorted())")
}

/// Whole models in evaluation: every operation on the way lets rows go.
@Test(arguments: ["mlp", "lenet", "resnet8", "mobilenetv2"])
func model_keep_givesGradientsOfAForwardPassOnTheKeptRows(_ name: String) throws {
  var options = ModelOptions()
  options.dtype = .float64
  options.width = 8
  let model = try ModelRegistry.make(name, options)
  model.training = false
  var stream = RandomStream(seed: 4, purpose: "model")
  let x = try Tensor.randn([4, 3, 32, 32], .float64, stream: &stream)
  let labels: [Int64] = [3, 0, 7, 7]
  let rows = [2, 0]
  func parameterGradients(_ losses: Tensor) throws -> [[Double]] {
    for p in model.parameters() { p.grad = nil }
    try losses.mean().backward()
    return try model.parameters().map { try doubles(#require($0.grad)) }
  }
  let kept = try parameterGradients(
    model.forward(x).crossEntropy(Tensor(labels), reduction: .none).keep(rows))
  let few = try parameterGradients(
    model.forward(x.indexSelect(0, Tensor(rows.map { Int64($0) }))).crossEntropy(
      Tensor(rows.map { labels[$0] }), reduction: .none))
  for (a, b) in zip(kept, few) { #expect(relativeError(a, b) < 1e-10) }
}
