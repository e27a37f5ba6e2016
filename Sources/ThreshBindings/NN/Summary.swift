// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN

/// The Lua class `Summary`, what `model:summary{3, 32, 32}` returns; as text it is the table.
///
/// Fields: `rows` (list of `{path, type, details, shape, shapes, parameters, macs}` in the order of the
/// calls; `shape` is that of the first output), `input` (shape), and the totals `parameters`,
/// `trainable`, `unused`, `macs`, `parameter_mib`, `activation_mib`.
func registerSummary(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> ModuleSummary {
    try call.object(1, "self", as: ModuleSummary.self)
  }
  func list(_ shape: [Int]) -> LuaValue { .list(shape.map { .integer($0) }) }
  func mebibytes(_ bytes: Int) -> LuaResult { .number(Double(bytes) / 0x1p20) }

  try session.registerClass(
    ModuleSummary.self, name: "Summary",
    properties: [
      LuaProperty("rows", get: { .list(try own($0).rows.map(row)) }),
      LuaProperty("model", get: { .string(try own($0).model) }),
      LuaProperty("input", get: { .one(list(try own($0).input)) }),
      LuaProperty("parameters", get: { .integer(try own($0).parameters) }),
      LuaProperty("trainable", get: { .integer(try own($0).trainable) }),
      LuaProperty("unused", get: { .integer(try own($0).unused) }),
      LuaProperty("macs", get: { .integer(try own($0).macs) }),
      LuaProperty("parameter_mib", get: { mebibytes(try own($0).parameterBytes) }),
      LuaProperty("activation_mib", get: { mebibytes(try own($0).activationBytes) }),
    ],
    metamethods: [method("__tostring") { call in .string(try own(call).description) }])

  func row(_ row: ModuleSummary.Row) -> LuaValue {
    .table(
      LuaTable([
        "path": .string(row.path), "type": .string(row.type), "details": .string(row.details),
        "shape": list(row.shapes.first ?? []), "shapes": .list(row.shapes.map(list)),
        "parameters": .integer(row.parameters), "macs": .integer(row.macs),
      ]))
  }
}
