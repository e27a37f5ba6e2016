// SPDX-License-Identifier: Apache-2.0
import COpenBLAS

/// The LAPACK routines of an element type, as Fortran offers them.
protocol LAPACKElement: BLASElement {
  static var potrf: LAPACK.Potrf<Self> { get }
  static var getrf: LAPACK.Getrf<Self> { get }
  static var gesv: LAPACK.Gesv<Self> { get }
  static var gelsd: LAPACK.Gelsd<Self> { get }
  static var gesdd: LAPACK.Gesdd<Self> { get }
  /// b = op(a)⁻¹ b, row-major. (n, n) (n, k), with b of leading dimension `ldb`
  static func trsm(
    _ n: Int, _ k: Int, _ a: UnsafePointer<Self>, _ triangle: Triangle,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int)
}

/// Which half of a matrix is read, and how.
struct Triangle {
  var upper: Bool
  var transpose = false
  /// The diagonal counts as 1.
  var unit = false
}

enum LAPACK {
  typealias In = UnsafePointer<Int32>?
  typealias Out = UnsafeMutablePointer<Int32>?
  typealias Array<T> = UnsafeMutablePointer<T>?
  typealias Letter = UnsafePointer<CChar>?
  typealias Potrf<T> = (Letter, In, Array<T>, In, Out, Int) -> Void
  typealias Getrf<T> = (In, In, Array<T>, In, Out, Out) -> Void
  typealias Gesv<T> = (In, In, Array<T>, In, Out, Array<T>, In, Out) -> Void
  typealias Gelsd<T> = (
    In, In, In, Array<T>, In, Array<T>, In, Array<T>, UnsafePointer<T>?, Out, Array<T>, In, Out,
    Out
  ) -> Void
  typealias Gesdd<T> = (
    Letter, In, In, Array<T>, In, Array<T>, Array<T>, In, Array<T>, In, Array<T>, In, Out, Out,
    Int
  ) -> Void
}

extension Float: LAPACKElement {
  static var potrf: LAPACK.Potrf<Float> { spotrf_ }
  static var getrf: LAPACK.Getrf<Float> { sgetrf_ }
  static var gesv: LAPACK.Gesv<Float> { sgesv_ }
  static var gelsd: LAPACK.Gelsd<Float> { sgelsd_ }
  static var gesdd: LAPACK.Gesdd<Float> { sgesdd_ }

  static func trsm(
    _ n: Int, _ k: Int, _ a: UnsafePointer<Float>, _ triangle: Triangle,
    _ b: UnsafeMutablePointer<Float>, _ ldb: Int
  ) {
    cblas_strsm(
      CblasRowMajor, CblasLeft, triangle.upper ? CblasUpper : CblasLower,
      triangle.transpose ? CblasTrans : CblasNoTrans, triangle.unit ? CblasUnit : CblasNonUnit,
      Int32(n), Int32(k), 1, a, Int32(n), b, Int32(ldb))
  }
}

extension Double: LAPACKElement {
  static var potrf: LAPACK.Potrf<Double> { dpotrf_ }
  static var getrf: LAPACK.Getrf<Double> { dgetrf_ }
  static var gesv: LAPACK.Gesv<Double> { dgesv_ }
  static var gelsd: LAPACK.Gelsd<Double> { dgelsd_ }
  static var gesdd: LAPACK.Gesdd<Double> { dgesdd_ }

  static func trsm(
    _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ triangle: Triangle,
    _ b: UnsafeMutablePointer<Double>, _ ldb: Int
  ) {
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, triangle.upper ? CblasUpper : CblasLower,
      triangle.transpose ? CblasTrans : CblasNoTrans, triangle.unit ? CblasUnit : CblasNonUnit,
      Int32(n), Int32(k), 1, a, Int32(n), b, Int32(ldb))
  }
}
