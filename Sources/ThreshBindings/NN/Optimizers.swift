// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// The Lua classes `Optimizer` and `Schedule`.
func registerOptimizers(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> Optimizer { try call.object(1, "self", as: Optimizer.self) }
  try session.registerClass(
    Optimizer.self, name: "Optimizer",
    methods: [
      method("step") { call in
        try own(call).step()
        return .none
      },
      method("zero_grad") { call in
        try own(call).zeroGrad()
        return .none
      },
      method("clip_gradients") { call in
        let limit = try call.number(2, "norm")
        guard limit >= 0 else {
          throw call.argumentError(2, "norm", "must not be negative, got \(limit)")
        }
        return .number(try own(call).clipGradients(norm: limit))
      },
      // scale_gradients(factor): multiplies every gradient.
      method("scale_gradients") { call in
        let factor = try call.number(2, "factor")
        guard factor.isFinite else {
          throw call.argumentError(2, "factor", "must be finite, got \(factor)")
        }
        try own(call).scaleGradients(factor)
        return .none
      },
      method("load_param_groups") { call in
        try loadGroups(own(call), call)
        return .object(try own(call))
      },
      method("state_dict") { call in
        .one(
          .table(
            LuaTable(fields: try own(call).stateDict().map { (.string($0.key), .object($0.value)) })
          ))
      },
      method("load_state_dict") { call in
        try own(call).load(tensorsByName(call, 2, "state"))
        return .object(try own(call))
      },
    ],
    properties: [
      LuaProperty(
        "lr", get: { .number(try own($0).groups.first?.lr ?? 0) },
        set: { call in
          let rate = try call.number(3, "lr")
          guard rate >= 0, rate.isFinite else {
            throw call.argumentError(3, "lr", "must be finite and not negative, got \(rate)")
          }
          let optimizer = try own(call)
          for i in optimizer.groups.indices {
            optimizer.groups[i].lr = rate
            optimizer.groups[i].baseRate = rate
          }
        }),
      LuaProperty("rates", get: { .list(try own($0).groups.map { .number($0.lr) }) }),
      LuaProperty("name", get: { .string(try own($0).name) }),
      LuaProperty("param_groups", get: { .list(try own($0).groups.map(groupTable)) }),
    ],
    metamethods: [method("__tostring") { call in .string(described(try own(call))) }])

  try session.registerClass(
    LuaSchedule.self, name: "Schedule",
    methods: [
      method("rate") { call in
        let schedule = try call.object(1, "self", as: LuaSchedule.self)
        let (base, step) = (try call.number(2, "base"), try call.count(3, "step"))
        return .number(schedule.schedule.rate(base: base, step: step))
      },
      method("apply") { call in
        let schedule = try call.object(1, "self", as: LuaSchedule.self)
        schedule.schedule.apply(
          to: try call.object(2, "optimizer", as: Optimizer.self), step: try call.count(3, "step"))
        return .none
      },
    ],
    metamethods: [
      method("__tostring") { call in
        .string(described(try call.object(1, "self", as: LuaSchedule.self).schedule))
      }
    ])
}

/// The settings of a group as they are now; base_lr is the rate that a schedule starts from.
private func groupTable(_ group: Optimizer.Group) -> LuaValue {
  .table(
    LuaTable([
      "lr": .number(group.lr), "base_lr": .number(group.baseRate),
      "momentum": .number(group.momentum), "weight_decay": .number(group.weightDecay),
    ]))
}

/// `optimizer:load_param_groups(groups)`: what `param_groups` gave, taken back.
private func loadGroups(_ optimizer: Optimizer, _ call: LuaCall) throws {
  let list = try call.contents(2, "groups").array
  guard list.count == optimizer.groups.count else {
    throw call.argumentError(
      2, "groups", "\(list.count) groups for an optimiser of \(optimizer.groups.count)")
  }
  var groups = optimizer.groups
  for (i, item) in list.enumerated() {
    func setting(_ name: String) throws -> Double {
      if case .table(let table) = item {
        switch try table.get(name) {
        case .number(let value) where value.isFinite && value >= 0: return value
        case .integer(let value) where value >= 0: return Double(value)
        default: break
        }
      }
      throw call.argumentError(
        2, "groups", "group \(i + 1) needs '\(name)', finite and not negative")
    }
    groups[i].lr = try setting("lr")
    groups[i].baseRate = try setting("base_lr")
    groups[i].momentum = try setting("momentum")
    groups[i].weightDecay = try setting("weight_decay")
  }
  optimizer.groups = groups
}

/// An optimiser as a script would make it: `SGD {lr = 0.1, momentum = 0.9, …}`, a group each.
private func described(_ optimizer: Optimizer) -> String {
  let beta = optimizer is Adam ? "beta1" : "momentum"
  let groups = optimizer.groups.map { group in
    "{lr = \(group.baseRate), \(beta) = \(group.momentum), weight_decay = \(group.weightDecay), "
      + "parameters = \(group.parameters.count)}"
  }
  let settings = optimizer.settings + [("maximize", "\(optimizer.maximize)")]
  return "\(optimizer.name) {" + settings.map { "\($0.name) = \($0.value)" }.joined(separator: ", ")
    + ", " + groups.joined(separator: ", ") + "}"
}

/// A schedule in Lua's hands.
final class LuaSchedule {
  let schedule: any Schedule
  init(_ schedule: any Schedule) { self.schedule = schedule }
}

/// `th.optim`: PyTorch's optimisers, with its names and defaults.
func optimizers() -> Namespace {
  var optim = Namespace("th.optim")
  optim.function("SGD") { call in
    let o = try call.options(
      at: 2, allowed: ["lr", "momentum", "dampening", "weight_decay", "nesterov", "maximize"])
    let optimizer = try SGD(
      groups(call, o, rate: 1e-3, decay: 0, momentum: try o.number("momentum") ?? 0),
      dampening: o.number("dampening") ?? 0, nesterov: o.boolean("nesterov") ?? false)
    return try finished(optimizer, o)
  }
  for (name, decoupled, decay) in [("Adam", false, 0.0), ("AdamW", true, 0.01)] {
    optim.function(name) { call in
      let o = try call.options(
        at: 2, allowed: ["lr", "betas", "eps", "weight_decay", "amsgrad", "maximize"])
      let betas = try o.table("betas")?.numbers().doubles ?? [0.9, 0.999]
      guard betas.count == 2 else {
        throw o.error("betas", "a list of two numbers expected, got \(betas.count)")
      }
      let optimizer = try Adam(
        groups(call, o, rate: 1e-3, decay: decay, momentum: betas[0]), beta2: betas[1],
        eps: o.number("eps") ?? 1e-8, decoupled: decoupled, amsgrad: o.boolean("amsgrad") ?? false)
      return try finished(optimizer, o)
    }
  }
  optim.function("RMSProp") { call in
    let o = try call.options(
      at: 2, allowed: ["lr", "alpha", "eps", "weight_decay", "momentum", "centered", "maximize"])
    let optimizer = try RMSProp(
      groups(call, o, rate: 1e-2, decay: 0, momentum: try o.number("momentum") ?? 0),
      alpha: o.number("alpha") ?? 0.99, eps: o.number("eps") ?? 1e-8,
      centered: o.boolean("centered") ?? false)
    return try finished(optimizer, o)
  }
  return optim
}

private func finished(_ optimizer: Optimizer, _ options: LuaOptions) throws -> LuaResult {
  optimizer.maximize = try options.boolean("maximize") ?? false
  return .object(optimizer)
}

/// Argument 1: a list of tensors, or of groups `{params = {…}, lr = …, weight_decay = …}`.
private func groups(
  _ call: LuaCall, _ options: LuaOptions, rate: Double, decay: Double, momentum: Double
) throws -> [Optimizer.Group] {
  let rate = try options.number("lr") ?? rate
  let decay = try options.number("weight_decay") ?? decay
  let contents = try call.contents(1, "params")
  guard contents.fields.isEmpty, !contents.array.isEmpty else {
    throw call.argumentError(
      1, "params", "a list of tensors or of groups expected, as model:parameters() gives it")
  }
  guard case .table = contents.array[0] else {
    let tensors = try tensorList(contents.array) { call.argumentError(1, "params", $0) }
    return [Optimizer.Group(tensors, lr: rate, weightDecay: decay, momentum: momentum)]
  }
  return try contents.array.enumerated().map { i, item in
    func problem(_ reason: String) -> any Error {
      call.argumentError(1, "params", "group \(i + 1): \(reason)")
    }
    guard case .table(let table) = item else {
      throw problem("a table expected, got \(item.typeName)")
    }
    var (groupRate, groupDecay, groupMomentum) = (rate, decay, momentum)
    var tensors: [Tensor]?
    for (key, value) in try table.contents().fields {
      switch (key.text, value) {
      case ("params", .table(let list)): tensors = try tensorList(list.array, problem)
      case ("lr", .number(let x)): groupRate = x
      case ("lr", .integer(let x)): groupRate = Double(x)
      case ("weight_decay", .number(let x)): groupDecay = x
      case ("weight_decay", .integer(let x)): groupDecay = Double(x)
      case ("momentum", .number(let x)): groupMomentum = x
      case ("momentum", .integer(let x)): groupMomentum = Double(x)
      default:
        let name = key.text ?? "?"
        throw problem(
          "unexpected '\(name)' (\(value.typeName)); a group has params, lr, weight_decay, momentum"
        )
      }
    }
    guard let tensors else { throw problem("needs 'params'") }
    return Optimizer.Group(
      tensors, lr: groupRate, weightDecay: groupDecay, momentum: groupMomentum)
  }
}
