// SPDX-License-Identifier: Apache-2.0
import Glibc

/// How a convolution is computed.
public enum ConvolutionMethod: String, Sendable {
  /// F(4x4, 3x3) of Winograd: a quarter of the multiplications, coarser by a small factor.
  case winograd
  /// Products with packed filters: of the pixels themselves (1x1) or of copied patches.
  case products
  /// One filter for each channel, directly.
  case depthwise
  /// Products of copied patches by OpenBLAS: float64, and float32 in groups.
  case patches

  /// What `th.set_convolution` chooses between.
  public enum Mode: Sendable {
    /// The fastest form.
    case auto
    /// The most exact form: never Winograd's.
    case direct

    public var name: String { self == .auto ? "auto" : "direct" }

    public init?(name: String) {
      switch name {
      case "auto": self = .auto
      case "direct": self = .direct
      default: return nil
      }
    }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key, nil)
    return key
  }()

  /// Whether Winograd's form may be used, by operations that this thread starts.
  public static var mode: Mode {
    get { pthread_getspecific(key) == nil ? .auto : .direct }
    set { pthread_setspecific(key, newValue == .auto ? nil : UnsafeRawPointer(bitPattern: 1)) }
  }

  /// The one table that chooses by shape.
  static func choose(_ z: ConvolutionShape, _ dtype: DType) -> ConvolutionMethod {
    if z.isDepthwise { return .depthwise }
    guard dtype == .float32, z.groups == 1 else { return .patches }
    return mode == .auto && z.suitsWinograd ? .winograd : .products
  }
}

extension ConvolutionShape {
  /// Whether the gradient of the input is a convolution of stride 1 for each phase of the stride.
  var dataSuitsProducts: Bool { dilation == Pair(1) || stride == Pair(1) }

  /// Tiles of 4x4 outputs in the batch.
  var tiles: Int { n * ((oh + 3) / 4) * ((ow + 3) / 4) }

  /// Whether Winograd's form is the faster one: enough channels for the transforms to pay, tiles
  /// that are mostly filled, and enough of them for the filters' transform.
  var suitsWinograd: Bool {
    r == 3 && s == 3 && stride == Pair(1) && dilation == Pair(1) && groups == 1 && c >= 16
      && k >= 8 && padding.h <= 2 && padding.w <= 2 && tiles >= 8
      && n * oh * ow * 2 >= tiles * 16
  }
}
