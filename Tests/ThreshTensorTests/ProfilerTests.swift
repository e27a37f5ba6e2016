// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

/// The row of an operation, of whatever method.
private func row(_ profile: Profile, _ op: String) -> Profile.Row? {
  profile.rows.first { $0.op == op }
}

/// Seconds that pass only when a test says so.
private final class ManualClock {
  var now = 1000.0
  func pass(_ seconds: Double, in op: String? = nil) {
    let span = op.map { Profiler.begin($0) }
    now += seconds
    span?.end()
  }
}

@Test func spans_nested_haveTheirOwnTime() throws {
  let clock = ManualClock()
  let profile = try Profiler.profile(clock: { clock.now }) {
    clock.pass(1)
    let outer = Profiler.begin("outer")
    clock.pass(2)
    for _ in 0..<2 {
      let inner = Profiler.begin("inner")
      clock.pass(0.5, in: "innermost")
      clock.pass(3)
      inner.end()
    }
    clock.pass(5)
    outer.end()
    clock.pass(0.25)
  }.profile
  #expect(profile.rows.map(\.op) == ["outer", "inner", "innermost"])
  #expect(profile.rows.map(\.seconds) == [7, 6, 1])
  #expect(profile.rows.map(\.calls) == [1, 2, 2])
  #expect(profile.outside == 1.25)
  #expect(profile.seconds == 15.25)
}

@Test func span_endedByAnOuterOne_isCounted() throws {
  let clock = ManualClock()
  let profile = try Profiler.profile(clock: { clock.now }) {
    let outer = Profiler.begin("outer")
    let inner = Profiler.begin("inner")
    clock.pass(2)
    outer.end()
    clock.pass(1)
    inner.end()
  }.profile
  #expect(profile.rows.map(\.op) == ["inner", "outer"])
  #expect(profile.rows.map(\.seconds) == [2, 0])
  #expect(profile.outside == 1)
}

@Test func profiler_withoutAProfile_recordsNothing() throws {
  let before = Profiler.begin("before")
  _ = try ramp([3, 4], .float32).relu()
  let profile = try Profiler.profile { before.end() }.profile
  #expect(profile.rows.isEmpty)
  #expect(profile.layers.isEmpty)
}

private struct Refusal: Error {}

@Test func profile_bodyThrows_passesTheErrorAndIsOffAgain() throws {
  #expect(throws: Refusal.self) {
    try Profiler.profile {
      _ = Profiler.begin("left open")
      throw Refusal()
    }
  }
  let x = try ramp([3], .float32)
  let profile = try Profiler.profile { _ = try x.exp() }.profile
  #expect(profile.rows.map(\.op) == ["exp"])
}

@Test func profile_insideAnother_isRefused() throws {
  _ = try Profiler.profile {
    let error = #expect(throws: TensorError.self) { try Profiler.profile {} }
    #expect(error?.message.contains("profiles do not nest") == true)
  }
}

@Test(
  arguments: [
    // N, C, H, K, R, stride, groups, float64, method, of the gradient of the input
    (2, 64, 16, 64, 3, 1, 1, false, "winograd", "winograd"),
    (2, 64, 16, 64, 3, 2, 1, false, "products", "products"),
    (2, 32, 8, 48, 1, 1, 1, false, "products", "products"),
    (2, 32, 8, 32, 3, 1, 32, false, "depthwise", "depthwise"),
    (2, 32, 8, 32, 3, 2, 4, false, "patches", "patches"),
    (2, 8, 8, 16, 3, 1, 1, true, "patches", "patches"),
  ] as [(Int, Int, Int, Int, Int, Int, Int, Bool, String, String)])
func convolution_inAProfile_hasClosedFormFLOPs(
  _ n: Int, _ c: Int, _ h: Int, _ k: Int, _ r: Int, _ stride: Int, _ groups: Int, _ wide: Bool,
  _ method: String, _ dataMethod: String
) throws {
  let dtype: DType = wide ? .float64 : .float32
  let x = try ramp([n, c, h, h], dtype)
  let w = try ramp([k, c / groups, r, r], dtype).requireGrad()
  let size = (h + 2 * (r / 2) - r) / stride + 1
  let flops = 2 * n * size * size * k * (c / groups) * r * r
  func step() throws -> Profile {
    try Profiler.profile {
      try x.conv2d(w, stride: Pair(stride), padding: Pair(r / 2), groups: groups).sum().backward()
    }.profile
  }
  let weights = try step()
  for pass in ["forward", "weights"] {
    let row = row(weights, "convolution \(pass)")
    #expect(row?.flops == flops, "\(pass)")
    #expect(row?.calls == 1)
    #expect(row?.method == method, "\(pass)")
  }
  #expect(row(weights, "convolution data") == nil)
  #expect(row(weights, "conv2d")?.flops == 0)
  #expect(row(weights, "conv2d backward")?.calls == 1)
  try x.requireGrad()
  let both = try step()
  #expect(row(both, "convolution data")?.flops == flops)
  #expect(row(both, "convolution data")?.method == dataMethod)
  #expect(
    row(both, "convolution forward")?.bytes
      == (n * c * h * h + w.count + n * k * size * size) * dtype.size)
  #expect(both.rows.reduce(0) { $0 + $1.flops } == 3 * flops)
}

@Test func convNorm_inAProfile_hasThePassesOfItsConvolution() throws {
  let x = try ramp([2, 16, 8, 8], .float32)
  let w = try ramp([16, 16, 3, 3], .float32).requireGrad()
  let norm = NormSettings(weight: nil, bias: nil, running: nil, training: true)
  let profile = try Profiler.profile {
    try x.convNorm(w, ConvolutionSettings(padding: 1), norm, .relu).sum().backward()
  }.profile
  let flops = 2 * 2 * 8 * 8 * 16 * 16 * 9
  #expect(row(profile, "convolution forward")?.flops == flops)
  #expect(row(profile, "convolution weights")?.flops == flops)
  let size = 4 * x.count
  #expect(row(profile, "conv_norm")?.bytes == 2 * size)
  #expect(row(profile, "conv_norm backward")?.bytes == 5 * size)
}

@Test func linear_inAProfile_hasClosedFormFLOPsAndBytes() throws {
  let (n, i, o) = (7, 5, 3)
  let x = try ramp([n, i], .float32)
  let w = try ramp([o, i], .float32).requireGrad()
  let b = try ramp([o], .float32).requireGrad()
  func step() throws -> Profile {
    try Profiler.profile { try x.linear(w, bias: b).sum().backward() }.profile
  }
  let first = try step()
  #expect(row(first, "linear")?.flops == 2 * n * i * o)
  #expect(row(first, "linear")?.bytes == 4 * (n * i + o * i + o + n * o))
  #expect(row(first, "linear backward")?.flops == 2 * n * i * o)
  try x.requireGrad()
  #expect(row(try step(), "linear backward")?.flops == 4 * n * i * o)
}

@Test func products_inAProfile_countEveryMultiplyAccumulateTwice() throws {
  let (a, b) = (try ramp([4, 3, 5], .float32), try ramp([4, 5, 2], .float32).requireGrad())
  let profile = try Profiler.profile { try a.matmul(b).sum().backward() }.profile
  #expect(row(profile, "matmul")?.flops == 2 * 4 * 3 * 5 * 2)
  #expect(row(profile, "matmul backward")?.flops == 2 * 4 * 3 * 5 * 2)
  let (p, q) = (try ramp([9, 4], .float32), try ramp([6, 4], .float32))
  let others = try Profiler.profile {
    _ = try p.cdist(q)
    _ = try Tensor.einsum("ik,jk->ij", [p, q])
  }.profile
  #expect(row(others, "cdist")?.flops == 2 * 9 * 6 * 4)
  #expect(others.rows.reduce(0) { $0 + $1.flops } == 2 * 2 * 9 * 6 * 4)
}

@Test func elementwise_inAProfile_countsInputsAndOutputs() throws {
  let (a, b) = (try ramp([5, 4], .float32), try ramp([4], .float32))
  let profile = try Profiler.profile {
    _ = try a * b
    _ = try a + 1
    _ = try a.exp()
    _ = try a.gt(0)
  }.profile
  #expect(row(profile, "mul")?.bytes == 4 * (20 + 4 + 20))
  #expect(row(profile, "add")?.bytes == 4 * 40)
  #expect(row(profile, "exp")?.bytes == 4 * 40)
  #expect(row(profile, "gt")?.bytes == 4 * 20 + 20)
}

/// What a backward function computes with is part of it.
@Test func backward_ofAnOperation_isOneRow() throws {
  let a = try ramp([5, 4], .float32).requireGrad()
  let profile = try Profiler.profile { try (a * a).exp().sum().backward() }.profile
  let calls = Dictionary(uniqueKeysWithValues: profile.rows.map { ($0.op, $0.calls) })
  #expect(
    calls == [
      "mul": 1, "exp": 1, "sum": 1, "mul backward": 1, "exp backward": 1, "sum backward": 1,
      "accumulate gradients": 3, "tape": 1,
    ])
}

@Test func layers_calledByTheirOwner_haveItsNames() throws {
  final class Part {}
  let (model, child, loose) = (Part(), Part(), Part())
  let clock = ManualClock()
  let profile = try Profiler.profile(clock: { clock.now }) {
    for _ in 0..<2 {
      Profiler.layer(model, kind: "Model", below: { [(child, "stem.conv")] }) {
        clock.pass(1, in: "a")
        Profiler.layer(child, kind: "Conv", below: { [] }) { clock.pass(2, in: "b") }
        Profiler.layer(loose, kind: "Loose", below: { [] }) { clock.pass(3, in: "b") }
      }
    }
    Profiler.layer(Part(), kind: "Model", below: { [(Part(), "stem.conv")] }) {
      clock.pass(4, in: "a")
    }
    clock.pass(5, in: "c")
  }.profile
  #expect(profile.layers.map(\.path) == ["Model", "stem.conv", "Model.Loose", "Model#2", ""])
  #expect(profile.layers.map(\.calls) == [2, 2, 2, 1, 0])
  #expect(profile.layers.map(\.forward.seconds) == [2, 4, 6, 4, 5])
  #expect(profile.layers.allSatisfy { $0.backward.seconds == 0 })
}

@Test func chromeTrace_ofNestedSpans_isJSONOfCompleteEvents() throws {
  final class Part {}
  let clock = ManualClock()
  let x = try ramp([8], .float32)
  let profile = try Profiler.profile(clock: { clock.now }) {
    clock.pass(0.5)
    try Profiler.layer(Part(), kind: "a \"quoted\" layer", below: { [] }) {
      let outer = Profiler.begin("outer")
      clock.pass(0.25, in: "inner")
      outer.end()
      _ = try x.exp()
    }
  }.profile
  let folder = FileManager.default.temporaryDirectory
  let file = folder.appending(path: "thresh-trace-\(UUID()).json")
  defer { try? FileManager.default.removeItem(at: file) }
  try profile.writeChromeTrace(file.path)
  let trace = try JSON.parse(String(contentsOf: file, encoding: .utf8))
  let events = try #require(trace["traceEvents"]?.array).filter { $0["ph"]?.string == "X" }
  #expect(events.map { $0["name"]?.string } == ["inner", "outer", "exp", "a \"quoted\" layer"])
  #expect(events.map { $0["cat"]?.string } == ["forward", "forward", "forward", "layer"])
  #expect(events.map { $0["ts"]?.double } == [500_000, 500_000, 750_000, 500_000])
  #expect(events.map { $0["dur"]?.double } == [250_000, 250_000, 0, 250_000])
  #expect(events[2]["args"]?["layer"]?.string == "a \"quoted\" layer")
  #expect(events[2]["args"]?["bytes"]?.integer == 64)
  #expect(trace["otherData"]?["dropped"]?.integer == 0)
  #expect(throws: TensorError.self) {
    try profile.writeChromeTrace(folder.appending(path: "no/such/folder/trace.json").path)
  }
}

@Test func profile_asText_listsOperationsAndTotal() throws {
  let clock = ManualClock()
  let x = try ramp([10, 10], .float32)
  let profile = try Profiler.profile(clock: { clock.now }) {
    clock.pass(0.003, in: "slow")
    clock.pass(0.001)
    _ = try x.matmul(x)
  }.profile
  let lines = profile.description.split(separator: "\n").map {
    $0.split(separator: " ").map(String.init)
  }
  #expect(lines.contains(["slow", "1", "3.000", "75.0%", "-", "-", "-", "-", "-"]))
  #expect(lines.contains(["(outside", "operations)", "1.000", "25.0%"]))
  #expect(lines.contains { $0.starts(with: ["matmul", "1", "0.000", "0.0%", "0.0000"]) })
  #expect(lines.contains { $0.starts(with: ["total", "2", "4.000", "100.0%", "0.0000"]) })
  #expect(profile.peak > 0)
}
