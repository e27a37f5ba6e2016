// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// `th.models`: one function for each model, taking options alone.
///
/// All know `classes` (10; 81 for ssd300, background included), `in_channels` (3), `image_size` (32),
/// `width` of the first stage, `seed` and `dtype`. `stem = "imagenet"` or `"cifar"` chooses the form of
/// resnet18 to resnet101, mobilenetv2 and vgg11_bn, vgg16_bn; without it images up to 64 get the CIFAR
/// form. `dropout` is that of the head, `width_multiple` MobileNetV2's. ssd300 gives two outputs:
/// locations (N, 4, 8732) and class scores (N, classes, 8732) of images of 300x300.
func models(random: DefaultRandom) -> Namespace {
  var models = Namespace("th.models")
  for name in ModelRegistry.names {
    let own = ModelRegistry.ownOptions(of: name)
    models.function(name) { call in
      let o = try call.options(
        at: 1,
        allowed: ["classes", "in_channels", "image_size", "width", "seed", "dtype"]
          + own.map(\.rawValue).sorted())
      var options = ModelRegistry.defaults(of: name)
      options.classes = try o.integer("classes") ?? options.classes
      options.inChannels = try o.integer("in_channels") ?? options.inChannels
      options.imageSize = try o.integer("image_size") ?? options.imageSize
      options.width = try o.integer("width")
      options.seed = try o.seed() ?? random.nextSeed()
      options.dtype = try o.dtype() ?? options.dtype
      options.widthMultiple = try o.number(ModelOption.widthMultiple.rawValue)
      options.dropout = try o.number(ModelOption.dropout.rawValue)
      if let text = try o.string(ModelOption.stem.rawValue) {
        guard let stem = ModelStem(rawValue: text) else {
          let names = ModelStem.allCases.map(\.rawValue)
          throw o.error(
            "stem",
            "there is no stem '\(text)'\(suggestion(text, names)); one of "
              + names.joined(separator: ", "))
        }
        options.stem = stem
      }
      return .object(try ModelRegistry.make(name, options))
    }
  }
  return models
}
