// SPDX-License-Identifier: Apache-2.0

/// An array that stays in its file: items of one size, at one distance, in row-major order and in
/// the host's byte order.
public struct MappedArray: Sendable {
  public let file: MappedFile
  /// Of the first byte of the first item.
  public let offset: Int
  /// The first extent counts the items.
  public let shape: [Int]
  public let dtype: DType
  /// Bytes from one item to the next.
  public let stride: Int

  /// The array of `source`, whose bytes from `offset` on the caller has checked.
  init(_ source: ByteSource, at offset: Int, shape: [Int], dtype: DType) throws {
    guard let place = source.place else {
      throw source.error(offset, "what is not in a file cannot be mapped")
    }
    file = try MappedFile(place.file, source.name)
    self.offset = place.start + offset
    self.shape = shape
    self.dtype = dtype
    stride = shape.dropFirst().reduce(dtype.size, *)
  }

  /// Numbers of `dtype` in a file without a header.
  ///
  /// - Parameters:
  ///   - shape: the first extent counts the items, the others are those of one item.
  ///   - offset: bytes before the first item.
  ///   - stride: bytes from one item to the next; an item's own size unless given.
  /// - Throws: `TensorError` naming the path, when the file is not as long as all that says. With a
  ///   larger stride the last item may be followed by less than a whole one.
  public init(
    raw path: String, shape: [Int], dtype: DType, offset: Int = 0, stride: Int? = nil
  ) throws {
    func error(_ reason: String) -> TensorError { TensorError("raw", "\(path): \(reason)") }
    guard let n = shape.first, dtype != .bool else {
      throw error("needed are a shape and numbers, not \(dtype.name)")
    }
    let item = try Shape.count(Array(shape.dropFirst()), op: "raw \(path)")
      .multipliedReportingOverflow(by: dtype.size)
    let step = stride ?? item.partialValue
    guard !item.overflow, item.partialValue > 0, step >= item.partialValue, offset >= 0 else {
      throw error(
        "items of \(item.partialValue) bytes, \(step) apart, from offset \(offset) on; needed a "
          + "stride of at least an item and an offset of at least 0")
    }
    let file = try MappedFile(path)
    let data = file.bytes.count - offset
    // The last item needs no room behind it.
    let (span, over) = n.multipliedReportingOverflow(by: step)
    let least = n == 0 ? 0 : span - (step - item.partialValue)
    guard !over, data >= least, data <= span else {
      throw error(
        "\(n) items of \(item.partialValue) bytes, \(step) apart, from offset \(offset) on do not "
          + "fit a file of \(file.bytes.count) bytes")
    }
    self.file = file
    self.offset = offset
    self.shape = shape
    self.dtype = dtype
    self.stride = step
  }

  /// The bytes of the items.
  public var byteCount: Int { shape.reduce(dtype.size, *) }

  /// A copy in memory.
  public func read() throws -> Tensor {
    let out = try Tensor(empty: shape, dtype, op: "read")
    guard out.count > 0, let base = file.bytes.baseAddress else { return out }
    try file.requireWhole()
    let size = byteCount / shape[0]
    for i in 0..<shape[0] {
      out.storage.base.advanced(by: i * size)
        .copyMemory(from: base + offset + i * stride, byteCount: size)
    }
    return out
  }
}
