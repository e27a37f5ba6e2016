// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Which default box is to find which object: SSD's matching as NVIDIA's SSD300 v1.1 does it.
///
/// Each box takes the object that overlaps it most, each object claims the box that it overlaps most
/// (of two objects that claim one box the later gets it); a box is positive where its overlap is above
/// the threshold or it is claimed. Of equal overlaps the first counts. Offsets, with a centre form of
/// the object (cx, cy, w, h) and of the box (x, y, a, b): 10 (cx - x) / a, 10 (cy - y) / b,
/// 5 ln(w / a), 5 ln(h / b), float32 with the logarithm rounded once.
public enum Matching {
  /// The targets of a batch.
  /// - Parameters:
  ///   - images: the objects of each; an image may have none.
  ///   - threshold: of the overlap; positive is what lies above it.
  ///   - classes: the number of classes with the background; nil leaves labels unbounded.
  /// - Throws: `DetectionError` for a box that is no number or has no area, or a label out of range.
  public static func encode(
    _ images: [ImageObjects], _ boxes: DefaultBoxes, threshold: Float = 0.5, classes: Int? = nil
  ) throws -> BoxTargets {
    for (i, image) in images.enumerated() { try check(image, i, classes) }
    let (n, count) = (images.count, boxes.count)
    var labels: Tensor?
    let filled = try Tensor.fromHost([n, 4, count], Float.self) { to in
      to.update(repeating: 0)
      labels = try Tensor.fromHost([n, count], Int64.self) { marks in
        marks.update(repeating: 0)
        Workers.run(n) { i in
          encode(
            images[i], boxes, threshold,
            UnsafeMutableBufferPointer(rebasing: marks[i * count..<(i + 1) * count]),
            UnsafeMutableBufferPointer(rebasing: to[4 * i * count..<4 * (i + 1) * count]))
        }
      }
    }
    return try BoxTargets(labels: labels ?? Tensor.zeros([n, count], .int64), offsets: filled)
  }

  private static func check(_ image: ImageObjects, _ i: Int, _ classes: Int?) throws {
    let op = "encode"
    guard image.boxes.count == 4 * image.labels.count else {
      throw DetectionError(
        op, image: i, "\(image.labels.count) labels for \(image.boxes.count / 4) boxes")
    }
    for (k, label) in image.labels.enumerated() {
      let box = image.boxes[4 * k..<4 * k + 4]
      guard box.allSatisfy(\.isFinite) else {
        throw DetectionError(op, image: i, object: k, "the box \(text(box)) has no finite corners")
      }
      let (w, h) = (box[4 * k + 2] - box[4 * k], box[4 * k + 3] - box[4 * k + 1])
      guard w > 0, h > 0, w.isFinite, h.isFinite, (w * h).isFinite else {
        throw DetectionError(
          op, image: i, object: k,
          "the box \(text(box)) (left, top, right, bottom) has width \(w) and height \(h)")
      }
      guard label >= 1, label < classes ?? Int.max else {
        let range = classes.map { "1 to \($0 - 1), with \($0) classes" } ?? "1, 2, …"
        throw DetectionError(
          op, image: i, object: k, "label \(label) is none of \(range) (0 is the background)")
      }
    }
  }

  private static func text(_ box: ArraySlice<Float>) -> String {
    "(" + box.map { "\($0)" }.joined(separator: ", ") + ")"
  }

  private static func encode(
    _ image: ImageObjects, _ boxes: DefaultBoxes, _ threshold: Float,
    _ labels: UnsafeMutableBufferPointer<Int64>, _ offsets: UnsafeMutableBufferPointer<Float>
  ) {
    let count = boxes.count
    var best = [Float](repeating: -1, count: count)
    var owner = [Int32](repeating: 0, count: count)
    var claims: [Int] = []
    image.boxes.withUnsafeBufferPointer { objects in
      boxes.corners.withUnsafeBufferPointer { corners in
        for k in image.labels.indices {
          let object = Overlap.corners(objects, k)
          var (most, place) = (Float(-1), 0)
          for a in 0..<count {
            let iou = Overlap.iou(object, Overlap.corners(corners, a))
            if iou > best[a] {
              best[a] = iou
              owner[a] = Int32(k)
            }
            if iou > most { (most, place) = (iou, a) }
          }
          claims.append(place)
        }
      }
      for (k, a) in claims.enumerated() {
        best[a] = 2
        owner[a] = Int32(k)
      }
      for a in 0..<count where best[a] > threshold {
        let k = Int(owner[a])
        labels[a] = Int64(image.labels[k])
        let (l, t, r, b) = Overlap.corners(objects, k)
        let box = boxes.centers[4 * a..<4 * a + 4]
        let (x, y, w, h) = (box[4 * a], box[4 * a + 1], box[4 * a + 2], box[4 * a + 3])
        offsets[a] = 10 * (0.5 * (l + r) - x) / w
        offsets[count + a] = 10 * (0.5 * (t + b) - y) / h
        offsets[2 * count + a] = 5 * logarithm((r - l) / w)
        offsets[3 * count + a] = 5 * logarithm((b - t) / h)
      }
    }
  }
}
