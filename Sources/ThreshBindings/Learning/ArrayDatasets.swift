// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshTensor

/// `th.data.from_…`: datasets of tensors and of array files.
func arrayDatasets(in data: inout Namespace) {
  let described = ["name", "class_names", "pixel_maximum"]

  data.function("from_tensors") { call in
    let x = try call.tensor(1, "x")
    let o = try call.options(at: 3, allowed: described + ["label_base"])
    return .object(
      try ImageDataset.fromTensors(
        x: x, y: tensorLabels(call, o), name: o.string("name") ?? "tensors",
        classNames: o.classNames(), pixelMaximum: o.pixelMaximum()))
  }
  data.function("from_npy") { call in
    let o = try call.options(at: 3, allowed: described + ["label_base", "mmap"])
    return .object(
      try ImageDataset.fromNPY(
        call.path(1, "path"), y: labels(call, o), name: o.string("name"),
        classNames: o.classNames(), pixelMaximum: o.pixelMaximum(), mapping: o.mapping()))
  }
  data.function("from_npz") { call in
    let o = try call.options(at: 2, allowed: described + ["x", "y", "mmap"])
    return .object(
      try ImageDataset.fromNPZ(
        call.path(1, "path"), x: o.string("x") ?? "x", y: o.string("y") ?? "y",
        name: o.string("name"), classNames: o.classNames(), pixelMaximum: o.pixelMaximum(),
        mapping: o.mapping()))
  }
  data.function("from_raw") { call in
    let o = try call.options(
      at: 3, allowed: described + ["label_base", "mmap", "shape", "dtype", "offset", "stride"])
    return .object(
      try ImageDataset.fromRaw(
        call.path(1, "path"), sampleShape: o.required("shape", o.integers("shape")),
        dtype: o.dtype() ?? .uint8, offset: o.integer("offset") ?? 0,
        stride: o.integer("stride"), y: labels(call, o), name: o.string("name"),
        classNames: o.classNames(), pixelMaximum: o.pixelMaximum(), mapping: o.mapping()))
  }
}

/// Argument 2: the path of an npy file, in which labels count from 0, or labels as `tensorLabels`
/// takes them.
private func labels(_ call: LuaCall, _ o: LuaOptions) throws -> Tensor {
  guard call.kind(2) == .string else { return try tensorLabels(call, o) }
  return try zeroBased(
    call, NPY.read(call.path(2, "labels")), base: o.integer("label_base") ?? 0, o)
}

/// Labels of a tensor or list count from 1; `label_base = 0` says that they count from 0.
private func tensorLabels(_ call: LuaCall, _ o: LuaOptions) throws -> Tensor {
  try zeroBased(
    call, call.tensorOrList(2, "y", dtype: .int64), base: o.integer("label_base") ?? 1, o)
}

private func zeroBased(_ call: LuaCall, _ y: Tensor, base: Int, _ o: LuaOptions) throws -> Tensor {
  guard base == 0 || base == 1 else {
    throw o.error("label_base", "0 or 1 expected, got \(base)")
  }
  guard y.dtype.isInteger else {
    throw call.argumentError(2, "y", "labels must be integers, got \(y.dtype.name)")
  }
  let labels = try y.castValues(Int64.self).enumerated().map { i, label in
    guard label >= Int64(base) else {
      let hint = label == 0 ? "; say {label_base = 0} when labels count from 0" : ""
      throw call.argumentError(2, "y", "label \(label) of row \(i + 1) is below \(base)\(hint)")
    }
    return label - Int64(base)
  }
  return try Tensor(labels, y.shape)
}

extension LuaOptions {
  /// `mmap`: true leaves pixels in their files, false reads them, nil decides by their size.
  func mapping() throws -> Mapping {
    try boolean("mmap").map { $0 ? .always : .never } ?? .automatic
  }

  fileprivate func pixelMaximum() throws -> Float? {
    try number("pixel_maximum").map { Float($0) }
  }

  fileprivate func classNames() throws -> [String]? {
    try table("class_names")?.array.map { value in
      guard let text = value.text else {
        throw error("class_names", "texts expected, got a \(value.typeName)")
      }
      return text
    }
  }
}
