// SPDX-License-Identifier: Apache-2.0
import Synchronization
import ThreshTensor

/// Pictures that are held once they were made, up to a number of bytes.
final class PictureCache: Sendable {
  /// A gibibyte: 5,000 pictures of 256 x 256.
  static let mostBytes = 1 << 30

  private struct State {
    var pictures: [Int: RGBImage] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())

  func image(_ number: Int) -> RGBImage? { state.withLock { $0.pictures[number] } }

  /// Holds the picture unless all those held would take too much.
  func keep(_ image: RGBImage, _ number: Int) {
    let bytes = image.pixels.count
    state.withLock { state in
      guard state.bytes + bytes <= PictureCache.mostBytes, state.pictures[number] == nil,
        (try? MemoryPool.shared.require(state.bytes + bytes, "image")) != nil
      else { return }
      state.pictures[number] = image
      state.bytes += bytes
    }
  }
}
