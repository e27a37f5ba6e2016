// SPDX-License-Identifier: Apache-2.0
import CTurboJPEG
import ThreshTensor

/// JPEG by libjpeg-turbo, through its TurboJPEG interface: errors are codes, nothing jumps.
enum JPEG {
  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> RGBImage {
    guard let source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
      throw TensorError("image", "the file is empty")
    }
    guard let handle = tjInitDecompress() else {
      throw TensorError("image", "no memory for a JPEG decoder", kind: .outOfMemory)
    }
    defer { tjDestroy(handle) }
    let size = UInt(bytes.count)
    var (width, height, subsampling, colours) = (Int32(0), Int32(0), Int32(0), Int32(0))
    let header = tjDecompressHeader3(
      handle, source, size, &width, &height, &subsampling, &colours)
    if header != 0 { try judge(handle, bytes, "the header of the JPEG file") }
    let (w, h) = (Int(width), Int(height))
    let isCMYK = colours == TJCS_CMYK.rawValue || colours == TJCS_YCCK.rawValue
    let count = try RGBImage.bytes(w, h)
    // A progressive file is held as coefficients of 16 bits until its last scan.
    try MemoryPool.shared.require(count + 2 * (isCMYK ? 4 : 3) * w * h, "image")
    let channels = isCMYK ? 4 : 3
    var status: Int32 = 0
    let decoded = [UInt8](unsafeUninitializedCapacity: channels * w * h) { buffer, filled in
      // What a broken file leaves out must not be memory's former content.
      buffer.initialize(repeating: 0)
      status = tjDecompress2(
        handle, source, size, buffer.baseAddress, width, 0, height,
        Int32(isCMYK ? TJPF_CMYK.rawValue : TJPF_RGB.rawValue), Int32(TJFLAG_LIMITSCANS))
      filled = channels * w * h
    }
    if status != 0 { try judge(handle, bytes, "the JPEG file") }
    let image = try RGBImage(
      width: w, height: h, pixels: isCMYK ? fromInvertedCMYK(decoded) : decoded)
    return EXIF.orientation(bytes).map { image.oriented($0) } ?? image
  }

  /// Throws for what the decoder complained of, unless all pixels are there nevertheless: bytes too
  /// many between two markers are frequent, and the file goes on to its end.
  private static func judge(
    _ handle: tjhandle, _ bytes: UnsafeRawBufferPointer, _ what: String
  ) throws {
    let message = String(cString: tjGetErrorStr2(handle))
    if tjGetErrorCode(handle) == TJERR_WARNING.rawValue,
      message.contains("extraneous bytes"), hasEnd(bytes)
    {
      return
    }
    throw TensorError("image", "\(what) is broken: \(message)")
  }

  /// Whether the end marker stands behind the last start of a scan: the decoder keeps the first
  /// complaint alone, which may hide that the data end early.
  private static func hasEnd(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var i = bytes.count - 2
    while i >= 0 {
      if bytes[i] == 0xFF {
        if bytes[i + 1] == 0xD9 { return true }
        if bytes[i + 1] == 0xDA { return false }
      }
      i -= 1
    }
    return false
  }

  /// Inks as Adobe stores them, 255 for none, to RGB; products rounded as Pillow does.
  private static func fromInvertedCMYK(_ inks: [UInt8]) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: inks.count / 4 * 3)
    for p in 0..<inks.count / 4 {
      let light = Int(inks[4 * p + 3])
      for k in 0..<3 {
        let product = (255 - Int(inks[4 * p + k])) * light + 128
        out[3 * p + k] = UInt8(max(0, light - ((product >> 8) + product) >> 8))
      }
    }
    return out
  }
}
