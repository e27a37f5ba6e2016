// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Three fully connected layers: inputs, 256, 128, classes; the hidden widths scale with `width`.
public final class MLP: Module {
  private let fc1, fc2, fc3: Linear

  public init(_ options: ModelOptions = ModelOptions()) throws {
    let o = try options.checked("mlp")
    let inputs = try Shape.count([o.inChannels, o.imageSize, o.imageSize], op: "mlp")
    let hidden = o.width ?? 256
    let draw = o.initializer
    fc1 = try Linear(inputs, hidden, initializer: draw)
    fc2 = try Linear(hidden, max(1, hidden / 2), initializer: draw)
    fc3 = try Linear(max(1, hidden / 2), o.classes, initializer: draw)
    super.init()
    register(child: "fc1", fc1)
    register(child: "fc2", fc2)
    register(child: "fc3", fc3)
  }

  public override func forward(_ x: Tensor) throws -> Tensor {
    var h = try activated(fc1, x.flatten(start: 1), .relu)
    h = try activated(fc2, h, .relu)
    return try fc3(h)
  }
}
