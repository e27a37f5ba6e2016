// SPDX-License-Identifier: Apache-2.0
import ThreshSelection
import ThreshTensor
import ThreshLua

/// Options that the solvers of `th.select` share.
extension LuaOptions {
  /// The stream of a draw, by the options `seed` and `epoch`, and `batch` where the function has it.
  func stream(_ purpose: String) throws -> RandomStream {
    RandomStream(
      seed: try seed() ?? 0, purpose: purpose, epoch: try integer("epoch") ?? 0,
      index: try integer("batch") ?? 0)
  }

  /// That `given` is none of the names that the option knows.
  func unknown(_ name: String, _ given: String, _ known: [String]) -> LuaError {
    let quoted = known.map { "'\($0)'" }
    let names = quoted.dropLast().joined(separator: ", ")
    return error(
      name, "\(names.isEmpty ? "" : names + " or ")\(quoted.last ?? "") expected, got '\(given)'")
  }

  /// One of the cases of an enumeration by its name; nil when not given.
  func choice<T: RawRepresentable & CaseIterable>(_ name: String, of _: T.Type) throws -> T?
  where T.RawValue == String {
    guard let text = try string(name) else { return nil }
    guard let value = T(rawValue: text) else {
      throw unknown(name, text, T.allCases.map(\.rawValue))
    }
    return value
  }

  /// A list of integers that is not too long for memory: views may have more than were ever stored.
  private func integerList(_ name: String, _ given: Tensor) throws -> Tensor {
    guard given.dtype.isInteger, given.ndim == 1 else {
      throw error(
        name,
        "integers in one dimension expected, got \(given.dtype.name) \(shapeText(given.shape))")
    }
    try requireList(given, name)
    return try zeroBased(given) { error(name, $0) }
  }

  private func requireList(_ tensor: Tensor, _ name: String) throws {
    guard tensor.count <= 1 << 36 else { throw error(name, "\(tensor.count) items are too many") }
    try MemoryPool.shared.require(tensor.count * 64, "th.select")
  }

  /// Labels as 0-based ones; nil when not given.
  func labels(_ name: String = "labels") throws -> [Int]? {
    try tensor(name).map { try candidates(integerList(name, $0)) }
  }

  /// The option `classes`, or as many as the labels need: one without any.
  func classes(_ labels: [Int]?) throws -> Int {
    try integer("classes") ?? (labels?.max() ?? 0) + 1
  }

  /// `labels` and the number of classes.
  func classLabels() throws -> ([Int]?, Int) {
    let labels = try labels()
    guard let labels else { return (nil, 0) }
    let classes = try classes(labels)
    guard has("classes") || classes <= 1 << 24 else {
      throw error("labels", "the class \(classes - 1) is too high")
    }
    return (labels, classes)
  }

  /// As `classLabels`, required.
  func requiredClassLabels() throws -> ([Int], Int) {
    let (labels, classes) = try classLabels()
    return (try required("labels", labels), classes)
  }

  /// A required list of candidates, a tensor or a table, as 0-based ones.
  func candidateList(_ name: String) throws -> [Int] {
    if case .table(let list)? = value(name) {
      return try candidates(integerList(name, makeTensor(list.numbers(), dtype: .int64)))
    }
    return try candidates(integerList(name, required(name, tensor(name))))
  }

  /// A required option of one number for each candidate.
  func column(_ name: String) throws -> [Double] {
    let tensor = try required(name, tensor(name))
    guard tensor.ndim == 1 else {
      throw error(name, "one dimension expected, got shape \(shapeText(tensor.shape))")
    }
    try requireList(tensor, name)
    return try tensor.detached().castValues(Double.self)
  }
}
