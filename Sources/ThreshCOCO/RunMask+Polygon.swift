// SPDX-License-Identifier: Apache-2.0

extension RunMask {
  /// The pixels inside a polygon with corners x, y, x, y, …: its outline is drawn at five times the
  /// size and read off where it crosses the middles of columns (`rleFrPoly` of maskApi.c).
  init(polygon corners: [Double], height: Int, width: Int) throws {
    // Far beyond any image; keeps the drawn outline in memory.
    guard corners.allSatisfy({ abs($0) <= 100_000 }) else {
      throw COCOError("a polygon has a corner beyond 100000 pixels")
    }
    guard height * width <= Int(Int32.max) else {
      throw COCOError("a mask of \(height) x \(width) pixels is too large")
    }
    let (us, vs) = RunMask.outline(corners)
    var crossings: [UInt32] = []
    for j in us.indices.dropFirst() where us[j] != us[j - 1] {
      let x = (Double(us[j] < us[j - 1] ? us[j] : us[j] - 1) + 0.5) / 5 - 0.5
      if x.rounded(.down) != x || x < 0 || x > Double(width - 1) { continue }
      let y = (Double(min(vs[j], vs[j - 1])) + 0.5) / 5 - 0.5
      let inside = min(max(y, 0), Double(height)).rounded(.up)
      crossings.append(UInt32(Int(x) * height + Int(inside)))
    }
    crossings.append(UInt32(height * width))
    crossings.sort()
    // Two crossings at one pixel cancel out.
    var runs: [UInt32] = []
    var (before, i): (UInt32, Int) = (0, 0)
    let lengths = crossings.map { crossing in
      defer { before = crossing }
      return crossing - before
    }
    while i < lengths.count {
      if lengths[i] > 0 || runs.isEmpty {
        runs.append(lengths[i])
      } else {
        i += 1
        if i < lengths.count { runs[runs.count - 1] += lengths[i] }
      }
      i += 1
    }
    try self.init(runs, height: height, width: width)
  }

  /// Points along the outline, five a pixel.
  private static func outline(_ corners: [Double]) -> (x: [Int], y: [Int]) {
    let k = corners.count / 2
    // C's conversion cuts towards zero.
    var xs = (0..<k).map { Int(5 * corners[2 * $0] + 0.5) }
    var ys = (0..<k).map { Int(5 * corners[2 * $0 + 1] + 0.5) }
    xs.append(xs.first ?? 0)
    ys.append(ys.first ?? 0)
    var (us, vs): ([Int], [Int]) = ([], [])
    for j in 0..<k {
      var (from, to) = ((xs[j], ys[j]), (xs[j + 1], ys[j + 1]))
      let (dx, dy) = (abs(to.0 - from.0), abs(to.1 - from.1))
      let isFlipped = dx >= dy ? from.0 > to.0 : from.1 > to.1
      if isFlipped { swap(&from, &to) }
      if dx >= dy {
        let slope = dx == 0 ? 0 : Double(to.1 - from.1) / Double(dx)
        for d in 0...dx {
          let t = isFlipped ? dx - d : d
          us.append(t + from.0)
          vs.append(Int(Double(from.1) + slope * Double(t) + 0.5))
        }
      } else {
        let slope = Double(to.0 - from.0) / Double(dy)
        for d in 0...dy {
          let t = isFlipped ? dy - d : d
          vs.append(t + from.1)
          us.append(Int(Double(from.0) + slope * Double(t) + 0.5))
        }
      }
    }
    return (us, vs)
  }
}
