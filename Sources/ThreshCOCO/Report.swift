// SPDX-License-Identifier: Apache-2.0

/// What one pass over a file found: each kind of problem once, with its count and first records.
public struct Report: Sendable {
  public enum Severity: Int, Sendable, Comparable {
    /// Nothing wrong: a default was taken.
    case note
    /// Counts that may be wrong; refused in strict use.
    case warning
    /// The file cannot be trusted.
    case error

    public static func < (a: Severity, b: Severity) -> Bool { a.rawValue < b.rawValue }

    public var name: String {
      switch self {
      case .note: "note"
      case .warning: "warning"
      case .error: "error"
      }
    }
  }

  /// A record that shows a problem.
  public struct Example: Sendable {
    /// Position in its list, from 0.
    public var record: Int
    /// Position in the file, from 1; 0 when it did not come from a file.
    public var line: UInt64
    public var column: UInt64
    public var detail: String
  }

  public struct Problem: Sendable {
    /// A name for programs, e.g. `negative-id`.
    public var kind: String
    public var severity: Severity
    public var message: String
    public var count: Int
    public var examples: [Example]
  }

  public var path: String
  public internal(set) var problems: [Problem] = []
  /// Objects of an annotation file that its columns do not have, each for one problem or several.
  public internal(set) var leftOut = 0
  /// Where each row of results came from; empty when that is not a file.
  var places: [RecordPlace] = []
  static let exampleLimit = 5

  public init(path: String) { self.path = path }

  public var worst: Severity? { problems.map(\.severity).max() }

  public func count(_ severity: Severity) -> Int {
    problems.reduce(0) { $0 + ($1.severity == severity ? $1.count : 0) }
  }

  /// Throws the first problem of at least this severity, but for those of the kinds in `allowed`.
  public func refuse(_ severity: Severity = .error, allowed: Set<String> = []) throws {
    guard
      let problem = problems.first(where: {
        $0.severity >= severity && !allowed.contains($0.kind)
      })
    else { return }
    throw COCOError(text(problem))
  }

  /// `path:line:column: message (3 records; first: ...)`.
  public func text(_ problem: Problem) -> String {
    guard let first = problem.examples.first else { return "\(path): \(problem.message)" }
    let place = first.line > 0 ? "\(path):\(first.line):\(first.column)" : path
    let details = problem.examples.map(\.detail).joined(separator: ", ")
    let more = problem.count > problem.examples.count ? ", ..." : ""
    return "\(place): \(problem.message): \(details)\(more)"
      + (problem.count > 1 ? " (\(problem.count) records)" : "")
  }
}

/// Where a record stands in its file: its number in its list, from 0, and the offset of its text.
struct RecordPlace: Sendable {
  var offset: UInt64
  var record: UInt32

  init(_ record: Int, _ offset: UInt64) {
    self.offset = offset
    self.record = UInt32(truncatingIfNeeded: record)
  }
}

/// Collects the problems of a file while it is read.
struct ProblemCollector {
  /// In the order that reports list them.
  enum Kind: Int, CaseIterable {
    case idNegative, idDuplicate, idInvalid, idMissing, idZero
    case imageDuplicate, imageInvalid, categoryDuplicate, categoryInvalid
    case referenceInvalid, imageUnknown, categoryUnknown
    case boxInvalid, boxNonfinite, boxDegenerate, boxHuge, boxOutside, boxCorners
    case areaInvalid, areaMissing, crowdInvalid, crowdMissing, ignoreSet
    case scoreInvalid, scoreNonfinite, scoreLarge
    case maskInvalid
  }

  private var counts = [Int](repeating: 0, count: Kind.allCases.count)
  private var first = [[(record: Int, offset: UInt64, detail: String)]](
    repeating: [], count: Kind.allCases.count)

  /// `detail` is asked for the first few only.
  mutating func add(
    _ kind: Kind, record: Int, offset: UInt64, _ detail: @autoclosure () -> String
  ) {
    counts[kind.rawValue] += 1
    if first[kind.rawValue].count < Report.exampleLimit {
      first[kind.rawValue].append((record, offset, detail()))
    }
  }

  mutating func add(_ kind: Kind, _ place: RecordPlace, _ detail: @autoclosure () -> String) {
    add(kind, record: Int(place.record), offset: place.offset, detail())
  }

  func count(_ kind: Kind) -> Int { counts[kind.rawValue] }

  /// With the lines of the first records. `results`: of a file of results.
  func report(_ reader: JSONReader, results: Bool = false) -> Report {
    var report = Report(path: reader.path)
    for kind in Kind.allCases where counts[kind.rawValue] > 0 {
      let told = kind.told(results: results)
      report.problems.append(
        Report.Problem(
          kind: told.slug, severity: told.severity, message: told.message,
          count: counts[kind.rawValue],
          examples: first[kind.rawValue].map {
            let place = reader.position($0.offset)
            return Report.Example(
              record: $0.record, line: place.line, column: place.column, detail: $0.detail)
          }))
    }
    return report
  }
}

extension ProblemCollector.Kind {
  func told(results: Bool) -> (slug: String, severity: Report.Severity, message: String) {
    switch self {
    case .idNegative: ("negative-id", .error, "annotation ids must not be negative")
    case .idDuplicate: ("duplicate-id", .error, "annotation ids occur more than once")
    case .idInvalid: ("invalid-id", .error, "annotation ids must be integers of 64 bits")
    case .idMissing: ("missing-id", .note, "annotations without id were given one")
    case .idZero:
      (
        "zero-id", .warning,
        "an annotation with id 0 never counts as found, as in pycocotools (strict mode counts it)"
      )
    case .imageDuplicate: ("duplicate-image", .error, "image ids occur more than once")
    case .imageInvalid: ("invalid-image", .error, "an image needs an integer 'id'")
    case .categoryDuplicate: ("duplicate-category", .error, "category ids occur more than once")
    case .categoryInvalid: ("invalid-category", .error, "a category needs an integer 'id'")
    case .referenceInvalid:
      (
        "invalid-reference", .error, "'image_id' and 'category_id' must be integers, as the ids are"
      )
    case .imageUnknown:
      results
        ? ("unknown-image", .error, "results of images that the annotations do not list")
        : (
          "unknown-image", .warning, "objects of images that the file does not list were left out"
        )
    case .categoryUnknown:
      (
        "unknown-category", .warning,
        results
          ? "results of categories that the annotations do not list were left out"
          : "objects of categories that the file does not list were left out"
      )
    case .boxInvalid: ("invalid-box", .error, "'bbox' must be a list of four numbers")
    case .boxNonfinite: ("nonfinite-box", .error, "'bbox' must have finite numbers")
    case .boxDegenerate:
      ("degenerate-box", .warning, "boxes whose width or height is not positive")
    case .boxHuge: ("huge-box", .warning, "boxes too large to be in pixels")
    case .boxOutside: ("box-outside", .note, "boxes that reach beyond their image")
    case .boxCorners:
      (
        "corner-boxes", .warning,
        "boxes that fit their image as corners only: is 'bbox' x, y, x, y instead of x, y, width, height?"
      )
    case .areaInvalid: ("invalid-area", .error, "'area' must be a finite number")
    case .areaMissing: ("missing-area", .note, "'area' is missing: width x height was taken")
    case .crowdInvalid: ("invalid-iscrowd", .error, "'iscrowd' must be 0 or 1")
    case .crowdMissing: ("missing-iscrowd", .note, "'iscrowd' is missing: 0 was taken")
    case .ignoreSet:
      (
        "ignore-flag", .note,
        "'ignore' is set, which has no effect unless asked for, as in pycocotools"
      )
    case .scoreInvalid: ("invalid-score", .error, "'score' must be a number")
    case .scoreNonfinite: ("nonfinite-score", .error, "'score' must be finite")
    case .scoreLarge: ("large-score", .note, "scores outside 0 ... 1")
    case .maskInvalid: ("invalid-mask", .error, "'segmentation' must be polygons or RLE")
    }
  }
}
