// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// A learning rate as a pure function of the step: nothing to save, nothing to resume.
///
/// Names, defaults and values are those of `torch.optim.lr_scheduler`; `step` counts from 0 and may be
/// an epoch or a batch, as the trainer decides.
public protocol Schedule: Sendable {
  /// The rate of a group whose rate at the start is `base`.
  func rate(base: Double, step: Int) -> Double
  /// The momentum at `step`, for schedules that move it too.
  func momentum(step: Int) -> Double?
}

extension Schedule {
  public func momentum(step: Int) -> Double? { nil }

  /// Sets the rates, and momenta if they move, of every group for `step`.
  public func apply(to optimizer: Optimizer, step: Int) {
    for i in optimizer.groups.indices {
      optimizer.groups[i].lr = rate(base: optimizer.groups[i].baseRate, step: step)
      if let momentum = momentum(step: step) { optimizer.groups[i].momentum = momentum }
    }
  }
}

/// base * factor for the first `totalIters` steps, then base.
public struct ConstantLR: Schedule {
  public let factor: Double
  public let totalIters: Int
  public init(factor: Double = 1.0 / 3, totalIters: Int = 5) {
    self.factor = factor
    self.totalIters = totalIters
  }
  public func rate(base: Double, step: Int) -> Double { step < totalIters ? base * factor : base }
}

/// base * gamma^floor(step / stepSize).
public struct StepLR: Schedule {
  public let stepSize: Int
  public let gamma: Double
  /// - Throws: when `stepSize` is below 1.
  public init(stepSize: Int, gamma: Double = 0.1) throws {
    guard stepSize >= 1 else {
      throw TensorError("StepLR", "step_size must be at least 1, got \(stepSize)")
    }
    self.stepSize = stepSize
    self.gamma = gamma
  }
  public func rate(base: Double, step: Int) -> Double {
    base * pow(gamma, Double(step / stepSize))
  }
}

/// base * gamma^(number of milestones at or before the step).
public struct MultiStepLR: Schedule {
  public let milestones: [Int]
  public let gamma: Double
  public init(milestones: [Int], gamma: Double = 0.1) {
    self.milestones = milestones.sorted()
    self.gamma = gamma
  }
  public func rate(base: Double, step: Int) -> Double {
    base * pow(gamma, Double(milestones.prefix { $0 <= step }.count))
  }
}

/// base * gamma^step.
public struct ExponentialLR: Schedule {
  public let gamma: Double
  public init(gamma: Double) { self.gamma = gamma }
  public func rate(base: Double, step: Int) -> Double { base * pow(gamma, Double(step)) }
}

/// etaMin + (base - etaMin) (1 + cos(pi step / tMax)) / 2 (Loshchilov and Hutter 2017).
public struct CosineAnnealingLR: Schedule {
  public let tMax: Int
  public let etaMin: Double
  /// - Throws: when `tMax` is below 1.
  public init(tMax: Int, etaMin: Double = 0) throws {
    guard tMax >= 1 else {
      throw TensorError("CosineAnnealingLR", "t_max must be at least 1, got \(tMax)")
    }
    self.tMax = tMax
    self.etaMin = etaMin
  }
  public func rate(base: Double, step: Int) -> Double {
    etaMin + (base - etaMin) * (1 + cos(.pi * Double(step) / Double(tMax))) / 2
  }
}

/// From base * startFactor to base * endFactor along a line, then constant: a warm-up.
public struct LinearLR: Schedule {
  public let startFactor: Double
  public let endFactor: Double
  public let totalIters: Int
  /// - Throws: when `totalIters` is below 1.
  public init(startFactor: Double = 1.0 / 3, endFactor: Double = 1, totalIters: Int = 5) throws {
    guard totalIters >= 1 else {
      throw TensorError("LinearLR", "total_iters must be at least 1, got \(totalIters)")
    }
    self.startFactor = startFactor
    self.endFactor = endFactor
    self.totalIters = totalIters
  }
  public func rate(base: Double, step: Int) -> Double {
    let part = Double(min(step, totalIters)) / Double(totalIters)
    return base * (startFactor + (endFactor - startFactor) * part)
  }
}

/// One schedule after the other, each counting from its own start (`SequentialLR`).
public struct SequentialLR: Schedule {
  public let schedules: [any Schedule]
  /// The steps at which the second, third, … schedule begins.
  public let milestones: [Int]
  /// - Throws: when there is not one milestone between each two schedules, in rising order.
  public init(_ schedules: [any Schedule], milestones: [Int]) throws {
    guard !schedules.isEmpty, milestones.count == schedules.count - 1 else {
      throw TensorError(
        "SequentialLR",
        "\(schedules.count) schedules need \(max(0, schedules.count - 1)) milestones, got "
          + "\(milestones.count)")
    }
    guard zip(milestones, milestones.dropFirst()).allSatisfy(<) else {
      throw TensorError("SequentialLR", "milestones must rise, got \(milestones)")
    }
    self.schedules = schedules
    self.milestones = milestones
  }
  private func current(_ step: Int) -> (any Schedule, Int) {
    let index = milestones.prefix { $0 <= step }.count
    return (schedules[index], index == 0 ? step : step - milestones[index - 1])
  }
  public func rate(base: Double, step: Int) -> Double {
    let (schedule, step) = current(step)
    return schedule.rate(base: base, step: step)
  }
  public func momentum(step: Int) -> Double? {
    let (schedule, step) = current(step)
    return schedule.momentum(step: step)
  }
}

/// The one-cycle policy (Smith and Topin 2018): up to `maxRate`, down far below the start, with
/// momentum moving the other way. The groups' own rates do not matter.
public struct OneCycleLR: Schedule {
  public let maxRate: Double
  public let totalSteps: Int
  public let pctStart: Double
  public let divFactor: Double
  public let finalDivFactor: Double
  public let linear: Bool
  public let threePhase: Bool
  /// Base and maximum of the momentum; nil leaves it alone.
  public let momenta: (base: Double, max: Double)?

  /// - Throws: when a setting is out of range.
  public init(
    maxRate: Double, totalSteps: Int, pctStart: Double = 0.3, divFactor: Double = 25,
    finalDivFactor: Double = 1e4, linear: Bool = false, threePhase: Bool = false,
    momenta: (base: Double, max: Double)? = (0.85, 0.95)
  ) throws {
    guard totalSteps >= 1 else {
      throw TensorError("OneCycleLR", "total_steps must be at least 1, got \(totalSteps)")
    }
    guard pctStart >= 0, pctStart <= 1 else {
      throw TensorError("OneCycleLR", "pct_start must be in [0, 1], got \(pctStart)")
    }
    guard maxRate > 0, divFactor > 0, finalDivFactor > 0 else {
      throw TensorError(
        "OneCycleLR", "max_lr, div_factor and final_div_factor must be positive")
    }
    self.maxRate = maxRate
    self.totalSteps = totalSteps
    self.pctStart = pctStart
    self.divFactor = divFactor
    self.finalDivFactor = finalDivFactor
    self.linear = linear
    self.threePhase = threePhase
    self.momenta = momenta
  }

  /// Walks the phases; `values` are what each starts and ends with.
  private func value(_ step: Int, _ values: [(Double, Double)]) -> Double {
    let total = Double(totalSteps)
    let ends =
      threePhase
      ? [pctStart * total - 1, 2 * pctStart * total - 2, total - 1]
      : [pctStart * total - 1, total - 1]
    var start = 0.0
    for (i, end) in ends.enumerated() {
      if Double(step) <= end || i == ends.count - 1 {
        let span = end - start
        let part = span > 0 ? min(max((Double(step) - start) / span, 0), 1) : 1
        let (from, to) = values[i]
        return linear ? from + (to - from) * part : to + (from - to) / 2 * (1 + cos(.pi * part))
      }
      start = end
    }
    return values[values.count - 1].1
  }

  public func rate(base: Double, step: Int) -> Double {
    let first = maxRate / divFactor
    let last = first / finalDivFactor
    return value(
      step,
      threePhase
        ? [(first, maxRate), (maxRate, first), (first, last)] : [(first, maxRate), (maxRate, last)])
  }

  public func momentum(step: Int) -> Double? {
    guard let (base, max) = momenta else { return nil }
    return value(
      step, threePhase ? [(max, base), (base, max), (max, max)] : [(max, base), (base, max)])
  }
}
