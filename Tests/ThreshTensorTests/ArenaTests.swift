// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import ThreshTensor

/// Large blocks of memory: disjoint, writable, and found again.
struct ArenaTests {
  private static let page = 4096

  private static func take(_ count: Int, _ size: Int, _ arena: inout Arena) throws
    -> [UnsafeMutableRawPointer]
  {
    try (0..<count).map { _ in
      let block = arena.take(size)
      return try #require(block)
    }
  }

  @Test func blocks_randomlyTakenAndGivenBack_neverOverlapAndKeepWhatIsWritten() throws {
    var arena = Arena()
    var stream = RandomStream(seed: 3, purpose: "arena")
    var live: [(block: UnsafeMutableRawPointer, size: Int, mark: UInt64)] = []
    var kept = 0
    func below(_ n: Int) -> Int { Int(stream.nextUInt32()) % n }
    for step in 0..<4_000 {
      if live.isEmpty || live.count < 40 && below(2) == 0 {
        let size = Arena.size(for: 1 + below(40 * ArenaTests.page))
        let taken = arena.take(size)
        let block = try #require(taken)
        #expect(arena.contains(block) && arena.contains(block + size - 1))
        let words = block.assumingMemoryBound(to: UInt64.self)
        words[0] = UInt64(step)
        words[size / 8 - 1] = UInt64(step)
        live.append((block, size, UInt64(step)))
      } else {
        let (block, size, mark) = live.remove(at: below(live.count))
        let words = block.assumingMemoryBound(to: UInt64.self)
        #expect(words[0] == mark && words[size / 8 - 1] == mark)
        let keep = below(3) > 0
        arena.giveBack(block, size, keep: keep)
        kept += keep ? 1 : 0
      }
      if step % 1_000 == 999 {
        arena.releaseAll()
        #expect(arena.cached == 0)
      }
    }
    #expect(kept > 100)
    let sorted = live.sorted { $0.block < $1.block }
    for (a, b) in zip(sorted, sorted.dropFirst()) { #expect(a.block + a.size <= b.block) }
  }

  @Test func neighbours_givenBack_areOneHole() throws {
    var arena = Arena()
    let size = 3 * ArenaTests.page
    let blocks = try ArenaTests.take(4, size, &arena)
    #expect(blocks.indices.allSatisfy { blocks[$0] == blocks[0] + $0 * size })
    arena.giveBack(blocks[0], size, keep: true)
    arena.giveBack(blocks[2], size, keep: true)
    arena.giveBack(blocks[1], size, keep: true)
    #expect(arena.cached == 3 * size)
    let whole = arena.take(3 * size)
    #expect(whole == blocks[0])
    #expect(arena.cached == 0)
  }

  @Test func hole_inMemory_isTakenBeforeOneThatIsNot() throws {
    var arena = Arena()
    let size = ArenaTests.page
    let blocks = try ArenaTests.take(4, size, &arena)
    arena.giveBack(blocks[0], size, keep: false)
    arena.giveBack(blocks[2], size, keep: true)
    #expect(arena.cached == size)
    let taken = try ArenaTests.take(2, size, &arena)
    #expect(taken == [blocks[2], blocks[0]])
  }

  @Test func size_beyondTheRange_isRefused() {
    var arena = Arena()
    let beyond = arena.take(Int.max / 8 & -ArenaTests.page)
    #expect(beyond == nil)
    let within = arena.take(ArenaTests.page)
    #expect(within != nil)
  }
}
