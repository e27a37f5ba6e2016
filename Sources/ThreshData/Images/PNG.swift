// SPDX-License-Identifier: Apache-2.0
import CPNG
import ThreshTensor

/// PNG by libpng's simplified interface, which ends its own jumps inside and returns codes.
enum PNG {
  static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  static func decode(_ bytes: UnsafeRawBufferPointer) throws -> RGBImage {
    let file = try essentials(bytes)
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    return try file.withUnsafeBytes { file in
      guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0 else {
        throw failure(image)
      }
      let (w, h) = (Int(image.width), Int(image.height))
      _ = try RGBImage.bytes(w, h)
      try MemoryPool.shared.require(7 * w * h, "image")
      // With alpha, and dropped here: libpng would blend it with a background.
      image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
      // Samples of 16 bits are sRGB like those of 8, not linear.
      image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      var status: Int32 = 0
      let decoded = [UInt8](unsafeUninitializedCapacity: 4 * w * h) { buffer, filled in
        buffer.initialize(repeating: 0)
        status = png_image_finish_read(&image, nil, buffer.baseAddress, 0, nil)
        filled = 4 * w * h
      }
      guard status != 0 else { throw failure(image) }
      var pixels = [UInt8](repeating: 0, count: 3 * w * h)
      for p in 0..<w * h {
        for k in 0..<3 { pixels[3 * p + k] = decoded[4 * p + k] }
      }
      return RGBImage(checkedWidth: w, height: h, pixels: pixels)
    }
  }

  /// The file of `image`.
  static func encode(_ image: RGBImage) throws -> [UInt8] {
    var description = png_image()
    description.version = UInt32(PNG_IMAGE_VERSION)
    description.width = UInt32(image.width)
    description.height = UInt32(image.height)
    description.format = UInt32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&description) }
    // No file is larger than its rows stored, each with a byte for its filter; zlib adds 5 bytes to
    // each block of 16 KiB, libpng 12 to each chunk of 8.
    let raw = (3 * image.width + 1) * image.height
    let room = raw + raw / 256 + 4096
    try MemoryPool.shared.require(room, "image")
    var size = room
    var status: Int32 = 0
    let file = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
      status = png_image_write_to_memory(
        &description, buffer.baseAddress, &size, 0, image.pixels, 0, nil)
      filled = status != 0 ? min(size, room) : 0
    }
    guard status != 0 else { throw failure(description) }
    return file
  }

  private static func failure(_ image: png_image) -> TensorError {
    let text = withUnsafeBytes(of: image.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return TensorError("image", "the PNG file is broken: \(text)")
  }

  /// The file's header, palette, transparency and pixels alone: no other chunk changes what is read,
  /// colour profiles and gamma included, and none is unpacked or trusted.
  /// - Throws: `TensorError` for a file that ends early, and for one too short for its size.
  private static func essentials(_ bytes: UnsafeRawBufferPointer) throws -> [UInt8] {
    func broken(_ reason: String) -> TensorError {
      TensorError("image", "the PNG file is broken: \(reason)")
    }
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 << 8 | Int(bytes[at + $1]) } }
    try MemoryPool.shared.require(bytes.count, "image")
    var out = signature
    var at = signature.count
    var data = 0
    var pixelBytes = 0
    while true {
      guard at + 12 <= bytes.count else { throw broken("it ends at byte \(bytes.count)") }
      let length = number(at)
      guard length <= bytes.count - at - 12 else { throw broken("it ends at byte \(bytes.count)") }
      let name = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      guard at > 8 || name == "IHDR" && length == 13 else { throw broken("it has no header") }
      if name == "IHDR", at == 8 {
        // One bit a pixel is the least; what is packed grows to 1032 times its size at most.
        let (w, h) = (number(at + 8), number(at + 12))
        _ = try RGBImage.bytes(w, h)
        pixelBytes = (w * h + 7) / 8
      }
      if name == "IDAT" { data += length }
      if ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"].contains(name) {
        out.append(contentsOf: bytes[at..<at + 12 + length])
      }
      if name == "IEND" { break }
      at += 12 + length
    }
    guard pixelBytes <= 1032 * data else {
      throw broken("\(data) bytes of data are too few for its size")
    }
    return out
  }
}
