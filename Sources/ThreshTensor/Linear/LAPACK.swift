// SPDX-License-Identifier: Apache-2.0
import COpenBLAS

/// The LAPACK routines of an element type, as Fortran offers them.
protocol LAPACKElement: BLASElement {
  static var potrf: LAPACK.Potrf<Self> { get }
  static var getrf: LAPACK.Getrf<Self> { get }
  static var gesv: LAPACK.Gesv<Self> { get }
  static var geqrf: LAPACK.Geqrf<Self> { get }
  static var orgqr: LAPACK.Orgqr<Self> { get }
  static var syevd: LAPACK.Syevd<Self> { get }
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
  typealias Geqrf<T> = (In, In, Array<T>, In, Array<T>, Array<T>, In, Out) -> Void
  typealias Orgqr<T> = (In, In, In, Array<T>, In, UnsafePointer<T>?, Array<T>, In, Out) -> Void
  typealias Syevd<T> = (
    Letter, Letter, In, Array<T>, In, Array<T>, Array<T>, In, Out, In, Out, Int, Int
  ) -> Void
  typealias Gelsd<T> = (
    In, In, In, Array<T>, In, Array<T>, In, Array<T>, UnsafePointer<T>?, Out, Array<T>, In, Out,
    Out
  ) -> Void
  typealias Gesdd<T> = (
    Letter, In, In, Array<T>, In, Array<T>, Array<T>, In, Array<T>, In, Array<T>, In, Out, Out,
    Int
  ) -> Void

  /// Calls a routine twice: for the size of the room it works in, and with that room.
  static func withWork<T: LAPACKElement>(
    _: T.Type, _ call: (_ work: UnsafeMutablePointer<T>, _ length: UnsafePointer<Int32>) -> Void
  ) throws {
    var (size, length) = (T(0.0), Int32(-1))
    call(&size, &length)
    length = Int32(clamping: Int(size.nextUp) + 1)
    let room = try Storage(byteCount: Int(length) * MemoryLayout<T>.stride)
    call(room.base.assumingMemoryBound(to: T.self), &length)
  }
}

extension Float: LAPACKElement {
  static var potrf: LAPACK.Potrf<Float> { spotrf_ }
  static var getrf: LAPACK.Getrf<Float> { sgetrf_ }
  static var gesv: LAPACK.Gesv<Float> { sgesv_ }
  static var geqrf: LAPACK.Geqrf<Float> { sgeqrf_ }
  static var orgqr: LAPACK.Orgqr<Float> { sorgqr_ }
  static var syevd: LAPACK.Syevd<Float> { ssyevd_ }
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
  static var geqrf: LAPACK.Geqrf<Double> { dgeqrf_ }
  static var orgqr: LAPACK.Orgqr<Double> { dorgqr_ }
  static var syevd: LAPACK.Syevd<Double> { dsyevd_ }
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
