// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// What a list of runs needs to know of one metric: its last, its lowest and its highest value.
public struct MetricSummary: Equatable, Sendable {
  /// How many rows have it.
  public private(set) var count = 0
  /// Of the run's result, where that has it, else of the last row. May be NaN.
  public private(set) var last = Double.nan
  public private(set) var lastStep: Int?
  /// Over all that are not NaN; NaN where all are.
  public private(set) var lowest = Double.nan
  public private(set) var lowestStep: Int?
  public private(set) var highest = Double.nan
  public private(set) var highestStep: Int?

  init() {}

  init(
    count: Int, last: Double, lastStep: Int?, lowest: Double, lowestStep: Int?, highest: Double,
    highestStep: Int?
  ) {
    (self.count, self.last, self.lastStep) = (count, last, lastStep)
    (self.lowest, self.lowestStep) = (lowest, lowestStep)
    (self.highest, self.highestStep) = (highest, highestStep)
  }

  /// Adds the value of a row; of equal values the first is kept.
  mutating func add(_ value: Double, step: Int) {
    count += 1
    (last, lastStep) = (value, step)
    if value < lowest || lowest.isNaN && !value.isNaN { (lowest, lowestStep) = (value, step) }
    if value > highest || highest.isNaN && !value.isNaN { (highest, highestStep) = (value, step) }
  }

  /// Takes what the run says of itself at its end.
  mutating func end(with value: Double) {
    (last, lastStep) = (value, nil)
    if count == 0 { (lowest, highest) = (value, value) }
  }

  /// A number as metrics.jsonl has it: NaN and the infinities are texts there.
  static func number(_ json: JSON) -> Double? {
    switch json {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string("nan"): .nan
    case .string("inf"): .infinity
    case .string("-inf"): -.infinity
    default: nil
    }
  }

  /// The summaries of a metrics.jsonl by name, and how many of its lines cannot be read.
  static func read(_ bytes: [UInt8]) -> (metrics: [String: MetricSummary], unreadable: Int) {
    var metrics: [String: MetricSummary] = [:]
    var (unreadable, row) = (0, 0)
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard case .object(let members)? = try? JSON.parse(Array(line)) else {
        unreadable += 1
        continue
      }
      row += 1
      let json = JSON.object(members)
      let step = json["epoch"]?.integer ?? json["step"]?.integer ?? row
      for member in members {
        guard let value = number(member.value) else { continue }
        metrics[member.name, default: MetricSummary()].add(value, step: step)
      }
    }
    return (metrics, unreadable)
  }
}
