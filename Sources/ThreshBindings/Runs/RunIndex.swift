// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshRuns
import ThreshTensor

/// The index of the runs below a folder as a table of functions, for stdlib/thresh/runs/query.lua.
func runIndex(_ index: RunIndex) -> LuaValue {
  var functions = Namespace("index")
  functions.function("update", most: 0) { _ in
    try index.update()
    return .none
  }
  functions.function("rows", most: 0) { _ in .list(try index.rows().map { row($0, index.root) }) }
  functions.function("keys", most: 0) { _ in .list(try index.settingKeys().map { .string($0) }) }
  functions.function("metric_names", most: 0) { _ in
    .list(try index.metricNames().map { .string($0) })
  }
  // By the numbers of the runs.
  functions.function("settings", most: 1) { call in
    let values = try index.settings(call.string(1, "key"))
    return .one(.table(LuaTable(fields: values.map { (.integer($0.run), luaValue($0.value)) })))
  }
  functions.function("metrics", most: 1) { call in
    let values = try index.metrics(call.string(1, "name"))
    return .one(.table(LuaTable(fields: values.map { (.integer($0.run), table($0.summary)) })))
  }
  functions.function("metrics_of", most: 1) { call in
    let values = try index.metrics(ofRun: call.integer(1, "number"))
    return .one(.table(LuaTable(fields: values.map { (.string($0.name), table($0.summary)) })))
  }
  functions.function("config_of", most: 1) { call in
    .one(luaValue(try index.config(ofRun: call.integer(1, "number"))))
  }
  // Why the index is in memory; nil where it is a file.
  functions.function("note", most: 0) { _ in .one(optionalText(index.note)) }
  return functions.table
}

private func row(_ row: RunIndex.Row, _ root: String) -> LuaValue {
  var fields: [LuaTable.Field] = [
    (.string("number"), .integer(row.number)), (.string("path"), .string(root + "/" + row.folder)),
    (.string("id"), .string(row.id)), (.string("name"), .string(row.name)),
    (.string("state"), .string(row.state)),
  ]
  func add(_ name: String, _ value: LuaValue?) {
    if let value { fields.append((.string(name), value)) }
  }
  add("started", row.started.map { .string($0) })
  add("ended", row.ended.map { .string($0) })
  add("seconds", row.seconds.map { .number($0) })
  add("problem", row.problem.map { .string($0) })
  add("error", row.error.map { .string($0) })
  add("alive", row.isAlive.map { .boolean($0) })
  if !row.tags.isEmpty { add("tags", .list(row.tags.map { .string($0) })) }
  return .table(LuaTable(fields: fields))
}

private func table(_ summary: MetricSummary) -> LuaValue {
  var fields: [LuaTable.Field] = [
    (.string("count"), .integer(summary.count)), (.string("last"), .number(summary.last)),
    (.string("lowest"), .number(summary.lowest)), (.string("highest"), .number(summary.highest)),
  ]
  for (name, step) in [
    ("last_step", summary.lastStep), ("lowest_step", summary.lowestStep),
    ("highest_step", summary.highestStep),
  ] {
    if let step { fields.append((.string(name), .integer(step))) }
  }
  return .table(LuaTable(fields: fields))
}
