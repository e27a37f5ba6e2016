// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Copies with other elements at picked positions.
func indexWriteCases() throws -> [Case] {
  let (flat, cube) = (try spread([4, 3]), try spread([4, 3, 5]))
  let places = try Tensor([2, 0, 3] as [Int64])
  let twice = try Tensor([1, 1, 5] as [Int64])
  let mask = try flat.gt(0)
  return try [
    Case("indexCopy", [cube, spread([4, 3, 3], 1, 2)]) { try $0[0].indexCopy(2, places, $0[1]) },
    Case("indexCopy rows", [flat, spread([3, 3], 1, 2)], .meet("scatter")) {
      try $0[0].indexCopy(0, places, $0[1])
    },
    Case("indexFill", [cube]) { try $0[0].indexFill(2, places, 3) },
    Case("indexFill rows", [flat], .meet("scatter")) { try $0[0].indexFill(0, places, 3) },
    Case("put", [flat, spread([3], 2, 3)], .meet("reshape")) { try $0[0].put(places, $0[1]) },
    Case("put adding", [flat, spread([3], 2, 3)], .meet("reshape")) {
      try $0[0].put(twice, $0[1], accumulate: true)
    },
    Case("maskedScatter", [flat, spread([12], 1, 2)], .meet("reshape")) {
      try $0[0].maskedScatter(mask, $0[1])
    },
  ]
}
