// SPDX-License-Identifier: Apache-2.0

extension Profile {
  /// Writes every call as a complete event of the Trace Event Format, which chrome://tracing and
  /// Perfetto show; times are in microseconds.
  ///
  /// The category is `forward`, `backward` or `layer`; the arguments hold the layer, the FLOPs and the
  /// bytes. The file appears whole or not at all.
  ///
  /// - Throws: `TensorError` with the path when it cannot be written.
  public func writeChromeTrace(_ path: String) throws {
    try AtomicFile.write(path) { send in
      func put(_ text: String) throws {
        var text = text
        try text.withUTF8 { try send(UnsafeRawBufferPointer($0)) }
      }
      let process = JSON.object([
        "name": .string("process_name"), "ph": .string("M"), "pid": .integer(1),
        "args": .object(["name": .string("thresh")]),
      ])
      var text = "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n" + process.text
      for event in events {
        text += ",\n" + json(event).text
        if text.utf8.count > 1 << 16 {
          try put(text)
          text = ""
        }
      }
      let about = JSON.object([
        "peak_gflops": .number(peak), "threads": .integer(threads), "dropped": .integer(dropped),
      ])
      try put(text + "\n],\"otherData\":" + about.text + "}\n")
    }
  }

  private func json(_ event: Event) -> JSON {
    let path = places[event.layer].path
    let (name, category): (String, String)
    var arguments: [JSON.Member] = []
    switch event.name {
    case .layer: (name, category) = (path, "layer")
    case .operation(let row):
      name = operations[row].title
      category = event.isBackward ? "backward" : "forward"
      if !path.isEmpty { arguments.append(JSON.Member("layer", .string(path))) }
      if event.flops > 0 { arguments.append(JSON.Member("flops", .integer(event.flops))) }
      if event.bytes > 0 { arguments.append(JSON.Member("bytes", .integer(event.bytes))) }
    }
    return .object([
      "name": .string(name), "cat": .string(category), "ph": .string("X"),
      "ts": .number(event.start * 1e6), "dur": .number(event.seconds * 1e6), "pid": .integer(1),
      "tid": .integer(1), "args": .object(arguments),
    ])
  }
}
