// SPDX-License-Identifier: Apache-2.0

/// ` (did you mean 'keepdim'?)`, or nothing when no known name is near.
public func suggestion(_ name: String, _ known: some Sequence<String>) -> String {
  let limit = max(1, min(name.utf8.count, 9) / 3 + 1)
  var best: (distance: Int, name: String)?
  for candidate in known {
    let distance = editDistance(Array(name.utf8.prefix(64)), Array(candidate.utf8.prefix(64)))
    if distance < best?.distance ?? (limit + 1) { best = (distance, candidate) }
  }
  return best.map { " (did you mean '\($0.name)'?)" } ?? ""
}

/// Insertions, deletions, changes and swaps of neighbours between two texts (optimal string
/// alignment).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
      }
    }
    (beforeLast, last) = (last, row)
  }
  return last[b.count]
}
