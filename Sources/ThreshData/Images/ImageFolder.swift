// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import ThreshTensor

/// Folders of pictures, one for each class, as torchvision's `ImageFolder` reads them.
public enum ImageFolder {
  /// The data set of the JPEG and PNG files below `root`: folders are classes, in the order of their
  /// names, files of a class in that of their paths. Each picture is squashed to `size` x `size`.
  ///
  /// - Parameter skipUnreadable: leaves out pictures that cannot be read; what was wrong with each comes
  ///   back beside the set.
  /// - Throws: `TensorError` naming the folder or file.
  public static func load(
    _ root: String, size: Int, antialias: Bool = true, skipUnreadable: Bool = false
  ) throws -> (dataset: ImageDataset, skipped: [String]) {
    guard (1...4096).contains(size) else {
      throw TensorError(
        "image_folder", "the size must be in 1 ... 4096 pixels, got \(size)")
    }
    let classes = try folders(root)
    guard !classes.isEmpty else {
      throw TensorError("image_folder", "\(root): no folders, which would be the classes")
    }
    var (paths, labels): ([String], [Int]) = ([], [])
    for (label, name) in classes.enumerated() {
      let files = try images(root + "/" + name)
      guard !files.isEmpty else {
        throw TensorError("image_folder", "\(root)/\(name): no JPEG or PNG files")
      }
      paths += files
      labels += Array(repeating: label, count: files.count)
    }
    let area = size * size
    try MemoryPool.shared.require(2 * 3 * area * paths.count, "image_folder")
    var pixels = [UInt8](repeating: 0, count: 3 * area * paths.count)
    var problems = [TensorError?](repeating: nil, count: paths.count)
    pixels.withUnsafeMutableBufferPointer { pixels in
      problems.withUnsafeMutableBufferPointer { problems in
        let (pixels, problems, paths) = (pixels, problems, paths)
        Workers.run(paths.count) { i in
          do {
            try Interrupt.check("image_folder")
            let image = try FloatImage(ImageFile.read(paths[i]))
              .resized(width: size, height: size, antialias: antialias).rounded()
            for k in 0..<3 {
              for p in 0..<area {
                pixels[(3 * i + k) * area + p] = image.pixels[3 * p + k]
              }
            }
          } catch {
            problems[i] = error as? TensorError ?? TensorError("image_folder", "\(error)")
          }
        }
      }
    }
    var (kept, skipped): ([Int], [String]) = ([], [])
    for (i, problem) in problems.enumerated() {
      guard let problem else {
        kept.append(i)
        continue
      }
      guard skipUnreadable, problem.kind == .invalid else { throw problem }
      skipped.append(problem.message)
    }
    guard !kept.isEmpty else {
      throw TensorError("image_folder", "\(root): no picture can be read; \(skipped[0])")
    }
    let x = try Tensor(pixels, [paths.count, 3, size, size])
    let y = try Tensor(labels.map { Int64($0) })
    let whole = try ImageDataset.fromTensors(
      x: x, y: y, name: root, classNames: classes,
      provenance: "\(root), squashed to \(size) x \(size), \(skipped.count) left out")
    return (kept.count == paths.count ? whole : try whole.subset(kept), skipped)
  }

  private static func contents(_ folder: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw TensorError("image_folder", "\(folder): not a folder that can be read")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  private static func folders(_ root: String) throws -> [String] {
    try contents(root).filter { isFolder(root + "/" + $0) }
  }

  /// The files below `folder`; folders more than 32 deep, which links can make, are left out.
  private static func images(_ folder: String, depth: Int = 0) throws -> [String] {
    guard depth < 32 else { return [] }
    var out: [String] = []
    for name in try contents(folder) {
      let path = folder + "/" + name
      if isFolder(path) {
        out += try images(path, depth: depth + 1)
      } else if [".jpg", ".jpeg", ".png"].contains(where: { name.lowercased().hasSuffix($0) }) {
        out.append(path)
      }
    }
    return out
  }
}
