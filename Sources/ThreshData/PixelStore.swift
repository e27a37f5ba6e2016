// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The stored pixels of a dataset's rows: in a tensor, or in mapped files, of which only the pages in
/// use are read.
struct PixelStore: Sendable {
  /// Rows of one mapped file, `stride` bytes apart.
  struct Part: Sendable {
    var file: MappedFile
    var offset: Int
    var stride: Int
    var rows: Int
  }

  private enum Backing: Sendable {
    case tensor(Tensor)
    case files([Part])
  }

  /// uint8, float32 or float64.
  let stored: DType
  let rowCount: Int
  /// Whether a sample is stored as (C, H, W), as files have it, and not as (H, W, C).
  let isPlanar: Bool
  private let backing: Backing

  /// uint8 or float32 `pixels`, `(rows, H, W, C)`.
  init(_ pixels: Tensor) {
    stored = pixels.dtype
    rowCount = pixels.shape[0]
    isPlanar = false
    backing = .tensor(pixels)
  }

  /// `(n, C, H, W)` or `(n, d)` of uint8, float32 or float64.
  init(_ array: MappedArray) {
    self.init(
      [
        Part(
          file: array.file, offset: array.offset, stride: array.stride, rows: array.shape[0])
      ], array.dtype)
  }

  init(_ parts: [Part], _ stored: DType) {
    self.stored = stored
    rowCount = parts.reduce(0) { $0 + $1.rows }
    isPlanar = true
    backing = .files(parts)
  }

  var isMapped: Bool {
    if case .files = backing { true } else { false }
  }

  /// The type in which samples are handed out: float64 counts as float32.
  var dtype: DType { stored == .uint8 ? .uint8 : .float32 }

  /// Lends the samples to `body`.
  /// - Throws: `TensorError` for a mapped file that has become shorter.
  func withSamples<R>(_ body: (StoredSamples) throws -> R) throws -> R {
    func lend(_ runs: [StoredSamples.Run]) throws -> R {
      try body(StoredSamples(stored: stored, isPlanar: isPlanar, runs: runs))
    }
    switch backing {
    case .tensor(let pixels):
      let size = pixels.shape.dropFirst().reduce(stored.size, *)
      func lendElements<T: Element>(_: T.Type) throws -> R {
        try pixels.withHostElements(T.self) { all in
          try lend(all.baseAddress.map { [.init(first: 0, base: $0, stride: size)] } ?? [])
        }
      }
      return try stored == .uint8 ? lendElements(UInt8.self) : lendElements(Float.self)
    case .files(let parts):
      var runs: [StoredSamples.Run] = []
      var first = 0
      for part in parts {
        try part.file.requireWhole()
        if let base = part.file.bytes.baseAddress {
          runs.append(.init(first: first, base: base + part.offset, stride: part.stride))
        }
        first += part.rows
      }
      return try withExtendedLifetime(parts) { try lend(runs) }
    }
  }
}

/// Samples in memory, for as long as the body that they were lent to runs.
struct StoredSamples {
  /// Rows from `first` on, `stride` bytes apart.
  struct Run {
    var first: Int
    var base: UnsafeRawPointer
    var stride: Int
  }

  let stored: DType
  let isPlanar: Bool
  /// In ascending order, one at least when there are rows.
  let runs: [Run]

  /// The first byte of a row, which must be one of the store's; it may have any alignment.
  func address(_ row: Int) -> UnsafeRawPointer {
    var low = 0
    var high = runs.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if runs[middle].first <= row { low = middle } else { high = middle }
    }
    return runs[low].base + (row - runs[low].first) * runs[low].stride
  }

  /// Elements from a pixel to the next, and from a channel to the next.
  func steps(channels: Int, area: Int) -> (pixel: Int, channel: Int) {
    isPlanar ? (1, area) : (channels, 1)
  }

  /// Calls `body` with each of the `area` pixels of channel `k` of `c`, and its place.
  @inline(__always)
  func visitBytes(_ row: Int, _ k: Int, of c: Int, area: Int, _ body: (_ pixel: Int, UInt8) -> Void)
  {
    let (pixel, channel) = steps(channels: c, area: area)
    let source = address(row).assumingMemoryBound(to: UInt8.self) + k * channel
    for p in 0..<area { body(p, source[p * pixel]) }
  }

  /// As `visitBytes`, for floats; float64 is rounded.
  @inline(__always)
  func visitFloats(
    _ row: Int, _ k: Int, of c: Int, area: Int, _ body: (_ pixel: Int, Float) -> Void
  ) {
    let (pixel, channel) = steps(channels: c, area: area)
    let wide = stored == .float64
    let source = address(row) + k * channel * (wide ? 8 : 4)
    for p in 0..<area {
      body(
        p,
        wide
          ? Float(source.loadUnaligned(fromByteOffset: 8 * p * pixel, as: Double.self))
          : source.loadUnaligned(fromByteOffset: 4 * p * pixel, as: Float.self))
    }
  }
}
