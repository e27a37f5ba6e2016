// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Items made in order by a thread of its own, at most `capacity` ahead of who takes them.
public final class Prefetcher<Item: Sendable> {
  private let queue: Queue<Item>
  private var thread: pthread_t?

  /// Starts the thread; nil when the system has none to give, or nothing is to be made.
  public init?(count: Int, capacity: Int, _ make: @escaping @Sendable (Int) throws -> Item) {
    guard count > 0 else { return nil }
    queue = Queue(capacity: min(capacity, count))
    let queue = queue
    let job = Unmanaged.passRetained(
      Job {
        for i in 0..<count {
          let item = Result { try make(i) }
          guard queue.put(item), case .success = item else { return }
        }
      })
    var started = pthread_t()
    let status = pthread_create(
      &started, nil,
      { argument in
        if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().body() }
        return nil
      }, job.toOpaque())
    guard status == 0 else {
      job.release()
      return nil
    }
    thread = started
  }

  deinit { stop() }

  /// The next item, waited for; throws what making it threw. Nil after `stop`.
  public func next() throws -> Item? { try queue.take()?.get() }

  /// Tells the thread to end and waits for it: at most as long as one item takes.
  public func stop() {
    queue.close()
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }
}

private final class Job: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

/// A bounded queue between two threads.
private final class Queue<Item>: @unchecked Sendable {
  private let capacity: Int
  private var items: [Result<Item, any Error>] = []
  private var closed = false
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init(capacity: Int) {
    self.capacity = max(capacity, 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Waits for room; false when the queue is closed.
  func put(_ item: Result<Item, any Error>) -> Bool {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while items.count >= capacity && !closed { pthread_cond_wait(changed, mutex) }
    if closed { return false }
    items.append(item)
    pthread_cond_broadcast(changed)
    return true
  }

  /// Waits for an item; nil when the queue is closed.
  func take() -> Result<Item, any Error>? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while items.isEmpty && !closed { pthread_cond_wait(changed, mutex) }
    if closed { return nil }
    let item = items.removeFirst()
    pthread_cond_broadcast(changed)
    return item
  }

  func close() {
    pthread_mutex_lock(mutex)
    closed = true
    items = []
    pthread_cond_broadcast(changed)
    pthread_mutex_unlock(mutex)
  }
}
