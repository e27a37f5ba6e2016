-- SPDX-License-Identifier: Apache-2.0
-- npy, npz and safetensors: what is written is what is read; what is broken says where.
local th = require "thresh"
local folder = ...

local kinds = {
  th.randn(2, 3, { seed = 1 }), th.randn(2, 3, { seed = 1, dtype = "float64" }),
  th.tensor { 1, -2, 3 }, th.tensor({ 1, 2 }, { dtype = "int32" }),
  th.tensor({ 0, 255 }, { dtype = "uint8" }), th.tensor { true, false }, th.zeros(0, 3),
  th.tensor(2.5), th.randn(3, 4, { seed = 2 }):t(),
}
for i, t in ipairs(kinds) do
  local path = folder .. "/t" .. i .. ".npy"
  th.save_npy(path, t)
  local back = th.load_npy(path)
  assert(back.dtype == t.dtype and back:equal(t), "npy " .. i)
end

local named = { a = kinds[1], ["b.c"] = kinds[3], d = kinds[6] }
for _, kind in ipairs { "npz", "safetensors" } do
  local path = folder .. "/all." .. kind
  th["save_" .. kind](path, named)
  local back = th["load_" .. kind](path)
  for name, t in pairs(named) do assert(back[name]:equal(t), kind .. " " .. name) end
end
th.save_safetensors(folder .. "/meta.safetensors", named, { metadata = { made = "here" } })
local _, metadata = th.load_safetensors(folder .. "/meta.safetensors")
assert(metadata.made == "here")

-- Truncated and foreign files name themselves.
local function bytes(path) local f <close> = assert(io.open(path, "rb")) return f:read "a" end
local function put(path, text) local f <close> = assert(io.open(path, "wb")) f:write(text) end
for _, name in ipairs { "t1.npy", "all.npz", "all.safetensors" } do
  local load = th["load_" .. name:match "%.(%w+)$"]
  local whole = bytes(folder .. "/" .. name)
  local broken = folder .. "/broken-" .. name
  for _, text in ipairs { whole:sub(1, #whole // 2), whole:sub(1, 5), "", "not a file of this kind at all" } do
    put(broken, text)
    local ok, message = pcall(load, broken)
    assert(not ok and tostring(message):find("broken-" .. name, 1, true), tostring(message))
  end
end

-- Datasets of files: labels in files count from 0, those of tensors and lists from 1.
local x = th.arange(0, 59):reshape(5, 3, 2, 2):to("uint8")
th.save_npy(folder .. "/x.npy", x)
th.save_npy(folder .. "/y.npy", th.tensor { 0, 1, 2, 1, 0 })
th.save_npz(folder .. "/xy.npz", { x = x, y = th.tensor { 0, 1, 2, 1, 0 } })
put(folder .. "/x.bin", "head" .. string.char(table.unpack(x:flatten():tolist())))
for _, mmap in ipairs { true, false } do
  local y = { 1, 2, 3, 2, 1 }
  local raw = { shape = { 3, 2, 2 }, offset = 4, mmap = mmap }
  for i, set in ipairs {
    th.data.from_npy(folder .. "/x.npy", y, { mmap = mmap }),
    th.data.from_npy(folder .. "/x.npy", folder .. "/y.npy", { mmap = mmap }),
    th.data.from_npz(folder .. "/xy.npz", { mmap = mmap }),
    th.data.from_raw(folder .. "/x.bin", th.tensor(y), raw),
  } do
    assert(set.mapped == mmap and #set == 5 and set.labels:equal(th.tensor(y)), "set " .. i)
    assert(set:sample(4):equal(x[4]), "sample of set " .. i)
    assert(set:fingerprint() == th.data.from_tensors(x, th.tensor(y)):fingerprint(), "set " .. i)
  end
end

return "ok"
