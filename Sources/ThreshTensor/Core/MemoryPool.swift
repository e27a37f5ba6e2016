// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The pool behind tensor storage: blocks by size class, counted, under one budget.
///
/// Freed blocks are kept for the next tensor of their class; the budget counts live blocks, and
/// cached ones are given back before an allocation is refused.
public final class MemoryPool: Sendable {
  public static let shared = MemoryPool()

  private struct State {
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var cached = 0
  }

  private let state = Mutex(SendableState())
  private let live = Atomic<Int>(0)
  private let allocated = Atomic<Int>(0)
  private let peak = Atomic<Int>(0)
  private let limitBytes = Atomic<Int>(Int.max)
  private let otherBytes = Mutex<@Sendable () -> Int>({ 0 })

  private struct SendableState: @unchecked Sendable { var value = State() }

  private init() {}

  /// Bytes held by live tensors.
  public var liveBytes: Int { live.load(ordering: .relaxed) }
  /// Bytes ever allocated: grows with each tensor; a host steps its collector by the difference.
  public var allocatedBytes: Int { allocated.load(ordering: .relaxed) }
  /// The most bytes that were live at once since the last `resetPeak`.
  public var peakBytes: Int { peak.load(ordering: .relaxed) }

  public func resetPeak() { peak.store(liveBytes, ordering: .relaxed) }

  /// The budget in bytes for live tensors together with what `others` reports.
  public func setLimit(_ bytes: Int, others: @escaping @Sendable () -> Int = { 0 }) {
    limitBytes.store(bytes, ordering: .relaxed)
    otherBytes.withLock { $0 = others }
  }

  /// Rounds up to a class: four classes an octave, so at most a quarter of a block is unused.
  static func sizeClass(_ bytes: Int) -> Int {
    if bytes <= 64 { return 64 }
    let octave = Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount
    let step = max(1 << (octave - 2), 64)
    return (bytes + step - 1) / step * step
  }

  /// A block of at least `bytes` bytes, aligned to 64; its content is undefined.
  func allocate(_ bytes: Int) throws -> UnsafeMutableRawPointer {
    let size = MemoryPool.sizeClass(bytes)
    let limit = limitBytes.load(ordering: .relaxed)
    if limit != Int.max {
      let others = otherBytes.withLock { $0 }()
      guard size <= limit - others - liveBytes else {
        throw TensorError(
          "memory",
          "not enough memory: \(size) bytes wanted, \(liveBytes) held by tensors and \(others) "
            + "elsewhere, limit \(limit) bytes", kind: .outOfMemory)
      }
    }
    let cached: Address? = state.withLock { box in
      guard let block = box.value.free[size]?.popLast() else { return nil }
      box.value.cached -= size
      return Address(block)
    }
    guard let block = cached?.pointer ?? newBlock(size) else {
      throw TensorError(
        "memory", "the system has no \(size) bytes left", kind: .outOfMemory)
    }
    let now = live.wrappingAdd(size, ordering: .relaxed).newValue
    allocated.wrappingAdd(size, ordering: .relaxed)
    if now > peak.load(ordering: .relaxed) { peak.store(now, ordering: .relaxed) }
    return block
  }

  func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    let size = MemoryPool.sizeClass(bytes)
    live.wrappingSubtract(size, ordering: .relaxed)
    // Cached blocks may hold as much as live ones, and always 64 MiB.
    let ceiling = max(liveBytes, 64 << 20)
    let address = Address(block)
    let kept = state.withLock { box in
      guard box.value.cached + size <= ceiling else { return false }
      box.value.free[size, default: []].append(address.pointer)
      box.value.cached += size
      return true
    }
    if !kept { free(block) }
  }

  /// Gives every cached block back to the system.
  public func trim() {
    state.withLock { box in
      for blocks in box.value.free.values { for block in blocks { free(block) } }
      box.value = State()
    }
  }

  private func newBlock(_ size: Int) -> UnsafeMutableRawPointer? {
    if let block = aligned_alloc(64, size) { return block }
    trim()
    return aligned_alloc(64, size)
  }

  /// A pointer on its way through a lock.
  private struct Address: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }
  }
}
