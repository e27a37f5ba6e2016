// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshNN
import ThreshTensor

struct DetectorTests {
  struct Counts: Decodable { var parameters: [String: Int] }

  @Test(arguments: SSD300.Backbone.allCases)
  func ssd300_backbones_haveTheParametersOfTheReference(_ backbone: SSD300.Backbone) throws {
    let wanted = try Fixtures.json("boxes.json", as: Counts.self).parameters
    let model = try SSD300(backbone: backbone)
    #expect(model.parameters().reduce(0) { $0 + $1.count } == wanted[backbone.rawValue])
    if backbone == .resnet50 {
      #expect(wanted["resnet50"] == 22_894_902)
      let own = model.namedParameters()
      let free = own.filter { $0.tensor.ndim == 1 }.reduce(0) { $0 + $1.tensor.count }
      #expect(free == 38_518)
    }
  }

  @Test(arguments: SSD300.Backbone.allCases)
  func ssd300_backbones_answerTheirBoxes(_ backbone: SSD300.Backbone) throws {
    var options = ModelRegistry.defaults(of: "ssd300")
    options.width = 4
    options.classes = 7
    let model = try SSD300(options, backbone: backbone)
    #expect(model.boxes.count == 8732)
    #expect(model.classes == 7)
    #expect(model.imageSize == 300)
    // One place is left on the last map, too few for the statistics of training.
    model.training = false
    let outputs = try GradMode.off { try model.callAll(Tensor.zeros([1, 3, 300, 300])) }
    #expect(outputs.map(\.shape) == [[1, 4, 8732], [1, 7, 8732]])
  }

  @Test(arguments: [32, 64, 96, 100, 129])
  func smallSSD_outputs_fitItsBoxes(_ size: Int) throws {
    let model = try SmallSSD(
      classes: 5, imageSize: size, width: 4, initializer: Initializer(seed: 1))
    let outputs = try GradMode.off { try model.callAll(Tensor.zeros([2, 3, size, size])) }
    #expect(outputs.map(\.shape) == [[2, 4, model.boxes.count], [2, 5, model.boxes.count]])
    #expect(model.imageSize == size)
    if size == 96 { #expect(model.boxes.count == 828) }
    #expect(throws: TensorError.self) { try model.callAll(Tensor.zeros([2, 3, size + 1, size])) }
  }

  @Test func smallSSD_badOptions_areErrors() {
    let draw = Initializer(seed: 1)
    #expect(throws: TensorError.self) { try SmallSSD(classes: 1, initializer: draw) }
    #expect(throws: TensorError.self) { try SmallSSD(classes: 3, imageSize: 8, initializer: draw) }
    #expect(throws: TensorError.self) { try SmallSSD(classes: 3, width: 0, initializer: draw) }
    #expect(throws: TensorError.self) {
      try SmallSSD(classes: 3, scales: [0.1], initializer: draw)
    }
    #expect(throws: TensorError.self) {
      try SmallSSD(classes: 3, initializer: Initializer(seed: 1, dtype: .int64))
    }
  }

  @Test func smallSSD_oneBatch_isLearnt() throws {
    var draw = Draw(4)
    let model = try SmallSSD(classes: 3, imageSize: 64, width: 8, initializer: Initializer(seed: 2))
    let images = [try draw.objects(2, classes: 3), try draw.objects(1, classes: 3)]
    let targets = try Matching.encode(images, model.boxes)
    let x = try draw.normal([2, 3, 64, 64], .float32)
    let optimizer = try SGD([
      Optimizer.Group(model.parameters(), lr: 0.02, weightDecay: 0, momentum: 0.9)
    ])
    var losses: [Double] = []
    for _ in 0..<30 {
      let outputs = try model.callAll(x)
      let loss = try MultiBox.loss(outputs[0], outputs[1], targets).losses.mean()
      losses.append(try loss.item())
      for p in model.parameters() { p.grad = nil }
      try loss.backward()
      try optimizer.step()
    }
    #expect(losses[29] < losses[0] / 3, "\(losses)")
  }

  @Test func biasGradients_areThoseOfTheTape() throws {
    var draw = Draw(6)
    let model = try SmallSSD(
      classes: 4, imageSize: 64, width: 4, initializer: Initializer(seed: 3, dtype: .float64))
    model.training = false
    let images = [
      try draw.objects(3, classes: 4), ImageObjects(boxes: [], labels: []),
      try draw.objects(1, classes: 4),
    ]
    let targets = try Matching.encode(images, model.boxes)
    let x = try draw.normal([3, 3, 64, 64])
    let biases = model.namedParameters().filter {
      ($0.name.hasPrefix("loc") || $0.name.hasPrefix("conf")) && $0.name.hasSuffix("bias")
    }.map(\.tensor)
    let width = biases.reduce(0) { $0 + $1.count }
    #expect(width == (4 + 6 + 4) * 8)
    for how in MultiBox.Normalisation.allCases {
      let options = MultiBox.Options(normalisation: how, alpha: 0.5)
      let outputs = try model.callAll(x)
      let rows = try BiasGradients.rows(outputs[0], outputs[1], targets, model.boxes, options)
      #expect(rows.shape == [3, width])
      let losses = try MultiBox.loss(outputs[0], outputs[1], targets, options).losses
      for i in 0..<3 {
        let taped = try losses.gradients(
          of: biases, seed: Tensor((0..<3).map { $0 == i ? 1.0 : 0 }), retainGraph: true
        ).flatMap { try values($0) }
        let found = try values(rows.select(0, i))
        if i == 1 {
          #expect(found.allSatisfy { $0 == 0 } && taped.allSatisfy { $0 == 0 })
        } else {
          #expect(relativeError(found, taped) < 1e-12, "\(how.rawValue), image \(i)")
        }
      }
      let pooled = try BiasGradients.rows(
        outputs[0], outputs[1], targets, model.boxes, options, pooled: true)
      #expect(pooled.shape == [3, 8])
      let sums = try values(rows.narrow(1, 0, 56).sum(dims: [1]))
      #expect(
        relativeError(try values(pooled.narrow(1, 0, 4).sum(dims: [1])), sums) < 1e-12)
    }
  }

  @Test func biasGradients_ofSSD300_are2550() throws {
    let targets = try Matching.encode(
      [ImageObjects(boxes: [0.1, 0.1, 0.4, 0.5], labels: [80])], .ssd300)
    let rows = try BiasGradients.rows(
      Tensor.zeros([1, 4, 8732]), Tensor.zeros([1, 81, 8732]), targets, .ssd300)
    #expect(rows.shape == [1, 2550])
    #expect(throws: TensorError.self) {
      try BiasGradients.rows(
        Tensor.zeros([1, 4, 9]), Tensor.zeros([1, 81, 9]),
        BoxTargets(labels: Tensor.zeros([1, 9], .int64), offsets: Tensor.zeros([1, 4, 9])), .ssd300)
    }
  }
}
