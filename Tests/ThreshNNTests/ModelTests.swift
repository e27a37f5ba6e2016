// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// Whole models against PyTorch: logits, losses, gradients, running statistics, one SGD step.
struct ModelTests {
  struct File: Decodable {
    struct Pass: Decodable {
      var logits: [[Double]]
      var losses: [Double]
      var loss: Double?
    }
    struct Run: Decodable {
      var dtype: String
      var eval, train: Pass
      var gradients, buffers, stepped: [ModelFixture.Summary]
    }
    struct Settings: Decodable { var lr, momentum, weight_decay: Double }
    var model: String
    var options: ModelFixture.Options?
    var labels: [Int64]
    var input: ModelFixture.Filled
    var optimizer: Settings
    var tensors: [ModelFixture.Filled]
    var runs: [Run]
  }

  @Test(arguments: [
    "mlp", "lenet", "resnet20", "resnet18", "mobilenetv2", "resnet18-imagenet",
    "resnet50-imagenet", "mobilenetv2-imagenet", "vgg11_bn-imagenet", "vgg11_bn-cifar",
  ])
  func model_forwardBackwardStep_agreesWithPyTorch(_ name: String) throws {
    let file = try Fixtures.json("models/\(name).json", as: File.self)
    // The exact form: where a value lies next to a rectifier's kink, Winograd's rounding decides.
    ConvolutionMethod.mode = .direct
    defer { ConvolutionMethod.mode = .auto }
    for run in file.runs {
      let dtype = try #require(DType(name: run.dtype))
      let tolerance = dtype == .float64 ? 1e-9 : 1e-4
      let model = try ModelFixture.model(file.model, file.options, dtype)
      var state: [String: Tensor] = [:]
      for f in file.tensors { state[try #require(f.name)] = try f.tensor(dtype) }
      try model.load(state)
      let x = try file.input.tensor(dtype)
      let labels = try Tensor(file.labels)

      func losses(_ logits: Tensor) throws -> Tensor {
        try logits.crossEntropy(labels, reduction: .none)
      }
      func check(_ what: String, _ given: [Double], _ expected: [Double]) {
        let e = relativeError(given, expected)
        #expect(e < tolerance, "\(name) \(run.dtype) \(what): \(e)")
      }
      model.training = false
      try GradMode.off {
        let logits = try model.forward(x)
        check("eval logits", try doubles(logits), run.eval.logits.flatMap { $0 })
        check("eval losses", try doubles(losses(logits)), run.eval.losses)
      }
      model.training = true
      let logits = try model.forward(x)
      check("train logits", try doubles(logits), run.train.logits.flatMap { $0 })
      let each = try losses(logits)
      check("train losses", try doubles(each), run.train.losses)
      let loss = try each.mean()
      check("loss", [try loss.item()], [try #require(run.train.loss)])
      try loss.backward()
      let gradients = try model.namedParameters().map {
        (name: $0.name, tensor: try #require($0.tensor.grad))
      }
      let gradientError = try ModelFixture.error(gradients, run.gradients)
      #expect(gradientError < tolerance, "\(name) \(run.dtype) gradients: \(gradientError)")
      if !run.buffers.isEmpty {
        let bufferError = try ModelFixture.error(model.namedBuffers(), run.buffers)
        #expect(bufferError < tolerance, "\(name) \(run.dtype) buffers: \(bufferError)")
      }
      let s = file.optimizer
      let optimizer = try SGD(
        [
          Optimizer.Group(
            model.parameters(), lr: s.lr, weightDecay: s.weight_decay, momentum: s.momentum)
        ], nesterov: true)
      try optimizer.step()
      let stepError = try ModelFixture.error(model.namedParameters(), run.stepped)
      #expect(stepError < tolerance, "\(name) \(run.dtype) step: \(stepError)")
    }
  }

  @Test func model_sameSeed_sameBits_otherSeed_others() throws {
    func first(_ seed: UInt64) throws -> [Double] {
      var o = ModelOptions()
      o.seed = seed
      return try ModelRegistry.make("resnet8", o).parameters().flatMap { try doubles($0) }
    }
    #expect(try first(1) == first(1))
    #expect(try first(1) != first(2))
  }

  @Test func forwardWithEmbedding_resnet_headReproducesLogits() throws {
    var o = ModelOptions()
    o.dtype = .float64
    let model = try ModelRegistry.make("resnet8", o)
    model.training = false
    var stream = RandomStream(seed: 1, purpose: "test")
    let x = try Tensor.randn([3, 3, 8, 8], .float64, stream: &stream)
    let (logits, embedding) = try model.forwardWithEmbedding(x)
    #expect(embedding.shape == [3, 64])
    let head = try #require(model.head())
    let again = try doubles(embedding.linear(head.weight, bias: head.bias))
    #expect(relativeError(again, try doubles(logits)) < 1e-14)
  }

  @Test func forwardWithEmbedding_withoutLinearLayer_isAnError() throws {
    let model = Sequential([ReLU()])
    #expect(throws: TensorError.self) { try model.forwardWithEmbedding(Tensor.ones([2, 2])) }
  }

  @Test func load_missingUnexpectedAndMisshapen_areAllNamed() throws {
    let model = try Linear(2, 3, initializer: Initializer(seed: 1))
    let before = try doubles(model.weight)
    let error = #expect(throws: TensorError.self) {
      try model.load(["weight": Tensor.zeros([3, 3]), "extra": Tensor.zeros([1])])
    }
    let text = error?.message ?? ""
    for part in ["missing: bias", "unexpected: extra", "weight has shape (3, 3)", "(3, 2)"] {
      #expect(text.contains(part), "\(text)")
    }
    #expect(try doubles(model.weight) == before)
    try model.load(["bias": Tensor.ones([3])], strict: false)
  }

  /// One training run of a few steps; every parameter's bits.
  private func train(threads: Int, model name: String) throws -> [[Double]] {
    let before = Workers.threadCount
    defer { Workers.threadCount = before }
    Workers.threadCount = threads
    var o = ModelOptions()
    o.seed = 3
    o.width = 8
    let model = try ModelRegistry.make(name, o)
    let optimizer = try SGD([
      Optimizer.Group(model.parameters(), lr: 0.1, weightDecay: 5e-4, momentum: 0.9)
    ])
    var stream = RandomStream(seed: 5, purpose: "test")
    for _ in 0..<3 {
      let x = try Tensor.randn([24, 3, 32, 32], stream: &stream)
      let y = try Tensor.randint(0, 10, [24], stream: &stream)
      optimizer.zeroGrad()
      try model.forward(x).crossEntropy(y).backward()
      try optimizer.step()
    }
    return try model.stateDict().map { try doubles($0.tensor) }
  }

  @Test(arguments: ["resnet8", "lenet", "mobilenetv2", "resnet50", "vgg11_bn"])
  func training_oneOrTwoThreads_givesTheSameBits(_ name: String) throws {
    #expect(try train(threads: 1, model: name) == train(threads: 2, model: name))
  }
}
