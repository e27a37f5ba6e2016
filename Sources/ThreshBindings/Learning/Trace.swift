// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshSelection
import ThreshTensor

/// The version of the product, as traces and `thresh --version` tell it.
public let threshVersion = "0.1.0"

/// The Lua classes `Trace` and `TraceWriter`. Epochs count from 0, as in the file.
func registerSelection(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> SelectionTrace {
    try call.object(1, "self", as: SelectionTrace.self)
  }
  func event(_ call: LuaCall) throws -> TraceEvent {
    let (trace, epoch) = (try own(call), try call.count(2, "epoch"))
    guard let event = trace.event(at: epoch) else {
      throw TensorError(
        "trace", "\(trace.path) has no selection at or before epoch \(epoch) (counted from 0)")
    }
    return event
  }
  try session.registerClass(
    SelectionTrace.self, name: "Trace",
    methods: [
      method("at") { call in .one(try selectionTable(event(call).selection)) },
      method("epoch_at") { call in .integer(try event(call).epoch) },
      method("epochs") { call in .list(try own(call).events.map { .integer($0.epoch) }) },
      method("event") { call in
        let trace = try own(call)
        return .one(try eventTable(trace.events[eventPosition(call, trace.events.count)]))
      },
      method("batch_event") { call in
        let trace = try own(call)
        return .one(try eventTable(trace.batchEvents[eventPosition(call, trace.batchEvents.count)]))
      },
      // In how many selections each candidate is.
      method("counts") { call in
        .tensor(try countTensor(counted(own(call)) { $0.counts }))
      },
      // How often each image came by a batch selector, and how often it was kept.
      method("batch_counts") { call in
        let trace = try own(call)
        let counts = try counted(trace) { $0.batchCounts }
        return .many([
          .object(try countTensor(counts.seen)), .object(try countTensor(counts.kept)),
        ])
      },
      method("check") { call in
        guard case .object(let object) = try call.value(2), let data = object as? any Candidates
        else {
          throw call.argumentError(
            2, "dataset", "Dataset or DetectionDataset expected, got \(call.typeName(2))")
        }
        try own(call).check(
          dataset: data.name, fingerprint: data.fingerprint(), n: data.count)
        return .none
      },
    ],
    properties: [
      LuaProperty("path", get: { .string(try own($0).path) }),
      LuaProperty("method", get: { .string(try own($0).header.method) }),
      LuaProperty("seed", get: { .integer(try own($0).header.seed) }),
      LuaProperty("n", get: { .integer(try own($0).header.n) }),
      LuaProperty("dataset", get: { .string(try own($0).header.dataset) }),
      LuaProperty("fingerprint", get: { .string(try own($0).header.fingerprint) }),
      LuaProperty("split", get: { .one(optionalText(try own($0).header.split)) }),
      LuaProperty("model", get: { .one(optionalText(try own($0).header.model)) }),
      LuaProperty("parent", get: { .one(optionalText(try own($0).header.parent)) }),
      LuaProperty("product_version", get: { .string(try own($0).header.productVersion) }),
      LuaProperty("batch_method", get: { .one(optionalText(try own($0).header.batchMethod)) }),
      LuaProperty("batch_options", get: { .one(optionTable(try own($0).header.batchOptions)) }),
      LuaProperty("run_epochs", get: { .integer(try own($0).epochs) }),
      LuaProperty("event_count", get: { .integer(try own($0).events.count) }),
      LuaProperty("batch_event_count", get: { .integer(try own($0).batchEvents.count) }),
      LuaProperty("torn", get: { .boolean(try own($0).isTorn) }),
      LuaProperty(
        "options",
        get: { call in .one(optionTable(try own(call).header.options)) }),
    ])
  try session.registerClass(
    TraceWriter.self, name: "TraceWriter",
    methods: [
      method("write") { call in
        let writer = try call.object(1, "self", as: TraceWriter.self)
        let selection = try givenSelection(call, 3)
        let o = try call.options(at: 5, allowed: ["loss", "accuracy"])
        try writer.write(
          TraceEvent(
            epoch: call.count(2, "epoch"), selection: selection,
            seconds: call.number(4, "seconds"), loss: o.number("loss"),
            accuracy: o.number("accuracy"), classes: writer.classes(of: selection.indices)))
        return .none
      },
      method("count") { call in
        try countBatch(call.object(1, "self", as: TraceWriter.self), call)
        return .none
      },
      method("write_counts") { call in
        try call.object(1, "self", as: TraceWriter.self).writeCounts(
          epoch: call.count(2, "epoch"), seconds: call.number(3, "seconds"))
        return .none
      },
      // position(): how many bytes are on the disk.
      method("position") { call in
        .integer(try call.object(1, "self", as: TraceWriter.self).position())
      },
      // counts(): what `count` has counted since `write_counts`; nil when nothing was.
      method("counts") { call in
        .one(try countsTable(call.object(1, "self", as: TraceWriter.self).counts))
      },
      method("close") { call in
        try call.object(1, "self", as: TraceWriter.self).close()
        return .none
      },
    ])
  try registerLossHistory(in: session)
}

func luaValue(_ json: JSON) -> LuaValue {
  switch json {
  case .null: .nil
  case .bool(let value): .boolean(value)
  case .integer(let value): .integer(value)
  case .number(let value): .number(value)
  case .string(let value): .string(value)
  case .array(let values): .list(values.map(luaValue))
  case .object(let members):
    .table(LuaTable(fields: members.map { (.string($0.name), luaValue($0.value)) }))
  }
}

/// A checked selection of the training loop.
private func givenSelection(_ call: LuaCall, _ i: Int) throws -> Selection {
  let table = try call.table(i, "selection")
  func problem(_ reason: String) -> any Error { call.argumentError(i, "selection", reason) }
  guard case .object(let object) = try table.get("indices"), let indices = object as? Tensor else {
    throw problem("needs 'indices', an index tensor")
  }
  var weights: [Float]?
  if case .object(let object) = try table.get("weights"), let tensor = object as? Tensor {
    weights = try tensor.castValues(Float.self)
  }
  var batches: [[Int]]?
  if case .table(let lists) = try table.get("batches") { batches = try batchLists(lists, problem) }
  var residual: Double?
  if case .number(let value) = try table.get("residual") { residual = value }
  var filled = 0
  if case .integer(let value) = try table.get("filled") { filled = Int(value) }
  return Selection(
    indices: try candidates(zeroBased(indices, problem)), weights: weights, batches: batches,
    residual: residual, filled: filled)
}

/// `th.select.write_trace(path, {data=, method=, options=, seed=, …})`; with `resume`, `{bytes =, counts =}`, it
/// goes on with a file that it keeps so many bytes of.
func traceWriter(_ call: LuaCall) throws -> TraceWriter {
  let path = try call.path(1, "path")
  let o = try call.options(
    at: 2,
    allowed: [
      "data", "method", "options", "seed", "split", "model", "parent", "epochs", "batch_method",
      "batch_options", "resume",
    ])
  guard case .object(let object)? = o.value("data"), let data = object as? any Candidates else {
    throw o.error("data", "Dataset or DetectionDataset expected")
  }
  func plain(_ list: String) throws -> [(name: String, value: JSON)] {
    var options: [(name: String, value: JSON)] = []
    for (key, value) in try o.table(list)?.fields ?? [] {
      guard let name = key.text else { throw o.error(list, "named options expected") }
      switch value {
      case .boolean(let x): options.append((name, .bool(x)))
      case .integer(let x): options.append((name, .integer(Int(x))))
      case .number(let x): options.append((name, .number(x)))
      case .string(let x): options.append((name, .string(x.text)))
      default:
        throw o.error(list, "'\(name)' is a \(value.typeName), which a file cannot hold")
      }
    }
    return options.sorted { $0.name < $1.name }
  }
  let header = TraceHeader(
    dataset: data.name, fingerprint: try data.fingerprint(), n: data.count,
    split: try o.string("split"), model: try o.string("model"),
    method: try o.required("method", o.string("method")), options: try plain("options"),
    seed: try o.integer("seed") ?? 0, epochs: try o.integer("epochs"),
    batchMethod: try o.string("batch_method"), batchOptions: try plain("batch_options"),
    productVersion: threshVersion, parent: try o.string("parent"))
  guard let resume = try o.table("resume") else {
    return try TraceWriter(path: path, header: header, labels: data.classLabels)
  }
  guard case .integer(let bytes) = try resume.get("bytes"), bytes >= 0 else {
    throw o.error("resume", "needs 'bytes', a number of at least 0")
  }
  return try TraceWriter(
    resuming: path, header: header, labels: data.classLabels, bytes: Int(bytes),
    tally: givenCounts(resume.get("counts")) { o.error("resume", $0) })
}
