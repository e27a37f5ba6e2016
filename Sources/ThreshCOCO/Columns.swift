// SPDX-License-Identifier: Apache-2.0

/// Annotations for sharing: columns that never change.
public final class AnnotationSet: Sendable {
  public let annotations: Annotations
  public let problems: Problems
  /// Where they came from; empty for data made in memory.
  public let path: String

  public init(_ annotations: Annotations, problems: Problems = Problems(), path: String = "") {
    self.annotations = annotations
    self.problems = problems
    self.path = path
  }

  public convenience init(_ file: AnnotationFile) {
    self.init(file.annotations, problems: file.problems, path: file.path)
  }
}

/// Detections for sharing.
public final class DetectionSet: Sendable {
  public let detections: Detections
  public let problems: Problems
  public let path: String

  public init(_ detections: Detections, problems: Problems = Problems(), path: String = "") {
    self.detections = detections
    self.problems = problems
    self.path = path
  }

  public convenience init(_ file: ResultsFile) {
    self.init(file.detections, problems: file.problems, path: file.path)
  }
}

/// An evaluation for sharing.
public final class EvaluationReport: Sendable {
  public let evaluation: Evaluation

  public init(_ evaluation: Evaluation) { self.evaluation = evaluation }
}
