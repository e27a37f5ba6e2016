// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshNN
import ThreshTensor

/// `th.models`: one function for each model, taking options alone.
func models(random: DefaultRandom) -> Namespace {
  var models = Namespace("th.models")
  for name in ModelRegistry.names {
    models.function(name) { call in
      let o = try call.options(
        at: 1, allowed: ["classes", "in_channels", "image_size", "width", "seed", "dtype"])
      var options = ModelOptions()
      options.classes = try o.integer("classes") ?? options.classes
      options.inChannels = try o.integer("in_channels") ?? options.inChannels
      options.imageSize = try o.integer("image_size") ?? options.imageSize
      options.width = try o.integer("width")
      options.seed = try call.seedOption(o) ?? random.nextSeed()
      options.dtype = try o.dtype() ?? options.dtype
      return .object(try ModelRegistry.make(name, options))
    }
  }
  return models
}
