// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua

/// A random change of a picture with boxes in Lua's hands.
final class LuaDetectionAugmentation {
  let value: DetectionAugmentation
  init(_ value: DetectionAugmentation) { self.value = value }
}

/// `th.data.ssd_crop`, `expand` and `colour_jitter`: changes of pictures with boxes, for the `augment` of a
/// DetectionDataset's loader.
func addDetectionAugmentations(to data: inout Namespace) {
  data.function("ssd_crop") { call in
    let o = try call.options(
      at: 1, allowed: ["style", "thresholds", "rule", "scale", "aspect", "attempts"])
    var crop: SSDCrop
    switch try o.string("style") ?? "nvidia" {
    case "nvidia": crop = .nvidia
    case "ssd": crop = .ssd
    case let name: throw o.error("style", "'nvidia' or 'ssd' expected, got '\(name)'")
    }
    if let thresholds = try o.table("thresholds")?.numbers().doubles {
      guard thresholds.allSatisfy({ $0 >= 0 && $0 <= 1 }) else {
        throw o.error("thresholds", "numbers from 0 to 1 expected")
      }
      crop.thresholds = [nil] + thresholds
    }
    crop.rule = try o.choice("rule") ?? crop.rule
    crop.scale = try range(o, "scale", within: 0.01...1) ?? crop.scale
    crop.aspect = try range(o, "aspect", within: 0.01...100) ?? crop.aspect
    crop.attempts = try o.integer("attempts") ?? crop.attempts
    guard (1...1000).contains(crop.attempts) else {
      throw o.error("attempts", "must be in 1 … 1000, got \(crop.attempts)")
    }
    return .object(LuaDetectionAugmentation(.crop(crop)))
  }
  data.function("expand") { call in
    let o = try call.options(at: 1, allowed: ["probability", "most"])
    let most = try o.number("most") ?? 4
    guard (1...16).contains(most) else {
      throw o.error("most", "must be in 1 … 16, got \(most)")
    }
    return .object(
      LuaDetectionAugmentation(.expand(probability: try share(o, "probability") ?? 0.5, most: most))
    )
  }
  data.function("colour_jitter") { call in
    let o = try call.options(
      at: 1, allowed: ["brightness", "contrast", "saturation", "hue", "probability"])
    var jitter = ColourJitter()
    jitter.brightness = try range(o, "brightness", within: 0...100) ?? jitter.brightness
    jitter.contrast = try range(o, "contrast", within: 0...100) ?? jitter.contrast
    jitter.saturation = try range(o, "saturation", within: 0...100) ?? jitter.saturation
    jitter.hue = try range(o, "hue", within: -0.5...0.5) ?? jitter.hue
    jitter.probability = try share(o, "probability") ?? jitter.probability
    return .object(LuaDetectionAugmentation(.colour(jitter)))
  }
}

/// `augment`: the name of a recipe, or a list of changes.
func detectionAugmentations(_ o: LuaOptions) throws -> [DetectionAugmentation] {
  if case .table(let list)? = o.value("augment") {
    return try list.array.enumerated().map { i, value in
      guard case .object(let object) = value else {
        throw o.error("augment", "item \(i + 1): a change expected, got a \(value.typeName)")
      }
      if let change = object as? LuaDetectionAugmentation { return change.value }
      if case .horizontalFlip(let probability)? = (object as? LuaAugmentation)?.value {
        return .horizontalFlip(probability: probability)
      }
      throw o.error(
        "augment",
        "item \(i + 1): th.data.ssd_crop, expand, horizontal_flip or colour_jitter expected: others do "
          + "not move boxes")
    }
  }
  let recipe: DetectionAugmentation.Recipe = try o.choice("augment") ?? .none
  return recipe.steps
}

private func share(_ o: LuaOptions, _ name: String) throws -> Double? {
  guard let value = try o.number(name) else { return nil }
  guard (0...1).contains(value) else { throw o.error(name, "must be in 0 … 1, got \(value)") }
  return value
}

/// Two numbers in order.
private func range(
  _ o: LuaOptions, _ name: String, within limits: ClosedRange<Double>
) throws -> ClosedRange<Double>? {
  guard let ends = try o.table(name)?.numbers().doubles else { return nil }
  guard ends.count == 2, ends[0] <= ends[1], limits.contains(ends[0]), limits.contains(ends[1])
  else {
    throw o.error(
      name,
      "{least, most} within \(limits.lowerBound) … \(limits.upperBound) expected")
  }
  return ends[0]...ends[1]
}
