// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension Module {
  private var drawing: [Module] { modules().filter { $0.stream != nil } }

  /// Where the streams of all modules stand that draw random numbers, in the order of `modules`.
  public func randomState() -> [[Int64]] { drawing.compactMap { $0.stream?.state } }

  /// Takes back what `randomState` gave.
  /// - Throws: when there is not one state for each module that draws; nothing is changed then.
  public func load(randomState states: [[Int64]]) throws {
    let modules = drawing
    let streams = states.compactMap { RandomStream(state: $0) }
    guard modules.count == states.count, streams.count == states.count else {
      throw TensorError(
        "load_random_state",
        "\(states.count) states of three numbers do not fit \(name), of which \(modules.count) modules draw "
          + "random numbers")
    }
    for (module, stream) in zip(modules, streams) { module.stream = stream }
  }
}
