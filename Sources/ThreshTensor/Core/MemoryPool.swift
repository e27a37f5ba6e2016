// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The pool behind tensor storage: small blocks by size class, large ones from an arena, counted,
/// under one budget.
///
/// Freed blocks are kept for the next tensor; the budget counts live blocks, and cached ones are
/// given back before an allocation is refused.
public final class MemoryPool: Sendable {
  public static let shared = MemoryPool()

  /// What changes with each block, under one lock.
  private struct State: @unchecked Sendable {
    var free = FreeBlocks()
    var arena = Arena()
    var live = 0
    var blocks = 0
    var allocated = 0
    var peak = 0
    /// The most that was ever live at once, whatever was reset.
    var highest = 0
  }

  private let state = Mutex(State())
  /// A copy of `State.live` that is read without the lock, after each call from Lua.
  private let live = Atomic<Int>(0)
  /// How many blocks are live, kept beside `live` in the same way.
  private let blocks = Atomic<Int>(0)
  /// What malloc gives for a `Tensor` and its `Storage`.
  private static let objectBytes = 160
  /// The address of the `MemoryBudget` in use; 0 for none.
  private let budget = Atomic<UInt>(0)
  /// Every one that was ever in use: another thread may still be asking it.
  private let everyBudget = Mutex<[MemoryBudget]>([])

  private init() {}

  /// Bytes held by live tensors.
  public var liveBytes: Int { live.load(ordering: .relaxed) }
  /// Bytes held by live tensors and by the objects around them: what a host's collector is told of,
  /// for a small tensor is smaller than those.
  public var footprint: Int {
    live.load(ordering: .relaxed) + MemoryPool.objectBytes * blocks.load(ordering: .relaxed)
  }
  /// Bytes ever allocated: grows with each tensor; a host steps its collector by the difference.
  public var allocatedBytes: Int { state.withLock { $0.allocated } }
  /// The most bytes that were live at once since the last `resetPeak`.
  public var peakBytes: Int { state.withLock { $0.peak } }

  public func resetPeak() { state.withLock { $0.peak = $0.live } }

  /// Puts tensors under a budget; the one before, nil for none.
  public func use(_ new: MemoryBudget) -> MemoryBudget? {
    let address = UInt(bitPattern: Unmanaged.passUnretained(new).toOpaque())
    if budget.load(ordering: .acquiring) == address { return new }
    everyBudget.withLock { all in
      if !all.contains(where: { $0 === new }) { all.append(new) }
    }
    return budget(at: budget.exchange(address, ordering: .acquiringAndReleasing))
  }

  /// Puts tensors under a budget of `bytes` together with what `others` reports.
  public func setLimit(_ bytes: Int, others: @escaping @Sendable () -> Int = { 0 }) {
    _ = use(MemoryBudget(bytes == Int.max ? 0 : bytes, others: others))
  }

  private func budget(at address: UInt) -> MemoryBudget? {
    guard let address = UnsafeRawPointer(bitPattern: address) else { return nil }
    return Unmanaged<MemoryBudget>.fromOpaque(address)._withUnsafeGuaranteedRef { $0 }
  }

  /// The limit of the budget in use and what others hold of it.
  private var terms: (limit: Int, others: Int) {
    guard let budget = budget(at: budget.load(ordering: .acquiring)) else { return (Int.max, 0) }
    return (budget.limit, budget.limit == Int.max ? 0 : budget.others())
  }

  /// Throws unless `bytes` more fit into the budget (without one, into the machine's memory): for
  /// lists outside the pool whose length is the caller's choice.
  public func require(_ bytes: Int, _ op: String) throws {
    let (budget, others) = terms
    let limit =
      budget == Int.max ? sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)) : budget
    guard bytes <= limit - others - liveBytes else {
      throw TensorError(
        op,
        "not enough memory: \(bytes) bytes wanted, \(liveBytes) held by tensors and \(others) "
          + "elsewhere, limit \(limit) bytes", kind: .outOfMemory)
    }
  }

  /// What a block for `bytes` bytes takes.
  private static func size(for bytes: Int) -> Int {
    isLarge(bytes) ? Arena.size(for: bytes) : FreeBlocks.size(for: bytes)
  }

  private static func isLarge(_ bytes: Int) -> Bool {
    !FreeBlocks.exact && bytes >= Arena.leastBlock
  }

  /// A block of at least `bytes` bytes, aligned to 64; its content is undefined.
  func allocate(_ bytes: Int) throws -> UnsafeMutableRawPointer {
    let size = MemoryPool.size(for: bytes)
    let (limit, others) = terms
    let room = limit - others
    // Counted before a new block is there, so that two threads cannot both take the last bytes.
    let (counted, address) = state.withLock { state -> (Bool, Address?) in
      guard size <= room - state.live else { return (false, nil) }
      count(&state, size, 1)
      state.allocated += size
      state.peak = max(state.peak, state.live)
      state.highest = max(state.highest, state.live)
      if FreeBlocks.exact { return (true, nil) }
      let block = MemoryPool.isLarge(bytes) ? state.arena.take(size) : state.free.take(size)
      return (true, block.map(Address.init))
    }
    if let address { return address.pointer }
    guard counted else {
      throw TensorError(
        "memory",
        "not enough memory: \(size) bytes wanted, \(liveBytes) held by tensors and "
          + "\(others) elsewhere, limit \(limit) bytes", kind: .outOfMemory)
    }
    if let block = newBlock(size) { return block }
    state.withLock { count(&$0, -size, -1) }
    throw TensorError("memory", "the system has no \(size) bytes left", kind: .outOfMemory)
  }

  func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let size = MemoryPool.size(for: bytes)
    let address = Address(block)
    let kept = state.withLock { state in
      count(&state, -size, -1)
      // Live and cached blocks together stay near the most that was live at once: a training step
      // frees at its end what the next one takes again. An eighth more makes up for holes that are
      // in memory, but too small.
      let most = max(state.highest + state.highest / 8, 64 << 20)
      let fits = state.live + state.free.bytes + state.arena.cached + size <= most
      if state.arena.contains(address.pointer) {
        state.arena.giveBack(address.pointer, size, keep: fits)
        return true
      }
      guard !FreeBlocks.exact, !MemoryPool.isLarge(bytes), fits else { return false }
      state.free.add(address.pointer, size)
      return true
    }
    if !kept { free(block) }
  }

  /// Counts `bytes` and `number` blocks more, under the lock.
  @inline(__always)
  private func count(_ state: inout State, _ bytes: Int, _ number: Int) {
    state.live += bytes
    state.blocks += number
    live.store(state.live, ordering: .relaxed)
    blocks.store(state.blocks, ordering: .relaxed)
  }

  /// Gives every cached block back to the system.
  public func trim() {
    state.withLock {
      $0.free.releaseAll()
      $0.arena.releaseAll()
    }
  }

  private func newBlock(_ size: Int) -> UnsafeMutableRawPointer? {
    if let block = alignedBlock(size) { return block }
    trim()
    return alignedBlock(size)
  }

  /// posix_memalign takes any size, where aligned_alloc wants a multiple of the alignment.
  private func alignedBlock(_ size: Int) -> UnsafeMutableRawPointer? {
    var block: UnsafeMutableRawPointer?
    return posix_memalign(&block, 64, size) == 0 ? block : nil
  }

  /// A pointer on its way through a lock.
  private struct Address: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }
  }
}

/// Bytes that tensors may take together with what someone else holds, such as a Lua session.
///
/// A class, because a function that is read out of a lock comes back in another wrapping each time.
public final class MemoryBudget: Sendable {
  let limit: Int
  let others: @Sendable () -> Int

  /// - Parameters:
  ///   - limit: bytes; 0 for no limit.
  ///   - others: bytes that someone else holds, asked from any thread.
  public init(_ limit: Int, others: @escaping @Sendable () -> Int = { 0 }) {
    self.limit = limit > 0 ? limit : Int.max
    self.others = others
  }
}
