// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshTensor

extension DetectionDataset {
  /// SHA-256, in hexadecimal, over ids, sizes and names of the images, the objects and the categories; of
  /// drawn shapes also over what they are drawn from. The pixels of files do not count.
  public func fingerprint() throws -> String {
    var sum = SHA256()
    func add(_ text: String) { Array((text + "\n").utf8).withUnsafeBytes { sum.add($0) } }
    func add<T: BitwiseCopyable>(_ values: [T]) { values.withUnsafeBytes { sum.add($0) } }
    if case .shapes(let shapes) = source {
      add("shapes \(shapes.size) \(shapes.seed)")
      add(drawn.map { Int64($0).littleEndian })
    }
    let (images, categories, objects) = (
      annotations.images, annotations.categories, annotations.objects
    )
    add("\(images.count) \(categories.count) \(objects.count)")
    add(images.ids.map(\.littleEndian))
    add(images.widths.map(\.littleEndian))
    add(images.heights.map(\.littleEndian))
    for name in images.fileNames { add(name) }
    add(categories.ids.map(\.littleEndian))
    for name in categories.names { add(name) }
    add(objects.images.map(\.littleEndian))
    add(objects.categories.map(\.littleEndian))
    add(objects.boxes.map { $0.bitPattern.littleEndian })
    add(objects.areas.map { $0.bitPattern.littleEndian })
    add(objects.isCrowd.map { $0 ? UInt8(1) : 0 })
    return sum.finish()
  }
}
