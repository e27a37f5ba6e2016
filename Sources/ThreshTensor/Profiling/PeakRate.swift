// SPDX-License-Identifier: Apache-2.0
import CKernels
import Synchronization

/// The rate at which this machine can multiply and add: what a profile's shares of peak refer to.
enum PeakRate {
  private static let known = Mutex<[Int: Double]>([:])

  /// In 1e9 FLOPs a second, of float32 with all of the engine's threads: the best of several runs in
  /// which each multiplies matrices that stay in its cache. Measured once for a number of threads.
  static var gflops: Double {
    let threads = Workers.threadCount
    return known.withLock { known in
      if let rate = known[threads] { return rate }
      let rate = measured(threads)
      known[threads] = rate
      return rate
    }
  }

  private static func measured(_ threads: Int) -> Double {
    let (m, n, k, products) = (96, 128, 512, 24)
    let width = thresh_panel_width()
    let panels = (n + width - 1) / width
    // Each task has matrices of its own, a, the panels of b and c behind each other.
    let size = m * k + panels * k * width + m * n
    let room = UnsafeMutablePointer<Float>.allocate(capacity: threads * size)
    defer { room.deallocate() }
    room.update(repeating: 0.5, count: threads * size)
    var best = 0.0
    for _ in 0..<12 {
      let start = MonotonicClock.seconds
      Workers.run(threads) { task in
        let a = room + task * size
        let b = a + m * k
        var product = thresh_product(
          m: m, n: n, k: k, segments: 1, segment_stride: 0, a: a, lda: k, start: nil,
          low: -.infinity, high: .infinity, c: b + panels * k * width, ldc: n, accumulate: 0)
        for _ in 0..<products { thresh_gemm_panels(&product, b) }
      }
      let seconds = MonotonicClock.seconds - start
      let flops = Double(threads * products * 2 * m * n * k)
      if seconds > 0 { best = max(best, flops / seconds * 1e-9) }
    }
    return best
  }
}
