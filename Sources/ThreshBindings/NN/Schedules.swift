// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// `th.schedule`: learning rates as pure functions of the step, with PyTorch's names and defaults.
func schedules() -> Namespace {
  var schedule = Namespace("th.schedule")
  func add(
    _ name: String, _ allowed: [String], _ make: @escaping (LuaOptions) throws -> any Schedule
  ) {
    schedule.function(name) { call in
      .object(LuaSchedule(try make(call.options(at: 1, allowed: allowed))))
    }
  }
  add("ConstantLR", ["factor", "total_iters"]) { o in
    ConstantLR(
      factor: try o.number("factor") ?? 1.0 / 3, totalIters: try o.integer("total_iters") ?? 5)
  }
  add("StepLR", ["step_size", "gamma"]) { o in
    try StepLR(
      stepSize: o.required("step_size", o.integer("step_size")), gamma: o.number("gamma") ?? 0.1)
  }
  add("MultiStepLR", ["milestones", "gamma"]) { o in
    MultiStepLR(
      milestones: try o.required("milestones", o.integers("milestones")),
      gamma: try o.number("gamma") ?? 0.1)
  }
  add("ExponentialLR", ["gamma"]) { o in
    ExponentialLR(gamma: try o.required("gamma", o.number("gamma")))
  }
  add("CosineAnnealingLR", ["t_max", "eta_min"]) { o in
    try CosineAnnealingLR(
      tMax: o.required("t_max", o.integer("t_max")), etaMin: o.number("eta_min") ?? 0)
  }
  add("LinearLR", ["start_factor", "end_factor", "total_iters"]) { o in
    try LinearLR(
      startFactor: o.number("start_factor") ?? 1.0 / 3, endFactor: o.number("end_factor") ?? 1,
      totalIters: o.integer("total_iters") ?? 5)
  }
  add(
    "OneCycleLR",
    [
      "max_lr", "total_steps", "pct_start", "div_factor", "final_div_factor", "anneal_strategy",
      "three_phase", "cycle_momentum", "base_momentum", "max_momentum",
    ]
  ) { o in
    let strategy = try o.string("anneal_strategy") ?? "cos"
    guard strategy == "cos" || strategy == "linear" else {
      throw o.error("anneal_strategy", "'cos' or 'linear' expected, got '\(strategy)'")
    }
    let momenta = (try o.number("base_momentum") ?? 0.85, try o.number("max_momentum") ?? 0.95)
    return try OneCycleLR(
      maxRate: o.required("max_lr", o.number("max_lr")),
      totalSteps: o.required("total_steps", o.integer("total_steps")),
      pctStart: o.number("pct_start") ?? 0.3, divFactor: o.number("div_factor") ?? 25,
      finalDivFactor: o.number("final_div_factor") ?? 1e4, linear: strategy == "linear",
      threePhase: o.boolean("three_phase") ?? false,
      momenta: o.boolean("cycle_momentum") ?? true ? momenta : nil)
  }
  schedule.function("SequentialLR") { call in
    let schedules = try call.contents(1, "schedules").array.enumerated().map { i, value in
      guard case .object(let object) = value, let schedule = object as? LuaSchedule else {
        throw call.argumentError(
          1, "schedules", "item \(i + 1) must be a Schedule, got \(value.typeName)")
      }
      return schedule.schedule
    }
    let o = try call.options(at: 2, allowed: ["milestones"])
    return .object(
      LuaSchedule(try SequentialLR(schedules, milestones: o.integers("milestones") ?? [])))
  }
  // A line from start_factor up to 1 over `steps`, then another schedule from its own start.
  schedule.function("Warmup") { call in
    let o = try call.options(at: 1, allowed: ["steps", "start_factor", "after"])
    let steps = try o.required("steps", o.integer("steps"))
    let warmup = try LinearLR(
      startFactor: o.number("start_factor") ?? 1.0 / 3, endFactor: 1, totalIters: steps)
    guard let after = try o.object("after", as: LuaSchedule.self) else {
      return .object(LuaSchedule(warmup))
    }
    return .object(LuaSchedule(try SequentialLR([warmup, after.schedule], milestones: [steps])))
  }
  return schedule
}
