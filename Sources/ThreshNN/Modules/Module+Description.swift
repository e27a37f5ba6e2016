// SPDX-License-Identifier: Apache-2.0

extension Module: CustomStringConvertible {
  /// The module and its submodules, one a line, indented, with names as in the state.
  public var description: String { lines().joined(separator: "\n") }

  private func lines() -> [String] {
    let heading = "\(name)(\(details)"
    guard !children.isEmpty else { return [heading + ")"] }
    var lines = [heading]
    for child in children {
      let inner = child.module.lines()
      lines.append("  (\(child.name)): \(inner[0])")
      lines += inner.dropFirst().map { "  " + $0 }
    }
    return lines + [")"]
  }
}
