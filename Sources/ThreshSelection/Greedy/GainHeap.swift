// SPDX-License-Identifier: Apache-2.0

/// Candidates by gain, the largest first, and the lowest candidate of equals.
struct GainHeap {
  struct Entry {
    let gain: Double
    let candidate: Int

    func comesBefore(_ other: Entry) -> Bool {
      gain > other.gain || (gain == other.gain && candidate < other.candidate)
    }
  }

  private(set) var entries: [Entry]

  init(_ entries: [Entry]) {
    self.entries = entries
    for i in stride(from: entries.count / 2 - 1, through: 0, by: -1) { sink(i) }
  }

  var first: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var i = entries.count - 1
    while i > 0 {
      let parent = (i - 1) / 2
      guard entries[i].comesBefore(entries[parent]) else { return }
      entries.swapAt(i, parent)
      i = parent
    }
  }

  mutating func pop() -> Entry? {
    guard let top = entries.first else { return nil }
    let last = entries.removeLast()
    if !entries.isEmpty {
      entries[0] = last
      sink(0)
    }
    return top
  }

  private mutating func sink(_ from: Int) {
    var i = from
    while true {
      var least = i
      for child in 2 * i + 1...2 * i + 2
      where child < entries.count && entries[child].comesBefore(entries[least]) {
        least = child
      }
      if least == i { return }
      entries.swapAt(i, least)
      i = least
    }
  }
}
