-- SPDX-License-Identifier: Apache-2.0
-- Pictures in the terminal: by kitty's protocol, by sixels, or as half blocks of two pixels each.

local th = require "thresh"
local base64 = require "thresh.base64"
local options = require "thresh.options"
local figures = require "thresh.plot.figure"

local M = {}

-- Kitty's graphics protocol: a PNG file in pieces of 4096 letters.
local function kitty(image)
  local path = os.tmpname()
  th.data.save_png(path, image)
  local file = assert(io.open(path, "rb"))
  local text = base64(file:read "a")
  file:close()
  os.remove(path)
  local out = {}
  for i = 1, #text, 4096 do
    local more = i + 4096 <= #text and 1 or 0
    out[#out + 1] = string.format("\27_G%sm=%d;%s\27\\", i == 1 and "a=T,f=100," or "", more, text:sub(i, i + 4095))
  end
  return table.concat(out) .. "\n"
end

-- Sixels of a palette of 6 x 6 x 6 colours.
local function sixel(image)
  local rgb = image:permute(2, 3, 1):contiguous()
  local h, w = rgb.shape[1], rgb.shape[2]
  local level = ((rgb:to "float32") * (5 / 255) + 0.5):floor():to "int64"
  local index = level:select(3, 1) * 36 + level:select(3, 2) * 6 + level:select(3, 3)
  local rows = index:tolist()
  local out = { "\27Pq" }
  for c = 0, 215 do
    out[#out + 1] = string.format("#%d;2;%d;%d;%d", c, 20 * (c // 36), 20 * (c // 6 % 6), 20 * (c % 6))
  end
  for top = 1, h, 6 do
    local colours = {}
    for y = top, math.min(top + 5, h) do
      for x = 1, w do
        local c = rows[y][x]
        colours[c] = colours[c] or {}
        colours[c][x] = (colours[c][x] or 0) | (1 << (y - top))
      end
    end
    for c, bits in pairs(colours) do
      out[#out + 1] = "#" .. c
      local x = 1
      while x <= w do
        local bit, run = bits[x] or 0, 1
        while x + run <= w and (bits[x + run] or 0) == bit do run = run + 1 end
        out[#out + 1] = (run > 3 and "!" .. run .. string.char(63 + bit)) or string.rep(string.char(63 + bit), run)
        x = x + run
      end
      out[#out + 1] = "$"
    end
    out[#out + 1] = "-"
  end
  out[#out + 1] = "\27\\\n"
  return table.concat(out)
end

-- Two pixels a character, the upper as the colour of the letter, the lower as that of its ground.
local function blocks(image, colours)
  local rows = image:permute(2, 3, 1):contiguous():tolist()
  local out = {}
  local function code(ground, p)
    if colours == "true" then return string.format("%d;2;%d;%d;%d", ground and 48 or 38, p[1], p[2], p[3]) end
    local c = 16 + 36 * ((p[1] * 5 + 127) // 255) + 6 * ((p[2] * 5 + 127) // 255) + (p[3] * 5 + 127) // 255
    return string.format("%d;5;%d", ground and 48 or 38, c)
  end
  for y = 1, #rows, 2 do
    local line = {}
    for x = 1, #rows[y] do
      local upper, lower = rows[y][x], rows[y + 1] and rows[y + 1][x]
      line[#line + 1] = "\27[" .. code(false, upper) .. (lower and ";" .. code(true, lower) or "") .. "m▀"
    end
    out[#out + 1] = table.concat(line) .. "\27[0m"
  end
  return table.concat(out, "\n") .. "\n"
end

-- Without colours: one character for two pixels, from dark to bright.
local shades = { " ", ".", ":", "-", "=", "+", "*", "#", "%", "@" }

local function letters(image)
  local rows = image:to("float32"):mean(1):tolist()
  local out = {}
  for y = 1, #rows, 2 do
    local line = {}
    for x = 1, #rows[y] do
      local v = rows[y + 1] and (rows[y][x] + rows[y + 1][x]) / 2 or rows[y][x]
      line[#line + 1] = shades[math.min(#shades, math.floor(v / 255 * #shades) + 1)]
    end
    out[#out + 1] = table.concat(line)
  end
  return table.concat(out, "\n") .. "\n"
end

-- What the terminal can do, as far as it says so.
local function protocol()
  local function env(name) return os.getenv(name) or "" end
  if not th.is_terminal(1) or env "NO_COLOR" ~= "" or env "TERM" == "dumb" then return "letters" end
  if env "KITTY_WINDOW_ID" ~= "" or env "TERM":find "kitty" or env "TERM_PROGRAM":find "WezTerm"
    or env "TERM_PROGRAM":find "ghostty" then return "kitty" end
  if env "TERM":find "sixel" or env "TERM" == "mlterm" or env "TERM" == "foot" then return "sixel" end
  return "blocks"
end

-- Any picture as uint8 (3, H, W).
local function picture(image, what)
  if type(image) == "string" then return th.data.image(image) end
  if getmetatable(image) ~= "Tensor" then
    error(what .. ": a picture (3, H, W) or (H, W), or the path of one, expected, got " .. options.shown(image), 3)
  end
  local t = image:detach()
  if t.ndim == 2 then t = t:unsqueeze(1) end
  if t.ndim ~= 3 or (t.shape[1] ~= 3 and t.shape[1] ~= 1) then
    error(string.format("%s: a picture (3, H, W), (1, H, W) or (H, W) expected, got (%s)", what,
      table.concat(image.shape, ", ")), 3)
  end
  if t.dtype == "bool" then t = t:to "uint8" * 255 end
  if t.dtype ~= "uint8" then
    t = t:to "float32"
    -- Normalised pictures lie outside 0 … 1: their own range is shown.
    local low, high = t:amin():item(), t:amax():item()
    if low < 0 or high > 1 then t = (t - low) / math.max(high - low, 1e-12) end
    t = (t:clamp { min = 0, max = 1 } * 255 + 0.5):floor():to "uint8"
  end
  if t.shape[1] == 1 then t = th.cat({ t, t, t }, 1) end
  return t
end

-- A figure as a picture by gnuplot; nil where it cannot be drawn, as where gnuplot is missing.
local function painted(figure)
  local name = os.tmpname()
  local ok, image = pcall(function()
    figure:save(name .. ".png")
    return th.data.image(name .. ".png")
  end)
  for _, ending in ipairs { "", ".png", ".gp", ".dat" } do os.remove(name .. ending) end
  return ok and image or nil
end

--- The text that draws a picture: what `show` writes. Options as of show.
---
--- Example:
---     local text = th.show.text(th.ones(1, 4, 4), { protocol = "letters", width = 4 })
---     assert(text:find "\n")
---@param image Tensor|string|table
---@param given? table protocol, width
---@param level? integer whose mistake an error is, as to error (1)
---@return string text
function M.text(image, given, level)
  local o = options.check("show", given or {}, {
    protocol = { "string" }, width = { "integer", from = 1, to = 4096 },
  }, (level or 1) + 1)
  local kind = o.protocol or protocol()
  options.choice("show", "protocol", kind, { "kitty", "sixel", "blocks", "letters" }, (level or 1) + 1)
  if figures.is(image) then
    local drawn = (kind == "kitty" or kind == "sixel") and painted(image)
    if not drawn then return tostring(image) .. "\n" end
    image = drawn
  end
  local t = picture(image, "show")
  local h, w = t.shape[2], t.shape[3]
  if kind == "kitty" then return kitty(t) end
  if kind == "sixel" then
    if w > 800 then t = (th.data.resize(t, math.max(1, h * 800 // w), 800) * 255):round():to "uint8" end
    return sixel(t)
  end
  -- Small pictures are enlarged to be seen, large ones made to fit.
  local most = o.width or math.min(th.terminal_width() - 1, 80)
  local width = math.min(most, w < 32 and w * 2 or w)
  local height = math.max(1, math.floor(h * width / w + 0.5))
  if width ~= w then t = (th.data.resize(t, height, width) * 255):round():to "uint8" end
  if kind == "letters" then return letters(t) end
  return blocks(t, (os.getenv "COLORTERM" or ""):find "truecolor" and "true" or "256")
end

--- Draws a picture in the terminal: uint8, or floats (of any range: beyond 0 … 1 it is stretched), (3, H, W),
--- (1, H, W) or (H, W), or the path of a JPEG or PNG file; or a figure of th.plot, drawn by gnuplot in kitty and
--- sixel terminals and in characters elsewhere.
---
--- Options: protocol ("kitty", "sixel", "blocks" of half characters, "letters" without colours; that of the
--- terminal), width in characters (the terminal's, at most 80).
---
--- Example:
---     local image = th.rand(3, 8, 8)
---     th.show(image, { protocol = "letters", width = 8 })
---     assert(image:amax():item() <= 1)
---@param image Tensor|string|table
---@param given? table protocol, width
function M.show(image, given)
  io.write(M.text(image, given, 2))
  io.flush()
end

return setmetatable(M, { __call = function(_, ...) return M.show(...) end })
