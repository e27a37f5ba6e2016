// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

/// Values between `low` and `high`, no two alike, in an irregular order.
func spread(_ shape: [Int], _ low: Double = -1, _ high: Double = 1) throws -> Tensor {
  let n = shape.reduce(1, *)
  let values = (0..<n).map { (i: Int) -> Double in
    let step = Double((i * 61 + 17) % 127) + 0.37
    return low + (high - low) * step / 128
  }
  return try Tensor(values, shape)
}

typealias Operation = @Sendable ([Tensor]) throws -> Tensor

/// An operation, where to try it, and whether each output row depends on one row of each input.
struct Case: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [Tensor]
  let rows: Bool
  let f: Operation

  init(_ name: String, _ inputs: [Tensor], rows: Bool = true, _ f: @escaping Operation) {
    self.name = name
    self.inputs = inputs
    self.rows = rows
    self.f = f
  }

  var testDescription: String { name }

  /// The gradients match central differences, and those after `keep` match those of picked rows.
  func check() throws {
    #expect(try GradientCheck.run(inputs, f) < 1e-6, "\(name)")
    guard rows else { return }
    func gradients(_ pick: (Tensor) throws -> Tensor) throws -> [[Double]] {
      let leaves = try inputs.map { try $0.clone().requireGrad() }
      let y = try pick(f(leaves))
      try y.backward(spread(y.shape, 0.5, 2))
      return try leaves.map {
        try ($0.grad ?? Tensor.zeros($0.shape, .float64)).values(Double.self)
      }
    }
    let kept = try gradients { try $0.keep([2, 0]) }
    let picked = try gradients { try $0.indexSelect(0, Tensor([2, 0] as [Int64])) }
    for (a, b) in zip(kept.joined(), picked.joined()) {
      #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), "keep behind \(name)")
    }
  }
}
