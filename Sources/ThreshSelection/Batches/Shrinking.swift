// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Smaller images for a selecting pass: the forward that only ranks can look at less.
public enum Shrinking {
  /// Bilinear interpolation to `floor(H scale)` x `floor(W scale)`. (N, C, H, W) -> (N, C, h, w)
  ///
  /// As PyTorch's `interpolate(scale_factor=scale, mode="bilinear", align_corners=False)`: output y looks
  /// at `(y + 0.5) / scale - 0.5`, clamped to the image.
  /// - Throws: `TensorError` for other shapes, a scale outside (0, 1], or one that leaves nothing.
  public static func shrink(_ images: Tensor, scale: Double) throws -> Tensor {
    let op = "shrink"
    guard images.ndim == 4 else {
      throw TensorError(op, "needs images (N, C, H, W), got \(shapeText(images.shape))")
    }
    guard images.dtype == .float32 || images.dtype == .float64 else {
      throw TensorError(op, "needs floating-point images, got \(images.dtype.name)")
    }
    guard scale > 0, scale <= 1 else {
      throw TensorError(op, "the scale must be above 0 and at most 1, got \(scale)")
    }
    if scale == 1 { return images }
    let (height, width) = (images.shape[2], images.shape[3])
    let rows = try matrix(height, scale, images)
    let columns = try matrix(width, scale, images)
    // One axis after the other: A_h X A_w^T for every image and channel.
    return try rows.matmul(images.contiguous().matmul(columns.transpose(0, 1)))
  }

  /// The weights that make `floor(size scale)` numbers of `size`. (h, H)
  private static func matrix(_ size: Int, _ scale: Double, _ images: Tensor) throws -> Tensor {
    let small = Int(Double(size) * scale)
    guard small >= 1 else {
      throw TensorError(
        "shrink", "a scale of \(scale) leaves nothing of images \(shapeText(images.shape))")
    }
    var weights = [Double](repeating: 0, count: small * size)
    for y in 0..<small {
      let place = max(0, (Double(y) + 0.5) / scale - 0.5)
      let low = min(Int(place), size - 1)
      let part = place - Double(low)
      weights[y * size + low] += 1 - part
      weights[y * size + min(low + 1, size - 1)] += part
    }
    return try Tensor(weights, [small, size]).cast(images.dtype)
  }
}
