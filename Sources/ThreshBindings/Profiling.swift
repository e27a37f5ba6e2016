// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// `th.profile(f, …)`: calls f with the other arguments; gives the profile and then what f returned.
func addProfiling(to th: inout Namespace) {
  th.function("profile") { call in
    let body = try call.function(1, "f")
    let arguments = try call.values(from: 2)
    let (profile, results) = try Profiler.profile { try body.call(arguments) }
    return .many([.object(profile)] + results)
  }
}

/// The Lua class `Profile`; as text it is two tables, of the operations and of the layers.
///
/// Fields: `seconds` of all, `outside` of all operations, `peak_gflops`, `threads`,
/// `rows` (list of `{op, method, title, calls, seconds, share, flops, gflops, peak_share, bytes}`, the
/// slowest first) and `layers` (list of `{path, calls, forward, backward}`, both directions with
/// `{seconds, flops, gflops}`). Rates are 1e9 a second, shares fractions of 1.
func registerProfile(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> Profile { try call.object(1, "self", as: Profile.self) }

  try session.registerClass(
    Profile.self, name: "Profile",
    methods: [
      // chrome_trace(path): every call as an event, for chrome://tracing or Perfetto.
      method("chrome_trace") { call in
        try own(call).writeChromeTrace(call.path(2, "path"))
        return .none
      }
    ],
    properties: [
      LuaProperty("seconds", get: { .number(try own($0).seconds) }),
      LuaProperty("outside", get: { .number(try own($0).outside) }),
      LuaProperty("peak_gflops", get: { .number(try own($0).peak) }),
      LuaProperty("threads", get: { .integer(try own($0).threads) }),
      LuaProperty(
        "rows",
        get: { call in
          let profile = try own(call)
          return .list(profile.rows.map { row($0, of: profile) })
        }),
      LuaProperty("layers", get: { .list(try own($0).layers.map(layer)) }),
    ],
    metamethods: [method("__tostring") { call in .string(try own(call).description) }])

  func row(_ row: Profile.Row, of profile: Profile) -> LuaValue {
    .table(
      LuaTable([
        "op": .string(row.op), "method": .string(row.method), "title": .string(row.title),
        "calls": .integer(row.calls), "seconds": .number(row.seconds),
        "share": .number(profile.seconds > 0 ? row.seconds / profile.seconds : 0),
        "flops": .integer(row.flops), "gflops": .number(rate(row.flops, row.seconds)),
        "peak_share": .number(profile.peakShare(row.flops, row.seconds)),
        "bytes": .integer(row.bytes),
      ]))
  }

  func layer(_ layer: Profile.Layer) -> LuaValue {
    .table(
      LuaTable([
        "path": .string(layer.path), "calls": .integer(layer.calls),
        "forward": pass(layer.forward), "backward": pass(layer.backward),
      ]))
  }

  func pass(_ pass: Profile.Pass) -> LuaValue {
    .table(
      LuaTable([
        "seconds": .number(pass.seconds), "flops": .integer(pass.flops),
        "gflops": .number(rate(pass.flops, pass.seconds)),
      ]))
  }

  func rate(_ flops: Int, _ seconds: Double) -> Double {
    seconds > 0 ? Double(flops) / seconds * 1e-9 : 0
  }
}
