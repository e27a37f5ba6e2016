// SPDX-License-Identifier: Apache-2.0
import ThreshCOCO
import ThreshLua
import ThreshTensor

/// `annotations:objects()`: a row for each object, in the order of the file. Images and categories are
/// positions that count from 1, in the order of `image_ids()` and `categories()`; ids are the file's.
func objectColumns(_ annotations: Annotations) throws -> LuaValue {
  let o = annotations.objects
  return .table(
    LuaTable([
      "ids": .object(try Tensor(o.ids)),
      "images": .object(try Tensor(o.images.map { Int64($0) + 1 })),
      "categories": .object(try Tensor(o.categories.map { Int64($0) + 1 })),
      "boxes": .object(try Tensor(o.boxes, [o.count, 4])),
      "areas": .object(try Tensor(o.areas)),
      "crowd": .object(try Tensor(o.isCrowd)),
    ]))
}
