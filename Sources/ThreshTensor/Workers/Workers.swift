// SPDX-License-Identifier: Apache-2.0
import CInterrupt
import CKernels
import Glibc
import Synchronization

/// The engine's one pool of threads.
///
/// Work is cut by the problem, never by the number of threads, so that results do not depend on it.
/// A call from inside a task, or while another thread uses the pool, runs on the calling thread.
public enum Workers {
  /// The number of threads that work, the calling one included.
  public static var threadCount: Int {
    get { pool.threadCount.load(ordering: .relaxed) }
    set { pool.threadCount.store(min(max(newValue, 1), Pool.most), ordering: .relaxed) }
  }

  /// How many threads there can be.
  public static let most = Pool.most

  /// The number of cores that are online.
  public static let coreCount = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  private static let pool = Pool(threads: coreCount)

  /// Runs `body(0) … body(count - 1)`, in any order and in parallel, and returns when all are done.
  public static func run(_ count: Int, _ body: (Int) -> Void) {
    if count <= 1 || threadCount == 1 || !pool.begin() {
      for i in 0..<max(count, 0) { body(i) }
      return
    }
    pool.run(count, body)
    pool.end()
  }

  /// Cuts `0..<n` into ranges of at least `grain` (but the last) and runs them in parallel.
  @inline(never)
  public static func chunks(of n: Int, grain: Int, _ body: (Range<Int>) -> Void) {
    if n < 2 * grain {
      if n > 0 { body(0..<n) }
      return
    }
    // At most 64 chunks: enough to balance, few enough to hand out cheaply.
    let size = max(grain, (n + 63) / 64)
    let chunks = (n + size - 1) / size
    run(chunks) { c in body(c * size..<min(n, (c + 1) * size)) }
  }
}

/// Persistent threads that spin briefly for the next job and then sleep.
///
/// A ticket holds the job's generation and its next item, so that a thread which wakes late can never
/// take an item of a job it has not read.
private final class Pool: @unchecked Sendable {
  static let most = 64
  /// Polls before a thread goes to sleep, about 100 microseconds: longer than what lies between two
  /// jobs of a training step, since waking a thread costs as much.
  private static let spins = 6_000

  let threadCount: Atomic<Int>
  private let started = Atomic<Int>(1)
  private let busy = Atomic<Bool>(false)
  /// generation << 32 | next item.
  private let ticket = Atomic<UInt64>(0)
  private let total = Atomic<Int>(0)
  private let done = Atomic<Int>(0)
  private let job = Atomic<UInt>(0)
  /// The flag that stops the thread whose job it is.
  private let flag = Atomic<UInt>(0)
  private let sleepers = Atomic<Int>(0)
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(threads: Int) {
    threadCount = Atomic(min(max(threads, 1), Pool.most))
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  /// Takes the pool for one job; false when it is taken.
  func begin() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func end() { busy.store(false, ordering: .releasing) }

  func run(_ count: Int, _ body: (Int) -> Void) {
    startThreads()
    withoutActuallyEscaping(body) { body in
      var body = body
      withUnsafeMutablePointer(to: &body) { pointer in
        // A generation without items comes between two jobs: whoever still holds a ticket of the
        // last job cannot take an item while the fields below change.
        let last = ticket.load(ordering: .relaxed) >> 32
        ticket.store((last &+ 1) << 32 | 0xFFFF_FFFF, ordering: .sequentiallyConsistent)
        job.store(UInt(bitPattern: pointer), ordering: .releasing)
        flag.store(UInt(bitPattern: thresh_interrupt_here()), ordering: .releasing)
        total.store(count, ordering: .releasing)
        done.store(0, ordering: .releasing)
        let generation = (last &+ 2) & 0xFFFF_FFFF
        ticket.store(generation << 32, ordering: .sequentiallyConsistent)
        if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
          pthread_mutex_lock(mutex)
          pthread_cond_broadcast(condition)
          pthread_mutex_unlock(mutex)
        }
        work(generation)
        thresh_interrupt_serve(nil)
        var polls = 0
        while done.load(ordering: .acquiring) < count {
          polls += 1
          if polls > Pool.spins { sched_yield() } else { thresh_pause() }
        }
      }
    }
  }

  /// Takes items of job `generation` until none is left.
  private func work(_ generation: UInt64) {
    while true {
      let now = ticket.load(ordering: .acquiring)
      let item = Int(now & 0xFFFF_FFFF)
      guard now >> 32 == generation, item < total.load(ordering: .acquiring) else { return }
      let address = job.load(ordering: .acquiring)
      let flag = flag.load(ordering: .acquiring)
      guard
        ticket.compareExchange(
          expected: now, desired: now + 1, ordering: .acquiringAndReleasing
        ).exchanged
      else { continue }
      thresh_interrupt_serve(UnsafeRawPointer(bitPattern: flag))
      // The job cannot end before this item is done, so its closure is alive.
      UnsafePointer<(Int) -> Void>(bitPattern: address).unsafelyUnwrapped.pointee(item)
      done.wrappingAdd(1, ordering: .releasing)
    }
  }

  private func startThreads() {
    let wanted = threadCount.load(ordering: .relaxed)
    while started.load(ordering: .relaxed) < wanted {
      let index = started.wrappingAdd(1, ordering: .relaxed).oldValue
      let argument = Unmanaged.passRetained(Start(self, index)).toOpaque()
      var thread = pthread_t()
      var attributes = pthread_attr_t()
      pthread_attr_init(&attributes)
      pthread_attr_setstacksize(&attributes, 4 << 20)
      pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
      let status = pthread_create(
        &thread, &attributes,
        { argument in
          if let argument {
            let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
            start.pool.loop(start.index)
          }
          return nil
        }, argument)
      pthread_attr_destroy(&attributes)
      if status != 0 {
        // The caller works alone or with fewer helpers.
        Unmanaged<Start>.fromOpaque(argument).release()
        return
      }
    }
  }

  private final class Start {
    let pool: Pool
    let index: Int
    init(_ pool: Pool, _ index: Int) {
      self.pool = pool
      self.index = index
    }
  }

  /// A helper thread: waits for each generation and works on it while it is one of the wanted ones.
  private func loop(_ index: Int) {
    var seen: UInt64 = 0
    while true {
      var polls = 0
      while ticket.load(ordering: .acquiring) >> 32 == seen {
        polls += 1
        if polls < Pool.spins {
          thresh_pause()
          continue
        }
        pthread_mutex_lock(mutex)
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while ticket.load(ordering: .sequentiallyConsistent) >> 32 == seen {
          pthread_cond_wait(condition, mutex)
        }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        pthread_mutex_unlock(mutex)
      }
      seen = ticket.load(ordering: .acquiring) >> 32
      if index < threadCount.load(ordering: .relaxed) { work(seen) }
    }
  }
}
