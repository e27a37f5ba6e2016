// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// A leaf of a configuration by its dotted path: `optimizer.lr` is 0.1. A list is a leaf.
struct Setting {
  enum Kind: Int { case boolean, integer, number, text, list }

  let key: String
  let kind: Kind
  let value: DatabaseValue

  static func leaves(of config: JSON) -> [Setting] {
    var leaves: [Setting] = []
    add(config, at: "", to: &leaves)
    return leaves
  }

  private static func add(_ json: JSON, at path: String, to leaves: inout [Setting]) {
    func leaf(_ kind: Kind, _ value: DatabaseValue) {
      leaves.append(Setting(key: path, kind: kind, value: value))
    }
    switch json {
    case .null: break
    case .bool(let value): leaf(.boolean, .integer(value ? 1 : 0))
    case .integer(let value): leaf(.integer, .integer(value))
    case .number(let value): leaf(.number, .number(value))
    case .string(let value):
      // NaN and the infinities, which are texts in JSON.
      if let number = MetricSummary.number(json) {
        leaf(.number, .number(number))
      } else {
        leaf(.text, .text(value))
      }
    case .array: leaf(.list, .text(json.text))
    case .object(let members):
      for member in members {
        add(member.value, at: path.isEmpty ? member.name : path + "." + member.name, to: &leaves)
      }
    }
  }
}
