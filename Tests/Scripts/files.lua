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

return "ok"
