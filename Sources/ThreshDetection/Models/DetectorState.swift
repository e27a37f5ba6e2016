// SPDX-License-Identifier: Apache-2.0
import ThreshNN
import ThreshTensor

/// Where the tensors of a detector's checkpoint stand.
public enum StateLayout: String, Sendable, CaseIterable {
  /// Ours: NVIDIA's names and channels, without counters of batches.
  case thresh
  /// NVIDIA's SSD300: `loc.0.weight`, channels number * boxes + box; `num_batches_tracked` beside each
  /// BatchNorm; `module.` before the names of a model that was trained on several GPUs.
  case nvidia
  /// torchvision's SSD: `head.regression_head.module_list.0.weight`, channels box * numbers + number.
  case torchvision
}

/// Checkpoints of other programs.
public enum DetectorState {
  private static let counter = "num_batches_tracked"
  private static let heads = [
    (ours: "loc", theirs: "head.regression_head.module_list"),
    (ours: "conf", theirs: "head.classification_head.module_list"),
  ]

  /// The state with names and head channels as `to` has them.
  ///
  /// From and to torchvision the heads are renamed and their channels permuted; other names stay, as
  /// its trunks are others.
  /// - Parameters:
  ///   - state: tensors by name; convolutions (K, C, R, S).
  ///   - shapes: boxes at each place of each map, such as `DefaultBoxes.shapes`.
  /// - Throws: where the channels of a head are not a multiple of its map's boxes.
  public static func convert(
    _ state: [String: Tensor], from: StateLayout, to: StateLayout, shapes: [Int]
  ) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in state {
      var (name, tensor) = (name, tensor)
      if from == .nvidia {
        if name.hasPrefix("module.") { name.removeFirst("module.".count) }
        if to != .nvidia, name.hasSuffix(counter) { continue }
      }
      let before = from == .torchvision
      let after = to == .torchvision
      if before != after, let head = try part(of: name, theirs: before, shapes: shapes) {
        let prefix = after ? heads[head.head].theirs : heads[head.head].ours
        tensor = try permuted(tensor, boxes: head.boxes, boxesFirst: before, name)
        name = "\(prefix).\(head.map).\(head.rest)"
      }
      guard result.updateValue(tensor, forKey: name) == nil else {
        throw TensorError("convert", "two tensors come out as '\(name)'")
      }
    }
    if from == .thresh, to == .nvidia {
      for name in state.keys where name.hasSuffix("running_mean") {
        result[name.dropLast("running_mean".count) + counter] = try Tensor.zeros([], .int64)
      }
    }
    return result
  }

  /// What a head's name says; nil for other names.
  private static func part(of name: String, theirs: Bool, shapes: [Int]) throws -> (
    head: Int, map: Int, rest: String, boxes: Int
  )? {
    for (i, head) in heads.enumerated() {
      let prefix = (theirs ? head.theirs : head.ours) + "."
      guard name.hasPrefix(prefix) else { continue }
      let rest = name.dropFirst(prefix.count)
      guard let dot = rest.firstIndex(of: "."), let map = Int(rest[..<dot]) else { continue }
      guard shapes.indices.contains(map) else {
        throw TensorError("convert", "'\(name)' is of map \(map), the boxes have \(shapes.count)")
      }
      return (i, map, String(rest[rest.index(after: dot)...]), shapes[map])
    }
    return nil
  }

  /// The first extent as (boxes, numbers) instead of (numbers, boxes), or back.
  private static func permuted(
    _ tensor: Tensor, boxes: Int, boxesFirst: Bool, _ name: String
  ) throws -> Tensor {
    guard let channels = tensor.shape.first, boxes > 0, channels % boxes == 0 else {
      throw TensorError(
        "convert",
        "'\(name)' of shape \(shapeText(tensor.shape)) has no channels for \(boxes) boxes")
    }
    let numbers = channels / boxes
    let rest = Array(tensor.shape.dropFirst())
    let shape = boxesFirst ? [boxes, numbers] : [numbers, boxes]
    return try GradMode.off {
      try tensor.detached().reshape(shape + rest).transpose(0, 1).contiguous().reshape(tensor.shape)
    }
  }

  /// The part of a torchvision ResNet's state that is the trunk of SSD300, under the names it has there.
  ///
  /// `conv1`, `bn1`, `layer1` to `layer3`; the rest is passed over.
  public static func trunk(ofResNet state: [String: Tensor]) -> [String: Tensor] {
    let places = ["conv1": 0, "bn1": 1, "layer1": 4, "layer2": 5, "layer3": 6]
    var result: [String: Tensor] = [:]
    for (name, tensor) in state where !name.hasSuffix(counter) {
      guard let dot = name.firstIndex(of: "."), let place = places[String(name[..<dot])] else {
        continue
      }
      result["feature_extractor.feature_extractor.\(place)\(name[dot...])"] = tensor
    }
    return result
  }

  /// Loads the trunk of `model` from the state of a torchvision ResNet of the same depth.
  /// - Throws: with every name that is missing or does not fit; nothing is changed then.
  public static func loadTrunk(of model: SSD300, fromResNet state: [String: Tensor]) throws {
    let trunk = trunk(ofResNet: state)
    let prefix = "feature_extractor."
    let missing = model.stateDict().map(\.name).filter {
      $0.hasPrefix(prefix) && trunk[$0] == nil
    }
    guard missing.isEmpty else {
      throw TensorError(
        "load_backbone",
        "the state is no \(model.backbone.rawValue) of torchvision: \(missing.count) tensors are missing, "
          + "the first '\(missing[0])'")
    }
    let known = Set(model.stateDict().map(\.name))
    let surplus = trunk.keys.filter { !known.contains($0) }.sorted()
    guard surplus.isEmpty else {
      throw TensorError(
        "load_backbone",
        "the state is no \(model.backbone.rawValue) of torchvision: it has \(surplus.count) more tensors, "
          + "such as '\(surplus[0])'")
    }
    try model.load(trunk, strict: false)
  }
}
