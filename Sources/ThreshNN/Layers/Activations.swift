// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// max(x, 0)
public final class ReLU: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.rectified() }
}

/// min(max(x, 0), 6)
public final class ReLU6: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.rectified(limit: 6) }
}

/// x Phi(x), with the exact normal distribution function.
public final class GELU: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.gelu() }
}

/// 1 / (1 + exp(-x))
public final class Sigmoid: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.sigmoid() }
}

public final class Tanh: Module {
  public override func forward(_ x: Tensor) throws -> Tensor { try x.tanh() }
}

/// The input itself.
public final class Identity: Module {}

/// Zeroes elements with probability p in training and scales the others by 1 / (1 - p).
public final class Dropout: Module {
  public let p: Double
  private var draws: RandomStream

  public override var stream: RandomStream? {
    get { draws }
    set { draws = newValue ?? draws }
  }

  public override var details: String { "\(p)" }

  public init(_ p: Double = 0.5, initializer: Initializer) throws {
    guard p >= 0, p < 1 else { throw TensorError("Dropout", "p must be in [0, 1), got \(p)") }
    self.p = p
    draws = initializer.stream("dropout")
    super.init()
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    guard training && p > 0 else { return x }
    // Each forward pass takes the next numbers, in whole blocks of four.
    defer { draws.position += UInt64((x.count + 3) / 4 * 4) }
    return try x.dropout(p, stream: draws)
  }
}
