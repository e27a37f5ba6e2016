// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Writes samples as scaled float pixels `(H, W, C)`, moved as a map says: one pass over the image.
struct ImagePainter {
  let samples: StoredSamples
  let scaling: PixelScaling
  let channels: Int
  let height: Int
  let width: Int

  func paint(_ row: Int, _ map: PixelMap, into image: UnsafeMutablePointer<Float>) {
    let source = samples.address(row)
    switch samples.stored {
    case .uint8:
      let bytes = source.assumingMemoryBound(to: UInt8.self)
      if let step = scaling.tableStride {
        scaling.table.withUnsafeBufferPointer { table in
          guard let table = table.baseAddress else { return }
          paintPixels(map, image) { i, k in table[k * step + Int(bytes[i])] }
        }
      } else {
        paintPixels(map, image) { i, k in scaling(Float(bytes[i]), k) }
      }
    case .float64:
      paintPixels(map, image) { i, k in
        scaling(Float(source.loadUnaligned(fromByteOffset: 8 * i, as: Double.self)), k)
      }
    default:
      paintPixels(map, image) { i, k in
        scaling(source.loadUnaligned(fromByteOffset: 4 * i, as: Float.self), k)
      }
    }
    for cut in map.cuts {
      for (y, inside) in cut.rows.enumerated() where inside != PixelMap.outside {
        for (x, inside) in cut.columns.enumerated() where inside != PixelMap.outside {
          for k in 0..<channels { image[(y * width + x) * channels + k] = 0 }
        }
      }
    }
  }

  /// `value(element of the sample, channel)` for each pixel; a loop of its own for three channels.
  @inline(__always)
  private func paintPixels(
    _ map: PixelMap, _ image: UnsafeMutablePointer<Float>, _ value: (Int, Int) -> Float
  ) {
    if channels == 3 {
      paintPixels(3, map, image, value)
    } else {
      paintPixels(channels, map, image, value)
    }
  }

  @inline(__always)
  private func paintPixels(
    _ c: Int, _ map: PixelMap, _ image: UnsafeMutablePointer<Float>, _ value: (Int, Int) -> Float
  ) {
    let step = samples.steps(channels: c, area: height * width)
    let runs = map.columnRuns()
    var target = image
    for sy in map.rows {
      for run in runs {
        if sy < 0 || run.source < 0 {
          for _ in 0..<run.count {
            for k in 0..<c { target[k] = scaling.zero[k] }
            target += c
          }
        } else {
          var pixel = (Int(sy) * width + run.source) * step.pixel
          for _ in 0..<run.count {
            for k in 0..<c { target[k] = value(pixel + k * step.channel, k) }
            target += c
            pixel += run.step * step.pixel
          }
        }
      }
    }
  }
}
