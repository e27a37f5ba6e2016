// SPDX-License-Identifier: Apache-2.0
// LAPACK's Fortran routines inside libopenblas, for which Debian's package has no C header.
// Matrices are column-major; a Fortran CHARACTER argument has its length at the end.
#ifndef THRESH_LAPACK_H
#define THRESH_LAPACK_H

#include <stddef.h>

#define THRESH_LAPACK(T, p)                                                                        \
  void p##potrf_(const char *uplo, const int *n, T *a, const int *lda, int *info, size_t);         \
  void p##getrf_(const int *m, const int *n, T *a, const int *lda, int *ipiv, int *info);          \
  void p##gesv_(const int *n, const int *nrhs, T *a, const int *lda, int *ipiv, T *b,              \
                const int *ldb, int *info);                                                        \
  void p##geqrf_(const int *m, const int *n, T *a, const int *lda, T *tau, T *work,                \
                 const int *lwork, int *info);                                                     \
  void p##orgqr_(const int *m, const int *n, const int *k, T *a, const int *lda, const T *tau,     \
                 T *work, const int *lwork, int *info);                                            \
  void p##syevd_(const char *jobz, const char *uplo, const int *n, T *a, const int *lda, T *w,     \
                 T *work, const int *lwork, int *iwork, const int *liwork, int *info, size_t,      \
                 size_t);                                                                          \
  void p##gelsd_(const int *m, const int *n, const int *nrhs, T *a, const int *lda, T *b,          \
                 const int *ldb, T *s, const T *rcond, int *rank, T *work, const int *lwork,       \
                 int *iwork, int *info);                                                           \
  void p##gesdd_(const char *jobz, const int *m, const int *n, T *a, const int *lda, T *s, T *u,   \
                 const int *ldu, T *vt, const int *ldvt, T *work, const int *lwork, int *iwork,    \
                 int *info, size_t);

THRESH_LAPACK(float, s)
THRESH_LAPACK(double, d)

#undef THRESH_LAPACK

#endif
