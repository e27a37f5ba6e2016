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

#if VL == 8
// Sets the first n numbers.
INLINE __m256i L(mask)(long n) {
  static const int ends[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
  return _mm256_loadu_si256((const __m256i *)(ends + 8 - n));
}
#endif

// The first n < VL numbers at p, zeros behind them.
INLINE V L(load_part)(const float *p, long n) {
#if VL == 16
  return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#elif VL == 8
  return _mm256_maskload_ps(p, L(mask)(n));
#else
  float whole[VL];
  for (long i = 0; i < VL; i++) whole[i] = i < n ? p[i] : 0;
  return L(load)(whole);
#endif
}
INLINE void L(store_part)(float *p, V v, long n) {
#if VL == 16
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), v);
#elif VL == 8
  _mm256_maskstore_ps(p, L(mask)(n), v);
#else
  for (long i = 0; i < n; i++) p[i] = v[i];
#endif
}
INLINE V L(load_some)(const float *p, long n) { return n >= VL ? L(load)(p) : L(load_part)(p, n); }
INLINE void L(store_some)(float *p, V v, long n) {
  if (n >= VL) L(store)(p, v);
  else L(store_part)(p, v, n);
}

// NaN stays.
INLINE V L(clamp)(V v, V least, V most) {
  typedef __typeof__(v < least) M;
  const M below = v < least, above = v > most;
  return (V)(((M)v & ~(below | above)) | ((M)least & below) | ((M)most & above));
}

// One tile of the product p: mr rows from `a` on, nv vectors of columns, the last of which has
// `last` columns. a(i, k) is at a[i * lda + k], or at a[k * lda + i] when `transposed`. With `part`,
// rows of b end with the last column.
INLINE void L(tile)(const int mr, const int nv, const int transposed, const int part,
                    const thresh_product *p, const float *a, const float *b, long ldb,
                    const float *start, float *c, long last) {
  V sum[MR1][2];
  // Where the sums go is on its way while they are computed.
  UNROLL for (int i = 0; i < mr; i++) UNROLL for (int j = 0; j < nv; j++)
    __builtin_prefetch(c + i * p->ldc + j * VL, 1);
  UNROLL for (int j = 0; j < nv; j++) {
    const V first = start ? L(load_some)(start + j * VL, j + 1 < nv ? VL : last) : (V){0};
    UNROLL for (int i = 0; i < mr; i++) sum[i][j] = first;
  }
  const long lda = p->lda, k = p->k;
  for (long segment = 0; segment < p->segments; segment++) {
    // Row pointers in threes: the other two are one and two strides away, which addressing covers.
    const float *rows[(MR1 + 2) / 3];
    UNROLL for (int i = 0; i < (mr + 2) / 3; i++)
      rows[i] = a + segment * p->segment_stride + 3 * i * lda;
    const float *from = a;
    for (long l = 0; l < k; l++) {
      V column[2];
      UNROLL for (int j = 0; j < nv; j++)
        column[j] = part && j + 1 == nv ? L(load_part)(b + j * VL, last) : L(load)(b + j * VL);
      UNROLL for (int i = 0; i < mr; i++) {
        const float x = transposed ? from[i] : rows[i / 3][i % 3 * lda];
        UNROLL for (int j = 0; j < nv; j++) sum[i][j] += L(all)(x) * column[j];
      }
      b += ldb;
      if (transposed) from += lda;
      UNROLL for (int i = 0; i < (mr + 2) / 3; i++) rows[i]++;
    }
  }
  const V least = L(all)(p->low), most = L(all)(p->high);
  const int clamped = p->low > -INFINITY || p->high < INFINITY;
  UNROLL for (int i = 0; i < mr; i++) UNROLL for (int j = 0; j < nv; j++) {
    float *to = c + i * p->ldc + j * VL;
    const long n = j + 1 < nv ? VL : last;
    V v = sum[i][j];
    if (p->accumulate) v += L(load_some)(to, n);
    if (clamped) v = L(clamp)(v, least, most);
    L(store_some)(to, v, n);
  }
}

typedef void (*L(Tile))(const thresh_product *p, const float *a, const float *b, long ldb,
                        const float *start, float *c, long last);

#define TILE(mr, nv, transposed, part)                                                             \
  static void L(tile_##mr##_##nv##_##transposed##_##part)(                                         \
      const thresh_product *p, const float *a, const float *b, long ldb, const float *start,       \
      float *c, long last) {                                                                       \
    L(tile)(mr, nv, transposed, part, p, a, b, ldb, start, c, last);                               \
  }
#define TILES1(mr) TILE(mr, 1, 0, 0) TILE(mr, 1, 1, 0) TILE(mr, 1, 1, 1)
#define TILES2(mr) TILE(mr, 2, 0, 0) TILE(mr, 2, 1, 0) TILE(mr, 2, 1, 1)
#define UP_TO_6(T) T(1) T(2) T(3) T(4) T(5) T(6)
#define UP_TO_12(T) UP_TO_6(T) T(7) T(8) T(9) T(10) T(11) T(12)
UP_TO_12(TILES1)
#if MR > 6
UP_TO_12(TILES2)
#else
UP_TO_6(TILES2)
#endif

// By rows - 1 and kind: a as it lies, transposed, transposed with part rows of b.
#define KINDS1(mr) {L(tile_##mr##_1_0_0), L(tile_##mr##_1_1_0), L(tile_##mr##_1_1_1)},
#define KINDS2(mr) {L(tile_##mr##_2_0_0), L(tile_##mr##_2_1_0), L(tile_##mr##_2_1_1)},
static const L(Tile) L(tiles1)[MR1][3] = {UP_TO_12(KINDS1)};
#if MR > 6
static const L(Tile) L(tiles2)[MR][3] = {UP_TO_12(KINDS2)};
#else
static const L(Tile) L(tiles2)[MR][3] = {UP_TO_6(KINDS2)};
#endif

// The n <= NR columns of the product from `column` on; rows of b are ldb apart.
static void L(short_panel)(const thresh_product *p, int transposed, long column, long n, const float *b,
                     long ldb) {
  const int nv = n > VL ? 2 : 1;
  const long last = n - (nv - 1) * VL;
  const int kind = !transposed ? 0 : last == VL ? 1 : 2;
  const long most = nv == 2 ? MR : MR1;
  const long blocks = (p->m + most - 1) / most, step = transposed ? 1 : p->lda;
  const float *start = p->start ? p->start + column : 0;
  for (long i = 0, block = 0; block < blocks; block++) {
    // Blocks of even size: 16 rows are 8 + 8, not 12 + 4.
    const long mr = (p->m - i + blocks - block - 1) / (blocks - block);
    const L(Tile) tile = (nv == 2 ? L(tiles2) : L(tiles1))[mr - 1][kind];
    tile(p, p->a + i * step, b, ldb, start, p->c + i * p->ldc + column, last);
    i += mr;
  }
}

// The same in parts of a long sum, which keeps rounding errors from growing.
static void L(panel)(const thresh_product *p, int transposed, long column, long n, const float *b,
                     long ldb) {
#if VL == 16
  // Of at most 8 columns, two vectors of 8 are multiplied in the time of one of 16.
  if (n <= 8) {
    panel_avx2(p, transposed, column, n, b, ldb);
    return;
  }
#endif
  if (p->segments * p->k <= 768) {
    L(short_panel)(p, transposed, column, n, b, ldb);
    return;
  }
  const long most = p->k <= 768 ? p->k : 512;
  for (long segment = 0; segment < p->segments; segment++)
    for (long l = 0; l < p->k; l += most) {
      thresh_product part = *p;
      part.a += segment * p->segment_stride + (transposed ? l * p->lda : l);
      part.k = p->k - l < most ? p->k - l : most;
      part.segments = 1;
      if (segment > 0 || l > 0) {
        part.start = 0;
        part.accumulate = 1;
      }
      if (segment + 1 < p->segments || l + most < p->k) {
        part.low = -INFINITY;
        part.high = INFINITY;
      }
      L(short_panel)(&part, transposed, column, n, b + (segment * p->k + l) * ldb, ldb);
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

static void L(gemm_panels)(const thresh_product *p, const float *panels) {
  const long depth = p->segments * p->k;
  for (long j = 0; j < p->n; j += NR)
    L(panel)(p, 0, j, p->n - j < NR ? p->n - j : NR, panels + j * depth, NR);
}

static void L(gemm_transposed)(const thresh_product *p, const float *b, long ldb) {
  for (long j = 0; j < p->n; j += NR)
    L(panel)(p, 1, j, p->n - j < NR ? p->n - j : NR, b + j, ldb);
}

#undef TILE
#undef TILES1
#undef TILES2
#undef UP_TO_6
#undef UP_TO_12
#undef KINDS1
#undef KINDS2
#undef LOW
#undef HIGH
#undef ROUNDS
