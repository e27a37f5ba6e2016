// SPDX-License-Identifier: Apache-2.0

extension Tensor {
  /// Sums of products by Einstein's convention: `einsum("ij,jk->ik", [a, b])` is a product of
  /// matrices. A letter stands for one dimension; letters that the output lacks are summed over.
  ///
  /// Without `->` the output has the letters that come once, in alphabetical order. Operands are
  /// joined from the left to the right, each time by one matrix product.
  public static func einsum(_ equation: String, _ operands: [Tensor]) throws -> Tensor {
    let span = Profiler.begin("einsum")
    defer { span.end() }
    let terms = try EinsumTerms(equation, operands)
    var sum = try terms.diagonal(0)
    for i in 1..<max(1, operands.count) {
      let later = Set(terms.inputs[(i + 1)...].joined()).union(terms.output)
      sum = try sum.joined(with: terms.diagonal(i), keeping: later, terms.extents)
    }
    return try sum.reduced(to: Set(terms.output)).ordered(terms.output)
  }
}

/// A tensor with a letter for each of its dimensions.
private struct Lettered {
  var letters: [Character]
  var tensor: Tensor

  /// Summed over the letters that are not in `kept`.
  func reduced(to kept: Set<Character>) throws -> Lettered {
    let gone = letters.indices.filter { !kept.contains(letters[$0]) }
    if gone.isEmpty { return self }
    return Lettered(
      letters: letters.filter(kept.contains), tensor: try tensor.sum(dims: gone))
  }

  func ordered(_ wanted: [Character]) throws -> Tensor {
    if wanted == letters { return tensor }
    return try tensor.permute(wanted.compactMap { letters.firstIndex(of: $0) })
  }

  /// The sum of products with `other`: letters of both are batches when `later` names them, else they
  /// are summed over.
  func joined(
    with other: Lettered, keeping later: Set<Character>, _ extents: [Character: Int]
  ) throws -> Lettered {
    let a = try reduced(to: later.union(other.letters))
    let b = try other.reduced(to: later.union(letters))
    let (mine, theirs) = (Set(a.letters), Set(b.letters))
    let batch = a.letters.filter { theirs.contains($0) && later.contains($0) }
    let summed = a.letters.filter { theirs.contains($0) && !later.contains($0) }
    let rows = a.letters.filter { !theirs.contains($0) }
    let columns = b.letters.filter { !mine.contains($0) }
    func shape(_ letters: [Character]) -> [Int] { letters.map { extents[$0] ?? 1 } }
    func size(_ letters: [Character]) -> Int { shape(letters).reduce(1, *) }
    // Plain matrices without a batch: rows of the first operand stay apart on the tape.
    let stack = batch.isEmpty ? [] : [size(batch)]
    let x = try a.ordered(batch + rows + summed).reshape(stack + [size(rows), size(summed)])
    let y = try b.ordered(batch + summed + columns).reshape(stack + [size(summed), size(columns)])
    let product = try x.matmul(y).reshape(shape(batch) + shape(rows) + shape(columns))
    return Lettered(letters: batch + rows + columns, tensor: product)
  }
}

/// The letters of an equation, checked against its operands.
private struct EinsumTerms {
  let inputs: [[Character]]
  let output: [Character]
  private(set) var extents: [Character: Int] = [:]
  private let operands: [Tensor]

  init(_ equation: String, _ operands: [Tensor]) throws {
    func refused(_ why: String) -> TensorError { TensorError("einsum", "'\(equation)': \(why)") }
    let text = equation.filter { $0 != " " }
    var sides = text.split(separator: ">", omittingEmptySubsequences: false).map(Array.init)
    if sides.count == 2 {
      guard sides[0].popLast() == "-" else { throw refused("'->' expected before the output") }
    }
    guard sides.count <= 2 else { throw refused("one '->' is the most there can be") }
    inputs = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(Array.init)
    for letter in inputs.joined() + (sides.count == 2 ? sides[1] : []) {
      guard letter.isASCII, letter.isLetter else {
        throw refused("only letters stand for dimensions, got '\(letter)'")
      }
    }
    let all = Array(inputs.joined())
    output =
      sides.count == 2
      ? sides[1] : Set(all).filter { c in all.filter { $0 == c }.count == 1 }.sorted()
    guard Set(output).count == output.count, Set(output).isSubset(of: all) else {
      throw refused("each letter of the output must come in an input, and once in the output")
    }
    guard inputs.count == operands.count else {
      throw refused("\(inputs.count) terms for \(operands.count) tensors")
    }
    self.operands = operands
    for (i, (letters, tensor)) in zip(inputs, operands).enumerated() {
      guard letters.count == tensor.ndim else {
        throw refused(
          "term \(i + 1) has \(letters.count) letters, its tensor shape \(shapeText(tensor.shape))")
      }
      for (letter, extent) in zip(letters, tensor.shape) {
        guard extents[letter] ?? extent == extent else {
          throw refused("'\(letter)' stands for \(extents[letter] ?? 0) and for \(extent)")
        }
        extents[letter] = extent
      }
    }
  }

  /// Operand `i` with each letter once: repeated ones become the diagonal of their dimensions.
  func diagonal(_ i: Int) throws -> Lettered {
    var (letters, tensor) = (inputs[i], operands[i])
    var d = 0
    while d < letters.count {
      if let again = letters[(d + 1)...].firstIndex(of: letters[d]) {
        tensor = try tensor.diagonal(dim1: d, dim2: again)
        let letter = letters[d]
        letters.remove(at: again)
        letters.remove(at: d)
        letters.append(letter)
      } else {
        d += 1
      }
    }
    return Lettered(letters: letters, tensor: tensor)
  }
}
