// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

@testable import ThreshRuns

@Test func crc32c_checkText_hasThePublishedValue() {
  #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
  // RFC 3720, B.4: 32 bytes of zeros, of ones, and ascending.
  #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
  #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)) == 0x62a8_ab43)
  #expect(CRC32C.checksum((0..<32).map { UInt8($0) }) == 0x46dd_794e)
}

/// By TensorBoard's own messages and record writer.
@Test func eventWriter_events_areTensorBoardsBytes() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/runs/events.json")
  let golden = try JSON.parse([UInt8](Data(contentsOf: file)))
  func check(_ name: String, _ body: (EventWriter) throws -> Void) throws {
    let scratch = try Scratch()
    let writer = try EventWriter(path: scratch.path + "/events.out.tfevents.1", time: 1.5)
    try body(writer)
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: writer.path)))
    let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == golden[name]?.string, "\(name)")
  }
  try check("empty") { _ in }
  try check("scalar") { try $0.scalar("loss/train", 0.1, step: 7, time: 2.25) }
  try check("not finite") { try $0.scalar("x", .infinity, step: 300, time: 2.25) }
  try check("histogram") {
    let values = [-2.5, -0.5, 0, 0, 0.25, 0.25, 1, 4, .nan, -.infinity]
    try $0.histogram("wéights", values, step: 1 << 40, time: 2.25)
  }
  try check("image") {
    try $0.image("grid", png: (0..<200).map { UInt8($0) }, width: 3, height: 2, step: 2, time: 2.25)
  }
}

@Test func eventWriter_nothingFinite_isRefused() throws {
  let scratch = try Scratch()
  let writer = try EventWriter(folder: scratch.path)
  #expect(throws: TensorError.self) { try writer.histogram("h", [.nan, .infinity], step: 1) }
  #expect(throws: TensorError.self) { try writer.histogram("h", [], step: 1) }
  writer.close()
  #expect(throws: TensorError.self) { try writer.scalar("s", 1, step: 1) }
}

@Test func eventWriter_twoInOneSecond_haveFilesOfTheirOwn() throws {
  let scratch = try Scratch()
  let writers = try (0..<3).map { _ in try EventWriter(folder: scratch.path) }
  #expect(Set(writers.map(\.path)).count == 3)
}
