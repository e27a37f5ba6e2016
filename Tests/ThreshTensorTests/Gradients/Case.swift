// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Values between `low` and `high`, in an irregular order, no two alike below 8191.
func spread(_ shape: [Int], _ low: Double = -1, _ high: Double = 1) throws -> Tensor {
  let n = shape.reduce(1, *)
  let modulus = n < 127 ? 127 : n < 1009 ? 1009 : 8191
  let values = (0..<n).map { (i: Int) -> Double in
    let step = Double((i * 61 + 17) % modulus) + 0.37
    return low + (high - low) * step / Double(modulus + 1)
  }
  return try Tensor(values, shape)
}

typealias Operation = @Sendable ([Tensor]) throws -> Tensor

/// What the first extent is to an operation.
enum Batch: Sendable, Equatable {
  /// Each row of the output comes from one row of the inputs that have a batch.
  case apart
  /// Rows meet in the operation of this name, behind which none can be dropped.
  case meet(String)
  /// Rows share statistics; what `keep` does then is tested elsewhere.
  case shared
}

/// An operation and where to try it. The first word of the name is the method's.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [Tensor]
  let batch: Batch
  /// Whether other memory orders must give the same bits: image operations copy to one order.
  let exact: Bool
  let f: Operation

  init(
    _ name: String, _ inputs: [Tensor], _ batch: Batch = .apart, exact: Bool = false,
    _ f: @escaping Operation
  ) {
    self.name = name
    self.inputs = inputs
    self.batch = batch
    self.exact = exact
    self.f = f
  }

  var method: String { String(name.prefix { $0 != " " }) }
  var testDescription: String { name }

  /// The gradients match central differences; other memory orders and float32 give the same; and
  /// those after `keep` are those of picked rows.
  func check() throws {
    let error = try GradientCheck.run(inputs, f)
    #expect(error < 1e-6, "\(name): \(error)")
    try checkTapeIsFreed()
    try checkMemoryOrders()
    try checkFloat32()
    try checkKeep()
  }

  /// What the tape keeps does not lead back to it: it goes with the output, and lets go of the inputs.
  private func checkTapeIsFreed() throws {
    func inputsOfATapeLetGo() throws -> [() -> Tensor?] {
      let leaves = try inputs.map { try $0.clone().requireGrad() }
      _ = try f(leaves)
      return leaves.map { leaf in { [weak leaf] in leaf } }
    }
    for leaf in try inputsOfATapeLetGo() { #expect(leaf() == nil, "\(name)") }
  }

  /// The output, if it was asked for, and the gradient of every input.
  private func run(
    _ inputs: [Tensor], order: (Tensor) throws -> Tensor = { $0 },
    pick: (Tensor) throws -> Tensor = { $0 }
  ) throws -> [[Double]] {
    let leaves = try inputs.map { input in
      let ordered = try order(input)
      return try (ordered === input ? input.clone() : ordered).requireGrad()
    }
    let y = try f(leaves)
    let picked = try pick(y)
    let seed = try spread(picked.shape, 0.5, 2).cast(picked.dtype)
    try picked.backward(order(seed))
    return try [y.cast(.float64).values(Double.self)]
      + leaves.map {
        try ($0.grad ?? Tensor.zeros($0.shape, .float64)).cast(.float64).values(Double.self)
      }
  }

  private func compare(
    _ what: String, _ given: [[Double]], _ wanted: [[Double]], _ tolerance: Double
  ) {
    var worst = 0.0
    for (a, b) in zip(given.joined(), wanted.joined()) {
      let error = a == b ? 0 : abs(a - b) / max(1, abs(b))
      worst = error.isNaN ? .infinity : max(worst, error)
    }
    #expect(worst <= tolerance, "\(what) \(name): \(worst)")
  }

  /// Channels-last images, and the order of dimensions reversed, of inputs and gradients.
  private func checkMemoryOrders() throws {
    let plain = try run(inputs)
    let tolerance = exact ? 0 : 1e-12
    if inputs.contains(where: { $0.ndim == 4 }) {
      let given = try run(inputs, order: { $0.ndim == 4 ? try $0.channelsLast() : $0 })
      compare("channels-last", given, plain, tolerance)
    }
    let reversed = try run(
      inputs,
      order: { t in
        let back = Array(t.shape.indices.reversed())
        return try t.permute(back).contiguous().permute(back)
      })
    compare("reversed order of", reversed, plain, tolerance)
  }

  /// float32 has its own loops; 1e-4 leaves its 2^-24 room for sums and for condition numbers of
  /// some hundred.
  private func checkFloat32() throws {
    compare("float32", try run(inputs.map { try $0.cast(.float32) }), try run(inputs), 1e-4)
  }

  private func checkKeep() throws {
    switch batch {
    case .shared: return
    case .meet(let op):
      let y = try f(inputs.map { try $0.clone().requireGrad() })
      let error = #expect(throws: TensorError.self, "\(name)") { try y.keep([]) }
      let text = error?.description ?? ""
      #expect(y.ndim == 0 || text.contains("'\(op)'"), "\(name): \(text)")
    case .apart:
      let n = try f(inputs).shape[0]
      for rows in [[n / 2, 0], [n - 1], Array((0..<n).reversed()), []]
      where Set(rows).count == rows.count {
        let kept = try run(inputs, pick: { try $0.keep(rows) })
        let picked = try run(
          inputs, pick: { try $0.indexSelect(0, Tensor(rows.map { Int64($0) })) })
        compare("keep \(rows) behind", kept, picked, 1e-12)
      }
    }
  }
}
