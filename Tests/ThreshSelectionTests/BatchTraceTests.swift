// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshSelection
import ThreshTensor

private let header = TraceHeader(
  dataset: "digits", fingerprint: "0123", n: 6, split: nil, model: nil, method: "Full", options: [],
  seed: 1, epochs: 12, batchMethod: "TopK", batchOptions: [("keep", .number(0.5))],
  productVersion: "0", parent: nil)

private func written(_ path: String) throws {
  let writer = try TraceWriter(path: path, header: header, labels: [0, 1, 0, 2, 2, 2])
  try writer.write(
    TraceEvent(
      epoch: 0, selection: Selection(indices: [1, 4, 5]), seconds: 0.5, loss: 0.25, accuracy: 0.75,
      classes: writer.classes(of: [1, 4, 5])))
  try writer.count([0, 1, 2], rows: [2, 0], losses: [1, 2, 3])
  try writer.count([2, 5], rows: nil, losses: [5, nil])
  try writer.writeCounts(epoch: 0, seconds: 0.125)
  // An epoch in which nothing came by has no event.
  try writer.writeCounts(epoch: 1, seconds: 1)
  try writer.count([4], rows: [], losses: [0.1])
  try writer.writeCounts(epoch: 2, seconds: 1)
  writer.close()
}

@Test func batchTrace_countsOfAnEpoch_areReadBack() throws {
  try inFolder { path in
    try written(path)
    let trace = try SelectionTrace(path: path)
    #expect(trace.header.epochs == 12 && trace.header.batchMethod == "TopK")
    #expect(trace.header.batchOptions.map(\.name) == ["keep"])
    #expect(trace.events.count == 1 && trace.batchEvents.count == 2)
    let event = try #require(trace.events.first)
    #expect(event.loss == 0.25 && event.accuracy == 0.75 && event.classes == [0, 1, 2])
    let (first, second) = (trace.batchEvents[0], trace.batchEvents[1])
    #expect(first.epoch == 0 && first.images == [0, 1, 2, 5] && first.seconds == 0.125)
    #expect(first.seen == [1, 1, 2, 1] && first.kept == [1, 0, 2, 1])
    #expect(first.losses == [1, 2, 4, nil])
    #expect(second.epoch == 2 && second.images == [4] && second.kept == [0])
    #expect(second.losses == [0.1])
    #expect(trace.counts == [0, 1, 0, 0, 1, 1])
    #expect(trace.batchCounts.seen == [1, 1, 2, 0, 1, 1])
    #expect(trace.batchCounts.kept == [1, 0, 2, 0, 0, 1])
    #expect(trace.epochs == 12)
  }
}

@Test func batchTrace_killedAtAnyByte_keepsWhatWasWhole() throws {
  try inFolder { path in
    try written(path)
    let whole = Array(try Data(contentsOf: URL(filePath: path)))
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    for length in ends[0]..<whole.count {
      try Data(whole[0..<length]).write(to: URL(filePath: path))
      let trace = try SelectionTrace(path: path)
      let lines = ends.count { $0 <= length }
      #expect(trace.events.count + trace.batchEvents.count == lines - 1)
    }
  }
}

@Test func batchTrace_badCounts_areRefused() throws {
  try inFolder { path in
    let writer = try TraceWriter(path: path, header: header)
    #expect(errorText { try writer.count([6], rows: nil, losses: [nil]) }.contains("image 6"))
    #expect(errorText { try writer.count([-1], rows: nil, losses: [nil]) }.contains("image -1"))
    #expect(errorText { try writer.count([1], rows: [1], losses: [nil]) }.contains("row 1"))
    #expect(errorText { try writer.count([1], rows: nil, losses: []) }.contains("0 losses"))
    #expect(errorText { try writer.count([1], rows: [0, 0], losses: [nil]) }.contains("twice"))
    #expect(writer.classes(of: [1]) == nil)
    writer.close()
  }
}

@Test func batchTrace_malformedEvents_areRefusedByLine() throws {
  try inFolder { path in
    try written(path)
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let first = String(text.prefix { $0 != "\n" })
    let bad = [
      (#"{"kind":"batches"}"#, "'epoch'"),
      (#"{"kind":"batches","epoch":0,"seen":[],"kept":[],"losses":[]}"#, "'images'"),
      (#"{"kind":"batches","images":[],"seen":[],"kept":[],"losses":[]}"#, "'epoch'"),
      (#"{"kind":"batches","epoch":-1,"images":[],"seen":[],"kept":[],"losses":[]}"#, "'epoch'"),
      (#"{"kind":"batches","epoch":0,"images":[6],"seen":[1],"kept":[1],"losses":[1]}"#, "0 ..< 6"),
      (
        #"{"kind":"batches","epoch":0,"images":[2,1],"seen":[1,1],"kept":[1,1],"losses":[1,1]}"#,
        "ascend"
      ),
      (#"{"kind":"batches","epoch":0,"images":[1],"seen":[],"kept":[1],"losses":[1]}"#, "0 seen"),
      (
        #"{"kind":"batches","epoch":0,"images":[1],"seen":[1],"kept":[2],"losses":[1]}"#,
        "more often"
      ),
      (#"{"kind":"batches","epoch":0,"images":[1],"seen":[1],"kept":[-1],"losses":[1]}"#, "'kept'"),
      (
        #"{"kind":"batches","epoch":0,"images":[1],"seen":[9223372036854775807],"kept":[1],"losses":[1]}"#,
        "'seen'"
      ),
      (
        #"{"kind":"batches","epoch":0,"images":[1],"seen":[1],"kept":[1],"losses":["x"]}"#,
        "'losses'"
      ),
    ]
    for (line, reason) in bad {
      try Data((first + "\n" + line + "\n").utf8).write(to: URL(filePath: path))
      let message = errorText { _ = try SelectionTrace(path: path) }
      #expect(message.contains("\(path):2: ") && message.contains(reason), "\(line): \(message)")
    }
    let good = #"{"kind":"batches","epoch":3,"images":[1],"seen":[1],"kept":[1],"losses":[null]}"#
    try Data((first + "\n" + good + "\n" + good + "\n").utf8).write(to: URL(filePath: path))
    #expect(errorText { _ = try SelectionTrace(path: path) }.contains("does not follow epoch 3"))
  }
}
