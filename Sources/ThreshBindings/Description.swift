// SPDX-License-Identifier: Apache-2.0

/// A value of settings as Lua would write it: `StepLR {step_size = 2, gamma = 0.1}`. Equal values have equal
/// texts, so that it tells a configuration.
func described(_ value: Any) -> String {
  let mirror = Mirror(reflecting: value)
  let kind = "\(type(of: value))"
  switch mirror.displayStyle {
  case .optional: return mirror.children.first.map { described($0.value) } ?? "nil"
  case .struct: return "\(kind) \(listed(mirror))"
  case .collection, .tuple: return listed(mirror)
  case .enum:
    // A case with values is a child under its name; without, it is its own text.
    guard let child = mirror.children.first, let name = child.label else { return "\(value)" }
    let inner = Mirror(reflecting: child.value)
    let isList = inner.displayStyle == .tuple
    return "\(snakeCase(name)) " + (isList ? listed(inner) : "{\(described(child.value))}")
  default: return "\(value)"
  }
}

private func listed(_ mirror: Mirror) -> String {
  let items = mirror.children.map { child in
    let name = child.label.map { $0.hasPrefix(".") ? "" : "\(snakeCase($0)) = " } ?? ""
    return name + described(child.value)
  }
  return "{" + items.joined(separator: ", ") + "}"
}

/// stepSize -> step_size
private func snakeCase(_ name: String) -> String {
  name.reduce(into: "") { text, character in
    text += character.isUppercase ? "_\(character.lowercased())" : "\(character)"
  }
}
