// SPDX-License-Identifier: Apache-2.0
import ThreshDetection
import ThreshLua
import ThreshNN
import ThreshTensor

extension LuaCall {
  /// Default boxes, or a detector's.
  func boxes(_ i: Int, _ name: String) throws -> DefaultBoxes {
    if let boxes = try objectIf(i, name, as: DefaultBoxes.self) { return boxes }
    if let model = try objectIf(i, name, as: Module.self) as? any Detector { return model.boxes }
    throw argumentError(i, name, "DefaultBoxes or detector expected, got \(typeName(i))")
  }

  /// What `detect.encode` made: labels (N, P) and offsets (N, 4, P).
  func targets(_ i: Int, _ name: String) throws -> BoxTargets {
    try boxTargets(table(i, name)) { argumentError(i, name, $0) }
  }

  /// Objects by image: a list of tables with boxes (G, 4) and labels (G).
  func objects(_ i: Int, _ name: String) throws -> [ImageObjects] {
    try imageObjects(contents(i, name).array) { argumentError(i, name, $0) }
  }
}

extension LuaOptions {
  /// Default boxes, or a detector's.
  func boxes(_ name: String) throws -> DefaultBoxes? {
    switch value(name) {
    case nil: return nil
    case .object(let object):
      if let boxes = object as? DefaultBoxes { return boxes }
      if let model = object as? any Detector { return model.boxes }
      throw error(name, "DefaultBoxes or detector expected, got another object")
    case let other?:
      throw error(name, "DefaultBoxes or detector expected, got \(other.typeName)")
    }
  }

  func multiBox() throws -> MultiBox.Options {
    var options = MultiBox.Options()
    options.normalisation = try choice("normalise") ?? options.normalisation
    options.alpha = try number("alpha") ?? options.alpha
    options.negatives = try integer("negatives") ?? options.negatives
    return options
  }

  static let multiBox = ["normalise", "alpha", "negatives"]

  /// One of the names of an enumeration.
  func choice<T: RawRepresentable & CaseIterable>(_ name: String) throws -> T?
  where T.RawValue == String {
    guard let text = try string(name) else { return nil }
    if let value = T(rawValue: text) { return value }
    let names = T.allCases.map(\.rawValue)
    throw error(
      name,
      "there is no '\(text)'\(suggestion(text, names)); one of \(names.joined(separator: ", "))")
  }

  /// A flat list of numbers, or a tensor.
  func numberList(_ name: String) throws -> [Double]? {
    switch value(name) {
    case nil: return nil
    case .table(let table):
      return try makeTensor(numbers(table, name), dtype: .float64).castValues(Double.self)
    default: return try tensor(name)?.detached().castValues(Double.self)
    }
  }

  /// The numbers of a table, where what is wrong is told as the option's.
  func numbers(_ table: LuaTable, _ name: String) throws -> LuaNumbers {
    do { return try table.numbers() } catch let failure as LuaError where failure.kind == .runtime {
      throw error(name, failure.message)
    }
  }

  /// The names of the images of a batch, for messages.
  func ids() throws -> [String]? {
    try numberList("ids")?.map { Int64(exactly: $0).map(String.init) ?? "\($0)" }
  }
}

/// Runs `body`, with the image that is at fault told as Lua counts.
func namingImages<R>(_ ids: [String]? = nil, _ body: () throws -> R) throws -> R {
  do { return try body() } catch let error as DetectionError {
    let id = ids.flatMap { $0.indices.contains(error.image) ? $0[error.image] : nil }
    throw TensorError(error.op, error.message(countingFrom: 1, name: id))
  }
}

func boxTargets(_ table: LuaTable, _ problem: (String) -> any Error) throws -> BoxTargets {
  func tensor(_ name: String) throws -> Tensor {
    guard case .object(let object) = try table.get(name), let tensor = object as? Tensor else {
      throw problem("a table of labels and offsets, as detect.encode makes it, has no '\(name)'")
    }
    return tensor
  }
  return try BoxTargets(labels: tensor("labels"), offsets: tensor("offsets"))
}

func imageObjects(
  _ images: [LuaValue], _ problem: @escaping (String) -> any Error
) throws -> [ImageObjects] {
  try images.enumerated().map { i, image in
    guard case .table(let table) = image else {
      throw problem(
        "image \(i + 1): a table with boxes (G, 4) and labels (G) expected, got \(image.typeName)")
    }
    func tensor(_ name: String, _ dtype: DType) throws -> Tensor {
      switch try table.get(name) {
      case .object(let object):
        guard let tensor = object as? Tensor else { break }
        return tensor.detached()
      case .table(let list):
        do { return try makeTensor(list.numbers(), dtype: dtype) } catch let failure as LuaError
          where failure.kind == .runtime
        {
          throw problem("image \(i + 1): \(name): \(failure.message)")
        }
      default: break
      }
      throw problem("image \(i + 1): '\(name)' must be a tensor or a list")
    }
    let (boxes, labels) = (try tensor("boxes", .float32), try tensor("labels", .int64))
    guard boxes.count == 0 || boxes.ndim == 2 && boxes.shape[1] == 4 else {
      throw problem("image \(i + 1): boxes must be of shape (G, 4), got \(shapeText(boxes.shape))")
    }
    guard labels.count == 0 || labels.dtype.isInteger && labels.ndim == 1 else {
      throw problem(
        "image \(i + 1): labels must be integers of shape (G,), got \(labels.dtype.name) of shape "
          + shapeText(labels.shape))
    }
    return ImageObjects(
      boxes: try boxes.castValues(Float.self),
      labels: try labels.castValues(Int64.self).map { Int($0) })
  }
}
