// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// The random numbers of calls that name no seed: one seed a session, a new stream for each call.
final class DefaultRandom {
  private(set) var seed: UInt64
  private(set) var draws = 0

  init(seed: UInt64) { self.seed = seed }

  /// Starts over from another seed, or goes on behind `draws` streams of it.
  func reset(_ seed: UInt64, draws: Int = 0) {
    self.seed = seed
    self.draws = draws
  }

  /// A stream that no other call has.
  func stream() -> RandomStream {
    defer { draws += 1 }
    return RandomStream(seed: seed, purpose: "default", index: draws)
  }

  /// A seed that no other call has, for what numbers its own streams.
  func nextSeed() -> UInt64 {
    var stream = stream()
    return stream.nextUInt64()
  }
}

/// A named stream of random numbers, as heuristics get it in `ctx.rng`.
final class LuaStream {
  var stream: RandomStream
  init(_ stream: RandomStream) { self.stream = stream }
}

func registerStream(in session: LuaSession) throws {
  func own(_ call: LuaCall) throws -> LuaStream { try call.object(1, "self", as: LuaStream.self) }
  try session.registerClass(
    LuaStream.self, name: "Stream",
    methods: [
      method("uniform") { call in .number(try own(call).stream.uniform()) },
      method("normal") { call in .number(try own(call).stream.normal()) },
      method("integer") { call in
        let (low, high) = (try call.integer(2, "low"), try call.integer(3, "high"))
        let (span, overflow) = high.subtractingReportingOverflow(low)
        guard !overflow, span >= 0, span < Int.max else {
          throw call.argumentError(3, "high", "must be at least low, \(low), got \(high)")
        }
        return .integer(low + (try own(call).stream.integer(below: span + 1)))
      },
      method("permutation") { call in
        let n = try listSize(call, 2, "n")
        return .tensor(try oneBased(Tensor.randperm(n, stream: &own(call).stream)))
      },
      method("sample") { call in
        let (k, n) = (try listSize(call, 2, "k"), try listSize(call, 3, "n", bytes: 0))
        let drawn = try own(call).stream.sample(k, of: n)
        return .tensor(try Tensor(drawn.map { Int64($0 + 1) }))
      },
      method("rand") { call in
        let (shape, options) = try shapeAndOptions(call, from: 2, ["dtype"])
        return .tensor(
          try Tensor.rand(shape, options.dtype() ?? .float32, stream: &own(call).stream))
      },
      method("randn") { call in
        let (shape, options) = try shapeAndOptions(call, from: 2, ["dtype"])
        return .tensor(
          try Tensor.randn(shape, options.dtype() ?? .float32, stream: &own(call).stream))
      },
    ])
}

/// A count that becomes the length of a list: neither negative nor beyond any memory.
///
/// - Parameter bytes: what an item takes while the list is made; 0 for a list only imagined.
func listSize(_ call: LuaCall, _ i: Int, _ name: String, bytes: Int = 32) throws -> Int {
  let n = try call.count(i, name)
  guard n <= 1 << 36 else { throw call.argumentError(i, name, "\(n) is too many") }
  try MemoryPool.shared.require(n * bytes, call.function)
  return n
}

/// `th.manual_seed`, `th.rand`, `th.randn`, `th.randint`, `th.randperm`, `th.bernoulli`,
/// `th.multinomial`, `th.stream`.
func addRandom(to th: inout Namespace, random: DefaultRandom) {
  func stream(_ call: LuaCall, _ options: LuaOptions) throws -> RandomStream {
    guard let seed = try options.seed() else { return random.stream() }
    return RandomStream(seed: seed, purpose: "lua")
  }
  let shared = ["dtype", "seed", "requires_grad"]

  th.function("manual_seed", most: 1) { call in
    random.reset(UInt64(bitPattern: Int64(try call.integer(1, "seed"))))
    return .none
  }
  th.function("seed") { _ in .integer(Int(Int64(bitPattern: random.seed))) }
  // Where the default random numbers stand: their seed, how many calls have drawn, and the words of
  // math.random.
  th.function("get_rng_state", most: 0) { call in
    let words = try call.session.randomWords
    return .one(
      .table(
        LuaTable([
          "seed": .integer(Int64(bitPattern: random.seed)), "draws": .integer(random.draws),
          "math": words.map {
            .table(LuaTable(array: $0.map { .integer(Int64(bitPattern: $0)) }))
          } ?? .nil,
        ])))
  }
  th.function("set_rng_state", most: 1) { call in
    let o = try call.options(at: 1, allowed: ["seed", "draws", "math"])
    let draws = try o.required("draws", o.integer("draws"))
    guard draws >= 0 else { throw o.error("draws", "must not be negative, got \(draws)") }
    let seed = try o.required("seed", o.seed())
    if let words = try o.integers("math") {
      guard words.count == 4, words != [0, 0, 0, 0] else {
        throw o.error("math", "must be 4 integers that are not all 0, got \(words)")
      }
      try call.session.setRandomWords(words.map { UInt64(bitPattern: Int64($0)) })
    }
    random.reset(seed, draws: draws)
    return .none
  }
  th.function("stream") { call in
    let seed = UInt64(bitPattern: Int64(try call.integer(1, "seed")))
    let purpose = try call.string(2, "purpose")
    let epoch = try call.optionalInteger(3, "epoch") ?? 0
    let index = try call.optionalInteger(4, "index") ?? 0
    return .object(
      LuaStream(RandomStream(seed: seed, purpose: purpose, epoch: epoch, index: index)))
  }

  for (name, make) in [
    ("rand", { try Tensor.rand($0, $1, stream: &$2) }),
    ("randn", { try Tensor.randn($0, $1, stream: &$2) }),
  ] as [(String, ([Int], DType, inout RandomStream) throws -> Tensor)] {
    th.function(name) { call in
      let (shape, options) = try shapeAndOptions(call, shared)
      var source = try stream(call, options)
      return try finished(make(shape, options.dtype() ?? .float32, &source), options)
    }
  }
  for (name, make) in [
    ("rand_like", { try Tensor.rand($0, $1, stream: &$2) }),
    ("randn_like", { try Tensor.randn($0, $1, stream: &$2) }),
  ] as [(String, ([Int], DType, inout RandomStream) throws -> Tensor)] {
    th.function(name) { call in
      let like = try call.tensor(1, "tensor")
      let options = try call.options(at: 2, allowed: shared)
      var source = try stream(call, options)
      return try finished(make(like.shape, options.dtype() ?? like.dtype, &source), options)
    }
  }
  // normal(mean, std, shape)
  th.function("normal") { call in
    let (mean, std) = (try call.number(1, "mean"), try call.number(2, "std"))
    guard std >= 0 else { throw call.argumentError(2, "std", "must not be negative, got \(std)") }
    let shape =
      call.kind(3) == .table ? try call.integers(3, "shape") : [try call.count(3, "shape")]
    let options = try call.options(at: 4, allowed: shared)
    var source = try stream(call, options)
    return try finished(
      Tensor.randn(
        shape, options.dtype() ?? .float32, mean: mean, std: std, stream: &source), options)
  }
  th.function("randint") { call in
    let (low, high) = (try call.integer(1, "low"), try call.integer(2, "high"))
    let shape =
      call.kind(3) == .table ? try call.integers(3, "shape") : [try call.count(3, "shape")]
    let options = try call.options(at: 4, allowed: shared)
    guard high >= low, high < Int.max else {
      throw call.argumentError(2, "high", "must be at least low, \(low), got \(high)")
    }
    var source = try stream(call, options)
    return try finished(
      Tensor.randint(low, high + 1, shape, options.dtype() ?? .int64, stream: &source), options)
  }
  th.function("randperm") { call in
    let n = try listSize(call, 1, "n")
    let options = try call.options(at: 2, allowed: ["seed"])
    var source = try stream(call, options)
    return .tensor(try oneBased(Tensor.randperm(n, stream: &source)))
  }
  th.function("bernoulli") { call in
    // A tensor of probabilities gives one draw for each, of its shape and type.
    if let p = try call.objectIf(1, "p", as: Tensor.self) {
      let options = try call.options(at: 2, allowed: shared)
      var source = try stream(call, options)
      let draws = try Tensor.bernoulli(p, stream: &source)
      return try finished(draws.cast(options.dtype() ?? draws.dtype), options)
    }
    let p = try call.number(1, "p")
    let shape =
      call.kind(2) == .table ? try call.integers(2, "shape") : [try call.count(2, "shape")]
    let options = try call.options(at: 3, allowed: shared)
    var source = try stream(call, options)
    return try finished(
      Tensor.bernoulli(p, shape, options.dtype() ?? .bool, stream: &source), options)
  }
  th.function("multinomial") { call in
    let weights = try call.tensorOrList(1, "weights", dtype: .float64)
    let n = try listSize(call, 2, "n")
    let options = try call.options(at: 3, allowed: ["replacement", "seed"])
    var source = try stream(call, options)
    let drawn = try Tensor.multinomial(
      weights, n, replacement: options.boolean("replacement") ?? false, stream: &source)
    return .tensor(try oneBased(drawn))
  }
}

/// `t:uniform_(low, high)` and `t:normal_(mean, std)`.
func addRandomFills(to operations: inout TensorOperations, random: DefaultRandom) {
  for (name, names, fits, make) in [
    (
      "uniform_", ("low", "high"), { $0 <= $1 },
      { try Tensor.rand($0.shape, $0.dtype, low: $1, high: $2, stream: &$3) }
    ),
    (
      "normal_", ("mean", "std"), { $1 >= 0 },
      { try Tensor.randn($0.shape, $0.dtype, mean: $1, std: $2, stream: &$3) }
    ),
  ]
    as [(
      String, (String, String), (Double, Double) -> Bool,
      (Tensor, Double, Double, inout RandomStream) throws -> Tensor
    )]
  {
    operations.add(name, most: 4) { call, t in
      let (a, b) = (
        try call.optionalNumber(2, names.0) ?? 0, try call.optionalNumber(3, names.1) ?? 1
      )
      guard fits(a, b) else {
        throw call.argumentError(
          3, names.1,
          name == "normal_"
            ? "must not be negative, got \(b)" : "must be at least low, \(a), got \(b)")
      }
      let options = try call.options(at: 4, allowed: ["seed"])
      var source =
        try options.seed().map { RandomStream(seed: $0, purpose: "lua") }
        ?? random.stream()
      return .tensor(try t.copy_(make(t, a, b, &source)))
    }
  }
}
