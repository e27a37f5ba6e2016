// SPDX-License-Identifier: Apache-2.0
import CKernels

/// Where a chunk of output lines finds the numbers under its filters, on float32: as rows of a matrix
/// that is multiplied by the filters.
struct PatchRows {
  private enum Source {
    /// The pixels are the rows: 1x1 filters of stride 1.
    case pixels
    /// Rows that overlap in the lines of the image itself, or of a padded copy of them.
    case lines
    /// Patches, copied one after the other.
    case patches
  }

  /// Floats that a task copies, and computes, at a time: they stay in the second-level cache.
  static let copiedFloats = 48 << 10
  static let outputFloats = 64 << 10
  /// Multiplications worth a task of their own.
  private static let chunkProducts = 256 << 10

  let window: thresh_window
  private let source: Source
  /// Whether the filters reach over the edge of the image.
  private let padded: Bool
  /// Numbers in a line as it is read.
  private let lineLength: Int

  /// - Parameters:
  ///   - window: its padding may be negative: filters that begin inside the image.
  ///   - overlapping: take rows from lines where that is possible.
  init(_ window: thresh_window, overlapping: Bool = true) {
    let v = window
    self.window = v
    let pointwise =
      v.r == 1 && v.s == 1 && v.stride_h == 1 && v.stride_w == 1 && v.pad_h == 0 && v.pad_w == 0
      && v.oh == v.h && v.ow == v.w
    source =
      pointwise ? .pixels : overlapping && v.dilation_w == 1 && v.ow >= 8 ? .lines : .patches
    let reach = (v.ow - 1) * v.stride_w + v.s
    padded =
      v.pad_h != 0 || v.pad_w != 0 || reach > v.w
      || (v.oh - 1) * v.stride_h + (v.r - 1) * v.dilation_h + 1 > v.h
    lineLength = (padded ? reach : v.w) * v.c
  }

  /// Numbers under a filter.
  var patch: Int { window.r * window.s * window.c }
  /// A row of the matrix: segments of so many numbers.
  var segments: Int { source == .lines ? window.r : 1 }
  var segmentSize: Int { source == .lines ? window.s * window.c : patch }

  /// Input rows that `lines` output lines of an image cover.
  private func inputRows(_ lines: Int) -> Int {
    (lines - 1) * window.stride_h + window.dilation_h * (window.r - 1) + 1
  }

  /// Output lines of K channels to a chunk, of `all` lines: what it reads and writes stays in the
  /// cache, and there are some 16 chunks to share unless they would be too small.
  func linesOfChunk(_ k: Int, of all: Int) -> Int {
    let copied = source == .lines ? window.stride_h * lineLength : window.ow * patch
    let most = min(PatchRows.copiedFloats / copied, PatchRows.outputFloats / (window.ow * k))
    let worthwhile = PatchRows.chunkProducts / (window.ow * k * patch)
    return max(1, 12 / window.ow, min(most, max(worthwhile, (all + 15) / 16)))
  }

  /// Bytes of workspace that a chunk of `lines` lines needs.
  func copiedBytes(_ lines: Int) -> Int {
    switch source {
    case .pixels: 1
    case .patches: 4 * lines * window.ow * patch
    case .lines: padded ? 4 * inputRows(lines) * lineLength : 1
    }
  }

  /// Calls `body(a, lda, segment stride, first output row, rows)` for pieces of the output lines
  /// [first, first + count) of the batch x (N, H, W, C).
  func forEachPiece(
    _ x: UnsafePointer<Float>, _ first: Int, _ count: Int, _ block: UnsafeMutableRawPointer,
    _ body: (_ a: UnsafePointer<Float>, _ lda: Int, _ segment: Int, _ row: Int, _ rows: Int) -> Void
  ) {
    var v = window
    let copied = block.assumingMemoryBound(to: Float.self)
    switch source {
    case .pixels: body(x + first * v.ow * v.c, v.c, 0, first * v.ow, count * v.ow)
    case .patches:
      thresh_im2col_float(&v, x, 0, v.c, first, count, copied)
      body(UnsafePointer(copied), patch, 0, first * v.ow, count * v.ow)
    case .lines:
      var line = first
      while line < first + count {
        let (image, top) = (line / v.oh, line % v.oh)
        let lines = min(first + count - line, v.oh - top)
        let begin = x + image * v.h * v.w * v.c
        var from = begin + top * v.stride_h * lineLength
        if padded {
          copyPadded(begin, top * v.stride_h - v.pad_h, inputRows(lines), copied)
          from = UnsafePointer(copied)
        }
        for l in 0..<lines {
          body(
            from + l * v.stride_h * lineLength, v.stride_w * v.c, v.dilation_h * lineLength,
            (line + l) * v.ow, v.ow)
        }
        line += lines
      }
    }
  }

  /// Rows from `top` on of an image, the columns that filters reach, with zeros outside.
  private func copyPadded(
    _ image: UnsafePointer<Float>, _ top: Int, _ rows: Int, _ to: UnsafeMutablePointer<Float>
  ) {
    let (c, w) = (window.c, window.w)
    let before = min(max(window.pad_w, 0), lineLength / c)
    let skipped = max(-window.pad_w, 0)
    let columns = max(0, min(w - skipped, lineLength / c - before))
    for i in 0..<rows {
      let line = to + i * lineLength
      guard top + i >= 0, top + i < window.h, columns > 0 else {
        line.update(repeating: 0, count: lineLength)
        continue
      }
      line.update(repeating: 0, count: before * c)
      (line + before * c).update(
        from: image + ((top + i) * w + skipped) * c, count: columns * c)
      let done = (before + columns) * c
      (line + done).update(repeating: 0, count: lineLength - done)
    }
  }
}
