// SPDX-License-Identifier: Apache-2.0

/// The orientation that a camera writes into a JPEG file.
///
/// Source: CIPA DC-008 (Exif 2.3), tag 274 of the first directory in the segment APP1.
enum EXIF {
  /// How rows and columns were stored, 1 to 8; nil where the file does not say, or says it wrongly.
  static func orientation(_ bytes: UnsafeRawBufferPointer) -> Int? {
    var at = 2
    // Segments up to the first scan: FF, marker, length in two bytes that count themselves.
    while at + 4 <= bytes.count, bytes[at] == 0xFF {
      let marker = bytes[at + 1]
      if marker == 0xFF {
        at += 1
        continue
      }
      if marker == 0xDA || marker == 0xD9 { return nil }
      let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
      guard length >= 2, at + 2 + length <= bytes.count else { return nil }
      let body = UnsafeRawBufferPointer(rebasing: bytes[at + 4..<at + 2 + length])
      if marker == 0xE1, body.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
        return directory(UnsafeRawBufferPointer(rebasing: body[6...]))
      }
      at += 2 + length
    }
    return nil
  }

  /// Tag 274 of a TIFF structure.
  private static func directory(_ tiff: UnsafeRawBufferPointer) -> Int? {
    guard tiff.count >= 8 else { return nil }
    let little: Bool
    switch (tiff[0], tiff[1]) {
    case (0x49, 0x49): little = true
    case (0x4D, 0x4D): little = false
    default: return nil
    }
    func number(_ at: Int, _ size: Int) -> Int? {
      guard at >= 0, at <= tiff.count - size else { return nil }
      return (0..<size).reduce(0) { $0 << 8 | Int(tiff[at + (little ? size - 1 - $1 : $1)]) }
    }
    guard number(2, 2) == 42, let start = number(4, 4), let entries = number(start, 2) else {
      return nil
    }
    for i in 0..<entries {
      let entry = start + 2 + 12 * i
      guard let tag = number(entry, 2) else { return nil }
      // One number of 16 bits.
      guard tag == 274 else { continue }
      guard number(entry + 2, 2) == 3, let value = number(entry + 8, 2), (1...8).contains(value)
      else { return nil }
      return value
    }
    return nil
  }
}

extension RGBImage {
  /// The picture upright, stored with EXIF orientation 1 … 8.
  func oriented(_ orientation: Int) -> RGBImage {
    if orientation == 1 { return self }
    let turned = orientation >= 5
    let (w, h) = turned ? (height, width) : (width, height)
    var out = [UInt8](repeating: 0, count: pixels.count)
    for y in 0..<h {
      for x in 0..<w {
        let (sx, sy) =
          switch orientation {
          case 2: (width - 1 - x, y)
          case 3: (width - 1 - x, height - 1 - y)
          case 4: (x, height - 1 - y)
          case 5: (y, x)
          case 6: (y, height - 1 - x)
          case 7: (width - 1 - y, height - 1 - x)
          default: (width - 1 - y, x)
          }
        let (to, from) = (3 * (y * w + x), 3 * (sy * width + sx))
        for k in 0..<3 { out[to + k] = pixels[from + k] }
      }
    }
    return RGBImage(checkedWidth: w, height: h, pixels: out)
  }
}
