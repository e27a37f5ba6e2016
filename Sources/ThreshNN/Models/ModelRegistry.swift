// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// The models by name.
///
/// | name | what | own options |
/// | --- | --- | --- |
/// | mlp, lenet | for images of one size | |
/// | resnet8, 20, 32, 44, 56, 110 | ResNets of CIFAR-10, zero-padded shortcuts | |
/// | resnet18, 34, 50, 101 | ResNets of ImageNet | stem |
/// | mobilenetv2 | depthwise separable, inverted residuals | stem, width_multiple, dropout |
/// | vgg11_bn, vgg16_bn | plain stacks of 3x3 convolutions | stem, dropout |
/// | ssd300 | detector on ResNet-50: locations and class scores of 8,732 boxes | |
public enum ModelRegistry {
  private struct Entry: Sendable {
    var name: String
    var known: Set<ModelOption> = []
    var make: @Sendable (ModelOptions) throws -> Module
  }

  private static let entries =
    [
      Entry(name: "mlp") { try MLP($0) },
      Entry(name: "lenet") { try LeNet($0) },
    ]
    + [8, 20, 32, 44, 56, 110].map { depth in
      Entry(name: "resnet\(depth)") { try CIFARResNet(depth: depth, $0) }
    }
    + [18, 34, 50, 101].map { depth in
      Entry(name: "resnet\(depth)", known: ResNet.options) { try ResNet(depth: depth, $0) }
    }
    + [
      Entry(name: "mobilenetv2", known: MobileNetV2.options) {
        $0.form == .cifar ? try CIFARMobileNetV2($0) : try MobileNetV2($0)
      }
    ]
    + [11, 16].map { depth in
      Entry(name: "vgg\(depth)_bn", known: VGG.options) { try VGG(depth: depth, $0) }
    }
    + [Entry(name: "ssd300") { try SSD300($0) }]

  /// Names in the order of documentation.
  public static let names = entries.map(\.name)

  /// The options that only some models have, of those that this one has.
  public static func ownOptions(of name: String) -> Set<ModelOption> {
    entries.first { $0.name == name }?.known ?? []
  }

  /// What a model is built with unless told otherwise: 10 classes, but a detector's COCO.
  public static func defaults(of name: String) -> ModelOptions {
    var options = ModelOptions()
    if name == "ssd300" {
      options.classes = SSD300.classesOfCOCO
      options.imageSize = 300
    }
    return options
  }

  /// Builds the model called `name`, by default as `defaults(of:)` says.
  /// - Throws: for an unknown name or options that do not fit.
  public static func make(_ name: String, _ options: ModelOptions? = nil) throws -> Module {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw TensorError(
        "models", "there is no model '\(name)'; one of \(names.joined(separator: ", "))")
    }
    return try entry.make(options ?? defaults(of: name))
  }
}
