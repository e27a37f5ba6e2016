// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshDetection
import ThreshTensor

/// Golden values under Tests/Fixtures/detection; see scripts/fixtures/torch_detection.py.
enum Fixtures {
  static let folder = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures/detection")

  static func json<T: Decodable>(_ name: String, as type: T.Type = T.self) throws -> T {
    try JSONDecoder().decode(T.self, from: Data(contentsOf: folder.appending(path: name)))
  }

  /// A case with the arrays it names.
  struct Case {
    let info: Info
    let arrays: [String: Tensor]

    func array(_ name: String) throws -> Tensor { try #require(arrays[name], "\(name)") }
    func doubles(_ name: String) throws -> [Double] { try values(array(name)) }
    func integers(_ name: String) throws -> [Int] {
      try array(name).values(Int64.self).map { Int($0) }
    }
    func floats(_ name: String) throws -> [Float] { try array(name).values(Float.self) }
  }

  struct Info: Decodable {
    var arrays: [String: String]
    var alpha: Double?
    var negatives: Int?
    var style: String?
    var per_image: Int?
    var loc, conf: Filled?
    var threshold: Float?
    var equal: Bool?
  }

  static func cases(_ kind: String) throws -> [Case] {
    let list = try json("cases.json", as: [String: [Info]].self)[kind] ?? []
    let all = Dictionary(
      uniqueKeysWithValues: try NPZ.read(folder.appending(path: "cases.npz").path).map {
        ($0.name, $0.tensor)
      })
    return try list.map { info in
      Case(info: info, arrays: try info.arrays.mapValues { try #require(all[$0], "\($0)") })
    }
  }
}

/// A tensor given by a closed form.
struct Filled: Decodable {
  var t: Int
  var name: String?
  var shape: [Int]
  var low, high: Double

  func tensor(_ dtype: DType) throws -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { i -> Double in
      var h = UInt32(truncatingIfNeeded: i + 1 + t * 0x9E37_79B9)
      h ^= h >> 16
      h &*= 0x7FEB_352D
      h ^= h >> 15
      h &*= 0x846C_A68B
      h ^= h >> 16
      return low + (high - low) * Double(h) / 0x1p32
    }
    return try Tensor(values, shape).cast(dtype)
  }
}

func values(_ tensor: Tensor) throws -> [Double] {
  try GradMode.off { try tensor.cast(.float64).values(Double.self) }
}

/// max |a - b| / max |b|
func relativeError(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  let scale = b.reduce(0) { max($0, abs($1)) }
  let worst = zip(a, b).reduce(0.0) {
    let d = abs($1.0 - $1.1)
    return d.isNaN ? .infinity : max($0, d)
  }
  return worst / max(scale, 1e-300)
}

/// Seeded numbers for problems without fixtures.
struct Draw {
  var stream: RandomStream

  init(_ seed: UInt64) { stream = RandomStream(seed: seed, purpose: "test") }

  mutating func normal(_ shape: [Int], std: Double = 1, _ dtype: DType = .float64) throws -> Tensor
  {
    try Tensor.randn(shape, dtype, std: std, stream: &stream)
  }
  mutating func uniform(_ count: Int) throws -> [Double] {
    try Tensor.rand([count], .float64, low: 0, high: 1, stream: &stream).values(Double.self)
  }
  mutating func integers(_ count: Int, below end: Int) throws -> [Int] {
    try uniform(count).map { min(Int($0 * Double(end)), end - 1) }
  }

  /// Objects inside the image.
  mutating func objects(_ count: Int, classes: Int) throws -> ImageObjects {
    let u = try uniform(4 * count)
    let boxes = (0..<count).flatMap { i -> [Float] in
      let (l, t) = (Float(u[4 * i]) * 0.7, Float(u[4 * i + 1]) * 0.7)
      return [l, t, l + 0.05 + 0.25 * Float(u[4 * i + 2]), t + 0.05 + 0.25 * Float(u[4 * i + 3])]
    }
    return ImageObjects(
      boxes: boxes, labels: try integers(count, below: classes - 1).map { $0 + 1 })
  }

  /// Targets of n images with `chance` of an object in each box, none in the first image.
  mutating func targets(_ n: Int, _ k: Int, _ p: Int, chance: Double) throws -> BoxTargets {
    let (hit, label) = (try uniform(n * p), try integers(n * p, below: k - 1))
    let labels = (0..<n * p).map { Int64($0 >= p && hit[$0] < chance ? label[$0] + 1 : 0) }
    return try BoxTargets(
      labels: Tensor(labels, [n, p]), offsets: normal([n, 4, p], std: 2))
  }
}
