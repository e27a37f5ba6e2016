// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshSelection
import ThreshTensor

/// The native part of `th.statistics`: sums up runs and says how sure that is.
func statistics() -> Namespace {
  var statistics = Namespace("th.statistics")
  statistics.function("summary") { call in
    .one(table(fields(try Summary(call.numbers(1, "values").doubles))))
  }
  statistics.function("interval") { call in
    let values = try call.numbers(1, "values").doubles
    let bootstrap = try bootstrap(call, at: 2)
    let summary = try Summary(values)
    let limits = try bootstrap.interval(values)
    return .one(
      table(
        [
          ("median", .number(summary.median)), ("n", .integer(values.count)),
        ] + fields(limits) + fields(bootstrap)))
  }
  statistics.function("speedup") { call in
    let target = try call.number(3, "target")
    let bootstrap = try bootstrap(call, at: 4)
    let speedup = try FixedAccuracySpeedup(
      baseline: curves(call, 1, "baseline"), runs: curves(call, 2, "runs"), target: target,
      bootstrap: bootstrap)
    let exact = speedup.exact
    var all: [Field] = [
      ("target", .number(target)), ("count", .integer(speedup.count)),
      ("reached", .integer(exact.count)), ("verdict", .string(LuaString(speedup.verdict.rawValue))),
      ("pairs", .list(speedup.pairs.map { table($0.map(fields) ?? []) })),
    ]
    if !exact.isEmpty {
      let summary = try Summary(exact)
      all += [("min", .number(summary.min)), ("max", .number(summary.max))]
    }
    if let median = speedup.median {
      all += fields(median).map { ($0.name == "speedup" ? "median" : $0.name, $0.value) }
    }
    return .one(table(all + fields(speedup.interval) + fields(bootstrap)))
  }
  return statistics
}

private typealias Field = (name: String, value: LuaValue)

private func table(_ fields: [Field]) -> LuaValue {
  .table(LuaTable(fields: fields.map { (.string(LuaString($0.name)), $0.value) }))
}

private func fields(_ summary: Summary) -> [Field] {
  [
    ("median", .number(summary.median)), ("min", .number(summary.min)),
    ("max", .number(summary.max)), ("mean", .number(summary.mean)),
  ]
}

/// A speedup that is known, or what it lies below or above.
private func fields(_ speedup: Speedup) -> [Field] {
  if speedup.isExact { return [("speedup", .number(speedup.low))] }
  var bounds: [Field] = []
  if speedup.low > 0 { bounds.append(("above", .number(speedup.low))) }
  if speedup.high < .infinity { bounds.append(("below", .number(speedup.high))) }
  return bounds
}

private func fields(_ limits: ClosedRange<Double>?) -> [Field] {
  guard let limits else { return [] }
  return [("low", .number(limits.lowerBound)), ("high", .number(limits.upperBound))]
}

private func fields(_ bootstrap: MedianBootstrap) -> [Field] {
  [
    ("method", .string(LuaString(bootstrap.method.rawValue))), ("level", .number(bootstrap.level)),
    ("draws", .integer(bootstrap.draws)),
  ]
}

private func bootstrap(_ call: LuaCall, at i: Int) throws -> MedianBootstrap {
  let o = try call.options(at: i, allowed: ["method", "level", "draws", "seed"])
  return try MedianBootstrap(
    method: o.choice("method", of: IntervalMethod.self) ?? .percentile,
    level: o.number("level") ?? 0.95, draws: o.integer("draws") ?? 9999, seed: o.seed() ?? 0)
}

private func curves(_ call: LuaCall, _ i: Int, _ name: String) throws -> [AccuracyCurve] {
  try call.contents(i, name).array.map { value in
    guard case .table(let table) = value, case .table(let cost) = try table.get("cost"),
      case .table(let accuracy) = try table.get("accuracy")
    else { throw call.argumentError(i, name, "curves with cost and accuracy expected") }
    return try AccuracyCurve(cost: cost.numbers().doubles, accuracy: accuracy.numbers().doubles)
  }
}
