// SPDX-License-Identifier: Apache-2.0
import CDigits
import ThreshTensor

/// The embedded digits: 1,797 images of 8 x 8 with values 0 … 16, ten classes.
///
/// Source: E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI, 1998, CC BY 4.0.
public enum Digits {
  public static func load() throws -> ImageDataset {
    guard let base = thresh_digits() else { throw TensorError("digits", "no digits are embedded") }
    return try parse(
      Array(UnsafeBufferPointer(start: base, count: thresh_digits_size())), name: "digits")
  }

  /// Reads `THDIGIT1`, uint32 N, H, W, N labels and N x H x W pixels.
  public static func parse(_ bytes: [UInt8], name: String) throws -> ImageDataset {
    guard bytes.count >= 20, bytes.starts(with: "THDIGIT1".utf8) else {
      throw TensorError("digits", "\(name): needed 20 bytes that begin with THDIGIT1")
    }
    let sizes = (0..<3).map { k in
      (0..<4).reduce(0) { $0 | Int(bytes[8 + 4 * k + $1]) << (8 * $1) }
    }
    let (n, h, w) = (sizes[0], sizes[1], sizes[2])
    // Three numbers below 2^32 can overflow.
    let (area, over) = h.multipliedReportingOverflow(by: w)
    let (needed, overToo) = n.multipliedReportingOverflow(by: area &+ 1)
    guard !over, !overToo, n > 0, area > 0, bytes.count - 20 == needed else {
      throw TensorError(
        "digits", "\(name): \(n) images of \(h) x \(w) do not fit \(bytes.count - 20) bytes")
    }
    let labels = bytes[20..<20 + n].map { Int($0) }
    for (i, label) in labels.enumerated() where label > 9 {
      throw TensorError("digits", "\(name): label \(label) of image \(i); needed 0 ... 9")
    }
    let pixels = try Tensor(Array(bytes[(20 + n)...]), [n, h, w, 1])
    return ImageDataset(
      name: "digits", provenance: "Optical Recognition of Handwritten Digits (UCI), embedded",
      sampleShape: [1, h, w], labels: labels, classNames: (0..<10).map(String.init),
      pixelMaximum: 16, normalisation: nil, store: PixelStore(pixels), rows: Array(0..<n))
  }
}
