// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// One change of the training subset.
public struct TraceEvent: Sendable {
  /// The epoch as schedules count it, from 0.
  public let epoch: Int
  public let selection: Selection
  /// What choosing took.
  public let seconds: Double
  /// The model's last training loss and accuracy on held-out data when it was asked.
  public let loss: Double?
  public let accuracy: Double?
  /// How many of the chosen are of each class.
  public let classes: [Int]?

  public init(
    epoch: Int, selection: Selection, seconds: Double, loss: Double? = nil,
    accuracy: Double? = nil, classes: [Int]? = nil
  ) {
    self.epoch = epoch
    self.selection = selection
    self.seconds = seconds
    self.loss = loss
    self.accuracy = accuracy
    self.classes = classes
  }

  /// One line of a trace. Weights have the fewest digits that read back as the same float.
  var json: JSON {
    func list(_ values: [Int]) -> JSON { .array(values.map { .integer($0) }) }
    var members = [
      JSON.Member("epoch", .integer(epoch)), JSON.Member("indices", list(selection.indices)),
    ]
    if let weights = selection.weights {
      let numbers = weights.map { JSON.number(Double($0.description) ?? Double($0)) }
      members.append(JSON.Member("weights", .array(numbers)))
    }
    if let batches = selection.batches {
      members.append(JSON.Member("batches", .array(batches.map(list))))
    }
    if let residual = selection.residual {
      members.append(JSON.Member("residual", .number(residual)))
    }
    members.append(JSON.Member("filled", .integer(selection.filled)))
    if let loss { members.append(JSON.Member("loss", .number(loss))) }
    if let accuracy { members.append(JSON.Member("accuracy", .number(accuracy))) }
    if let classes { members.append(JSON.Member("classes", list(classes))) }
    members.append(JSON.Member("seconds", .number(seconds)))
    return .object(members)
  }

  /// - Parameter problem: makes the error for a reason.
  init(_ json: JSON, n: Int, _ problem: (String) -> TensorError) throws {
    /// The member `name`, if it is there and not null.
    func member<T>(_ name: String, _ what: String, _ read: (JSON) -> T?) throws -> T? {
      guard let value = json[name], value != .null else { return nil }
      guard let result = read(value) else {
        throw problem("'\(name)' must be \(what), got \(value.text.prefix(40))")
      }
      return result
    }
    func indices(_ value: JSON?, _ name: String) throws -> [Int] {
      guard let items = value?.array else { throw problem("'\(name)' must be a list of indices") }
      return try items.map { item in
        guard let index = item.integer, index >= 0, index < n else {
          throw problem("'\(name)' holds \(item.text), which is not in 0 ..< \(n)")
        }
        return index
      }
    }
    guard let epoch = json["epoch"]?.integer, epoch >= 0 else {
      throw problem("'epoch' must be a number from 0")
    }
    let chosen = try indices(json["indices"], "indices")
    var seen: Set<Int> = []
    if let twice = chosen.first(where: { !seen.insert($0).inserted }) {
      throw problem("'indices' holds \(twice) twice")
    }
    let weights = try member("weights", "a list of numbers", \.array)?.map { item in
      guard let weight = item.double, Float(weight).isFinite else {
        throw problem("'weights' holds \(item.text), which is no finite number")
      }
      return Float(weight)
    }
    if let weights, weights.count != chosen.count {
      throw problem("\(weights.count) weights for \(chosen.count) indices")
    }
    let batches = try member("batches", "a list of lists of indices", \.array)?.map {
      try indices($0, "batches")
    }
    try self.init(
      epoch: epoch,
      selection: Selection(
        indices: chosen, weights: weights, batches: batches,
        residual: member("residual", "a number", \.double),
        filled: member("filled", "an integer", \.integer) ?? 0),
      seconds: member("seconds", "a number", \.double) ?? 0,
      loss: member("loss", "a number", \.double),
      accuracy: member("accuracy", "a number", \.double),
      classes: member("classes", "a list of counts") { counts($0) })
  }
}

/// A list of numbers that are neither negative nor so large that sums of them overflow.
func counts(_ json: JSON) -> [Int]? {
  guard let items = json.array else { return nil }
  let values = items.compactMap(\.integer).filter { $0 >= 0 && $0 <= Int(Int32.max) }
  return values.count == items.count ? values : nil
}
