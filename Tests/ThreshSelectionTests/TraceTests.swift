// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshSelection
import ThreshTensor

/// A folder of its own, gone at the end.
private let header = TraceHeader(
  dataset: "digits \"8x8\"", fingerprint: "0123456789abcdef", n: 50, split: "train",
  model: "resnet8", method: "GradMatch",
  options: [("fraction", .number(0.1)), ("every", .integer(5)), ("name", .string("per class"))],
  seed: 42, productVersion: "0.1.0", parent: nil)

private let events = [
  TraceEvent(
    epoch: 0,
    selection: Selection(
      indices: [3, 0, 49], weights: [1.5, 0.1, 1e-30], residual: 0.1 + 0.2, filled: 1),
    seconds: 0.25),
  TraceEvent(epoch: 5, selection: Selection(indices: [7]), seconds: 1e-9),
  TraceEvent(
    epoch: 20,
    selection: Selection(
      indices: [1, 2, 9], weights: [3.4028235e38, 0, 0.33333334], batches: [[1, 2], [9]]),
    seconds: 3),
]

private func write(_ path: String, _ list: [TraceEvent] = events) throws {
  let writer = try TraceWriter(path: path, header: header)
  for event in list { try writer.write(event) }
  writer.close()
}

private func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

private func expectEqual(_ a: TraceEvent, _ b: TraceEvent) {
  #expect(a.epoch == b.epoch && a.seconds == b.seconds)
  #expect(a.selection.indices == b.selection.indices)
  #expect(a.selection.weights?.map(\.bitPattern) == b.selection.weights?.map(\.bitPattern))
  #expect(a.selection.batches == b.selection.batches)
  #expect(a.selection.residual == b.selection.residual)
  #expect(a.selection.filled == b.selection.filled)
}

@Test func trace_writtenAndRead_isTheSameToTheBit() throws {
  try inFolder { path in
    try write(path)
    let trace = try SelectionTrace(path: path)
    #expect(!trace.isTorn && trace.path == path)
    #expect(trace.header.dataset == header.dataset && trace.header.n == 50)
    #expect(trace.header.fingerprint == header.fingerprint)
    #expect(trace.header.split == "train" && trace.header.model == "resnet8")
    #expect(trace.header.method == "GradMatch" && trace.header.seed == 42)
    #expect(trace.header.parent == nil && trace.header.productVersion == "0.1.0")
    #expect(trace.header.options.map(\.name) == ["fraction", "every", "name"])
    #expect(trace.header.options.map(\.value) == header.options.map(\.value))
    #expect(trace.events.count == 3)
    for (a, b) in zip(trace.events, events) { expectEqual(a, b) }
  }
}

/// Other programs read it: JSON lines, positions from 0, and the header says so.
@Test func trace_file_isJSONLinesFromZero() throws {
  try inFolder { path in
    try write(path)
    let lines = try bytes(path).split(separator: UInt8(ascii: "\n"))
    #expect(lines.count == 4)
    let first = try JSON.parse(Array(lines[0]))
    #expect(first["format"]?.string == "thresh-trace" && first["index_base"]?.integer == 0)
    #expect(first["dataset"]?["n"]?.integer == 50)
    let event = try JSON.parse(Array(lines[1]))
    #expect(event["indices"] == .array([.integer(3), .integer(0), .integer(49)]))
    #expect(event["weights"] == .array([.number(1.5), .number(0.1), .number(1e-30)]))
    #expect(try JSON.parse(Array(lines[2]))["weights"] == nil)
  }
}

/// A run that is killed leaves any part of its last line.
@Test func trace_killedAtAnyByte_keepsWhatWasWhole() throws {
  try inFolder { path in
    try write(path)
    let whole = try bytes(path)
    let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    #expect(ends.count == 4)
    for length in 0..<whole.count {
      try Data(whole[0..<length]).write(to: URL(filePath: path))
      let lines = ends.count { $0 <= length }
      if lines == 0 {
        #expect(errorText { _ = try SelectionTrace(path: path) }.contains("\(path):1: no header"))
        continue
      }
      let trace = try SelectionTrace(path: path)
      #expect(trace.events.count == lines - 1)
      #expect(trace.isTorn == !ends.contains(length))
      for (a, b) in zip(trace.events, events) { expectEqual(a, b) }
    }
  }
}

@Test func trace_eventsAreInTheFileAtOnce() throws {
  try inFolder { path in
    let writer = try TraceWriter(path: path, header: header)
    #expect(try SelectionTrace(path: path).events.isEmpty)
    for (i, event) in events.enumerated() {
      try writer.write(event)
      #expect(try SelectionTrace(path: path).events.count == i + 1)
    }
    writer.close()
    #expect(errorText { try writer.write(events[0]) }.contains("\(path) is closed"))
  }
}

@Test func trace_eventAt_isTheLastAtOrBeforeTheEpoch() throws {
  try inFolder { path in
    try write(path, Array(events.dropFirst()))
    let trace = try SelectionTrace(path: path)
    #expect(trace.event(at: 4) == nil)
    #expect([5, 6, 19, 20, 21, 1000].map { trace.event(at: $0)?.epoch } == [5, 5, 5, 20, 20, 20])
  }
}

@Test func trace_otherDataset_isRefusedByName() throws {
  try inFolder { path in
    try write(path)
    let trace = try SelectionTrace(path: path)
    try trace.check(dataset: "renamed", fingerprint: "0123456789abcdef", n: 50)
    let other = errorText {
      try trace.check(dataset: "cifar10", fingerprint: "fedcba9876543210", n: 50)
    }
    for part in [path, "digits", "0123456789ab", "cifar10", "fedcba987654", "50 images"] {
      #expect(other.contains(part), "\(other)")
    }
    #expect(
      errorText { try trace.check(dataset: "digits", fingerprint: "0123456789abcdef", n: 49) }
        .contains("49 images"))
  }
}

@Test func trace_malformedFile_isRefusedByFileAndLine() throws {
  try inFolder { path in
    try write(path)
    let first = String(decoding: try bytes(path).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    let good = #"{"epoch":2,"indices":[1,2],"filled":0,"seconds":0.5}"#
    func message(_ lines: [String]) throws -> String {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: path))
      return errorText { _ = try SelectionTrace(path: path) }
    }
    func replaced(_ a: String, _ b: String) throws -> String {
      let text = first.replacing(a, with: b)
      try #require(text != first)
      return text
    }
    let headers = [
      ("", "no JSON"), ("not json", "no JSON"), ("[]", "no header"), ("{}", "no header"),
      (try replaced("thresh-trace", "other"), "no header"),
      (try replaced(#""version":1"#, #""version":2"#), "version 1"),
      (try replaced(#""index_base":0"#, #""index_base":1"#), "index_base 0"),
      (try replaced(#""n":50"#, #""n":-1"#), "lacks dataset"),
      (try replaced(#""n":50"#, #""n":"50""#), "lacks dataset"),
      (try replaced(#""seed":42"#, #""seed":null"#), "lacks dataset, method or seed"),
      (try replaced(#""method":"GradMatch""#, #""method":3"#), "lacks dataset, method"),
    ]
    for (line, reason) in headers {
      let text = try message([line, good])
      #expect(text.contains("\(path):1: ") && text.contains(reason), "\(line): \(text)")
    }
    let bad = [
      ("", "no JSON"), ("{", "no JSON"), (good + good, "no JSON"), ("3", "'epoch'"),
      (#"{"indices":[1]}"#, "'epoch' must be"), (#"{"epoch":-1,"indices":[1]}"#, "'epoch' must be"),
      (#"{"epoch":3.5,"indices":[1]}"#, "'epoch' must be"),
      (#"{"epoch":3}"#, "'indices' must be a list"),
      (#"{"epoch":3,"indices":[50]}"#, "50, which is not in 0 ..< 50"),
      (#"{"epoch":3,"indices":[-1]}"#, "-1, which is not in"),
      (#"{"epoch":3,"indices":["a"]}"#, "which is not in"),
      (#"{"epoch":3,"indices":[1.5]}"#, "1.5, which is not in"),
      (#"{"epoch":3,"indices":[4,5,4]}"#, "4 twice"),
      (#"{"epoch":3,"indices":[1,2],"weights":[1]}"#, "1 weights for 2 indices"),
      (#"{"epoch":3,"indices":[1],"weights":[null]}"#, "'weights' holds null"),
      (#"{"epoch":3,"indices":[1],"weights":[1e300]}"#, "no finite number"),
      (#"{"epoch":3,"indices":[1],"weights":1}"#, "'weights' must be a list"),
      (#"{"epoch":3,"indices":[1],"batches":[1]}"#, "'batches' must be a list"),
      (#"{"epoch":3,"indices":[1],"batches":[[99]]}"#, "'batches' holds 99"),
      (#"{"epoch":3,"indices":[1],"batches":{}}"#, "'batches' must be a list"),
      (#"{"epoch":3,"indices":[1],"filled":"x"}"#, "'filled' must be an integer"),
      (#"{"epoch":3,"indices":[1],"seconds":"x"}"#, "'seconds' must be a number"),
      (#"{"epoch":3,"indices":[1],"residual":[]}"#, "'residual' must be a number"),
      (good, "epoch 2 does not follow epoch 2"),
      (#"{"epoch":1,"indices":[1]}"#, "epoch 1 does not follow epoch 2"),
    ]
    for (line, reason) in bad {
      let text = try message([first, good, line])
      #expect(text.contains("\(path):3: ") && text.contains(reason), "\(line): \(text)")
    }
    // Without a line of its own the same text is the torn end of a killed run.
    try Data((first + "\n" + good + "\n{").utf8).write(to: URL(filePath: path))
    let trace = try SelectionTrace(path: path)
    #expect(trace.isTorn && trace.events.count == 1)
  }
}

@Test func trace_filesThatCannotBeOpened_areNamed() throws {
  try inFolder { path in
    #expect(errorText { _ = try SelectionTrace(path: path) }.contains("\(path): No such file"))
    let below = path + "/deeper"
    #expect(
      errorText { _ = try TraceWriter(path: below, header: header) }.contains(
        "\(below) cannot be written"))
  }
}
