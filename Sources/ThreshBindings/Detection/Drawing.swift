// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshTensor

/// `th.detect.draw(image, boxes, options)`: the picture with the boxes on it, uint8 `(3, H, W)`.
///
/// `boxes` is `(n, 4)`, corners in pixels, or x, y, width, height with `format = "xywh"`. `labels` are
/// texts, `scores` numbers, `verdicts` "tp", "fp", "fn" or "gt", one for each box; `path` also writes a
/// PNG file; `line` is the thickness in pixels; `scale` enlarges picture and boxes by a whole number.
func addDrawing(to detect: inout Namespace) {
  detect.function("draw") { call in
    var image = try RGBImage(call.tensor(1, "image"))
    let boxes = try call.tensorOrList(2, "boxes", dtype: .float64)
    let o = try call.options(
      at: 3, allowed: ["labels", "scores", "verdicts", "format", "path", "line", "scale"])
    let isEmpty = boxes.count == 0
    guard isEmpty || boxes.ndim == 2 && boxes.shape[1] == 4 else {
      throw call.argumentError(2, "boxes", "(n, 4) expected, got \(shapeText(boxes.shape))")
    }
    let numbers = try boxes.castValues(Double.self)
    let n = numbers.count / 4
    let scale = try o.integer("scale") ?? 1
    guard (1...16).contains(scale) else {
      throw o.error("scale", "must be in 1 … 16, got \(scale)")
    }
    let line = try o.integer("line") ?? 2
    guard (1...64).contains(line) else { throw o.error("line", "must be in 1 … 64, got \(line)") }
    let format = try o.string("format") ?? "xyxy"
    guard format == "xyxy" || format == "xywh" else {
      throw o.error("format", "'xyxy' or 'xywh' expected, got '\(format)'")
    }
    let labels = try texts(o, "labels", n)
    let scores = try o.value("scores").map { _ in try listed(o, "scores", n) }
    let verdicts = try texts(o, "verdicts", n)?.map { text in
      guard let verdict = DrawnBox.Verdict(rawValue: text) else {
        let known = DrawnBox.Verdict.allCases.map(\.rawValue)
        throw o.error("verdicts", "one of \(known.joined(separator: ", ")) expected, got '\(text)'")
      }
      return verdict
    }
    if scale > 1 { image = try image.enlarged(scale) }
    image.draw(
      (0..<n).map { i in
        let v = numbers[4 * i..<4 * i + 4].map { $0 * Double(scale) }
        let box =
          format == "xywh"
          ? PixelBox(x: v[0], y: v[1], width: v[2], height: v[3])
          : PixelBox(left: v[0], top: v[1], right: v[2], bottom: v[3])
        return DrawnBox(
          box, label: labels?[i], score: scores?[i], verdict: verdicts?[i], number: i)
      }, line: line)
    if let path = try o.path("path") { try ImageFile.writePNG(image, to: path) }
    return .tensor(try image.tensor())
  }
}

private func texts(_ o: LuaOptions, _ name: String, _ n: Int) throws -> [String]? {
  guard let items = try o.table(name)?.array else { return nil }
  guard items.count == n else {
    throw o.error(name, "\(n) expected, one a box; got \(items.count)")
  }
  return try items.map { item in
    switch item {
    case .string(let text): return text.text
    case .integer(let number): return String(number)
    default: throw o.error(name, "texts expected, got a \(item.typeName)")
    }
  }
}

/// A list or vector of `n` numbers.
private func listed(_ o: LuaOptions, _ name: String, _ n: Int) throws -> [Double] {
  let values: [Double]
  if case .table = o.value(name) {
    values = try o.table(name)?.numbers().doubles ?? []
  } else {
    values = try o.tensor(name)?.castValues(Double.self) ?? []
  }
  guard values.count == n else {
    throw o.error(name, "\(n) expected, one a box; got \(values.count)")
  }
  return values
}
