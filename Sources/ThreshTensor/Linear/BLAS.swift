// SPDX-License-Identifier: Apache-2.0
import COpenBLAS

/// Matrix products by OpenBLAS on one thread, called from inside the worker pool's tasks.
package protocol BLASElement: FloatingElement {
  /// c = a b + beta c. (M, K) (K, N) -> (M, N), row-major with leading dimensions.
  static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<Self>, _ b: BLAS.Operand<Self>, beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  /// y = a x + beta y, with a of (M, K).
  static func gemv(
    _ m: Int, _ k: Int, _ a: BLAS.Operand<Self>, _ x: UnsafePointer<Self>, _ incx: Int, beta: Self,
    _ y: UnsafeMutablePointer<Self>, _ incy: Int)
}

package enum BLAS {
  /// A matrix as BLAS reads it.
  package struct Operand<T> {
    package var base: UnsafePointer<T>
    /// Whether the memory holds the transpose, row by row.
    package let transposed: Bool
    package let leading: Int

    package init(base: UnsafePointer<T>, transposed: Bool, leading: Int) {
      self.base = base
      self.transposed = transposed
      self.leading = leading
    }

    /// From row `i` on.
    func rows(from i: Int) -> Operand { at(i * (transposed ? 1 : leading)) }
    /// From column `j` on.
    func columns(from j: Int) -> Operand { at(j * (transposed ? leading : 1)) }
    private func at(_ offset: Int) -> Operand {
      Operand(base: base + offset, transposed: transposed, leading: leading)
    }
  }

  /// Keeps OpenBLAS from starting threads of its own.
  package static let ready: Void = openblas_set_num_threads(1)

  /// The CPU that OpenBLAS has chosen its kernels for, such as `Haswell`.
  package static var coreName: String {
    openblas_get_corename().map { String(cString: $0) } ?? "unknown"
  }

  /// Whether BLAS can read a matrix with these extents and strides in place, and how.
  static func layout(_ rows: Int, _ columns: Int, _ strides: (Int, Int))
    -> (transposed: Bool, leading: Int)?
  {
    if strides.1 == 1 || columns == 1, strides.0 >= max(columns, 1) || rows == 1 {
      if columns > 1 || strides.0 >= 1 || rows == 1 {
        return (false, rows == 1 ? max(columns, 1) : strides.0)
      }
    }
    if strides.0 == 1 || rows == 1, strides.1 >= max(rows, 1) || columns == 1 {
      return (true, columns == 1 ? max(rows, 1) : strides.1)
    }
    return nil
  }
}

extension Float: BLASElement {
  package static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<Float>, _ b: BLAS.Operand<Float>, beta: Float,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
  ) {
    cblas_sgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
      b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.base,
      Int32(a.leading), b.base, Int32(b.leading), beta, c, Int32(ldc))
  }

  package static func gemv(
    _ m: Int, _ k: Int, _ a: BLAS.Operand<Float>, _ x: UnsafePointer<Float>, _ incx: Int,
    beta: Float, _ y: UnsafeMutablePointer<Float>, _ incy: Int
  ) {
    cblas_sgemv(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, Int32(a.transposed ? k : m),
      Int32(a.transposed ? m : k), 1, a.base, Int32(a.leading), x, Int32(incx), beta, y,
      Int32(incy))
  }
}

extension Double: BLASElement {
  package static func gemm(
    _ m: Int, _ n: Int, _ k: Int, _ a: BLAS.Operand<Double>, _ b: BLAS.Operand<Double>,
    beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
      b.transposed ? CblasTrans : CblasNoTrans, Int32(m), Int32(n), Int32(k), 1, a.base,
      Int32(a.leading), b.base, Int32(b.leading), beta, c, Int32(ldc))
  }

  package static func gemv(
    _ m: Int, _ k: Int, _ a: BLAS.Operand<Double>, _ x: UnsafePointer<Double>, _ incx: Int,
    beta: Double, _ y: UnsafeMutablePointer<Double>, _ incy: Int
  ) {
    cblas_dgemv(
      CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, Int32(a.transposed ? k : m),
      Int32(a.transposed ? m : k), 1, a.base, Int32(a.leading), x, Int32(incx), beta, y,
      Int32(incy))
  }
}
