// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshSelection
import ThreshTensor

/// A string of Lua, or nil.
func optionalText(_ value: String?) -> LuaValue { value.map { .string(LuaString($0)) } ?? .nil }

/// Options of a trace's header by name.
func optionTable(_ options: [(name: String, value: JSON)]) -> LuaValue {
  .table(LuaTable(fields: options.map { (.string($0.name), luaValue($0.value)) }))
}

/// The 1-based position of an event as a 0-based one.
func eventPosition(_ call: LuaCall, _ count: Int) throws -> Int {
  let i = try call.integer(2, "number")
  guard i >= 1, i <= count else {
    throw call.argumentError(2, "number", "the trace has \(count) such events, got \(i)")
  }
  return i - 1
}

/// What is counted of every candidate, checked against the memory that the header's number needs.
func counted<T>(_ trace: SelectionTrace, _ counts: (SelectionTrace) -> T) throws -> T {
  let n = trace.header.n
  guard n <= 1 << 36 else {
    throw TensorError("trace", "\(trace.path): \(n) candidates are too many to count")
  }
  try MemoryPool.shared.require(n * 24, "trace")
  return counts(trace)
}

func countTensor(_ counts: [Int]) throws -> Tensor { try Tensor(counts.map { Int64($0) }) }

/// A selection of a trace as a table: indices, weights, …, and when and how it was made.
func eventTable(_ event: TraceEvent) throws -> LuaValue {
  guard case .table(let selection) = try selectionTable(event.selection) else { return .nil }
  var fields = try selection.fields
  fields.append((.string("epoch"), .integer(event.epoch)))
  fields.append((.string("seconds"), .number(event.seconds)))
  if let loss = event.loss { fields.append((.string("loss"), .number(loss))) }
  if let accuracy = event.accuracy { fields.append((.string("accuracy"), .number(accuracy))) }
  if let classes = event.classes {
    fields.append((.string("classes"), .list(classes.map { .integer($0) })))
  }
  return .table(LuaTable(fields: fields))
}

/// An epoch of a batch selector as a table: images, seen, kept, losses (NaN where none was computed).
func eventTable(_ event: BatchEvent) throws -> LuaValue {
  func tensor(_ values: [Int], _ base: Int64) throws -> LuaValue {
    .object(try Tensor(values.map { Int64($0) + base }))
  }
  return .table(
    LuaTable([
      "epoch": .integer(event.epoch), "images": try tensor(event.images, 1),
      "seen": try tensor(event.seen, 0), "kept": try tensor(event.kept, 0),
      "losses": .object(try Tensor(event.losses.map { $0 ?? .nan })),
      "seconds": .number(event.seconds),
    ]))
}

/// `writer:count(images, {kept =, losses =, rows =})`: `losses` are of the images at `rows`, or of all.
func countBatch(_ writer: TraceWriter, _ call: LuaCall) throws {
  let images = try candidates(call.indexTensor(2, "images"))
  let o = try call.options(at: 3, allowed: ["kept", "losses", "rows"])
  func positions(_ name: String) throws -> [Int]? {
    try o.tensor(name).map { given in
      try candidates(zeroBased(given) { o.error(name, $0) })
    }
  }
  var judged = [Double?](repeating: nil, count: images.count)
  if let losses = try o.tensor("losses")?.castValues(Double.self) {
    let rows = try positions("rows") ?? Array(images.indices)
    guard rows.count == losses.count, rows.allSatisfy({ images.indices.contains($0) }) else {
      throw o.error(
        "losses", "\(losses.count) losses for \(rows.count) rows of \(images.count) images")
    }
    for (row, loss) in zip(rows, losses) { judged[row] = loss }
  }
  try writer.count(images, rows: positions("kept"), losses: judged)
}

/// The counts of a batch selector that no event holds yet, as tensors (n,); nil without any.
func countsTable(_ tally: BatchTally?) throws -> LuaValue {
  guard let tally else { return .nil }
  return .table(
    LuaTable([
      "seen": .object(try countTensor(tally.seen)), "kept": .object(try countTensor(tally.kept)),
      "losses": .object(try countTensor(tally.losses)), "sums": .object(try Tensor(tally.sums)),
    ]))
}

/// What `countsTable` gave, taken back.
func givenCounts(_ value: LuaValue, _ problem: (String) -> any Error) throws -> BatchTally? {
  if case .nil = value { return nil }
  guard case .table(let table) = value else { throw problem("'counts' must be a table") }
  func values<T: Element>(_ name: String, _ type: T.Type) throws -> [T] {
    guard case .object(let object) = try table.get(name), let tensor = object as? Tensor else {
      throw problem("'counts' needs '\(name)', a tensor")
    }
    return try tensor.castValues(type)
  }
  func numbers(_ name: String) throws -> [Int] { try values(name, Int64.self).map { Int($0) } }
  let tally = try BatchTally(
    seen: numbers("seen"), kept: numbers("kept"), losses: numbers("losses"),
    sums: values("sums", Double.self))
  guard let tally else { throw problem("the tensors of 'counts' are not of the same images") }
  return tally
}
