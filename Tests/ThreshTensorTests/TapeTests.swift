// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ThreshTensor

/// What the tape holds, and what it adds up in place.
struct TapeTests {
  @Test func output_thatNoOperationSaved_isFreedWhileTheTapeLives() throws {
    let x = try Tensor.ones([4], .float64).requireGrad()
    weak var between: Tensor?
    weak var memory: Storage?
    let y: Tensor
    do {
      // Neither needs its input for the backward pass.
      let h = try x + 1
      (between, memory) = (h, h.storage)
      y = try (h + 2).sum()
    }
    #expect(between == nil && memory == nil)
    try y.backward()
    #expect(try x.grad?.values(Double.self) == [1, 1, 1, 1])
  }

  @Test func graph_afterBackward_holdsNoActivations() throws {
    let x = try Tensor.ones([4], .float64).requireGrad()
    weak var memory: Storage?
    let y: Tensor
    do {
      let h = try x.exp()
      memory = h.storage
      y = try (h * h).sum()
    }
    #expect(memory != nil, "the product needs it")
    try y.backward()
    #expect(memory == nil)
  }

  @Test func gradients_ofWhatIsInsideTheGraph_areThoseOfAllItsUses() throws {
    let x = try Tensor([2.0, 3] as [Double], [2]).requireGrad()
    let h = try x * x
    let y = try (h * h).sum() + (h * 5).sum()
    let found = try y.gradients(of: [h, x, y], retainGraph: true)
    #expect(try found[0].values(Double.self) == [13, 23])
    #expect(try found[1].values(Double.self) == [52, 138])
    #expect(try found[2].item() == 1)
    #expect(x.grad == nil)
  }

  @Test func gradients_ofATensorAndOfItsKeptRows_haveTheirShapes() throws {
    let x = try Tensor([2.0, 3, 4] as [Double], [3, 1]).requireGrad()
    let h = try x * x
    let kept = try h.keep([2, 0])
    let found = try (kept * 3).sum().gradients(of: [h, kept])
    #expect(try found[0].values(Double.self) == [3, 0, 3])
    #expect(try found[1].values(Double.self) == [3, 3])
  }

  /// Products add their gradient to the one that another use of their input gave.
  @Test(arguments: [1, 2]) func convolutions_ofOneInput_addTheirGradients(stride: Int) throws {
    func input() throws -> Tensor {
      try spread([2, 6, 7, 7]).cast(.float32).channelsLastUnrecorded()
    }
    func filters(_ k: Int, _ r: Int) throws -> Tensor {
      try spread([k, 6, r, r], -1, 1).cast(.float32)
    }
    func use(_ h: Tensor, _ i: Int) throws -> Tensor {
      let (k, r) = [(5, 1), (9, 1), (4, 3)][i]
      let norm = NormSettings(weight: nil, bias: nil, running: nil, training: true)
      let settings = ConvolutionSettings(stride: Pair(stride), padding: Pair(r / 2))
      let y =
        try i == 1
        ? h.conv2d(filters(k, r), stride: Pair(stride))
        : h.convNorm(filters(k, r), settings, norm, .relu)
      return try (y * y).sum()
    }
    func gradient(_ uses: [Int]) throws -> Tensor {
      let x = try input().requireGrad()
      // Inside the graph: a leaf's gradients come one by one.
      let h = try x * 1
      let sum = try uses.map { try use(h, $0) }.reduce(Tensor.zeros([], .float32)) { try $0 + $1 }
      try sum.backward()
      return try #require(x.grad).cast(.float64)
    }
    let together = try gradient([0, 1, 2])
    let apart = try gradient([0]) + gradient([1]) + gradient([2])
    let error = try (together - apart).norm().item() / apart.norm().item()
    #expect(error < 1e-6)
  }
}
