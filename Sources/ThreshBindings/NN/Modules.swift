// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// The Lua class `Module`: what layers, models and modules written in Lua can do.
func registerModules(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> Module { try call.object(1, "self", as: Module.self) }
  func forward(_ call: LuaCall) throws -> LuaResult {
    .many(try own(call).callAll(call.tensor(2, "x")).map { .object($0) })
  }

  try session.registerClass(
    Module.self, name: "Module",
    methods: [
      method("forward", forward),
      method("forward_with_embedding") { call in
        let result = try own(call).forwardWithEmbedding(call.tensor(2, "x"))
        return .many([.object(result.logits), .object(result.embedding)])
      },
      // forward that leaves BatchNorm's running statistics as they are.
      method("forward_untracked") { call in
        .many(try own(call).forwardUntracked(call.tensor(2, "x")).map { .object($0) })
      },
      // batch_norm_keep("kept_rows" | "constant"): BatchNorm's backward behind dropped rows.
      method("batch_norm_keep") { call in
        let module = try own(call)
        let name = try call.string(2, "policy")
        switch name {
        case "kept_rows": module.setBatchNormKeep(.keptRows)
        case "constant": module.setBatchNormKeep(.constant)
        default:
          throw call.argumentError(
            2, "policy", "'kept_rows' or 'constant' expected, got '\(name)'")
        }
        return .object(module)
      },
      method("parameters") { call in .tensors(try own(call).parameters()) },
      method("named_parameters") { call in
        .list(
          try own(call).namedParameters().map {
            .table(LuaTable(["name": .string($0.name), "tensor": .object($0.tensor)]))
          })
      },
      method("parameter_count") { call in
        .integer(try own(call).parameters().reduce(0) { $0 + $1.count })
      },
      // summary{3, 32, 32}: layers, shapes, parameters and MACs for one input of that shape.
      method("summary") { call in
        .object(try own(call).summary(call.integers(from: 2, "shape")))
      },
      method("state_dict") { call in
        .one(
          .table(
            LuaTable(
              fields: try own(call).stateDict().map { (.string($0.name), .object($0.tensor)) })))
      },
      method("load_state_dict") { call in
        let options = try call.options(at: 3, allowed: ["strict"])
        try own(call).load(
          try tensorsByName(call, 2, "state"), strict: options.boolean("strict") ?? true)
        return .object(try own(call))
      },
      // random_state(): (k, 3) int64, where the streams of the k modules stand that draw random numbers.
      method("random_state") { call in
        let states = try own(call).randomState()
        return .tensor(try Tensor(states.flatMap { $0 }, [states.count, 3]))
      },
      method("load_random_state") { call in
        let state = try call.tensor(2, "state")
        guard state.ndim == 2, state.shape[1] == 3, state.dtype == .int64 else {
          throw call.argumentError(
            2, "state",
            "int64 of shape (k, 3) expected, got \(state.dtype.name) of \(shapeText(state.shape))")
        }
        let numbers = try state.castValues(Int64.self)
        try own(call).load(
          randomState: (0..<state.shape[0]).map { Array(numbers[3 * $0..<3 * $0 + 3]) })
        return .object(try own(call))
      },
      method("train") { call in
        let module = try own(call)
        module.training = try call.optionalBoolean(2, "mode") ?? true
        return .object(module)
      },
      method("eval") { call in
        let module = try own(call)
        module.training = false
        return .object(module)
      },
      method("zero_grad") { call in
        for parameter in try own(call).parameters() { parameter.grad = nil }
        return .none
      },
      method("head") { call in
        guard let head = try own(call).head() else { return .one(.nil) }
        return .object(head)
      },
      method("children") { call in .list(try own(call).children.map { .object($0.module) }) },
      method("child") { call in
        let name = try call.string(2, "name")
        let children = try own(call).children
        guard let child = children.first(where: { $0.name == name }) else {
          throw call.argumentError(
            2, "name",
            "there is no child '\(name)'\(suggestion(name, children.map(\.name)))")
        }
        return .object(child.module)
      },
    ],
    properties: [
      LuaProperty("name", get: { .string(try own($0).name) }),
      LuaProperty("training", get: { .boolean(try own($0).training) }),
      LuaProperty("weight", get: { try parameter(own($0), "weight") }),
      LuaProperty("bias", get: { try parameter(own($0), "bias") }),
    ],
    metamethods: [
      method("__call", forward),
      method("__tostring") { call in .string(try own(call).description) },
      method("__len") { call in .integer(try own(call).children.count) },
    ],
    index: translated { call in
      let children = try own(call).children
      let i = try call.integer(2, "index")
      guard i >= 1, i <= children.count else {
        throw call.argumentError(2, "index", "needs 1 to \(children.count), got \(i)")
      }
      return .object(children[i - 1].module)
    })
}

private func parameter(_ module: Module, _ name: String) throws -> LuaResult {
  guard let found = module.ownParameters.first(where: { $0.name == name }) else {
    return .one(.nil)
  }
  return .object(found.tensor)
}

/// A table of tensors by name.
func tensorsByName(_ call: LuaCall, _ i: Int, _ name: String) throws -> [String: Tensor] {
  let contents = try call.contents(i, name)
  guard contents.array.isEmpty else {
    throw call.argumentError(i, name, "tensors by name expected, got a list")
  }
  var tensors: [String: Tensor] = [:]
  for (key, value) in contents.fields {
    guard let key = key.text, case .object(let object) = value, let tensor = object as? Tensor
    else {
      throw call.argumentError(
        i, name, "tensors by name expected, got a \(value.typeName) under \(key.text ?? "a number")"
      )
    }
    tensors[key] = tensor
  }
  return tensors
}

/// A list of tensors, as `model:parameters()` gives it.
func tensorList(_ call: LuaCall, _ i: Int, _ name: String) throws -> [Tensor] {
  try tensorList(try call.contents(i, name).array) { call.argumentError(i, name, $0) }
}

func tensorList(_ values: [LuaValue], _ problem: (String) -> any Error) throws -> [Tensor] {
  try values.enumerated().map { position, value in
    guard case .object(let object) = value, let tensor = object as? Tensor else {
      throw problem("item \(position + 1) must be a Tensor, got \(value.typeName)")
    }
    return tensor
  }
}

/// A module whose forward pass is a Lua function.
final class LuaModule: Module {
  private let title: String
  private let body: LuaFunction

  override var name: String { title }

  init(
    _ title: String, children: [(String, Module)], parameters: [(String, Tensor)],
    body: LuaFunction
  ) throws {
    self.title = title
    self.body = body
    super.init()
    for (name, tensor) in parameters { try register(parameter: name, tensor) }
    for (name, module) in children { register(child: name, module) }
  }

  override func forward(_ x: Tensor) throws -> Tensor {
    guard case .object(let object)? = try body.call([.object(x)]).first,
      let y = object as? Tensor
    else { throw TensorError(title, "forward must return a tensor") }
    return y
  }
}
