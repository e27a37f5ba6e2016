// SPDX-License-Identifier: Apache-2.0
import ThreshDetection
import ThreshLua
import ThreshNN
import ThreshTensor

/// The Lua classes `DefaultBoxes`, `SSD300` and `SmallSSD`.
func registerDetection(in session: LuaSession) throws {
  func boxes(_ call: LuaCall) throws -> DefaultBoxes {
    try call.object(1, "self", as: DefaultBoxes.self)
  }
  try session.registerClass(
    DefaultBoxes.self, name: "DefaultBoxes",
    properties: [
      // cx, cy, w, h and left, top, right, bottom as parts of the image, (P, 4).
      LuaProperty("centers", get: { .tensor(try boxes($0).centerForm()) }),
      LuaProperty("corners", get: { .tensor(try boxes($0).cornerForm()) }),
      LuaProperty("image_size", get: { .integer(try boxes($0).plan.imageSize) }),
      LuaProperty("maps", get: { .list(try boxes($0).plan.maps.map { .integer($0) }) }),
      LuaProperty("shapes", get: { .list(try boxes($0).shapes.map { .integer($0) }) }),
    ],
    metamethods: [
      method("__len") { .integer(try boxes($0).count) },
      method("__tostring") { call in
        let b = try boxes(call)
        let maps = zip(b.plan.maps, b.shapes).map { "\($0)x\($0)x\($1)" }.joined(separator: ", ")
        return .string("DefaultBoxes: \(b.count) of \(maps), images of \(b.plan.imageSize)")
      },
    ])
  try registerDetector(SSD300.self, in: session)
  try registerDetector(SmallSSD.self, in: session)
}

private func registerDetector<T: Detector>(_ type: T.Type, in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> T { try call.object(1, "self", as: T.self) }
  try session.registerClass(
    type, name: "\(type)", inherits: Module.self,
    properties: [
      LuaProperty("boxes", get: { .object(try own($0).boxes) }),
      LuaProperty("classes", get: { .integer(try own($0).classes) }),
      LuaProperty("image_size", get: { .integer(try own($0).imageSize) }),
    ])
}

/// Models and their boxes. `classes` counts the background.
func addDetectors(to detect: inout Namespace, random: DefaultRandom) {
  detect.function("ssd300") { call in
    let o = try call.options(
      at: 1, allowed: ["backbone", "classes", "in_channels", "width", "seed", "dtype"])
    var options = ModelRegistry.defaults(of: "ssd300")
    options.classes = try o.integer("classes") ?? options.classes
    options.inChannels = try o.integer("in_channels") ?? options.inChannels
    options.width = try o.integer("width")
    options.seed = try o.seed() ?? random.nextSeed()
    options.dtype = try o.dtype() ?? options.dtype
    return .object(try SSD300(options, backbone: o.choice("backbone") ?? .resnet50))
  }
  detect.function("small_ssd") { call in
    let o = try call.options(
      at: 1, allowed: ["classes", "size", "in_channels", "width", "scales", "seed", "dtype"])
    let draw = Initializer(
      seed: try o.seed() ?? random.nextSeed(), dtype: try o.dtype() ?? .float32)
    return .object(
      try SmallSSD(
        classes: o.required("classes", o.integer("classes")), imageSize: o.integer("size") ?? 96,
        inChannels: o.integer("in_channels") ?? 3, width: o.integer("width") ?? 16,
        scales: o.numberList("scales") ?? SmallSSD.scales, initializer: draw))
  }
  detect.function("default_boxes") { call in
    let o = try call.options(at: 1, allowed: ["size", "maps", "steps", "scales", "ratios"])
    var plan = DefaultBoxes.Plan.ssd300
    plan.imageSize = try o.integer("size") ?? plan.imageSize
    plan.maps = try o.integers("maps") ?? plan.maps
    plan.steps = try o.numberList("steps") ?? plan.steps
    plan.scales = try o.numberList("scales") ?? plan.scales
    if let ratios = try o.table("ratios") {
      plan.ratios = try ratios.contents().array.map { item in
        guard case .table(let list) = item else {
          throw o.error("ratios", "a list of numbers for each map expected, got \(item.typeName)")
        }
        return try makeTensor(o.numbers(list, "ratios"), dtype: .float64).castValues(Double.self)
      }
    }
    return .object(try DefaultBoxes(plan))
  }
  detect.function("load_backbone") { call in
    let model = try call.object(1, "model", as: SSD300.self)
    try DetectorState.loadTrunk(of: model, fromResNet: tensorsByName(call, 2, "state"))
    return .object(model)
  }
  detect.function("convert") { call in
    let state = try tensorsByName(call, 1, "state")
    let o = try call.options(at: 2, allowed: ["from", "to", "boxes"])
    let converted = try DetectorState.convert(
      state, from: o.choice("from") ?? .thresh, to: o.choice("to") ?? .thresh,
      shapes: o.boxes("boxes")?.shapes ?? SSD300.boxes)
    return .one(
      .table(LuaTable(fields: converted.map { (.string($0.key), .object($0.value)) })))
  }
}
