// SPDX-License-Identifier: Apache-2.0

/// Where the pixels of an augmented image come from.
///
/// Crops and flips move whole rows and columns, so one source row for each row and one source column
/// for each column say it all. A cut-out square is a set of rows and a set of columns, which later
/// changes move in the same way.
struct PixelMap {
  /// For each row its source row; `outside` for padding.
  private(set) var rows: [Int32]
  /// For each column its source column; `outside` for padding.
  private(set) var columns: [Int32]
  /// In each cut, the rows and columns that are `outside` are those left as they are.
  private(set) var cuts: [(rows: [Int32], columns: [Int32])] = []
  private var spare: [Int32]

  static let outside: Int32 = -1

  init(height: Int, width: Int) {
    rows = Array(0..<Int32(height))
    columns = Array(0..<Int32(width))
    spare = Array(repeating: 0, count: max(height, width))
  }

  /// Back to the image as it is stored.
  mutating func reset() {
    for i in rows.indices { rows[i] = Int32(i) }
    for i in columns.indices { columns[i] = Int32(i) }
    cuts.removeAll(keepingCapacity: true)
  }

  /// Row y becomes what row y + dy was, column x what column x + dx was.
  mutating func shift(_ dy: Int, _ dx: Int, _ border: Augmentation.Border) {
    if dy == 0 && dx == 0 { return }
    PixelMap.shift(&rows, by: dy, border, &spare)
    PixelMap.shift(&columns, by: dx, border, &spare)
    for i in cuts.indices {
      PixelMap.shift(&cuts[i].rows, by: dy, border, &spare)
      PixelMap.shift(&cuts[i].columns, by: dx, border, &spare)
    }
  }

  mutating func flip() {
    columns.reverse()
    for i in cuts.indices { cuts[i].columns.reverse() }
  }

  /// Clears the square of `size` pixels from (`top`, `left`) on, as far as it is inside.
  mutating func cut(top: Int, left: Int, size: Int) {
    func line(_ count: Int, _ start: Int) -> [Int32] {
      (0..<count).map { $0 >= start && $0 < start + size ? 0 : PixelMap.outside }
    }
    cuts.append((line(rows.count, top), line(columns.count, left)))
  }

  /// Neighbouring columns whose sources are neighbours too.
  struct Run {
    var count: Int
    /// The first source column; negative for padding.
    var source: Int
    /// From one source column to the next: 1, -1 or 0.
    var step: Int
  }

  /// The columns as runs, which are few: padding, and what lies between, forwards or backwards.
  func columnRuns() -> [Run] {
    var out: [Run] = []
    for x in columns.indices {
      let source = Int(columns[x])
      if let last = out.last, (source < 0) == (last.source < 0) {
        let step = source - Int(columns[x - 1])
        if last.count == 1 && abs(step) <= 1 || last.count > 1 && step == last.step {
          out[out.count - 1].step = step
          out[out.count - 1].count += 1
          continue
        }
      }
      out.append(Run(count: 1, source: source, step: 0))
    }
    return out
  }

  private static func shift(
    _ line: inout [Int32], by d: Int, _ border: Augmentation.Border, _ spare: inout [Int32]
  ) {
    if d == 0 { return }
    let n = line.count
    for i in 0..<n { spare[i] = line[i] }
    for i in 0..<n {
      let j = border == .reflect ? mirror(i + d, n) : i + d
      line[i] = j >= 0 && j < n ? spare[j] : outside
    }
  }

  private static func mirror(_ i: Int, _ n: Int) -> Int {
    i < 0 ? -i : i >= n ? 2 * (n - 1) - i : i
  }
}
