// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// Parameters and multiply-accumulates of the models at full size, one at a time for their memory.
@Suite(.serialized) struct CountTests {
  struct File: Decodable {
    struct Model: Decodable {
      var model: String
      var options: ModelFixture.Options
      var size, macs, parameters: Int
    }
    var models: [Model]
  }

  /// PyTorch's counts by hooks on the same networks.
  @Test func model_atFullSize_hasPyTorchsParametersAndMACs() throws {
    for m in try Fixtures.json("models/counts.json", as: File.self).models {
      let model = try ModelFixture.model(m.model, m.options, .float32, imageSize: m.size)
      let summary = try model.summary([3, m.size, m.size])
      let what = "\(m.model) \(m.options)"
      #expect(summary.parameters == m.parameters, "\(what)")
      #expect(model.parameters().reduce(0) { $0 + $1.count } == m.parameters, "\(what)")
      #expect(summary.macs == m.macs, "\(what)")
      #expect(summary.unused == 0, "\(what)")
    }
  }

  /// The numbers that papers and torchvision's documentation give.
  @Test(arguments: [
    ("resnet18", 11_689_512, 1.814), ("resnet34", 21_797_672, 3.664),
    ("resnet50", 25_557_032, 4.089), ("resnet101", 44_549_160, 7.801),
    ("mobilenetv2", 3_504_872, 0.301), ("vgg11_bn", 132_868_840, 7.609),
    ("vgg16_bn", 138_365_992, 15.470),
  ])
  func fixture_ofImageNet_isThePublishedOne(
    _ name: String, _ parameters: Int, _ billions: Double
  ) throws {
    let models = try Fixtures.json("models/counts.json", as: File.self).models
    let found = try #require(
      models.first {
        $0.model == name && $0.size == 224 && ($0.options.width_multiple ?? 1) == 1
      })
    #expect(found.parameters == parameters)
    #expect(abs(Double(found.macs) / 1e9 - billions) < 0.001)
  }
}

struct SummaryTests {
  private let draw = Initializer(seed: 1)

  private func small() throws -> Sequential {
    Sequential([
      try Conv2d(3, 4, kernel: 3, stride: 2, padding: 1, initializer: draw),
      try BatchNorm2d(4, initializer: draw), ReLU(),
      try Conv2d(4, 8, kernel: 3, groups: 2, bias: false, initializer: draw),
      Flatten(), try Linear(32, 5, initializer: draw),
    ])
  }

  @Test func summary_smallModel_listsEveryLayer() throws {
    let summary = try small().summary([3, 8, 8])
    let rows = summary.rows
    #expect(rows.map(\.path) == ["0", "1", "2", "3", "4", "5"])
    #expect(rows.map(\.type) == ["Conv2d", "BatchNorm2d", "ReLU", "Conv2d", "Flatten", "Linear"])
    #expect(
      rows.map(\.shapes) == [
        [[1, 4, 4, 4]], [[1, 4, 4, 4]], [[1, 4, 4, 4]], [[1, 8, 2, 2]], [[1, 32]], [[1, 5]],
      ])
    #expect(rows.map(\.parameters) == [4 * 27 + 4, 8, 0, 8 * 18, 0, 165])
    #expect(rows.map(\.macs) == [64 * 27, 0, 0, 32 * 18, 0, 160])
    #expect(summary.input == [1, 3, 8, 8])
    #expect(summary.parameters == 112 + 8 + 144 + 165)
    #expect(summary.trainable == summary.parameters)
    #expect(summary.macs == 1728 + 576 + 160)
    #expect(summary.parameterBytes == 4 * summary.parameters)
    #expect(summary.activationBytes == 4 * (3 * 64 + 32 + 32 + 5))
  }

  @Test func summary_text_isATable() throws {
    let model = Sequential([try Linear(1000, 2, initializer: draw), ReLU()])
    #expect(
      try model.summary([1000]).description == """
        Sequential, input (1, 1000)
        layer  type    output  parameters   MACs
        ----------------------------------------
        0      Linear  (1, 2)       2,002  2,000
        1      ReLU    (1, 2)           0      0
        ----------------------------------------
        total                       2,002  2,000
        trainable 2,002, parameters 0.0 MiB, activations of one image 0.0 MiB
        """)
  }

  @Test func summary_anyOutcome_leavesModelAsItWas() throws {
    let model = try small()
    let norm = try #require(model.children[1].module as? BatchNorm2d)
    norm.training = false
    let before = try model.stateDict().map { try doubles($0.tensor) }
    _ = try model.summary([3, 8, 8])
    #expect(throws: TensorError.self) { try model.summary([1, 8, 8]) }
    #expect(model.training && !norm.training && model.children[0].module.training)
    #expect(model.modules().allSatisfy { $0.observer == nil })
    #expect(try model.stateDict().map { try doubles($0.tensor) } == before)
    #expect(model.parameters().allSatisfy { $0.grad == nil })
  }

  @Test func summary_wrongShape_isAnErrorThatNamesTheLayer() throws {
    let model = Sequential([try small(), try Linear(7, 2, initializer: draw)])
    let first = #expect(throws: TensorError.self) { try model.summary([1, 8, 8]) }
    #expect(first?.message.hasPrefix("0.0 (Conv2d): conv2d: ") == true, "\(first?.message ?? "")")
    let last = #expect(throws: TensorError.self) { try model.summary([3, 8, 8]) }
    #expect(last?.message.hasPrefix("1 (Linear): linear: ") == true, "\(last?.message ?? "")")
    for shape in [[], [3, 0, 8], [3, -1, 8]] {
      let error = #expect(throws: TensorError.self) { try model.summary(shape) }
      #expect(error?.message.contains("without its batch") == true)
    }
  }

  @Test func summary_layerUsedTwice_isCountedOnce() throws {
    let layer = try Linear(3, 3, initializer: draw)
    let summary = try Sequential([layer, layer]).summary([3])
    #expect(summary.rows.map(\.path) == ["0", "0"])
    #expect(summary.rows.map(\.parameters) == [12, 0])
    #expect(summary.rows.map(\.macs) == [9, 9])
    #expect(summary.parameters == 12 && summary.unused == 0)
  }

  @Test func summary_uncalledLayer_isSaid() throws {
    final class Lazy: Module {
      override func forward(_ x: Tensor) throws -> Tensor { x }
    }
    let model = Lazy()
    model.register(child: "spare", try Linear(3, 3, initializer: draw))
    let summary = try model.summary([3])
    #expect(summary.rows.isEmpty && summary.unused == 12)
    #expect(summary.description.contains("not called: 12 parameters"))
  }

  @Test func summary_convolutionBatchNormReLU_isTheSameAsOneByOne() throws {
    let model = try small()
    model.training = false
    var stream = RandomStream(seed: 1, purpose: "test")
    let x = try Tensor.randn([2, 3, 8, 8], stream: &stream)
    let stepwise = try model.children.reduce(x) { try $1.module($0) }
    #expect(relativeError(try doubles(model(x)), try doubles(stepwise)) < 1e-6)
  }
}
