// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension ModuleSummary: CustomStringConvertible {
  /// The rows as a table, with totals under it.
  public var description: String {
    var table = TextTable(["layer", "type", "output", "parameters", "MACs"], words: 3)
    for row in rows {
      table.add([
        row.path.isEmpty ? "-" : row.path, row.type,
        row.shapes.map(shapeText).joined(separator: " "),
        ModuleSummary.grouped(row.parameters), ModuleSummary.grouped(row.macs),
      ])
    }
    table.rule()
    table.add(
      ["total", "", "", ModuleSummary.grouped(parameters), ModuleSummary.grouped(macs)])
    var lines = table.text
    lines.insert("\(model), input \(shapeText(input))", at: 0)
    lines.append(
      "trainable \(ModuleSummary.grouped(trainable)), "
        + "parameters \(ModuleSummary.mebibytes(parameterBytes)) MiB, "
        + "activations of one image \(ModuleSummary.mebibytes(activationBytes)) MiB")
    if unused > 0 {
      lines.append("in layers that were not called: \(ModuleSummary.grouped(unused)) parameters")
    }
    return lines.joined(separator: "\n")
  }

  /// `11,689,512`
  private static func grouped(_ number: Int) -> String {
    var text = ""
    for (i, digit) in String(number).reversed().enumerated() {
      if i > 0 && i % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  /// With one decimal, rounded.
  private static func mebibytes(_ bytes: Int) -> String {
    let tenths = (bytes * 10 + 1 << 19) >> 20
    return "\(tenths / 10).\(tenths % 10)"
  }
}
