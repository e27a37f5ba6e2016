// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshNN
import ThreshTensor

/// Forms, options and initialisation of the models.
struct ModelOptionTests {
  private func names(_ name: String, _ change: (inout ModelOptions) -> Void) throws -> Set<String> {
    var options = ModelRegistry.defaults(of: name)
    options.width = 8
    change(&options)
    return Set(try ModelRegistry.make(name, options).stateDict().map(\.name))
  }

  private func stemKernel(_ change: (inout ModelOptions) -> Void) throws -> [Int] {
    var options = ModelOptions()
    options.width = 8
    change(&options)
    return try ModelRegistry.make("resnet18", options).parameters()[0].shape
  }

  @Test func stem_withoutOption_followsTheSizeOfImages() throws {
    #expect(try stemKernel { _ in } == [8, 3, 3, 3])
    #expect(try stemKernel { $0.imageSize = 64 } == [8, 3, 3, 3])
    #expect(try stemKernel { $0.imageSize = 65 } == [8, 3, 7, 7])
    #expect(
      try stemKernel {
        $0.imageSize = 224; $0.stem = .cifar
      } == [8, 3, 3, 3])
    #expect(try stemKernel { $0.stem = .imagenet } == [8, 3, 7, 7])
  }

  @Test func names_ofImageNetForms_areTorchvisions() throws {
    let resnet = try names("resnet50") { $0.stem = .imagenet }
    for name in [
      "conv1.weight", "bn1.running_mean", "layer1.0.conv3.weight", "layer1.0.downsample.1.bias",
      "layer4.2.bn3.weight", "fc.bias",
    ] { #expect(resnet.contains(name), "\(name)") }
    let mobile = try names("mobilenetv2") { $0.stem = .imagenet }
    for name in [
      "features.0.0.weight", "features.1.conv.1.weight", "features.2.conv.1.0.weight",
      "features.17.conv.3.running_var", "features.18.1.bias", "classifier.1.weight",
    ] { #expect(mobile.contains(name), "\(name)") }
    let vgg = try names("vgg16_bn") { $0.stem = .imagenet }
    for name in [
      "features.0.bias", "features.1.running_mean", "features.40.weight", "classifier.0.weight",
      "classifier.6.bias",
    ] { #expect(vgg.contains(name), "\(name)") }
    #expect(try names("vgg16_bn") { $0.stem = .cifar }.contains("classifier.weight"))
    #expect(try names("mobilenetv2") { _ in }.contains("layers.16.conv3.weight"))
  }

  @Test func options_thatDoNotFit_areErrors() throws {
    func message(_ name: String, _ change: (inout ModelOptions) -> Void) -> String {
      let error = #expect(throws: TensorError.self) { try names(name, change) }
      return error?.message ?? ""
    }
    #expect(message("resnet20") { $0.stem = .cifar }.contains("no option 'stem'"))
    #expect(message("resnet18") { $0.dropout = 0.1 }.contains("no option 'dropout'"))
    #expect(message("ssd300") { $0.stem = .imagenet }.contains("no option 'stem'"))
    #expect(message("vgg11_bn") { $0.dropout = 0.1 }.contains("no option 'dropout'"))
    #expect(message("mobilenetv2") { $0.widthMultiple = 0.5 }.contains("not both"))
    #expect(
      message("mobilenetv2") {
        $0.width = nil; $0.widthMultiple = -1
      }.contains("(0, 1024]"))
    #expect(
      message("vgg11_bn") {
        $0.stem = .imagenet; $0.dropout = 1
      }.contains("[0, 1)"))
    #expect(throws: TensorError.self) { try ResNet(depth: 19) }
    #expect(throws: TensorError.self) { try VGG(depth: 12) }
  }

  private func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
  }

  @Test func initialisation_ofImageNetForms_isTorchvisions() throws {
    for name in ["resnet50", "mobilenetv2", "vgg11_bn"] {
      var options = ModelOptions()
      options.stem = .imagenet
      options.width = 16
      options.seed = 7
      for (path, tensor) in try ModelRegistry.make(name, options).namedParameters() {
        let values = try doubles(tensor)
        let shape = tensor.shape
        let what = "\(name) \(path)"
        switch shape.count {
        case 4 where values.count >= 2000:
          // Fan out as torch counts it: the first extent, whatever the groups.
          let expected = (2 / Double(shape[0] * shape[2] * shape[3])).squareRoot()
          #expect(abs(deviation(values) / expected - 1) < 0.08, "\(what)")
        case 2 where name == "resnet50":
          let bound = 1 / Double(shape[1]).squareRoot()
          #expect(values.allSatisfy { abs($0) <= bound }, "\(what)")
          #expect(abs(deviation(values) / (bound / 3.squareRoot()) - 1) < 0.05, "\(what)")
        case 2:
          #expect(abs(deviation(values) / 0.01 - 1) < 0.05, "\(what)")
        case 1 where path.hasSuffix("bias") && !(name == "resnet50" && path == "fc.bias"):
          #expect(values.allSatisfy { $0 == 0 }, "\(what)")
        case 1 where path.hasSuffix("weight"):
          #expect(values.allSatisfy { $0 == 1 }, "\(what)")
        default: break
        }
      }
    }
  }

  @Test func initialisation_ofSSDHeads_isXavierUniform() throws {
    var options = ModelRegistry.defaults(of: "ssd300")
    options.width = 16
    for (path, tensor) in try SSD300(options).namedParameters() where path.hasPrefix("conf") {
      let values = try doubles(tensor)
      guard tensor.ndim == 4 else {
        #expect(values.contains { $0 != 0 }, "\(path)")
        continue
      }
      let bound = (6 / Double(9 * (tensor.shape[0] + tensor.shape[1]))).squareRoot()
      let most = values.reduce(0) { max($0, abs($1)) }
      #expect(most <= bound && most > 0.99 * bound, "\(path)")
    }
  }

  @Test func dropout_ofTheHead_actsInTrainingOnly() throws {
    var options = ModelOptions()
    options.stem = .imagenet
    options.width = 8
    let model = try ModelRegistry.make("vgg11_bn", options)
    let x = try Tensor.ones([1, 3, 32, 32])
    model.training = false
    #expect(try doubles(model(x)) == doubles(model(x)))
    model.children.last?.module.training = true
    #expect(try doubles(model(x)) != doubles(model(x)))
  }
}
