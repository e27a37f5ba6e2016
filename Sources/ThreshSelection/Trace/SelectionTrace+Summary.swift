// SPDX-License-Identifier: Apache-2.0

extension SelectionTrace {
  /// In how many selections each candidate is. (n)
  public var counts: [Int] {
    var counts = [Int](repeating: 0, count: header.n)
    for event in events {
      for index in event.selection.indices { counts[index] += 1 }
    }
    return counts
  }

  /// How often each image came by a batch selector, and how often it was kept. (n), (n)
  public var batchCounts: (seen: [Int], kept: [Int]) {
    var seen = [Int](repeating: 0, count: header.n)
    var kept = seen
    for event in batchEvents {
      for (i, image) in event.images.enumerated() {
        seen[image] += event.seen[i]
        kept[image] += event.kept[i]
      }
    }
    return (seen, kept)
  }

  /// The epochs of the run: as its header says, else up to the last event.
  public var epochs: Int {
    let last = max(events.last?.epoch ?? -1, batchEvents.last?.epoch ?? -1)
    return header.epochs ?? (last == .max ? last : last + 1)
  }
}

/// The overlap of sets of candidates.
public enum Overlap {
  /// `|A ∩ B| / |A ∪ B|`; 1 for two empty sets.
  public static func jaccard(_ a: some Sequence<Int>, _ b: some Sequence<Int>) -> Double {
    let (a, b) = (Set(a), Set(b))
    let shared = a.intersection(b).count
    let all = a.count + b.count - shared
    return all == 0 ? 1 : Double(shared) / Double(all)
  }
}
