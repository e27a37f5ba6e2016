// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing
import ThreshTensor

/// Every differentiable operation, in families.
private let families: [(name: String, cases: @Sendable () throws -> [Case])] = [
  ("unary", unaryCases), ("binary", binaryCases), ("choice", choiceCases),
  ("reduction", reductionCases), ("along a dimension", alongDimCases), ("views", viewCases),
  ("joining", joiningCases), ("indexing", indexingCases), ("index writes", indexWriteCases),
  ("matmul", matmulCases), ("products", productCases), ("solvers", solverCases),
  ("factors", factorCases), ("convolution", convolutionCases), ("pooling", poolingCases),
  ("normalisation", normalisationCases), ("layers", layerCases), ("activated", activatedCases),
  ("convolution and norm", convNormCases), ("losses", lossCases),
]

/// Central differences in float64, every memory order, float32, and `keep`: see `Case.check`.
@Test(arguments: families.map(\.name))
func gradients_everyOperation_matchDifferences(_ family: String) throws {
  let cases = try #require(families.first { $0.name == family }).cases
  for one in try cases() { try one.check() }
}

/// Public methods of `Tensor` that no case tries, and why.
private let withoutGradient: [String: Set<String>] = [
  "bools, integers, counts and positions": [
    "floorDivide", "lt", "le", "gt", "ge", "eq", "ne", "logicalAnd", "logicalOr", "logicalXor",
    "logicalNot", "bitwiseAnd", "bitwiseOr", "bitwiseXor", "bitwiseNot", "equal", "isclose",
    "allclose", "isnan", "isinf", "isfinite", "countNonzero", "any", "all", "argmax", "argmin",
    "argsort", "bincount", "histc", "searchsorted", "unique", "uniqueWithCounts", "nonzero",
    "oneHot", "isin",
  ],
  "decompositions whose backward pass is an error": ["svd", "svdvals", "lstsq"],
  "made from nothing": ["eye"],
  "writes, which the tape refuses": ["assign", "delivered"],
  "what the operators and the named operations call": ["binary", "unary", "binaryInPlace"],
]

/// The names of public functions in the sources of operations.
private func publicFunctions() throws -> Set<String> {
  let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/ThreshTensor")
  var names: Set<String> = []
  for folder in [
    "Elementwise", "Reduction", "Ordering", "InPlace", "Indexing", "Joining", "Linear", "Views",
    "Images",
  ] {
    let path = sources.appending(path: folder).path
    for file in try FileManager.default.subpathsOfDirectory(atPath: path)
    where file.hasSuffix(".swift") {
      let text = try String(contentsOfFile: "\(path)/\(file)", encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.first == "public", let at = words.firstIndex(of: "func"),
          words.indices.contains(at + 1)
        else { continue }
        names.insert(String(words[at + 1].prefix { $0 != "(" && $0 != "<" && $0 != "`" }))
        if words[at + 1].hasPrefix("`") {
          names.insert(String(words[at + 1].dropFirst().prefix { $0 != "`" }))
        }
      }
    }
  }
  return names.subtracting([""])
}

@Test func gradients_everyPublicOperation_hasACase() throws {
  let inSources = try publicFunctions()
  #expect(inSources.count > 150)
  let tried = Set(try families.flatMap { try $0.cases().map(\.method) })
  let excluded = withoutGradient.values.reduce(into: Set<String>()) { $0.formUnion($1) }
  let writes = inSources.filter { $0.hasSuffix("_") }
  let missing = inSources.subtracting(tried).subtracting(excluded).subtracting(writes)
  #expect(missing.isEmpty, "without a case in Gradients/ or a reason here: \(missing.sorted())")
  #expect(excluded.subtracting(inSources).isEmpty, "excluded, but gone")
  #expect(excluded.intersection(tried).isEmpty, "excluded, but tried")
}

/// Every writing operation, with what it writes.
private let writes: [(name: String, f: @Sendable (Tensor, Tensor) throws -> Void)] = [
  ("copy_", { try $0.copy_($1) }), ("add_", { try $0.add_($1) }), ("sub_", { try $0.sub_($1) }),
  ("mul_", { try $0.mul_($1) }), ("div_", { try $0.div_($1) }), ("pow_", { try $0.pow_($1) }),
  ("remainder_", { try $0.remainder_($1) }), ("floorDivide_", { try $0.floorDivide_($1) }),
  ("maximum_", { try $0.maximum_($1) }), ("minimum_", { try $0.minimum_($1) }),
  ("addcmul_", { try $0.addcmul_($1, $1) }),
  ("scatter_", { try $0.scatter_(0, Tensor([1, 0] as [Int64]), $1) }),
  ("scatterAdd_", { try $0.scatterAdd_(0, Tensor([1, 0] as [Int64]), $1) }),
  ("indexAdd_", { try $0.indexAdd_(0, Tensor([1, 0] as [Int64]), $1) }),
  ("indexCopy_", { try $0.indexCopy_(0, Tensor([1, 0] as [Int64]), $1) }),
  ("put_", { try $0.put_(Tensor([1, 0] as [Int64]), $1) }),
  ("maskedScatter_", { try $0.maskedScatter_(Tensor([true, true]), $1) }),
  ("assign", { try $0.assign([.all], $1) }), ("delivered", { _ = try $1.delivered(to: $0, "add") }),
]

/// Writing operations with numbers alone.
private let fills: [(name: String, f: @Sendable (Tensor) throws -> Void)] = [
  ("fill_", { try $0.fill_(2) }), ("zero_", { try $0.zero_() }), ("relu_", { try $0.relu_() }),
  ("exp_", { try $0.exp_() }), ("sqrt_", { try $0.sqrt_() }), ("neg_", { try $0.neg_() }),
  ("sigmoid_", { try $0.sigmoid_() }), ("tanh_", { try $0.tanh_() }),
  ("clamp_", { try $0.clamp_(min: 0.5) }), ("unary_", { try $0.unary_(.sin) }),
  ("maskedFill_", { try $0.maskedFill_(Tensor([true, false]), 5) }),
  ("indexFill_", { try $0.indexFill_(0, Tensor([1] as [Int64]), 5) }),
]

/// The tape records no write: it refuses those it would have to know of, and notices those to what it
/// has saved.
@Test func inPlace_everyOperation_isRefusedOnTheTapeAndNoticedBySaved() throws {
  var all: [(name: String, f: (Tensor) throws -> Void)] = fills.map { ($0.name, $0.f) }
  for (name, f) in writes {
    all.append((name, { try f($0, Tensor([0.3, 0.7] as [Double])) }))
  }
  for (name, f) in all {
    let leaf = try Tensor([1.5, 2.5] as [Double]).requireGrad()
    #expect(throws: TensorError.self, "\(name) of a leaf") { try f(leaf) }
    let inner = try leaf * 2
    #expect(throws: TensorError.self, "\(name) on the tape") { try f(inner) }
    #expect(try leaf.values(Double.self) == [1.5, 2.5] && inner.values(Double.self) == [3, 5])
    let factor = try Tensor([1.5, 2.5] as [Double])
    let y = try (leaf * factor).sum()
    try f(factor)
    let error = #expect(throws: TensorError.self, "\(name) of a saved tensor") { try y.backward() }
    #expect(error?.description.contains("changed in place") == true)
  }
  for (name, f) in writes {
    let leaf = try Tensor([1.5, 2.5] as [Double]).requireGrad()
    let target = try Tensor([1.5, 2.5] as [Double])
    #expect(throws: TensorError.self, "\(name) from the tape") { try f(target, leaf) }
  }
  let named = Set(writes.map(\.name) + fills.map(\.name))
  let missing = try publicFunctions().filter { $0.hasSuffix("_") }.subtracting(named)
  #expect(missing.isEmpty, "\(missing.sorted())")
}

@Test func decompositions_backward_isRefusedByName() throws {
  let a = try (spread([3, 3]) + Tensor.eye(3, dtype: .float64)).requireGrad()
  for (name, y) in try [
    ("svd", a.svd().s), ("svd", a.svd().u), ("svdvals", a.svdvals()),
    ("lstsq", a.lstsq(spread([3])).solution), ("lstsq", a.lstsq(spread([3, 2])).residuals),
    // Of a wide matrix.
    ("qr", a.narrow(0, 0, 2).qr().q), ("qr", a.narrow(0, 0, 2).qr().r),
  ] {
    let error = #expect(throws: TensorError.self) { try y.sum().backward() }
    #expect(error?.description.contains("'\(name)' has no gradient") == true)
  }
}

@Test func amax_ties_shareTheGradient() throws {
  let x = try Tensor([3.0, 1, 3, 2] as [Double]).requireGrad()
  try x.amax().backward()
  #expect(try x.grad?.values(Double.self) == [0.5, 0, 0.5, 0])
}

@Test func kinks_subgradients_arePyTorchs() throws {
  func slope(_ f: (Tensor) throws -> Tensor) throws -> [Double] {
    let x = try Tensor([-1.0, 0, 1, 6] as [Double]).requireGrad()
    try f(x).sum().backward()
    return try #require(x.grad).values(Double.self)
  }
  #expect(try slope { try $0.abs() } == [-1, 0, 1, 1])
  #expect(try slope { try $0.relu() } == [0, 0, 1, 1])
  #expect(try slope { try $0.rectified(limit: 6) } == [0, 0, 1, 0])
  #expect(try slope { try $0.clamp(min: 0, max: 6) } == [0, 1, 1, 1])
  #expect(try slope { try $0.maximum(0) } == [0, 0.5, 1, 1])
  #expect(try slope { try $0.pow(0) } == [0, 0, 0, 0])
  #expect(
    try slope { try $0.l1Loss(Tensor.zeros([4], .float64), reduction: .sum) } == [-1, 0, 1, 1])
  #expect(try slope { try ($0 * 0).norm() } == [0, 0, 0, 0])
  #expect(try slope { try ($0 * 0).std() } == [0, 0, 0, 0])
}

@Test func prodAndCumprod_gradientsAtZeros_areExact() throws {
  let x = try Tensor([2.0, 0, 3, 0.5, 0, 0, 4, 5] as [Double], [2, 4]).requireGrad()
  try x.prod(dims: [1]).sum().backward()
  #expect(try x.grad?.values(Double.self) == [0, 3, 0, 0, 0, 0, 0, 0])
}

@Test func softmax_hugeAndMaskedElements_stayFinite() throws {
  let x = try Tensor([1e4, 1e4, -.infinity] as [Float])
  #expect(try x.softmax(0).values(Float.self) == [0.5, 0.5, 0])
  let y = try Tensor([-.infinity, -.infinity] as [Double])
  #expect(try y.logsumexp().item() == -.infinity)
}

@Test func reshape_channelsLast_copiesToLogicalOrder() throws {
  let x = try spread([2, 3, 4, 5])
  let y = try x.channelsLast()
  #expect(y.isChannelsLast)
  #expect(try y.flatten(start: 1).values(Double.self) == x.values(Double.self))
  #expect(try y.reshape([6, 20]).values(Double.self) == x.values(Double.self))
}
