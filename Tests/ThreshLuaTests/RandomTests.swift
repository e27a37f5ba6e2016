// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshLua

/// Where `math.random` stands, told and put back.
@Suite struct RandomTests {
  private static func rotated(_ x: UInt64, _ n: UInt64) -> UInt64 { x << n | x >> (64 - n) }

  /// Blackman and Vigna, Scrambled Linear Pseudorandom Number Generators (2021): xoshiro256**.
  private static func xoshiro(_ s: inout [UInt64]) -> UInt64 {
    let result = rotated(s[1] &* 5, 7) &* 9
    let t = s[1] << 17
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = rotated(s[3], 45)
    return result
  }

  @Test(arguments: [false, true])
  func randomWords_areThoseOfTheGenerator(_ isSandboxed: Bool) throws {
    let session = try LuaSession(LuaSession.Options(isSandboxed: isSandboxed))
    for source in ["", "math.randomseed(5)", "math.random = nil; math.randomseed = nil"] {
      _ = try session.run("draw = draw or math.random " + source, name: "=test")
      var words = try #require(session.randomWords)
      for _ in 0..<20 {
        let expected = Int64(bitPattern: Self.xoshiro(&words))
        #expect(try session.text("return draw(0)") == "\(expected)")
      }
      #expect(session.randomWords == words)
    }
  }

  @Test func setRandomWords_goesOnFromThere() throws {
    let (session, other) = (try LuaSession(), try LuaSession())
    other.setRandomWords(try #require(session.randomWords))
    for _ in 0..<5 {
      #expect(try session.text("return math.random(0)") == other.text("return math.random(0)"))
    }
    other.setRandomWords([1, 0, 0, 0])
    #expect(other.randomWords == [1, 0, 0, 0])
    // What it is seeded with later counts as ever.
    for session in [session, other] { _ = try session.run("math.randomseed(7)", name: "=test") }
    #expect(session.randomWords == other.randomWords)
  }
}
