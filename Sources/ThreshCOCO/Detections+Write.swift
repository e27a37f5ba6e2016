// SPDX-License-Identifier: Apache-2.0
import Glibc

extension Detections {
  /// Writes COCO's results format, numbers as the shortest decimals that read back to the same double.
  /// - Throws: `COCOError` naming the file; an existing one is replaced only by a whole one.
  public func write(to path: String) throws {
    let temporary = "\(path).\(getpid()).tmp"
    guard let file = fopen(temporary, "w") else {
      throw COCOError("cannot write \(temporary): \(String(cString: strerror(errno)))")
    }
    var text = "["
    var isWhole = true
    for i in 0..<count {
      let x = 4 * i
      text += i == 0 ? "" : ",\n"
      text += "{\"image_id\":\(images[i]),\"category_id\":\(categories[i]),\"bbox\":["
      text += "\(boxes[x]),\(boxes[x + 1]),\(boxes[x + 2]),\(boxes[x + 3])],\"score\":\(scores[i])}"
      if text.utf8.count > 1 << 16 {
        isWhole = isWhole && fputs(text, file) >= 0
        text = ""
      }
    }
    isWhole = isWhole && fputs(text + "]\n", file) >= 0
    isWhole = fclose(file) == 0 && isWhole
    guard isWhole, rename(temporary, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(temporary)
      throw COCOError("cannot write \(path): \(reason)")
    }
  }
}
