// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns: words to the left, numbers to the right.
public struct TextTable {
  private var lines: [[String]?]
  private let words: Int

  /// - Parameter words: how many columns, from the left, are words.
  public init(_ titles: [String], words: Int) {
    lines = [titles, nil]
    self.words = words
  }

  /// Adds a row of as many cells as there are titles.
  public mutating func add(_ cells: [String]) { lines.append(cells) }

  /// Adds a rule across all columns.
  public mutating func rule() { lines.append(nil) }

  /// One line each, without trailing spaces.
  public var text: [String] {
    let columns = lines.first??.count ?? 0
    let widths = (0..<columns).map { column in
      lines.map { $0?[column].count ?? 0 }.max() ?? 0
    }
    let rule = String(repeating: "-", count: widths.reduce(2 * max(columns - 1, 0), +))
    return lines.map { cells in
      guard let cells else { return rule }
      let line = zip(cells, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return column < words ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
