// SPDX-License-Identifier: Apache-2.0
import CJSONReader

extension Segmentation {
  /// Reads the `segmentation` of an annotation: polygons, runs, or runs as pycocotools packs them.
  /// Throws ``COCOError`` for anything else.
  public init(json: [UInt8]) throws {
    let reader = try JSONReader(bytes: json, name: "segmentation")
    switch reader.next {
    case THRESH_JSON_NULL: self = .none
    case THRESH_JSON_ARRAY: self = .polygons(try Segmentation.polygons(reader))
    case THRESH_JSON_OBJECT: self = try Segmentation.runs(reader)
    default: throw COCOError("got \(reader.next.name)")
    }
  }

  private static func polygons(_ reader: JSONReader) throws -> [[Double]] {
    var parts: [[Double]] = []
    try reader.items {
      guard reader.next == THRESH_JSON_ARRAY else {
        throw COCOError("a polygon is a list of numbers, got \(reader.next.name)")
      }
      var corners: [Double] = []
      try reader.items {
        let value = try reader.read(THRESH_JSON_WANT_NUMBER)
        guard value.kind.isFiniteNumber else {
          throw COCOError("a polygon has finite numbers, got \(value.kind.name)")
        }
        corners.append(value.number)
      }
      guard corners.count >= 6, corners.count % 2 == 0 else {
        throw COCOError(
          "a polygon has at least 3 corners of 2 numbers, got \(corners.count) numbers")
      }
      parts.append(corners)
    }
    return parts
  }

  private static func runs(_ reader: JSONReader) throws -> Segmentation {
    var counts: [UInt32]?
    var size: [Int] = []
    try reader.members { name in
      switch name {
      case "size":
        let value = try reader.read(THRESH_JSON_WANT_NUMBERS)
        guard value.kind == THRESH_JSON_ARRAY, value.count == 2, value.item == THRESH_JSON_ABSENT,
          let height = Int32(exactly: value.numbers.0), let width = Int32(exactly: value.numbers.1),
          height >= 0, width >= 0
        else { throw COCOError("'size' must be height and width") }
        size = [Int(height), Int(width)]
      case "counts" where reader.next == THRESH_JSON_ARRAY:
        var runs: [UInt32] = []
        try reader.items {
          let value = try reader.read(THRESH_JSON_WANT_INTEGER)
          guard value.kind == THRESH_JSON_INTEGER, let run = UInt32(exactly: value.integer) else {
            throw COCOError("a run is a count of pixels, got \(value.kind.name)")
          }
          runs.append(run)
        }
        counts = runs
      case "counts" where reader.next == THRESH_JSON_STRING:
        let value = try reader.read(THRESH_JSON_WANT_TEXT)
        counts = try unpack(UnsafeRawBufferPointer(start: value.text, count: value.length))
      default: try reader.skip()
      }
    }
    guard let counts, size.count == 2 else { throw COCOError("runs need 'size' and 'counts'") }
    guard counts.reduce(0, { $0 + Int($1) }) == size[0] * size[1] else {
      throw COCOError(
        "the runs have \(counts.reduce(0) { $0 + Int($1) }) pixels, the mask \(size[0]) x \(size[1])"
      )
    }
    return .runs(counts, height: size[0], width: size[1])
  }

  /// pycocotools' packed runs: six bits a character, five of them data, each run from the third on as
  /// the difference to the one two before (rleFrString in maskApi.c).
  static func unpack(_ text: UnsafeRawBufferPointer) throws -> [UInt32] {
    var runs: [UInt32] = []
    var i = 0
    while i < text.count {
      var (value, shift): (Int64, Int64) = (0, 0)
      while true {
        guard i < text.count, text[i] >= 48, text[i] < 48 + 64, shift < 60 else {
          throw COCOError("the packed runs are damaged at character \(i)")
        }
        let bits = Int64(text[i]) - 48
        value |= (bits & 0x1F) << shift
        i += 1
        shift += 5
        if bits & 0x20 == 0 {
          if bits & 0x10 != 0 { value |= -1 << shift }
          break
        }
      }
      if runs.count > 2 { value += Int64(runs[runs.count - 2]) }
      guard let run = UInt32(exactly: value) else {
        throw COCOError("the packed runs are damaged at character \(i)")
      }
      runs.append(run)
    }
    return runs
  }
}
