// SPDX-License-Identifier: Apache-2.0
import ThreshData
import ThreshLua
import ThreshTensor

/// `th.save_npy`, `th.load_npy` and the same for npz and safetensors; whole files of text, JSON, digests.
func addFiles(to th: inout Namespace) {
  th.function("load_npy") { call in .tensor(try NPY.read(call.path(1, "path"))) }
  th.function("save_npy", most: 2) { call in
    try NPY.write(call.tensor(2, "tensor"), to: call.path(1, "path"))
    return .none
  }
  th.function("load_npz") { call in
    .one(named(try NPZ.read(call.path(1, "path"))))
  }
  th.function("save_npz", most: 2) { call in
    try NPZ.write(sorted(call), to: call.path(1, "path"))
    return .none
  }
  // The tensors by name, and the metadata of the file.
  th.function("load_safetensors") { call in
    let contents = try SafeTensors.read(call.path(1, "path"))
    let metadata = contents.metadata.map {
      (key: LuaValue.string($0.name), value: LuaValue.string($0.value))
    }
    return .many([named(contents.tensors), .table(LuaTable(fields: metadata))])
  }
  th.function("save_safetensors", most: 3) { call in
    let o = try call.options(at: 3, allowed: ["metadata"])
    let metadata = try o.table("metadata")?.fields.map { key, value in
      guard let name = key.text, let text = value.text else {
        throw o.error("metadata", "texts by name expected")
      }
      return (name: name, value: text)
    }
    try SafeTensors.write(
      sorted(call), metadata: (metadata ?? []).sorted { $0.name < $1.name },
      to: call.path(1, "path"))
    return .none
  }
  // The file with this text appears whole or not at all, and is on the disk unless that is not asked for.
  th.function("write_file", most: 3) { call in
    let path = try call.path(1, "path")
    let durable = try call.options(at: 3, allowed: ["durable"]).boolean("durable") ?? true
    try call.withBytes(2, "text") { text in
      try AtomicFile.write(path, durable: durable) { try $0(text) }
    }
    return .none
  }
  th.function("sha256") { call in .string(try FileDigest.sha256(call.path(1, "path"))) }
  th.function("parse_json") { call in
    do {
      return .one(luaValue(try call.withBytes(1, "text") { try JSON.parse(Array($0)) }))
    } catch let error as JSON.ParseError {
      throw call.argumentError(1, "text", "no JSON at byte \(error.offset + 1): \(error.message)")
    }
  }
}

private func named(_ tensors: [(name: String, tensor: Tensor)]) -> LuaValue {
  .table(LuaTable(fields: tensors.map { (.string($0.name), .object($0.tensor)) }))
}

/// Argument 2, tensors by name, in the order of the names: the same table gives the same file.
private func sorted(_ call: LuaCall) throws -> [(name: String, tensor: Tensor)] {
  try tensorsByName(call, 2, "tensors").sorted { $0.key < $1.key }
    .map { (name: $0.key, tensor: $0.value) }
}
