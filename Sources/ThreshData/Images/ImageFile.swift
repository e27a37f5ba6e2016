// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Pictures in files: JPEG and PNG, told apart by their first bytes.
public enum ImageFile {
  /// The largest file that is read: more than any picture within the limit of pixels needs.
  static let mostBytes = 1 << 30

  /// The picture in the file at `path`, turned as its EXIF orientation says.
  /// - Throws: `TensorError` that names the file, for what cannot be read or is broken.
  public static func read(_ path: String) throws -> RGBImage {
    let bytes: [UInt8]
    do { bytes = try WholeFile.read(path, most: mostBytes) } catch let error as TensorError
      where error.kind == .invalid
    { throw TensorError("image", error.message) }
    return try bytes.withUnsafeBytes { try decode($0, name: path) }
  }

  /// The picture in the bytes of a file, whom errors call `name`.
  ///
  /// Grey becomes RGB. CMYK and YCCK become RGB by Adobe's convention of inverted inks, with Pillow's
  /// rounding. Alpha is left out and 16 bits become 8; numbers are taken as they stand, without
  /// colour profiles, as Pillow and torchvision take them.
  public static func decode(_ bytes: UnsafeRawBufferPointer, name: String) throws -> RGBImage {
    do {
      if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEG.decode(bytes) }
      if bytes.starts(with: PNG.signature) { return try PNG.decode(bytes) }
      throw TensorError("image", bytes.isEmpty ? "the file is empty" : "neither JPEG nor PNG")
    } catch let error as TensorError where error.kind == .invalid {
      throw TensorError("image", "\(name): \(error.message)")
    }
  }

  /// Writes a PNG file, whole or not at all.
  public static func writePNG(_ image: RGBImage, to path: String) throws {
    try AtomicFile.write(path, PNG.encode(image))
  }

  /// The bytes of a PNG file.
  public static func png(_ image: RGBImage) throws -> [UInt8] { try PNG.encode(image) }
}
