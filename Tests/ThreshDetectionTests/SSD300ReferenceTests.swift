// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshDetection
import ThreshNN
import ThreshTensor

/// Whole models with their loss against PyTorch's.
@Suite(.serialized) struct SSD300ReferenceTests {
  struct Options: Decodable { var width, classes: Int }
  struct Summary: Decodable {
    var name: String
    var sum, norm: Double
    var first: [Double]
  }
  struct Model: Decodable {
    var options: Options
    var input: Filled
    var train: Bool
    var objects: [[Float]]
    var labels: [[Int]]
    var losses, locations, scores: [Double]
    var positives: [Int64]
    var outputs, gradients: [Summary]
    var biases: [[Double]]
    var tensors: [Filled]
  }
  struct File: Decodable { var small, whole: Model }

  /// The largest difference from the summary, relative to its root mean square; of the norm alone on
  /// demand.
  private func error(
    _ tensor: Tensor, _ wanted: Summary, normsOnly: Bool = false
  ) throws -> Double {
    let given = try values(tensor)
    let rms = wanted.norm / Double(max(given.count, 1)).squareRoot()
    let norm = given.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let norms = abs(norm - wanted.norm) / wanted.norm
    if normsOnly { return norms }
    return zip(given, wanted.first).reduce(norms) { max($0, abs($1.0 - $1.1) / rms) }
  }

  private func check(_ m: Model, _ dtype: DType, every: Int, most: Double) throws {
    var options = ModelRegistry.defaults(of: "ssd300")
    options.width = m.options.width
    options.classes = m.options.classes
    options.dtype = dtype
    let model = try SSD300(options)
    var state: [String: Tensor] = [:]
    for f in m.tensors { state[try #require(f.name)] = try f.tensor(dtype) }
    try model.load(state)
    model.training = m.train
    let images = zip(m.objects, m.labels).map { ImageObjects(boxes: $0, labels: $1) }
    let targets = try Matching.encode(images, model.boxes, classes: model.classes)
    let outputs = try model.callAll(m.input.tensor(dtype))
    for (tensor, wanted) in zip(outputs, m.outputs) {
      let off = try error(tensor.detached(), wanted)
      #expect(off < most, "\(wanted.name): \(off)")
    }
    let result = try MultiBox.loss(outputs[0], outputs[1], targets)
    #expect(try result.positives.values(Int64.self) == m.positives)
    #expect(relativeError(try values(result.losses), m.losses) < most)
    #expect(relativeError(try values(result.locations), m.locations) < most)
    #expect(relativeError(try values(result.scores), m.scores) < most)

    let rows = try BiasGradients.rows(outputs[0], outputs[1], targets, model.boxes)
    for (i, wanted) in m.biases.enumerated() {
      let all = try values(rows.select(0, i))
      let some = stride(from: 0, to: all.count, by: every).map { all[$0] }
      let off = relativeError(some, wanted)
      #expect(off < most, "biases of image \(i): \(off)")
    }
    try result.losses.mean().backward()
    let byName = Dictionary(
      uniqueKeysWithValues: model.namedParameters().map { ($0.name, $0.tensor) })
    // A bias in front of a BatchNorm has no gradient but roundings: it is held against the largest.
    let scale = m.gradients.reduce(0) { max($0, $1.norm) }
    for wanted in m.gradients where wanted.norm > 1e-9 * scale {
      let grad = try #require(byName[wanted.name]?.grad)
      // In float32 some rectified values fall on the other side of the kink, in PyTorch as here, and
      // single elements jump: those are compared in float64.
      let off = try error(grad, wanted, normsOnly: dtype == .float32)
      #expect(off < most, "\(wanted.name): \(off)")
    }
  }

  @Test func ssd300_narrowInTrainingMode_agreesWithPyTorch() throws {
    let file = try Fixtures.json("ssd300.json", as: File.self)
    try check(file.small, .float64, every: 1, most: 1e-8)
  }

  @Test func ssd300_whole_agreesWithPyTorch() throws {
    let file = try Fixtures.json("ssd300.json", as: File.self)
    try check(file.whole, .float64, every: 17, most: 1e-8)
    try check(file.whole, .float32, every: 17, most: 1e-3)
  }
}
