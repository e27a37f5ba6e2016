// SPDX-License-Identifier: Apache-2.0

/// How alike two vectors x and y are; with D their distances, of all pairs of the candidates.
public enum SimilarityMetric: String, Sendable, CaseIterable {
  /// `max(D) - D` with `D = ||x - y||²`: CRAIG's in CORDS.
  case squaredEuclidean = "squared_euclidean"
  /// `max(D) - D` with `D = ||x - y||`.
  case euclidean
  /// `(1 + cos(x, y)) / 2`; the cosine with a zero vector is 0.
  case cosine
  /// `exp(-||x - y||² / (width mean(D)))` with the mean over all pairs of `D = ||x - y||²`: MILO's,
  /// with width 0.1.
  case rbf
  /// `<x, y>`, moved up by the least of all pairs when that is negative.
  case dot

  /// Whether the values are negative distances, known up to their largest.
  var isDistance: Bool { self == .squaredEuclidean || self == .euclidean }
}
