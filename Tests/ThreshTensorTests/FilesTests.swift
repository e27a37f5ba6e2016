// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

private let fixtures = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/io").path

private func bytes(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

/// Every element as a double; the fixtures hold no integers beyond 2^53.
private func doubles(_ t: Tensor) throws -> [Double] {
  switch t.dtype {
  case .bool: try t.values(Bool.self).map { $0 ? 1 : 0 }
  case .uint8: try t.values(UInt8.self).map { Double($0) }
  case .int32: try t.values(Int32.self).map { Double($0) }
  case .int64: try t.values(Int64.self).map { Double($0) }
  case .float32: try t.values(Float.self).map { Double($0) }
  case .float64: try t.values(Double.self)
  }
}

private let readAs: [String: DType] = [
  "bool": .bool, "uint8": .uint8, "int8": .int32, "int16": .int32, "uint16": .int32,
  "int32": .int32, "uint32": .int64, "int64": .int64, "float16": .float32, "bfloat16": .float32,
  "float32": .float32, "float64": .float64,
]

private func readAny(_ file: String, _ content: [UInt8]) throws -> [(name: String, tensor: Tensor)]
{
  if file.hasSuffix(".npy") { return [("", try NPY.read(bytes: content, name: file))] }
  if file.hasSuffix(".npz") { return try NPZ.read(bytes: content, name: file) }
  return try SafeTensors.read(bytes: content, name: file).tensors
}

private func fixtureEntries() throws -> [JSON] {
  try JSON.parse(bytes(fixtures + "/index.json"))["files"]?.array ?? []
}

@Test func arrayFiles_writtenByNumpyAndSafetensors_areReadAsTheIndexSays() throws {
  let entries = try fixtureEntries()
  #expect(entries.count > 25)
  for entry in entries {
    let file = try #require(entry["file"]?.string)
    guard case .object(let arrays)? = entry["arrays"] else { throw JSONShape() }
    let path = fixtures + "/" + file
    let read: [(name: String, tensor: Tensor)] =
      if file.hasSuffix(".npy") {
        [("", try NPY.read(path))]
      } else if file.hasSuffix(".npz") {
        try NPZ.read(path)
      } else {
        try SafeTensors.read(path).tensors
      }
    #expect(read.count == arrays.count, "\(file)")
    for array in arrays {
      let t = try #require(read.first { $0.name == array.name }?.tensor, "\(file) \(array.name)")
      #expect(t.dtype == readAs[array.value["dtype"]?.string ?? ""], "\(file) \(array.name)")
      #expect(t.shape == array.value["shape"]?.array?.compactMap(\.integer), "\(file)")
      let values = array.value["values"]?.array?.compactMap(\.double)
      #expect(try doubles(t) == values, "\(file) \(array.name)")
    }
  }
}

private struct JSONShape: Error {}

/// A folder of its own, removed with its content.
private func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "thresh-files-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

private func samples() throws -> [(name: String, tensor: Tensor)] {
  [
    ("a", try Tensor([1.5, -.infinity, .leastNonzeroMagnitude] as [Double], [3, 1])),
    ("b", try Tensor([1, 2, 3, 4, 5, 6] as [Float], [2, 3])),
    ("c", try Tensor([.max, .min] as [Int64], [2])),
    ("d", try Tensor([7] as [Int32], [])),
    ("e", try Tensor([] as [UInt8], [0, 4])),
    ("f", try Tensor([true, false, true] as [Bool], [3])),
  ]
}

private func sameContent(_ a: Tensor, _ b: Tensor) throws -> Bool {
  if a.dtype == .int64 && b.dtype == .int64 {
    return try a.shape == b.shape && a.values(Int64.self) == b.values(Int64.self)
  }
  return try a.dtype == b.dtype && a.shape == b.shape && doubles(a) == doubles(b)
}

@Test func arrayFiles_writtenAndReadBack_areEqualInEveryType() throws {
  try inFolder { folder in
    let tensors = try samples()
    try NPZ.write(tensors, to: folder + "/x.npz")
    try SafeTensors.write(
      tensors, metadata: [("note", "a \"b\" \\ \n ü \u{1}")], to: folder + "/x.safetensors")
    let zipped = try NPZ.read(folder + "/x.npz")
    let safe = try SafeTensors.read(folder + "/x.safetensors")
    #expect(zipped.map(\.name) == tensors.map(\.name))
    #expect(safe.metadata.map(\.value) == ["a \"b\" \\ \n ü \u{1}"])
    for (name, tensor) in tensors {
      let path = folder + "/\(name).npy"
      try NPY.write(tensor, to: path)
      #expect(try sameContent(NPY.read(path), tensor), "npy \(name)")
      let z = try #require(zipped.first { $0.name == name }?.tensor)
      #expect(try sameContent(z, tensor), "npz \(name)")
      #expect(try sameContent(#require(safe[name]), tensor), "safetensors \(name)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(left.allSatisfy { !$0.hasSuffix(".tmp") })
    #expect(left.count == 8)
  }
}

@Test func npyWrite_matrix_isByteForByteNumpys() throws {
  try inFolder { folder in
    try NPY.write(Tensor([0, 1, 2, 3, 4, 5] as [Float], [2, 3]), to: folder + "/x.npy")
    #expect(try bytes(folder + "/x.npy") == bytes(fixtures + "/v1-f4.npy"))
  }
}

@Test func atomicWrite_bodyThatFails_keepsTheOldFile() throws {
  try inFolder { folder in
    let path = folder + "/x"
    try AtomicFile.write(path, [1, 2, 3])
    #expect(throws: JSONShape.self) {
      try AtomicFile.write(path) { send in
        try [UInt8](repeating: 9, count: 100).withUnsafeBytes { try send($0) }
        throw JSONShape()
      }
    }
    #expect(try bytes(path) == [1, 2, 3])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["x"])
  }
}

@Test func arrayFiles_missingOrFolder_areRefusedByName() throws {
  for path in [fixtures + "/none.npy", fixtures] {
    let error = #expect(throws: TensorError.self) { try NPY.read(path) }
    #expect(error?.message.contains(path) == true)
  }
}

@Test func arrayFiles_cutAnywhere_areRefusedWithNameAndOffset() throws {
  for entry in try fixtureEntries() {
    let file = try #require(entry["file"]?.string)
    let content = try bytes(fixtures + "/" + file)
    for length in stride(from: 0, to: content.count, by: max(1, content.count / 97)) {
      let error = #expect(throws: TensorError.self, "\(file) cut to \(length)") {
        try readAny(file, Array(content[..<length]))
      }
      #expect(error?.message.contains(file) == true)
      #expect(error?.message.contains("offset") == true)
    }
  }
}

/// Damaged files either give tensors or an error of ours; nothing else may happen.
@Test func arrayFiles_mutatedBytes_neverCrash() throws {
  var stream = RandomStream(seed: 1, purpose: "fuzz")
  var refused = 0
  for entry in try fixtureEntries() {
    let file = try #require(entry["file"]?.string)
    let content = try bytes(fixtures + "/" + file)
    for _ in 0..<200 {
      var damaged = content
      for _ in 0...(try stream.integer(below: 4)) {
        let at = try stream.integer(below: damaged.count)
        switch try stream.integer(below: 4) {
        case 0: damaged[at] ^= UInt8(1 << (try stream.integer(below: 8)))
        case 1: damaged[at] = UInt8(truncatingIfNeeded: stream.nextUInt32())
        case 2: damaged.insert(UInt8(ascii: "9"), at: at)
        default:
          let fill: UInt8 = stream.bernoulli(0.5) ? 0xFF : 0x7F
          for i in at..<min(at + 8, damaged.count) { damaged[i] = fill }
        }
      }
      do { _ = try readAny(file, damaged) } catch is TensorError { refused += 1 }
    }
  }
  #expect(refused > 1000)
}

@Test(arguments: [
  (
    #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
    12, "overlap"
  ),
  (
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}"#,
    12, "gaps"
  ),
  (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "too many"),
  (#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, 4, "negative"),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, 8, "end at 4 of 8"),
  (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, 4, "needs 8 bytes, found 4"),
  (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, 4, "in order"),
  (#"{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#, 1, "F8_E4M3"),
  (
    #"{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#,
    0, "twice"
  ),
  (#"[]"#, 0, "object"), (#"{"a":1}"#, 0, "lacks"), (#"{"#, 0, "not JSON"),
])
func safetensors_badHeaders_areRefusedWithTheReason(header: String, data: Int, reason: String) {
  let length = UInt64(header.utf8.count)
  let file =
    (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    + [UInt8](repeating: 0, count: data)
  let error = #expect(throws: TensorError.self) {
    try SafeTensors.read(bytes: file, name: "x.safetensors")
  }
  #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
}

@Test(arguments: ["<c16", "|O", "<U5", "<f16", "|S3", "xf4"])
func npy_elementTypesWithoutTensor_areRefusedByName(descr: String) {
  let header = "{'descr': '\(descr)', 'fortran_order': False, 'shape': (1,), }\n"
  let file =
    [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    + [UInt8](repeating: 0, count: 16)
  let error = #expect(throws: TensorError.self) { try NPY.read(bytes: file, name: "x.npy") }
  #expect(error?.message.contains(descr) == true)
}

@Test func json_everyKindOfValue_roundTrips() throws {
  let text =
    #"{"a":[1,-2,0.1,1e+300,-0.0,true,false,null],"b":{"c":"\u00e9\ud83d\ude00\n\"\\"},"d":[],"e":{}}"#
  let value = try JSON.parse(text)
  #expect(value["b"]?["c"] == .string("é😀\n\"\\"))
  #expect(value["a"]?.array?[0] == .integer(1))
  #expect(value["a"]?.array?[2] == .number(0.1))
  #expect(try JSON.parse(value.text) == value)
}

@Test(arguments: [
  "", "{", "[1,]", "{\"a\":}", "01", "1.", "+1", "nul", "\"\\x\"", "\"\\ud800\"", "[1] 2", "1e999",
  "\"a\nb\"", "{\"a\":1,\"a\":2}",
])
func json_malformed_isRefused(text: String) {
  #expect(throws: JSON.ParseError.self) { try JSON.parse(text) }
}

@Test func json_deepNesting_isRefusedNotFatal() {
  #expect(throws: JSON.ParseError.self) {
    try JSON.parse(String(repeating: "[", count: 1_000_000))
  }
}
