// SPDX-License-Identifier: Apache-2.0

/// An n-dimensional array: a view of a storage through a shape and strides, with a place on the tape.
///
/// Indices and dimensions are 0-based in Swift. Image tensors are logically `(N, C, H, W)`; their
/// strides are channels-last where a kernel made them.
public final class Tensor: @unchecked Sendable {
  public internal(set) var storage: Storage
  /// The first element, counted in elements from the start of the storage.
  public let offset: Int
  public let shape: [Int]
  /// In elements.
  public let strides: [Int]
  public let dtype: DType
  /// The number of elements.
  public let count: Int

  /// Whether operations on this tensor are recorded on the tape.
  @exclusivity(unchecked) public internal(set) var requiresGrad = false
  /// The accumulated gradient of a leaf, in the leaf's shape.
  public var grad: Tensor?
  /// The operation that made this tensor; nil for a leaf.
  public internal(set) var node: Node?

  init(storage: Storage, offset: Int, shape: [Int], strides: [Int], dtype: DType, count: Int) {
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
    self.dtype = dtype
    self.count = count
  }

  /// A tensor with undefined content, in row-major order or with the given dense strides.
  public convenience init(
    empty shape: [Int], _ dtype: DType = .float32, strides: [Int]? = nil, op: String = "empty"
  ) throws {
    let count = try Shape.count(shape, op: op)
    let storage = try Storage(byteCount: count * dtype.size)
    self.init(
      storage: storage, offset: 0, shape: shape,
      strides: strides ?? Shape.contiguousStrides(shape), dtype: dtype, count: count)
  }

  public var ndim: Int { shape.count }
  public var isContiguous: Bool { Shape.isContiguous(shape, strides) }
  /// Whether the elements fill their memory without gaps, in whatever order of dimensions.
  public var isDense: Bool { Shape.isDense(shape, strides) }
  /// Whether a 4-d tensor's memory order is N, H, W, C.
  public var isChannelsLast: Bool {
    ndim == 4
      && Shape.isContiguous(
        [shape[0], shape[2], shape[3], shape[1]], [strides[0], strides[2], strides[3], strides[1]])
  }

  /// The first element, typed. The caller has checked `dtype` and stays within the strides.
  @inline(__always)
  func pointer<T: Element>(_ type: T.Type = T.self) -> UnsafeMutablePointer<T> {
    assert(T.dtype == dtype)
    return (storage.base + offset * MemoryLayout<T>.stride).assumingMemoryBound(to: T.self)
  }

  /// Another look at the same storage; not recorded on the tape.
  func view(_ shape: [Int], _ strides: [Int], offset: Int? = nil) -> Tensor {
    Tensor(
      storage: storage, offset: offset ?? self.offset, shape: shape, strides: strides, dtype: dtype,
      count: shape.reduce(1, *))
  }
}
