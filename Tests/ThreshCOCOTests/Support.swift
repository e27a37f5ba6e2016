// SPDX-License-Identifier: Apache-2.0
import Foundation
import ThreshCOCO

/// A file of Tests/Fixtures.
func fixture<T: Decodable>(_ name: String, as type: T.Type) throws -> T {
  let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  return try JSONDecoder().decode(
    T.self, from: Data(contentsOf: folder.appending(path: "Fixtures/\(name)")))
}

/// Calls `body` with the path of a file of this text.
func withFile<R>(_ text: String, _ body: (String) throws -> R) throws -> R {
  let url = FileManager.default.temporaryDirectory.appending(path: "coco-\(UUID()).json")
  try text.write(to: url, atomically: true, encoding: .utf8)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url.path)
}

func read(_ text: String, lenient: Bool = false, strict: Bool = false) throws -> AnnotationFile {
  try withFile(text) { try AnnotationFile(path: $0, lenient: lenient, strict: strict) }
}

func readResults(_ text: String, lenient: Bool = false) throws -> ResultsFile {
  try withFile(text) { try ResultsFile(path: $0, lenient: lenient) }
}

/// What is thrown, as text; empty if nothing is.
func errorText(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
