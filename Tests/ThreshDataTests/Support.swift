// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshData
import ThreshTensor

/// Record r of the made-up CIFAR-10 files: label r mod 10, bytes (7 r + j) mod 251.
func cifarRecord(_ r: Int) -> [UInt8] {
  [UInt8(r % 10)] + (0..<3072).map { UInt8((r * 7 + $0) % 251) }
}

/// A folder of its own, removed with its content.
func inFolder(_ body: (String) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "thresh-data-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder.path)
}

/// `n` images `(3, 6, 5)` whose bytes count upwards, labels i mod 3.
func countingImages(_ n: Int) throws -> ImageDataset {
  let x = try Tensor((0..<n * 90).map { UInt8($0 % 256) }, [n, 3, 6, 5])
  let y = try Tensor((0..<n).map { Int64($0 % 3) })
  return try ImageDataset.fromTensors(x: x, y: y, name: "counting")
}

func allBatches(_ dataset: ImageDataset, _ options: LoaderOptions) throws -> [Batch] {
  let loader = try Loader(dataset, options)
  var out: [Batch] = []
  while let batch = try loader.next() { out.append(batch) }
  return out
}
