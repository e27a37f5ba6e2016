// SPDX-License-Identifier: Apache-2.0

extension Detections {
  /// Writes a file of results in COCO's form, each number as the shortest text that reads back as the
  /// same double. `rounded`: to single precision first, as detectors that keep theirs in float32 do.
  /// Throws ``COCOError`` when the file cannot be written or a number is not finite.
  public func write(path: String, rounded: Bool = false) throws {
    let file = try FileWriter(path: path)
    func text(_ value: Double) throws -> String {
      let value = rounded ? Double(Float(value)) : value
      guard value.isFinite else {
        throw COCOError("cannot write '\(path)': a number is not finite")
      }
      return value.description
    }
    try file.write("[")
    for i in 0..<count {
      let box = try (4 * i..<4 * i + 4).map { try text(boxes[$0]) }.joined(separator: ",")
      try file.write(
        (i > 0 ? ",\n" : "\n")
          + "{\"image_id\":\(images[i]),\"category_id\":\(categories[i]),\"bbox\":[\(box)],\"score\":"
          + text(scores[i]) + "}")
    }
    try file.write("\n]\n")
    try file.close()
  }
}
