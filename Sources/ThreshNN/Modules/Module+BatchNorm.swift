// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

extension Module {
  private var batchNorms: [BatchNorm] { modules().compactMap { $0 as? BatchNorm } }

  /// The outputs in this module's mode, with the running statistics of every BatchNorm left as they are.
  ///
  /// A pass that only looks (for losses to choose by) must not move what the model evaluates with.
  public func forwardUntracked(_ x: Tensor) throws -> [Tensor] {
    let norms = batchNorms.filter(\.tracks)
    for norm in norms { norm.tracks = false }
    defer { for norm in norms { norm.tracks = true } }
    return try callAll(x)
  }

  /// Sets what every BatchNorm's backward pass does once rows were dropped (`Tensor.keep`).
  public func setBatchNormKeep(_ policy: BatchNormKeep) {
    for norm in batchNorms { norm.keep = policy }
  }
}
