// SPDX-License-Identifier: Apache-2.0

extension Tensor: CustomStringConvertible {
  public var description: String { describe() }

  /// A header line with type, shape and figures, then the elements.
  ///
  /// Up to 1000 elements are shown, of larger tensors 3 at both ends of each dimension. Widths and
  /// digits follow from the elements that are shown; there is no common scale factor. The figures
  /// are those of the finite elements, for tensors of up to 10^6.
  ///
  /// ```
  /// Tensor f32 (2, 3)  min -1.5 max 4 mean 1.25
  /// [[ 0.5,  1.0,  2.0],
  ///  [-1.5,  1.5,  4.0]]
  /// ```
  ///
  /// - Parameters:
  ///   - width: columns to stay within, where a single element fits.
  ///   - full: show all elements.
  public func describe(width: Int = 80, full: Bool = false) -> String {
    var header = "Tensor \(dtype.shortName) \(shapeText(shape))"
    if requiresGrad { header += " requires_grad" }
    if ndim == 0 { return header + "  " + ElementText.exact(self) }
    if count == 0 { return header + "  []" }
    if let figures = Figures(self) { header += "  " + figures.text }
    let layout = PrintLayout(self, width: width, full: full)
    return header + "\n" + layout.text
  }
}

extension DType {
  /// The name in a printed tensor's header: `f32`, `i64`, `bool`.
  var shortName: String {
    switch self {
    case .bool: "bool"
    case .uint8: "u8"
    case .int32: "i32"
    case .int64: "i64"
    case .float32: "f32"
    case .float64: "f64"
    }
  }
}

/// The nested brackets of a printed tensor.
private struct PrintLayout {
  /// Elements that are printed in full, and how many of a longer dimension are shown at each end.
  private static let most = 1000
  private static let edge = 3

  let tensor: Tensor
  let width: Int
  private let summarised: Bool
  private var texts: [String] = []
  private var cell = 0

  init(_ tensor: Tensor, width: Int, full: Bool) {
    self.tensor = tensor
    self.width = width
    summarised = !full && tensor.count > PrintLayout.most
    var positions: [Int] = []
    collect(0, tensor.offset, &positions)
    texts = ElementText.texts(tensor, at: positions)
    cell = texts.reduce(0) { max($0, $1.utf8.count) }
  }

  var text: String {
    var out = ""
    var next = 0
    write(0, &next, &out)
    return out
  }

  /// The shown positions of a dimension; nil stands for the gap.
  private func shown(_ d: Int) -> [Int?] {
    let n = tensor.shape[d]
    guard summarised, n > 2 * PrintLayout.edge else { return Array(0..<n) }
    return Array(0..<PrintLayout.edge) + [nil] + Array(n - PrintLayout.edge..<n)
  }

  private func collect(_ d: Int, _ at: Int, _ positions: inout [Int]) {
    if d == tensor.ndim {
      positions.append(at)
      return
    }
    for case let i? in shown(d) { collect(d + 1, at + i * tensor.strides[d], &positions) }
  }

  private func write(_ d: Int, _ next: inout Int, _ out: inout String) {
    out += "["
    if d == tensor.ndim - 1 {
      row(d, &next, &out)
    } else {
      let gap = String(repeating: "\n", count: tensor.ndim - 1 - d)
      let indent = String(repeating: " ", count: d + 1)
      for (k, i) in shown(d).enumerated() {
        if k > 0 { out += "," + gap + indent }
        if i == nil { out += "…" } else { write(d + 1, &next, &out) }
      }
    }
    out += "]"
  }

  /// The innermost elements, in as many lines as the width needs.
  private func row(_ d: Int, _ next: inout Int, _ out: inout String) {
    var column = d + 1
    let room = width - tensor.ndim
    for (k, i) in shown(d).enumerated() {
      var piece = "…"
      if i != nil {
        let text = texts[next]
        next += 1
        piece = String(repeating: " ", count: cell - text.utf8.count) + text
      }
      let size = i == nil ? 1 : cell
      if k > 0 {
        if column + 2 + size > room {
          out += ",\n" + String(repeating: " ", count: d + 1)
          column = d + 1
        } else {
          out += ", "
          column += 2
        }
      }
      out += piece
      column += size
    }
  }
}

/// Least, greatest and mean finite element, and how many are not finite.
private struct Figures {
  /// Tensors with more elements are not scanned.
  private static let most = 1_000_000

  let text: String

  init?(_ t: Tensor) {
    guard t.count <= Figures.most, let dense = try? t.detached().contiguousUnrecorded() else {
      return nil
    }
    switch t.dtype {
    case .bool:
      let p = dense.pointer(Bool.self)
      text = "\((0..<t.count).count { p[$0] }) true"
    case .uint8: text = Figures.integers(dense.pointer(UInt8.self), t.count)
    case .int32: text = Figures.integers(dense.pointer(Int32.self), t.count)
    case .int64: text = Figures.integers(dense.pointer(Int64.self), t.count)
    case .float32: text = Figures.floats(dense.pointer(Float.self), t.count)
    case .float64: text = Figures.floats(dense.pointer(Double.self), t.count)
    }
  }

  private static func integers<T: FixedWidthInteger & Element>(
    _ p: UnsafePointer<T>, _ n: Int
  ) -> String {
    var (low, high, total) = (p[0], p[0], 0.0)
    for i in 0..<n {
      low = min(low, p[i])
      high = max(high, p[i])
      total += p[i].asDouble
    }
    return "min \(low) max \(high) mean \(ElementText.format("%.3g", total / Double(n)))"
  }

  private static func floats<T: FloatingElement>(_ p: UnsafePointer<T>, _ n: Int) -> String {
    var (low, high, total) = (Double.infinity, -Double.infinity, 0.0)
    var (nans, infinities) = (0, 0)
    for i in 0..<n {
      let x = p[i].asDouble
      if x.isFinite {
        low = min(low, x)
        high = max(high, x)
        total += x
      } else if x.isNaN {
        nans += 1
      } else {
        infinities += 1
      }
    }
    var parts: [String] = []
    let finite = n - nans - infinities
    if finite > 0 {
      parts = zip(["min", "max", "mean"], [low, high, total / Double(finite)]).map {
        "\($0) \(ElementText.format("%.3g", $1))"
      }
    }
    if nans > 0 { parts.append("nan \(nans)") }
    if infinities > 0 { parts.append("inf \(infinities)") }
    return parts.joined(separator: " ")
  }
}
