// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing
import ThreshTensor

func exponential(_ x: Double) -> Double { exp(x) }

/// A file of golden values.
func fixture<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
  let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
  return try JSONDecoder().decode(type, from: Data(contentsOf: folder.appending(path: name)))
}

/// The message of the `TensorError` that `body` must throw.
func errorText(_ body: () throws -> Void, _ location: SourceLocation = #_sourceLocation) -> String {
  do {
    try body()
  } catch let error as TensorError {
    return error.description
  } catch {
    Issue.record("threw \(error), not a TensorError", sourceLocation: location)
    return ""
  }
  Issue.record("did not throw", sourceLocation: location)
  return ""
}

func isClose(_ a: [Double], _ b: [Double], _ tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) <= tolerance }
}

/// Gives the path of a trace to write in a folder that lasts as long as `body`.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "thresh-trace-\(UUID())")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.appending(path: "run.trace").path)
}
