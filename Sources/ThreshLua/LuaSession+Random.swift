// SPDX-License-Identifier: Apache-2.0
import CLuaShim

extension LuaSession {
  /// The four words that `math.random` draws from next, those of xoshiro256**. With them put back, by
  /// ``setRandomWords(_:)``, it gives the same numbers again. Nil where the state's library is not
  /// that of Lua 5.4.
  public var randomWords: [UInt64]? {
    guard let words = thresh_session_random(handle) else { return nil }
    return Array(UnsafeBufferPointer(start: words, count: Int(THRESH_RANDOM_WORDS)))
  }

  /// Lets `math.random` go on from where ``randomWords`` was read; without any effect where that is nil.
  ///
  /// - Parameter words: four, not all of them 0: from there no other number would come.
  public func setRandomWords(_ words: [UInt64]) {
    precondition(words.count == Int(THRESH_RANDOM_WORDS) && words.contains { $0 != 0 })
    guard let state = thresh_session_random(handle) else { return }
    for (i, word) in words.enumerated() { state[i] = word }
  }
}
