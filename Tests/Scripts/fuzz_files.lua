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

-- The checksum of a PNG chunk, as of zlib's crc32.
local remainders = {}
for i = 0, 255 do
  local r = i
  for _ = 1, 8 do r = r & 1 == 1 and (r >> 1) ~ 0xEDB88320 or r >> 1 end
  remainders[i] = r
end
local function checksum(bytes)
  local r = 0xFFFFFFFF
  for i = 1, #bytes do r = remainders[(r ~ bytes:byte(i)) & 255] ~ (r >> 8) end
  return r ~ 0xFFFFFFFF
end

local function chunk(name, body)
  return string.pack(">I4", #body) .. name .. body .. string.pack(">I4", checksum(name .. body))
end

-- A PNG file changed chunk by chunk, with lengths and checksums that fit: else hardly any would be looked at
-- further.
local function rebuilt(bytes, others)
  local chunks, at = {}, 9
  while at + 11 <= #bytes do
    local length = string.unpack(">I4", bytes, at)
    chunks[#chunks + 1] = { bytes:sub(at + 4, at + 7), bytes:sub(at + 8, at + 7 + length) }
    at = at + 12 + length
  end
  if #chunks == 0 then return mutated(bytes, others) end
  local chosen, kind = random(#chunks), random(1, 6)
  if kind <= 3 then
    chunks[chosen][2] = mutated(chunks[chosen][2], others)
  elseif kind == 4 then
    table.insert(chunks, random(#chunks), chunks[chosen])
  elseif kind == 5 then
    chunks[chosen][1] = ({ "IDAT", "PLTE", "tRNS", "gAMA", "iCCP", "IEND", "zzzz" })[random(7)]
  else
    table.remove(chunks, chosen)
  end
  local out = { bytes:sub(1, 8) }
  for _, part in ipairs(chunks) do out[#out + 1] = chunk(part[1], part[2]) end
  return table.concat(out)
end

local function noise(n)
  local out = {}
  for i = 1, n do out[i] = string.char(random(0, 255)) end
  return table.concat(out)
end

-- A PNG file of noise in any form that a header can name, most of them allowed.
local function drawn_png()
  local width, height, colours = random(1, 40), random(1, 40), ({ 0, 2, 3, 4, 6 })[random(5)]
  local depth = random() < 0.7 and 8 or ({ 1, 2, 4, 16, 3 })[random(5)]
  local interlaced = random() < 0.4 and 1 or 0
  local channels = ({ [0] = 1, [2] = 3, [3] = 1, [4] = 2, [6] = 4 })[colours]
  -- Rows begin with a filter of 0 to 4. Interlaced ones have more and shorter rows: these are enough.
  local rows = {}
  for _ = 1, interlaced == 1 and 2 * height or height do
    rows[#rows + 1] = string.char(random() < 0.002 and 9 or random(0, 4)) .. noise((width * channels * depth + 7) // 8)
  end
  local raw = table.concat(rows):sub(1, random() < 0.8 and -1 or random(1, 200))
  local a, b = 1, 0
  for i = 1, #raw do
    a = (a + raw:byte(i)) % 65521
    b = (b + a) % 65521
  end
  -- Stored blocks of zlib.
  local data = { "\x78\x01" }
  for at = 1, #raw, 60000 do
    local part = raw:sub(at, at + 59999)
    data[#data + 1] = string.pack("<BI2I2", at + 60000 > #raw and 1 or 0, #part, ~#part & 0xFFFF) .. part
  end
  data[#data + 1] = string.pack(">I4", b << 16 | a)
  local header = string.pack(">I4I4BBBBB", width, height, depth, colours, 0, 0, interlaced)
  local out = { "\x89PNG\r\n\x1a\n", chunk("IHDR", header) }
  if colours == 3 or random() < 0.2 then out[#out + 1] = chunk("PLTE", noise(3 * random(0, 256))) end
  if random() < 0.4 then out[#out + 1] = chunk("tRNS", noise(random(0, 10))) end
  out[#out + 1] = chunk("IDAT", table.concat(data))
  out[#out + 1] = chunk("IEND", "")
  return table.concat(out)
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
-- A set whose only picture is the case.
write(scratch .. "/pictures.json", [[{"images": [{"id": 1, "file_name": "case"}], "categories": [{"id": 1, "name":
  "a"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, 4, 4], "area": 16, "iscrowd": 0}]}]])
local pictures = th.data.coco_images { folder = scratch, annotations = scratch .. "/pictures.json" }

-- What a user would do with a file; each step by itself.
local uses = {}
function uses.jpg(bytes)
  local image = th.data.decode_image(bytes)
  assert(image.shape[1] == 3)
  th.data.resize(image, random(1, 20), random(1, 20), { antialias = random() < 0.5 })
  if image:numel() > 3e6 or random() < 0.5 then return end
  assert(th.data.image(case):equal(image))
  th.data.save_png(scratch .. "/copy.png", image)
  assert(th.data.image(scratch .. "/copy.png"):equal(image))
  th.detect.draw(image, { { random(-9, 9), random(-9, 9), random(-9, 99), random(-9, 99) } }, { labels = { "a" } })
  local recipe = ({ "none", "nvidia", "ssd" })[random(3)]
  assert(#pictures:loader { size = random(1, 24), augment = recipe, seed = random(0, 9) }().objects == 1)
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
  local bytes
  if seedling.kind == "png" and random() < 0.8 then
    bytes = random() < 0.5 and drawn_png() or rebuilt(seedling.bytes, corpus)
  else
    bytes = mutated(seedling.bytes, corpus)
  end
  write(case, bytes)
  local ok, problem = pcall(uses[seedling.kind], bytes)
  if not ok and (type(problem) ~= "string" or #problem < 8) and not tostring(problem):find "%a%a%a" then
    error("refused without a reason: " .. tostring(problem) .. " (" .. seedling.path .. ")")
  end
  if not ok and tostring(problem):find("assertion failed", 1, true) then
    error("read, but not as it should be (" .. seedling.path .. ")")
  end
  local count = counts[seedling.kind]
  count[ok and 1 or 2] = count[ok and 1 or 2] + 1
end
os.remove(case)
for _, kind in ipairs { "jpg", "png", "json" } do
  print(string.format("%-5s %7d read, %7d refused", kind, counts[kind][1], counts[kind][2]))
end
return "ok"
