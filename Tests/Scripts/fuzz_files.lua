-- SPDX-License-Identifier: Apache-2.0
-- Reads files that were broken at random: each is read or refused with a message, and the process lives on.
--
--   thresh --max-memory 1G Tests/Scripts/fuzz_files.lua SCRATCH FOLDER... [seconds] [seed]
--
-- FOLDER holds the corpus: JPEG, PNG and COCO JSON files. `scripts/fuzz files` runs it for minutes; the case at
-- hand lies in SCRATCH/case should it crash.
local th = require "thresh"
local words = { ... }
local scratch, folders, seconds, seed = table.remove(words, 1), {}, 5, 1
for _, word in ipairs(words) do
  if not tonumber(word) then
    folders[#folders + 1] = word
  elseif seconds == 5 then
    seconds = tonumber(word)
  else
    seed = math.tointeger(tonumber(word))
  end
end
math.randomseed(seed)
local random = math.random

-- The corpus: names and bytes.
local corpus = {}
for _, folder in ipairs(folders) do
  local list = assert(io.popen("find '" .. folder .. "' -type f | LC_ALL=C sort"))
  for path in list:lines() do
    local kind = path:match "%.(%w+)$"
    kind = kind == "jpeg" and "jpg" or kind
    if kind == "jpg" or kind == "png" or kind == "json" then
      local file = assert(io.open(path, "rb"))
      corpus[#corpus + 1] = { kind = kind, bytes = file:read "a", path = path }
      file:close()
    end
  end
  list:close()
end
assert(#corpus > 0, "no JPEG, PNG or JSON files in " .. table.concat(folders, ", "))

-- Pieces that parsers stumble over.
local pieces = {
  "\0", "\255", "\255\216", "\255\217", "\255\218", "\255\225\0\8Exif\0\0", "IHDR", "IDAT", "IEND", "PLTE", "{", "}",
  "[", "]", ",", ":", '"', "\\", "\\u0000", "\\ud800", "null", "true", "NaN", "Infinity", "-", "1e308", "1e-400",
  "9223372036854775808", "0.1", '"bbox":', '"image_id":', '"iscrowd":2', '"id":0', "\127\255\255\255", "\0\0\0\0",
}

local function mutated(bytes, others)
  for _ = 1, random(1, 6) do
    local n, kind = #bytes, random(1, 8)
    local at = random(1, n + 1)
    if kind == 1 then
      bytes = bytes:sub(1, at - 1) .. string.char(random(0, 255)) .. bytes:sub(at + 1)
    elseif kind == 2 then
      bytes = bytes:sub(1, at - 1) .. pieces[random(#pieces)] .. bytes:sub(at)
    elseif kind == 3 then
      bytes = bytes:sub(1, at - 1) .. pieces[random(#pieces)] .. bytes:sub(at + random(1, 12))
    elseif kind == 4 then
      bytes = bytes:sub(1, at - 1) .. bytes:sub(at + random(1, 64))
    elseif kind == 5 then
      local from = random(1, n + 1)
      bytes = bytes:sub(1, at - 1) .. bytes:sub(from, from + random(0, 200)) .. bytes:sub(at)
    elseif kind == 6 then
      bytes = bytes:sub(1, at)
    elseif kind == 7 then
      local other = others[random(#others)].bytes
      local from = random(1, #other)
      bytes = bytes:sub(1, at - 1) .. other:sub(from, from + random(0, 400)) .. bytes:sub(at)
    elseif n > 0 then
      local place = math.min(at, n)
      bytes = bytes:sub(1, place - 1) .. string.char(bytes:byte(place) ~ (1 << random(0, 7))) .. bytes:sub(place + 1)
    end
  end
  return bytes
end

local case = scratch .. "/case"
local truth = scratch .. "/truth.json"

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

write(truth, [[{"images": [{"id": 1, "width": 9, "height": 9, "file_name": "a.png"}], "categories": [{"id": 1,
  "name": "a"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 4, 4], "area": 16,
  "iscrowd": 0}]}]])
truth = th.coco.load(truth)

-- What a user would do with a file; each step by itself.
local uses = {}
function uses.jpg(bytes)
  local image = th.data.decode_image(bytes)
  assert(image.shape[1] == 3)
  th.data.resize(image, 8, 8)
end
uses.png = uses.jpg
function uses.json()
  local ok, annotations = pcall(th.coco.load, case, { masks = random() < 0.5 })
  if ok then
    annotations:report()
    annotations:statistics()
    annotations:objects()
    pcall(th.data.coco_images, { folder = scratch, annotations = case, drop_invalid = random() < 0.5 })
    pcall(th.coco.copy, case, scratch .. "/copy.json", { no_crowds = true })
  end
  local found, results = pcall(th.coco.results, case, { masks = random() < 0.3 })
  if found then
    results:report(truth)
    pcall(th.coco.evaluate, { gt = truth, dt = results })
  end
  -- It is a file of one of the two kinds.
  if not ok and not found then error(annotations, 0) end
end

local began, counts = th.clock(), { jpg = { 0, 0 }, png = { 0, 0 }, json = { 0, 0 } }
while th.clock() - began < seconds do
  local seedling = corpus[random(#corpus)]
  local bytes = mutated(seedling.bytes, corpus)
  write(case, bytes)
  local ok, problem = pcall(uses[seedling.kind], bytes)
  if not ok and (type(problem) ~= "string" or #problem < 8) and not tostring(problem):find "%a%a%a" then
    error("refused without a reason: " .. tostring(problem) .. " (" .. seedling.path .. ")")
  end
  local count = counts[seedling.kind]
  count[ok and 1 or 2] = count[ok and 1 or 2] + 1
end
os.remove(case)
for _, kind in ipairs { "jpg", "png", "json" } do
  print(string.format("%-5s %7d read, %7d refused", kind, counts[kind][1], counts[kind][2]))
end
return "ok"
