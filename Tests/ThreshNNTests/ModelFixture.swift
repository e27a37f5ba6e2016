// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// What the fixtures of whole models share; see scripts/fixtures/torch_models.py.
enum ModelFixture {
  /// Options by their names in Lua.
  struct Options: Decodable {
    var stem: String?
    var width, classes: Int?
    var width_multiple, dropout: Double?
  }

  /// A tensor given by a closed form.
  struct Filled: Decodable {
    var t: Int
    var name: String?
    var shape: [Int]
    var low, high: Double

    func tensor(_ dtype: DType) throws -> Tensor {
      let count = shape.reduce(1, *)
      let values = (0..<count).map { i -> Double in
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

  struct Summary: Decodable {
    var name: String
    var sum, norm: Double
    var first: [Double]
  }

  static func model(
    _ name: String, _ given: Options?, _ dtype: DType, imageSize: Int? = nil
  ) throws -> Module {
    var options = ModelRegistry.defaults(of: name)
    options.dtype = dtype
    options.imageSize = imageSize ?? options.imageSize
    options.classes = given?.classes ?? options.classes
    options.width = given?.width
    options.stem = try given?.stem.map { try #require(ModelStem(rawValue: $0)) }
    options.widthMultiple = given?.width_multiple
    options.dropout = given?.dropout
    return try ModelRegistry.make(name, options)
  }

  /// The largest difference from the expected summaries, relative to the largest root mean square.
  static func error(
    _ given: [(name: String, tensor: Tensor)], _ expected: [Summary]
  ) throws -> Double {
    let byName = Dictionary(uniqueKeysWithValues: given.map { ($0.name, $0.tensor) })
    var scale = 0.0
    var worst = 0.0
    for summary in expected {
      let values = try doubles(try #require(byName[summary.name], "\(summary.name)"))
      let rms = summary.norm / Double(max(values.count, 1)).squareRoot()
      scale = max(scale, rms)
      let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      worst = max(worst, abs(norm - summary.norm) / Double(values.count).squareRoot())
      for (a, b) in zip(values, summary.first) { worst = max(worst, abs(a - b)) }
    }
    return worst / scale
  }
}
