// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// n gradients `g_i = r_i ⊗ [1, h_i]`, kept as their factors R `(n, C)` and H `(n, E)`.
///
/// With E = 0 the rows of R are the gradients. Sums over candidates are cut into blocks of a fixed
/// length, so that they do not depend on the number of threads.
struct Candidates<T: BLASElement> {
  let n: Int
  /// C.
  let classes: Int
  /// E.
  let width: Int
  let residuals: HostBuffer<T>
  let embeddings: HostBuffer<T>?

  /// Rows a block.
  private static var block: Int { 1024 }

  init(reading residuals: Tensor, _ embeddings: Tensor?) throws {
    try self.init(
      n: residuals.shape[0], classes: residuals.shape[1], width: embeddings?.shape[1] ?? 0,
      HostBuffer(reading: residuals), embeddings.map { try HostBuffer(reading: $0) })
  }

  init(
    n: Int, classes: Int, width: Int, _ residuals: HostBuffer<T>, _ embeddings: HostBuffer<T>?
  ) throws {
    guard max(classes, width) < Int32.max else {
      throw TensorError("omp", "gradients of \(classes) x \(width) numbers are too long")
    }
    _ = BLAS.ready
    self.n = n
    self.classes = classes
    self.width = width
    self.residuals = residuals
    self.embeddings = embeddings
  }

  /// The candidates `rows`, with the residuals of class `column` alone if one is named.
  func gathered(_ rows: [Int], column: Int? = nil) throws -> Candidates {
    let c = column == nil ? classes : 1
    let r = try HostBuffer<T>(count: rows.count * c, op: "omp")
    let h = try embeddings.map { _ in
      try HostBuffer<T>(count: rows.count * width, op: "omp")
    }
    for (i, row) in rows.enumerated() {
      (r.base + i * c).update(from: residuals.base + row * classes + (column ?? 0), count: c)
      if let h, let embeddings {
        (h.base + i * width).update(from: embeddings.base + row * width, count: width)
      }
    }
    return try Candidates(n: rows.count, classes: c, width: width, r, h)
  }

  /// `||g_i||²` of every candidate. (n)
  /// - Throws: `TensorError` naming the first that is not finite.
  func squaredNorms() throws -> [Double] {
    var norms = [Double](repeating: 0, count: n)
    norms.withUnsafeMutableBufferPointer { norms in
      nonisolated(unsafe) let out = norms
      Workers.chunks(of: n, grain: 256) { range in
        for i in range {
          let r = squares(residuals.base + i * classes, classes)
          let h = embeddings.map { squares($0.base + i * width, width) } ?? 0
          out[i] = r * (1 + h)
        }
      }
    }
    if let bad = norms.firstIndex(where: { !T($0).isFinite }) {
      throw TensorError(
        "omp",
        "the gradient of candidate \(bad) is not finite (squared norm \(norms[bad]) as \(T.dtype.name))"
      )
    }
    return norms
  }

  private func squares(_ x: UnsafePointer<T>, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count {
      let v = Double(x[i])
      sum += v * v
    }
    return sum
  }

  /// The sum of all gradients, R^T [1, H]. (C, E + 1), the bias in column 0
  func sum() throws -> [Double] {
    let (stride, block) = (width + 1, Candidates.block)
    let blocks = (n + block - 1) / block
    let products = try HostBuffer<T>(count: max(blocks, 1) * classes * max(width, 1), op: "omp")
    if let embeddings {
      Workers.run(blocks) { b in
        let from = b * block
        T.gemm(
          classes, width, min(block, n - from),
          BLAS.Operand(
            base: residuals.base + from * classes, transposed: true, leading: classes),
          BLAS.Operand(base: embeddings.base + from * width, transposed: false, leading: width),
          beta: 0, products.base + b * classes * width, width)
      }
    }
    var total = [Double](repeating: 0, count: classes * stride)
    for i in 0..<n {
      for c in 0..<classes { total[c * stride] += Double(residuals.base[i * classes + c]) }
    }
    if width > 0 {
      for b in 0..<blocks {
        for c in 0..<classes {
          let product = products.base + (b * classes + c) * width
          for e in 0..<width { total[c * stride + 1 + e] += Double(product[e]) }
        }
      }
    }
    return total
  }

  /// `<g_i, target>` of every candidate. (n)
  func correlations(with target: [Double]) throws -> [T] {
    let stride = width + 1
    let bias = (0..<classes).map { target[$0 * stride] }
    let matrix = try HostBuffer<T>(count: max(classes * width, 1), op: "omp")
    for c in 0..<classes {
      for e in 0..<width { matrix.base[c * width + e] = T(target[c * stride + 1 + e]) }
    }
    let scratch = try HostBuffer<T>(count: width > 0 ? max(n * classes, 1) : 1, op: "omp")
    var out = [T](repeating: 0, count: n)
    out.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let out = buffer
      Workers.chunks(of: n, grain: 256) { range in
        let from = range.lowerBound
        if let embeddings {
          T.gemm(
            range.count, classes, width,
            BLAS.Operand(base: embeddings.base + from * width, transposed: false, leading: width),
            BLAS.Operand(base: matrix.base, transposed: true, leading: width), beta: 0,
            scratch.base + from * classes, classes)
        }
        for i in range {
          var sum = 0.0
          for c in 0..<classes {
            let product = width > 0 ? Double(scratch.base[i * classes + c]) : 0
            sum += Double(residuals.base[i * classes + c]) * (bias[c] + product)
          }
          out[i] = T(sum)
        }
      }
    }
    return out
  }

  /// `||Σ w_i g_i - target||`, summed in double.
  func residualNorm(_ target: [Double], _ picks: [Int], _ weights: [Double]) -> Double {
    var left = target
    let stride = width + 1
    for (pick, weight) in zip(picks, weights) {
      for c in 0..<classes {
        let scale = weight * Double(residuals.base[pick * classes + c])
        left[c * stride] -= scale
        if let embeddings {
          let h = embeddings.base + pick * width
          for e in 0..<width { left[c * stride + 1 + e] -= scale * Double(h[e]) }
        }
      }
    }
    return left.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }
}
