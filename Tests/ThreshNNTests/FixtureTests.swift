// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshNN
import ThreshTensor

/// One case of Tests/Fixtures/nn; scripts/fixtures/torch_nn.py says what its tensors are.
private struct Golden {
  let op: String
  let arguments: JSON
  let inputs, outputs: [Tensor]

  static func cases(_ name: String) throws -> [Golden] {
    let folder = Fixtures.folder.appending(path: "nn")
    let index = try JSON.parse(Array(Data(contentsOf: folder.appending(path: "\(name).json"))))
    let arrays = Dictionary(
      uniqueKeysWithValues: try NPZ.read(folder.appending(path: "\(name).npz").path).map {
        ($0.name, $0.tensor)
      })
    func named(_ list: JSON?) throws -> [Tensor] {
      try (list?.array ?? []).map { try #require(arrays[$0.string ?? ""]) }
    }
    return try (index["cases"]?.array ?? []).map {
      Golden(
        op: $0["op"]?.string ?? "", arguments: $0["args"] ?? .null, inputs: try named($0["inputs"]),
        outputs: try named($0["outputs"]))
    }
  }

  var dtype: DType { inputs[0].dtype }
  var label: String { "\(op) \(dtype.name) \(arguments.text)" }
  func integer(_ name: String) throws -> Int { try #require(arguments[name]?.integer) }
  func number(_ name: String) -> Double? { arguments[name]?.double }
  func flag(_ name: String) -> Bool? { arguments[name]?.bool }
  func names(_ name: String) -> [String] { arguments[name]?.array?.compactMap(\.string) ?? [] }

  /// One extent for both directions, or two.
  func pair(_ name: String) throws -> Pair {
    if let one = arguments[name]?.integer { return Pair(one) }
    let two = arguments[name]?.array ?? []
    return Pair(try #require(two.first?.integer), try #require(two.last?.integer))
  }

  /// The largest difference relative to the largest number of the golden tensor. In float64 1e-9, in
  /// float32 with its 24 bits 1e-5, leave room for sums in another order alone.
  func expect(_ what: String, _ given: Tensor, _ wanted: Tensor) throws {
    #expect(given.shape == wanted.shape && given.dtype == dtype, "\(what) of \(label)")
    let error = relativeError(try doubles(given), try doubles(wanted))
    #expect(error <= (dtype == .float64 ? 1e-9 : 1e-5), "\(what) of \(label): \(error)")
  }
}

/// An operation of a single tensor that has no layer of its own.
private final class Function: Module {
  let f: (Tensor) throws -> Tensor
  init(_ f: @escaping (Tensor) throws -> Tensor) { self.f = f }
  override func forward(_ x: Tensor) throws -> Tensor { try f(x) }
}

/// The layer of a case; nil for what the product does not have.
private func layer(_ g: Golden, _ dtype: DType) throws -> Module? {
  let draw = Initializer(seed: 1, dtype: dtype)
  switch g.op {
  case "linear": return try Linear(5, 3, bias: g.flag("bias") ?? true, initializer: draw)
  case "conv2d":
    return try Conv2d(
      6, g.integer("k"), kernel: g.pair("kernel"), stride: g.pair("stride"),
      padding: g.pair("padding"), dilation: g.pair("dilation"), groups: g.integer("groups"),
      bias: g.flag("bias") ?? true, initializer: draw)
  case "batch_norm2d":
    return try BatchNorm2d(
      3, eps: #require(g.number("eps")), momentum: #require(g.number("momentum")),
      affine: g.flag("affine") ?? true, initializer: draw)
  case "max_pool2d" where g.flag("ceil_mode") != true:
    return try MaxPool2d(
      kernel: g.pair("kernel"), stride: g.pair("stride"), padding: g.pair("padding"))
  case "avg_pool2d":
    return try AvgPool2d(
      kernel: g.pair("kernel"), stride: g.pair("stride"), padding: g.pair("padding"),
      countIncludePad: g.flag("count_include_pad") == true)
  case "adaptive_avg_pool2d": return try AdaptiveAvgPool2d(g.pair("size"))
  case "group_norm":
    return try GroupNorm(g.integer("groups"), 6, eps: #require(g.number("eps")), initializer: draw)
  case "layer_norm":
    return try LayerNorm(
      (g.arguments["shape"]?.array ?? []).compactMap(\.integer), eps: #require(g.number("eps")),
      initializer: draw)
  case "dropout": return try Dropout(#require(g.number("p")), initializer: draw)
  case "relu": return ReLU()
  case "relu6": return ReLU6()
  case "tanh": return Tanh()
  case "sigmoid": return Sigmoid()
  case "gelu": return GELU()
  case "silu": return Function { try $0.silu() }
  case "softplus": return Function { try $0.softplus() }
  case "flatten": return Flatten()
  default: return nil
  }
}

/// The outputs of a case as the fixture lists them, and what each is.
private func results(
  _ g: Golden, _ layer: Module, _ dtype: DType, channelsLast: Bool
) throws -> [(name: String, tensor: Tensor)] {
  func ordered(_ t: Tensor) throws -> Tensor {
    let t = try t.cast(dtype)
    return channelsLast && t.ndim == 4 ? try t.channelsLast() : try t.contiguous()
  }
  layer.training = g.flag("train") == true
  try layer.load(Dictionary(uniqueKeysWithValues: zip(g.names("parameters"), g.inputs.dropFirst())))
  let x = try ordered(g.inputs[0]).clone().requireGrad()
  let y = try layer.forward(x)
  try y.backward(ordered(#require(g.inputs.last)))
  var all = [(name: "output", tensor: y), (name: "input gradient", tensor: try #require(x.grad))]
  let tensors = Dictionary(uniqueKeysWithValues: layer.stateDict().map { ($0.name, $0.tensor) })
  for name in g.names("gradients") {
    all.append(("\(name) gradient", try #require(tensors[name]?.grad)))
  }
  for name in g.names("buffers") { all.append((name, try #require(tensors[name]))) }
  return all
}

/// float64 within 1e-9, which leaves room for sums in another order alone. float32 within 1e-5 of the
/// float64 result of the same inputs. With two values a channel the gradient through BatchNorm is what
/// is left of terms a thousand times larger, so that a few roundings of those are all that float32 can
/// give, torch included: there the error is compared with torch's own, of which it is no multiple.
@Test func layers_goldenCases_matchPyTorchInOutputsAndGradients() throws {
  let cases = try Golden.cases("layers")
  #expect(cases.count > 130)
  var absent: Set<String> = []
  for g in cases {
    guard let exact = try layer(g, .float64) else {
      absent.insert(g.op)
      continue
    }
    let wide = try results(g, exact, .float64, channelsLast: false)
    #expect(wide.count == g.outputs.count)
    for channelsLast in [false, true] where !channelsLast || g.inputs[0].ndim == 4 {
      guard let own = try layer(g, g.dtype) else { continue }
      let given = try results(g, own, g.dtype, channelsLast: channelsLast)
      for ((name, tensor), (exact, golden)) in zip(given, zip(wide, g.outputs)) {
        #expect(tensor.shape == golden.shape && tensor.dtype == g.dtype, "\(name) of \(g.label)")
        let truth = try doubles(exact.tensor)
        let torch = relativeError(try doubles(golden), truth)
        let error = relativeError(try doubles(tensor), truth)
        if g.dtype == .float64 {
          #expect(torch < 1e-9 && error < 1e-9, "\(name) of \(g.label): \(torch)")
        } else {
          #expect(error < max(1e-5, 2 * torch), "\(name) of \(g.label): \(error)")
          #expect(torch < 1e-3, "\(name) of \(g.label): \(torch)")
        }
      }
    }
  }
  // torch has these too; max_pool2d is here for its ceil_mode alone.
  #expect(absent == ["leaky_relu", "max_pool2d"])
}

@Test func losses_goldenCases_matchPyTorchInValuesAndGradients() throws {
  let cases = try Golden.cases("losses")
  #expect(cases.count > 70)
  var absent: Set<String> = []
  for g in cases {
    let x = try g.inputs[0].clone().requireGrad()
    let target = g.inputs[1]
    let reduction = try LossReduction(name: #require(g.arguments["reduction"]?.string), op: g.op)
    let loss: Tensor
    switch g.op {
    case "cross_entropy":
      loss = try x.crossEntropy(
        target, weights: g.inputs.count > 2 ? g.inputs[2] : nil,
        labelSmoothing: #require(g.number("label_smoothing")), reduction: reduction)
    case "nll_loss": loss = try x.nllLoss(target, reduction: reduction)
    case "mse_loss": loss = try x.mseLoss(target, reduction: reduction)
    case "l1_loss": loss = try x.l1Loss(target, reduction: reduction)
    case "smooth_l1_loss":
      loss = try x.smoothL1Loss(target, beta: #require(g.number("beta")), reduction: reduction)
    case "huber_loss":
      loss = try x.huberLoss(target, delta: #require(g.number("delta")), reduction: reduction)
    case "binary_cross_entropy_with_logits":
      loss = try x.bceWithLogits(target, reduction: reduction)
    default:
      absent.insert(g.op)
      continue
    }
    let seed = try Tensor((1...loss.count).map { Double($0) }, loss.shape).cast(g.dtype)
    try loss.backward(seed)
    try g.expect("value", loss, g.outputs[0])
    try g.expect("gradient", #require(x.grad), g.outputs[1])
  }
  #expect(absent == ["kl_div"])
}
