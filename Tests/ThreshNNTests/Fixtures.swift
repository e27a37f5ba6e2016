// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshTensor

/// Golden values under Tests/Fixtures; see its README.
enum Fixtures {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")

  static func json<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
    let data = try Data(contentsOf: folder.appending(path: name))
    return try JSONDecoder().decode(T.self, from: data)
  }
}

/// max |a - b| / max |b|
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  precondition(a.count == b.count)
  let scale = b.reduce(0) { max($0, abs($1)) }
  return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / max(scale, 1e-300)
}

func doubles(_ tensor: Tensor) throws -> [Double] {
  try GradMode.off { try tensor.cast(.float64).values(Double.self) }
}
