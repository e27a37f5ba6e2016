// SPDX-License-Identifier: Apache-2.0
// Matrix products of floats for one CPU level: L(name), vectors V of VL floats, tiles of MR rows
// and NR = 2 VL columns that stay in registers.
//
// B is read in panels of NR columns. A packed panel is (k, NR), the last one padded with zeros.

#ifndef UNROLL
#define UNROLL _Pragma("clang loop unroll(full)")
#define INLINE static inline __attribute__((always_inline))
#endif

typedef float V __attribute__((vector_size(VL * 4)));
typedef float L(Unaligned) __attribute__((vector_size(VL * 4), aligned(4)));

INLINE V L(load)(const float *p) { return *(const L(Unaligned) *)p; }
INLINE void L(store)(float *p, V v) { *(L(Unaligned) *)p = v; }
INLINE V L(all)(float x) { return x - (V){0}; }

// c (mr, nv VL) = or += sum over k of a(i, k) b(k, :), with a(i, k) at a[i * lda + k], or at
// a[k * lda + i] when `transposed`.
INLINE void L(tile)(const int mr, const int nv, const int transposed, long k, const float *a,
                    long lda, const float *b, long ldb, float *c, long ldc, int accumulate) {
  V sum[MR][2];
  UNROLL for (int i = 0; i < mr; i++) UNROLL for (int j = 0; j < nv; j++) sum[i][j] = (V){0};
  // Row pointers in threes: the other two are one and two strides away, which addressing covers.
  const float *rows[(MR + 2) / 3];
  UNROLL for (int i = 0; i < (mr + 2) / 3; i++) rows[i] = a + 3 * i * lda;
  for (long l = 0; l < k; l++) {
    V column[2];
    UNROLL for (int j = 0; j < nv; j++) column[j] = L(load)(b + j * VL);
    UNROLL for (int i = 0; i < mr; i++) {
      const float x = transposed ? a[i] : rows[i / 3][i % 3 * lda];
      UNROLL for (int j = 0; j < nv; j++) sum[i][j] += L(all)(x) * column[j];
    }
    b += ldb;
    if (transposed) a += lda;
    UNROLL for (int i = 0; i < (mr + 2) / 3; i++) rows[i]++;
  }
  if (accumulate) {
    UNROLL for (int i = 0; i < mr; i++) UNROLL for (int j = 0; j < nv; j++)
      sum[i][j] += L(load)(c + i * ldc + j * VL);
  }
  UNROLL for (int i = 0; i < mr; i++) UNROLL for (int j = 0; j < nv; j++)
    L(store)(c + i * ldc + j * VL, sum[i][j]);
}

typedef void (*L(Tile))(long k, const float *a, long lda, const float *b, long ldb, float *c,
                        long ldc, int accumulate);

#define TILE(mr, nv, transposed)                                                                   \
  static void L(tile_##mr##_##nv##_##transposed)(long k, const float *a, long lda, const float *b, \
                                                 long ldb, float *c, long ldc, int accumulate) {   \
    L(tile)(mr, nv, transposed, k, a, lda, b, ldb, c, ldc, accumulate);                            \
  }
#define TILES(mr) TILE(mr, 1, 0) TILE(mr, 2, 0) TILE(mr, 1, 1) TILE(mr, 2, 1)
TILES(1) TILES(2) TILES(3) TILES(4) TILES(5) TILES(6)
#if MR > 6
TILES(7) TILES(8) TILES(9) TILES(10) TILES(11) TILES(12)
#endif

#define ROWS_OF(mr)                                              \
  {{L(tile_##mr##_1_0), L(tile_##mr##_2_0)}, {L(tile_##mr##_1_1), L(tile_##mr##_2_1)}}
// By rows - 1, transposed, vectors - 1.
static const L(Tile) L(tiles)[MR][2][2] = {
    ROWS_OF(1), ROWS_OF(2), ROWS_OF(3), ROWS_OF(4), ROWS_OF(5), ROWS_OF(6),
#if MR > 6
    ROWS_OF(7), ROWS_OF(8), ROWS_OF(9), ROWS_OF(10), ROWS_OF(11), ROWS_OF(12),
#endif
};

// c (m, n) = or += a b for one panel of n <= NR columns of b, whose rows are ldb apart and readable
// up to whole vectors.
static void L(panel)(int transposed, long m, long n, long k, const float *a, long lda,
                     const float *b, long ldb, float *c, long ldc, int accumulate) {
  const int nv = n > VL ? 2 : 1;
  const long blocks = (m + MR - 1) / MR;
  const long step = transposed ? 1 : lda;
  for (long i = 0, block = 0; block < blocks; block++) {
    // Blocks of even size: 16 rows are 8 + 8, not 12 + 4.
    const long mr = (m - i + blocks - block - 1) / (blocks - block);
    const L(Tile) tile = L(tiles)[mr - 1][transposed][nv - 1];
    if (n == nv * VL) {
      tile(k, a + i * step, lda, b, ldb, c + i * ldc, ldc, accumulate);
    } else {
      float whole[MR * NR];
      tile(k, a + i * step, lda, b, ldb, whole, NR, 0);
      for (long r = 0; r < mr; r++)
        for (long j = 0; j < n; j++) {
          float *to = c + (i + r) * ldc + j;
          *to = accumulate ? *to + whole[r * NR + j] : whole[r * NR + j];
        }
    }
    i += mr;
  }
}

// Rows i and i + VL / 2 of r, interleaved: log2(VL) rounds of it transpose VL vectors.
#if VL == 4
#define LOW 0, 4, 1, 5
#define HIGH 2, 6, 3, 7
#define ROUNDS 2
#elif VL == 8
#define LOW 0, 8, 1, 9, 2, 10, 3, 11
#define HIGH 4, 12, 5, 13, 6, 14, 7, 15
#define ROUNDS 3
#else
#define LOW 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23
#define HIGH 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31
#define ROUNDS 4
#endif

// b (VL, VL) = a (VL, VL)^T.
INLINE void L(transpose_block)(const float *a, long lda, float *b, long ldb) {
  V r[VL], s[VL];
  UNROLL for (int i = 0; i < VL; i++) r[i] = L(load)(a + i * lda);
  UNROLL for (int round = 0; round < ROUNDS; round++) {
    UNROLL for (int i = 0; i < VL / 2; i++) {
      s[2 * i] = __builtin_shufflevector(r[i], r[i + VL / 2], LOW);
      s[2 * i + 1] = __builtin_shufflevector(r[i], r[i + VL / 2], HIGH);
    }
    UNROLL for (int i = 0; i < VL; i++) r[i] = s[i];
  }
  UNROLL for (int i = 0; i < VL; i++) L(store)(b + i * ldb, r[i]);
}

static void L(transpose)(long m, long n, const float *a, long lda, float *b, long ldb) {
  long i = 0;
  for (; i + VL <= m; i += VL) {
    long j = 0;
    for (; j + VL <= n; j += VL) L(transpose_block)(a + i * lda + j, lda, b + j * ldb + i, ldb);
    for (; j < n; j++)
      for (long r = 0; r < VL; r++) b[j * ldb + i + r] = a[(i + r) * lda + j];
  }
  for (; i < m; i++)
    for (long j = 0; j < n; j++) b[j * ldb + i] = a[i * lda + j];
}

static void L(pack_panels)(long k, long n, const float *b, long row, long column, long first,
                           long last, float *panels) {
  for (long panel = first; panel < last; panel++) {
    const long j = panel * NR, width = n - j < NR ? n - j : NR;
    float *to = panels + panel * k * NR;
    const float *from = b + j * column;
    if (column == 1 && width == NR) {
      for (long l = 0; l < k; l++) memcpy(to + l * NR, from + l * row, NR * sizeof(float));
      continue;
    }
    if (width < NR) memset(to, 0, k * NR * sizeof(float));
    if (row == 1) {
      L(transpose)(width, k, from, column, to, NR);
      continue;
    }
    for (long l = 0; l < k; l++)
      for (long i = 0; i < width; i++) to[l * NR + i] = from[l * row + i * column];
  }
}

static void L(gemm_panels)(long m, long n, long k, const float *a, long lda, const float *packed,
                           float *c, long ldc, int accumulate) {
  for (long j = 0; j < n; j += NR)
    L(panel)(0, m, n - j < NR ? n - j : NR, k, a, lda, packed + j * k, NR, c + j, ldc, accumulate);
}

// c (m, n) = or += a^T b, with a (k, m) and b (k, n).
static void L(gemm_transposed)(long m, long n, long k, const float *a, long lda, const float *b,
                               long ldb, float *c, long ldc, int accumulate) {
  long j = 0;
  for (; j + NR <= n; j += NR) L(panel)(1, m, NR, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
  if (j + VL <= n) {
    L(panel)(1, m, VL, k, a, lda, b + j, ldb, c + j, ldc, accumulate);
    j += VL;
  }
  if (j == n) return;
  // The last columns, copied into whole vectors some rows at a time.
  float some[64 * VL];
  for (long l = 0; l < k; l += 64) {
    const long rows = k - l < 64 ? k - l : 64;
    for (long r = 0; r < rows; r++) {
      for (long i = 0; i < n - j; i++) some[r * VL + i] = b[(l + r) * ldb + j + i];
      for (long i = n - j; i < VL; i++) some[r * VL + i] = 0;
    }
    L(panel)(1, m, n - j, rows, a + l * lda, lda, some, VL, c + j, ldc, accumulate || l > 0);
  }
}

#undef TILE
#undef TILES
#undef ROWS_OF
#undef LOW
#undef HIGH
#undef ROUNDS
