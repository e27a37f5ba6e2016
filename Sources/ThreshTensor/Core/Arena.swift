// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Large blocks, cut from one range of addresses: the first hole that fits is taken, one in memory
/// before one that is not, and neighbouring holes become one. So a training step, whose blocks have
/// many sizes, finds all of its memory where the step before left it.
///
/// The range is reserved once, several times as large as the machine's memory, and becomes memory
/// where it is touched. Huge pages are not asked for: they gained a training step 1 % at most, and
/// made its first touches several times slower. The owner's lock keeps others out.
struct Arena: @unchecked Sendable {
  /// Blocks from this size on are large.
  static let leastBlock = 256 << 10
  private static let grain = 4096
  /// Memory is made usable in steps.
  private static let step = 32 << 20

  /// A range of free addresses below `top`.
  private struct Hole {
    var start: Int
    var size: Int
    /// Whether some of its pages may be in memory.
    var resident: Bool
    var end: Int { start + size }
  }

  private let base: UnsafeMutableRawPointer?
  private let capacity: Int
  /// Offsets from `base`: what was ever handed out, and what may be touched.
  private var top = 0
  private var usable = 0
  /// By address; no two touch.
  private var holes: [Hole] = []
  /// Bytes of holes that may be in memory.
  private(set) var cached = 0

  init() {
    let wanted = 4 * sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    // Where address space is scarce, blocks come from malloc as small ones do.
    let address = mmap(
      nil, wanted, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)
    base = address == MAP_FAILED ? nil : address
    capacity = base == nil ? 0 : wanted
  }

  /// Rounds up to whole pages.
  static func size(for bytes: Int) -> Int { (bytes + grain - 1) & -grain }

  func contains(_ block: UnsafeMutableRawPointer) -> Bool {
    guard let base else { return false }
    return block >= base && block < base + capacity
  }

  /// A block of `size` bytes (of `size(for:)`); nil when the range or the system has no more.
  mutating func take(_ size: Int) -> UnsafeMutableRawPointer? {
    guard let base else { return nil }
    let fitting = { (hole: Hole) in hole.size >= size }
    let found =
      holes.firstIndex { $0.resident && fitting($0) } ?? holes.firstIndex(where: fitting)
    if let found {
      let hole = holes[found]
      if hole.resident { cached -= size }
      if hole.size == size {
        holes.remove(at: found)
      } else {
        holes[found].start += size
        holes[found].size -= size
      }
      return base + hole.start
    }
    // Beyond the top, or from a hole that ends there.
    let last = holes.last.flatMap { $0.end == top ? $0 : nil }
    let start = last?.start ?? top
    guard grow(to: start + size) else { return nil }
    if let last {
      holes.removeLast()
      if last.resident { cached -= last.size }
    }
    top = start + size
    return base + start
  }

  private mutating func grow(to end: Int) -> Bool {
    guard let base, end <= capacity else { return false }
    if end <= usable { return true }
    let next = min(capacity, (end + Arena.step - 1) / Arena.step * Arena.step)
    guard mprotect(base + usable, next - usable, PROT_READ | PROT_WRITE) == 0 else { return false }
    usable = next
    return true
  }

  /// Takes a block back.
  ///
  /// - Parameter keep: whether its pages stay in memory for the next block.
  mutating func giveBack(_ block: UnsafeMutableRawPointer, _ size: Int, keep: Bool) {
    guard let base else { return }
    if !keep { madvise(block, size, MADV_DONTNEED) }
    var hole = Hole(start: block - UnsafeMutableRawPointer(base), size: size, resident: keep)
    if keep { cached += size }
    // The first hole behind it.
    var (low, high) = (0, holes.count)
    while low < high {
      let middle = (low + high) / 2
      if holes[middle].start < hole.start { low = middle + 1 } else { high = middle }
    }
    var replaced = low..<low
    // Holes become one where both are in memory or neither is.
    if low > 0, holes[low - 1].end == hole.start, holes[low - 1].resident == keep {
      hole.start = holes[low - 1].start
      hole.size += holes[low - 1].size
      replaced = low - 1..<low
    }
    if low < holes.count, holes[low].start == hole.end, holes[low].resident == keep {
      hole.size += holes[low].size
      replaced = replaced.lowerBound..<low + 1
    }
    holes.replaceSubrange(replaced, with: CollectionOfOne(hole))
  }

  /// Gives the pages of every hole back to the system.
  mutating func releaseAll() {
    guard let base else { return }
    for hole in holes where hole.resident { madvise(base + hole.start, hole.size, MADV_DONTNEED) }
    cached = 0
    var merged: [Hole] = []
    for hole in holes {
      if let last = merged.last, last.end == hole.start {
        merged[merged.count - 1].size += hole.size
      } else {
        merged.append(Hole(start: hole.start, size: hole.size, resident: false))
      }
    }
    holes = merged
  }
}
