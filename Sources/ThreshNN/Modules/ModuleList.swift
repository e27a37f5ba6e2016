// SPDX-License-Identifier: Apache-2.0

/// Modules named 0, 1, 2, … that their owner calls itself.
final class ModuleList: Module {
  init(_ modules: [Module]) {
    super.init()
    for (i, module) in modules.enumerated() { register(child: "\(i)", module) }
  }
}
