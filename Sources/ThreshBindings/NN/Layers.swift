// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// `th.nn`: layers, losses and what modules written in Lua are made of.
func neuralNetworks(random: DefaultRandom) -> Namespace {
  var nn = Namespace("th.nn")
  addLayers(to: &nn, random: random)
  addActivations(to: &nn, random: random)
  addContainers(to: &nn)
  addFusion(to: &nn)
  addLosses(to: &nn)
  return nn
}

private let shared = ["seed", "dtype"]

private func initializer(_ call: LuaCall, _ options: LuaOptions, _ random: DefaultRandom) throws
  -> Initializer
{
  let dtype = try options.dtype() ?? .float32
  guard dtype.isFloating else {
    throw options.error("dtype", "float32 or float64 expected, got \(dtype.name)")
  }
  return Initializer(seed: try options.seed() ?? random.nextSeed(), dtype: dtype)
}

/// One extent for both directions, or a list of two.
private func pair(_ values: [Int], _ problem: (String) -> any Error) throws -> Pair {
  switch values.count {
  case 1: return Pair(values[0])
  case 2: return Pair(values[0], values[1])
  default: throw problem("one integer or a list of two expected, got \(values.count)")
  }
}

extension LuaOptions {
  fileprivate func pair(_ name: String) throws -> Pair? {
    try integers(name).map { try ThreshBindings.pair($0) { error(name, $0) } }
  }
}

extension LuaCall {
  /// An extent for both directions, or a list of two.
  fileprivate func pair(_ i: Int, _ name: String) throws -> Pair {
    let values = kind(i) == .table ? try integers(i, name) : [try integer(i, name)]
    return try ThreshBindings.pair(values) { argumentError(i, name, $0) }
  }
}

private func addLayers(to nn: inout Namespace, random: DefaultRandom) {
  nn.function("Linear") { call in
    let (inputs, outputs) = (
      try call.integer(1, "in_features"), try call.integer(2, "out_features")
    )
    let o = try call.options(at: 3, allowed: ["bias"] + shared)
    return .object(
      try Linear(
        inputs, outputs, bias: o.boolean("bias") ?? true, initializer: initializer(call, o, random))
    )
  }
  nn.function("Conv2d") { call in
    let o = try call.options(
      at: 4, allowed: ["stride", "padding", "dilation", "groups", "bias"] + shared)
    return .object(
      try Conv2d(
        call.integer(1, "in_channels"), call.integer(2, "out_channels"),
        kernel: call.pair(3, "kernel_size"), stride: o.pair("stride") ?? 1,
        padding: o.pair("padding") ?? 0, dilation: o.pair("dilation") ?? 1,
        groups: o.integer("groups") ?? 1, bias: o.boolean("bias") ?? true,
        initializer: initializer(call, o, random)))
  }
  for (name, make) in [
    ("BatchNorm2d", { try BatchNorm2d($0, eps: $1, momentum: $2, affine: $3, initializer: $4) }),
    ("BatchNorm1d", { try BatchNorm1d($0, eps: $1, momentum: $2, affine: $3, initializer: $4) }),
  ] as [(String, (Int, Double, Double, Bool, Initializer) throws -> Module)] {
    nn.function(name) { call in
      let features = try call.integer(1, "num_features")
      let o = try call.options(at: 2, allowed: ["eps", "momentum", "affine", "dtype"])
      return .object(
        try make(
          features, o.number("eps") ?? 1e-5, o.number("momentum") ?? 0.1,
          o.boolean("affine") ?? true, Initializer(seed: 0, dtype: o.dtype() ?? .float32)))
    }
  }
  nn.function("LayerNorm") { call in
    let shape =
      call.kind(1) == .table ? try call.integers(1, "shape") : [try call.integer(1, "shape")]
    let o = try call.options(at: 2, allowed: ["eps", "dtype"])
    return .object(
      try LayerNorm(
        shape, eps: o.number("eps") ?? 1e-5,
        initializer: Initializer(seed: 0, dtype: o.dtype() ?? .float32)))
  }
  nn.function("GroupNorm") { call in
    let (groups, channels) = (
      try call.integer(1, "num_groups"), try call.integer(2, "num_channels")
    )
    let o = try call.options(at: 3, allowed: ["eps", "dtype"])
    return .object(
      try GroupNorm(
        groups, channels, eps: o.number("eps") ?? 1e-5,
        initializer: Initializer(seed: 0, dtype: o.dtype() ?? .float32)))
  }
  nn.function("MaxPool2d") { call in
    let kernel = try call.pair(1, "kernel_size")
    let o = try call.options(at: 2, allowed: ["stride", "padding"])
    return .object(
      try MaxPool2d(
        kernel: kernel, stride: o.pair("stride"), padding: o.pair("padding") ?? 0))
  }
  nn.function("AvgPool2d") { call in
    let kernel = try call.pair(1, "kernel_size")
    let o = try call.options(at: 2, allowed: ["stride", "padding", "count_include_pad"])
    return .object(
      try AvgPool2d(
        kernel: kernel, stride: o.pair("stride"), padding: o.pair("padding") ?? 0,
        countIncludePad: o.boolean("count_include_pad") ?? true))
  }
  nn.function("AdaptiveAvgPool2d") { call in
    .object(try AdaptiveAvgPool2d(call.pair(1, "output_size")))
  }
}

private func addActivations(to nn: inout Namespace, random: DefaultRandom) {
  for (name, make) in [
    "ReLU": { ReLU() }, "ReLU6": { ReLU6() }, "GELU": { GELU() }, "Sigmoid": { Sigmoid() },
    "Tanh": { Tanh() }, "Flatten": { Flatten() }, "Identity": { Identity() },
    "GlobalAvgPool": { GlobalAvgPool() },
  ] as KeyValuePairs<String, () -> Module> {
    nn.function(name) { call in
      _ = try call.options(at: 1, allowed: [])
      return .object(make())
    }
  }
  nn.function("Dropout") { call in
    let p = call.kind(1) == .table ? nil : try call.optionalNumber(1, "p")
    let o = try call.options(at: call.kind(1) == .table ? 1 : 2, allowed: ["seed"])
    return .object(
      try Dropout(
        p ?? 0.5, initializer: Initializer(seed: o.seed() ?? random.nextSeed())))
  }
}

private func addContainers(to nn: inout Namespace) {
  nn.function("Sequential") { call in
    let given =
      call.count == 1 && call.kind(1) == .table
      ? try call.contents(1, "modules").array : try call.values()
    let modules = try given.enumerated().map { i, value in
      guard case .object(let object) = value, let module = object as? Module else {
        throw call.argumentError(
          i + 1, "module",
          "Module expected, got \(value.typeName); nn.define makes one of a function")
      }
      return module
    }
    return .object(Sequential(modules))
  }
  nn.function("is_module") { call in .boolean(try call.objectIf(1, "value", as: Module.self) != nil)
  }
  nn.function("parameter") { call in
    .tensor(try call.tensor(1, "tensor").detached().clone().requireGrad())
  }
  nn.function("custom") { call in
    func named<T: AnyObject>(_ i: Int, _ name: String) throws -> [(String, T)] {
      try call.contents(i, name).array.map { item in
        guard case .table(let pair) = item else {
          throw call.argumentError(i, name, "pairs of a name and a value expected")
        }
        let items = try pair.array
        guard items.count == 2, let key = items[0].text, case .object(let object) = items[1],
          let value = object as? T
        else { throw call.argumentError(i, name, "pairs of a name and a value expected") }
        return (key, value)
      }
    }
    return .object(
      try LuaModule(
        call.string(1, "name"), children: named(2, "children"), parameters: named(3, "parameters"),
        body: call.function(4, "forward")))
  }
}
