// SPDX-License-Identifier: Apache-2.0

/// The number formats of array files, and the tensor type that holds each without loss.
enum FileElement: CaseIterable {
  case bool, uint8, int8, int16, uint16, int32, uint32, int64, uint64
  case float16, bfloat16, float32, float64

  var size: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  var dtype: DType {
    switch self {
    case .bool: .bool
    case .uint8: .uint8
    case .int8, .int16, .uint16, .int32: .int32
    case .uint32, .int64, .uint64: .int64
    case .float16, .bfloat16, .float32: .float32
    case .float64: .float64
    }
  }

  init(_ dtype: DType) {
    self =
      switch dtype {
      case .bool: .bool
      case .uint8: .uint8
      case .int32: .int32
      case .int64: .int64
      case .float32: .float32
      case .float64: .float64
      }
  }

  /// The tensor of `shape` and `strides` (row-major unless given) whose memory order is the file's.
  ///
  /// The caller has checked that the source holds the bytes from `offset` on.
  func read(
    _ source: ByteSource, at offset: Int, shape: [Int], strides: [Int]? = nil,
    bigEndian: Bool = false
  ) throws -> Tensor {
    let out = try Tensor(empty: shape, dtype, strides: strides, op: "read")
    let n = out.count
    if self == FileElement(dtype) && self != .bool && !(bigEndian && size > 1) {
      let bytes = UnsafeMutableRawBufferPointer(start: out.storage.base, count: n * size)
      try source.read(offset, into: bytes, for: "the array")
      return out
    }
    let step = 1 << 16
    for first in stride(from: 0, to: n, by: step) {
      let length = min(step, n - first)
      let bytes = try source.bytes(offset + first * size, length * size, for: "the array")
      try bytes.withUnsafeBytes { raw in
        func convert<S: FixedWidthInteger, T: Element>(
          _: S.Type, _: T.Type, _ f: (S) -> T
        ) {
          let target = out.pointer(T.self) + first
          for i in 0..<length {
            let bits = raw.loadUnaligned(fromByteOffset: i * MemoryLayout<S>.size, as: S.self)
            target[i] = f(bigEndian ? S(bigEndian: bits) : S(littleEndian: bits))
          }
        }
        switch self {
        case .bool: convert(UInt8.self, Bool.self) { $0 != 0 }
        case .uint8: convert(UInt8.self, UInt8.self) { $0 }
        case .int8: convert(Int8.self, Int32.self) { Int32($0) }
        case .int16: convert(Int16.self, Int32.self) { Int32($0) }
        case .uint16: convert(UInt16.self, Int32.self) { Int32($0) }
        case .int32: convert(Int32.self, Int32.self) { $0 }
        case .uint32: convert(UInt32.self, Int64.self) { Int64($0) }
        case .int64: convert(Int64.self, Int64.self) { $0 }
        case .uint64:
          convert(UInt64.self, Int64.self) { Int64(bitPattern: $0) }
          let target = out.pointer(Int64.self) + first
          for i in 0..<length where target[i] < 0 {
            throw source.error(
              offset + (first + i) * size,
              "the uint64 value \(UInt64(bitPattern: target[i])) does not fit int64")
          }
        case .float16: convert(UInt16.self, Float.self) { Float(Float16(bitPattern: $0)) }
        case .bfloat16: convert(UInt16.self, Float.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float32: convert(UInt32.self, Float.self) { Float(bitPattern: $0) }
        case .float64: convert(UInt64.self, Double.self) { Double(bitPattern: $0) }
        }
      }
    }
    return out
  }
}

extension Tensor {
  /// Calls `body` with the elements as little-endian bytes in row-major order.
  func withFileBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) throws -> R {
    let dense = try contiguousUnrecorded()
    return try withExtendedLifetime(dense) {
      try body(
        UnsafeRawBufferPointer(
          start: dense.storage.base + dense.offset * dtype.size, count: count * dtype.size))
    }
  }
}
