// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Scratch memory for parallel tasks: one block for each thread that works, not for each task.
enum Workspace {
  /// Runs `body(task, block)` for every task, with a block of `bytes` bytes that no other task has.
  static func run(
    _ tasks: Int, bytes: Int, _ body: (_ task: Int, _ block: UnsafeMutableRawPointer) -> Void
  ) throws {
    if tasks <= 0 { return }
    let blocks = try (0..<min(tasks, Workers.threadCount)).map { _ in
      try Storage(byteCount: max(bytes, 1))
    }
    let free = Mutex(blocks)
    Workers.run(tasks) { task in
      var block = free.withLock { $0.popLast() }
      // More threads than blocks: only when the thread count was raised meanwhile.
      while block == nil {
        sched_yield()
        block = free.withLock { $0.popLast() }
      }
      if let block {
        body(task, block.base)
        free.withLock { $0.append(block) }
      }
    }
  }

  /// Cuts `0..<n` into at most `most` ranges of at least `grain`; the cut depends on nothing else.
  static func pieces(_ n: Int, grain: Int, most: Int = 64) -> [Range<Int>] {
    if n <= 0 { return [] }
    let size = max(grain, n / most + (n % most == 0 ? 0 : 1), 1)
    return stride(from: 0, to: n, by: size).map { $0..<min(n, $0 + size) }
  }
}
