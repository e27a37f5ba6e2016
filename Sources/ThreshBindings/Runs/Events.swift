// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshRuns
import ThreshTensor

/// A TensorBoard event file as a table of functions, for stdlib/thresh/runs/tensorboard.lua.
func eventWriter(_ writer: EventWriter) -> LuaValue {
  var functions = Namespace("tensorboard")
  functions.value("path", .string(writer.path))
  functions.function("scalar", most: 3) { call in
    try writer.scalar(call.string(1, "tag"), call.number(2, "value"), step: call.integer(3, "step"))
    return .none
  }
  functions.function("histogram", most: 3) { call in
    try writer.histogram(
      call.string(1, "tag"), call.tensorOrList(2, "values").castValues(Double.self),
      step: call.integer(3, "step"))
    return .none
  }
  // uint8 or float32 in 0 ... 1, (3, H, W), as data.save_png takes it.
  functions.function("image", most: 3) { call in
    let image = try RGBImage(call.tensor(2, "image"))
    try writer.image(
      call.string(1, "tag"), png: ImageFile.png(image), width: image.width, height: image.height,
      step: call.integer(3, "step"))
    return .none
  }
  functions.function("close", most: 0) { _ in
    writer.close()
    return .none
  }
  return functions.table
}
