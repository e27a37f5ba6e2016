// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Where the first values of parameters come from: numbered streams of one seed.
///
/// Parameter k of a model draws from stream k, so that changing one layer's size leaves the others'
/// values alone, and the same seed gives the same bits whatever the number of threads.
public final class Initializer {
  public let seed: UInt64
  public let dtype: DType
  private var next = 0

  public init(seed: UInt64, dtype: DType = .float32) {
    self.seed = seed
    self.dtype = dtype
  }

  /// The stream of the next parameter.
  public func stream(_ purpose: String = "init") -> RandomStream {
    defer { next += 1 }
    return RandomStream(seed: seed, purpose: purpose, index: next)
  }

  /// Uniform in (-bound, bound).
  public func uniform(_ shape: [Int], bound: Double) throws -> Tensor {
    var stream = stream()
    return try Tensor.rand(shape, dtype, low: -bound, high: bound, stream: &stream)
  }

  /// Normal with mean 0.
  public func normal(_ shape: [Int], std: Double) throws -> Tensor {
    var stream = stream()
    return try Tensor.randn(shape, dtype, std: std, stream: &stream)
  }

  /// PyTorch's default of linear and convolutional weights and biases: uniform within
  /// 1 / sqrt(fan in), which is `kaiming_uniform_` with a = sqrt(5).
  public func fanIn(_ shape: [Int], fan: Int) throws -> Tensor {
    try uniform(shape, bound: 1 / Double(max(fan, 1)).squareRoot())
  }
}

/// How a model sets its convolutions, instead of PyTorch's default.
public enum ConvolutionInit: Sendable {
  /// Uniform within 1 / sqrt(fan in), bias too.
  case standard
  /// Normal with variance 2 / fan in, bias 0 (He et al. 2015).
  case kaimingFanIn
  /// Normal with variance 2 / fan out, bias 0 (He et al. 2015).
  case kaimingFanOut
  /// Uniform within sqrt(6 / (fan in + fan out)), bias as in `standard` (Glorot and Bengio 2010).
  case xavierUniform

  var zeroesBias: Bool {
    switch self {
    case .standard, .xavierUniform: false
    case .kaimingFanIn, .kaimingFanOut: true
    }
  }
}
