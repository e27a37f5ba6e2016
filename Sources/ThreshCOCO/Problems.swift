// SPDX-License-Identifier: Apache-2.0

/// What a file of annotations or results has that it should not have, by kind.
public struct Problems: Sendable {
  /// How much a problem spoils.
  public enum Severity: String, Sendable {
    /// Passed over or filled in; figures stand.
    case note
    /// Figures stand under `compat`; `strict` refuses.
    case warning
    /// No figure can be trusted.
    case error
  }

  public enum Kind: String, Sendable, CaseIterable {
    case zeroID = "annotation id 0"
    case negativeID = "negative id"
    case duplicateID = "duplicate annotation id"
    case missingID = "missing annotation id"
    case duplicateImage = "duplicate image id"
    case duplicateCategory = "duplicate category id"
    case missingCrowd = "missing iscrowd"
    case missingArea = "missing area"
    case unknownImage = "object of an unknown image"
    case unknownCategory = "object of an unknown category"
    case emptyBox = "box without width or height"
    case outsideBox = "box outside its image"
    case cornerBoxes = "boxes that look like corners (x2, y2 in place of width, height)"
    case badField = "missing or wrong field"
    case notFinite = "number that is not finite"
    case unnamedCategory = "category without name"
    case unknownResultImage = "detection of an unknown image"
    case unknownResultCategory = "detection of an unknown category"
    case largeScore = "score outside 0 ... 1"

    public var severity: Severity {
      switch self {
      case .missingCrowd, .missingArea, .missingID, .largeScore, .emptyBox, .outsideBox,
        .unnamedCategory, .cornerBoxes:
        .note
      case .zeroID, .unknownImage, .unknownCategory, .unknownResultCategory: .warning
      case .negativeID, .duplicateID, .duplicateImage, .duplicateCategory, .badField, .notFinite,
        .unknownResultImage:
        .error
      }
    }
  }

  /// One of the records concerned.
  public struct Example: Sendable {
    /// Where in the file, from 1; 0 for data that came from no file.
    public let line: Int
    public let text: String
  }

  public struct Entry: Sendable {
    public let kind: Kind
    public internal(set) var count = 0
    /// The first five.
    public internal(set) var examples: [Example] = []
  }

  public private(set) var entries: [Entry] = []

  public init() {}

  mutating func add(_ kind: Kind, line: @autoclosure () -> Int, _ text: @autoclosure () -> String) {
    let at: Int
    if let found = entries.firstIndex(where: { $0.kind == kind }) {
      at = found
    } else {
      at = entries.count
      entries.append(Entry(kind: kind))
    }
    entries[at].count += 1
    if entries[at].examples.count < 5 {
      entries[at].examples.append(Example(line: line(), text: text()))
    }
  }

  public mutating func append(_ other: Problems) { entries += other.entries }

  public func count(_ kind: Kind) -> Int { entries.first { $0.kind == kind }?.count ?? 0 }

  /// The first problem that is as grave as `severity`, or graver, as an error about `path`.
  func error(in path: String, strict: Bool) -> COCOError? {
    let found = entries.first {
      $0.kind.severity == .error || (strict && $0.kind.severity == .warning && $0.kind != .zeroID)
    }
    guard let found, let first = found.examples.first else { return nil }
    let more = found.count > 1 ? " (and \(found.count - 1) more of the kind)" : ""
    let place = first.line > 0 ? "\(path):\(first.line): " : "\(path): "
    return COCOError("\(place)\(found.kind.rawValue): \(first.text)\(more)")
  }
}
