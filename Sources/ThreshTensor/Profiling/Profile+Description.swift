// SPDX-License-Identifier: Apache-2.0

extension Profile: CustomStringConvertible {
  /// The operations and the layers as two tables.
  public var description: String {
    var lines = [
      "\(milliseconds(seconds)) ms on \(threads) thread\(threads == 1 ? "" : "s"); "
        + "peak \(number(peak, 1)) GFLOP/s: products of float32 matrices in the caches",
      "GFLOP as computed directly, whatever the method; ms without the operations inside", "",
    ]
    lines += operationTable
    if layers.contains(where: { !$0.path.isEmpty }) { lines += [""] + layerTable }
    if dropped > 0 {
      lines.append("the trace lacks \(dropped) calls, of which there were too many")
    }
    return lines.joined(separator: "\n")
  }

  private var operationTable: [String] {
    var table = TextTable(
      ["operation", "calls", "ms", "share", "GFLOP", "GFLOP/s", "of peak", "MB", "GB/s"], words: 1)
    for row in rows {
      let work = work(row.flops, row.seconds)
      table.add(
        [row.title, "\(row.calls)", milliseconds(row.seconds), share(row.seconds)] + work
          + [percent(row.flops == 0 ? nil : peakShare(row.flops, row.seconds))]
          + (row.bytes == 0
            ? ["-", "-"]
            : [
              number(Double(row.bytes) * 1e-6, 1),
              number(rate(Double(row.bytes), row.seconds), 1),
            ]))
    }
    let none = [String](repeating: "", count: 5)
    table.add(["(outside operations)", "", milliseconds(outside), share(outside)] + none)
    table.rule()
    let flops = rows.reduce(0) { $0 + $1.flops }
    table.add(
      [
        "total", "\(rows.reduce(0) { $0 + $1.calls })", milliseconds(seconds), share(seconds),
      ] + work(flops, seconds) + [percent(flops == 0 ? nil : peakShare(flops, seconds)), "", ""])
    return table.text
  }

  private var layerTable: [String] {
    var table = TextTable(
      [
        "layer", "calls", "share", "forward ms", "GFLOP", "GFLOP/s", "backward ms", "GFLOP",
        "GFLOP/s",
      ], words: 1)
    for layer in layers {
      table.add(
        [
          layer.path.isEmpty ? "(in no layer)" : layer.path,
          layer.path.isEmpty ? "" : "\(layer.calls)",
          share(layer.forward.seconds + layer.backward.seconds),
        ] + cells(layer.forward) + cells(layer.backward))
    }
    return table.text
  }

  private func cells(_ pass: Pass) -> [String] {
    pass.seconds == 0
      ? ["-", "-", "-"] : [milliseconds(pass.seconds)] + work(pass.flops, pass.seconds)
  }

  /// GFLOP and GFLOP/s.
  private func work(_ flops: Int, _ seconds: Double) -> [String] {
    if flops == 0 { return ["-", "-"] }
    return [number(Double(flops) * 1e-9, 4), number(rate(Double(flops), seconds), 1)]
  }

  /// 1e9 a second; 0 in no time.
  private func rate(_ amount: Double, _ seconds: Double) -> Double {
    seconds > 0 ? amount / seconds * 1e-9 : 0
  }

  private func share(_ part: Double) -> String { percent(seconds > 0 ? part / seconds : 0) }

  private func percent(_ part: Double?) -> String { part.map { number(100 * $0, 1) + "%" } ?? "-" }

  private func milliseconds(_ seconds: Double) -> String { number(seconds * 1e3, 3) }

  private func number(_ value: Double, _ digits: Int) -> String {
    ElementText.format("%.\(digits)f", value)
  }

  /// FLOPs of `seconds` as a share of the peak's.
  public func peakShare(_ flops: Int, _ seconds: Double) -> Double {
    peak > 0 ? rate(Double(flops), seconds) / peak : 0
  }
}
