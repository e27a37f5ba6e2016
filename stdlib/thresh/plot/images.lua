-- SPDX-License-Identifier: Apache-2.0
-- Grids of pictures: in the terminal as blocks, in files as PNG by libpng.

local core = require "thresh.core"
local data = require "thresh.plot.data"
local gnuplot = require "thresh.plot.gnuplot"
local options = require "thresh.options"
local terminal = require "thresh.plot.terminal"

local M = {}

local Grid = { __name = "ImageGrid", is_figure = true }
Grid.__index = Grid

-- The pictures of what was given, each a tensor (1 or 3, H, W).
local function pictures(what, given, level)
  local out = {}
  if core.is_tensor(given) then
    if given.ndim ~= 4 and given.ndim ~= 3 then
      error(string.format("%s: pictures (N, C, H, W) or (N, H, W) expected, got shape (%s)", what,
        table.concat(given.shape, ", ")), level + 1)
    end
    for i = 1, given.shape[1] do out[i] = given[i] end
  elseif type(given) == "table" then
    for i, picture in ipairs(given) do out[i] = picture end
  else
    error(string.format("%s: a tensor (N, C, H, W) or a list of pictures expected, got %s", what,
      options.shown(given)), level + 1)
  end
  if #out == 0 then error(what .. ": needs at least one picture", level + 1) end
  for i, picture in ipairs(out) do
    if type(picture) == "string" then picture = core.data.image(picture) end
    if not core.is_tensor(picture) then
      error(string.format("%s: picture %d: a tensor or a path expected, got %s", what, i, options.shown(picture)), level + 1)
    end
    local t = picture:detach()
    if t.ndim == 2 then t = t:unsqueeze(1) end
    if t.ndim ~= 3 or t.shape[1] ~= 1 and t.shape[1] ~= 3 or t:numel() == 0 then
      error(string.format("%s: picture %d: (3, H, W), (1, H, W) or (H, W) expected, got (%s)", what, i,
        table.concat(picture.shape, ", ")), level + 1)
    end
    out[i] = t
  end
  return out
end

-- All as uint8 (3, H, W). Floats beyond 0 … 1, as normalised pictures are, share one stretched range;
-- `range`, what is black and what is white, is for all of them.
local function bytes(list, range)
  local low, high = 0, 1
  for _, t in ipairs(list) do
    if t.dtype ~= "uint8" and t.dtype ~= "bool" then
      local f = t:to("float32"):nan_to_num()
      low, high = math.min(low, f:amin():item()), math.max(high, f:amax():item())
    end
  end
  if range then low, high = range[1], range[2] end
  for i, t in ipairs(list) do
    if t.dtype == "bool" then t = t:to "uint8" * 255 end
    if t.dtype ~= "uint8" or range then
      t = ((t:to("float32"):nan_to_num() - low) / (high - low) * 255 + 0.5):floor():clamp(0, 255):to "uint8"
    end
    list[i] = t.shape[1] == 1 and t:expand(3, t.shape[2], t.shape[3]) or t
  end
end

local function enlarged(t, scale)
  if scale == 1 then return t end
  return t:repeat_interleave(scale, 2):repeat_interleave(scale, 3)
end

local function white(h, w) return core.full({ 3, h, w }, 255, { dtype = "uint8" }) end

local function place(into, t, top, left)
  into[{ {}, { top, top + t.shape[2] - 1 }, { left, left + t.shape[3] - 1 } }] = t
end

-- A line of text, cut off to a width.
local function letters(text, scale, width)
  local most = math.max(1, (width + scale) // (6 * scale))
  local shown = utf8.len(text) > most and text:sub(1, utf8.offset(text, most) - 1) .. "." or text
  local t = core.data.letters(shown, { scale = scale })
  return t.shape[3] > width and t:narrow(3, 1, width) or t
end

--- The grid as one picture.
local function compose(self)
  local n, columns = #self.pictures, self.columns
  local rows, border, scale = math.ceil(n / columns), self.border, self.scale
  local height, width, labelled = 0, 0, false
  for _, t in ipairs(self.pictures) do
    height, width = math.max(height, t.shape[2] * scale), math.max(width, t.shape[3] * scale)
  end
  for _, label in ipairs(self.labels) do labelled = labelled or label ~= "" end
  local size = math.max(1, width // 70)
  local text_height = labelled and 7 * size + 4 or 0
  local cell_h, cell_w = height + text_height + border, width + border
  local title_scale = math.max(1, math.min(3, (columns * cell_w) // 250))
  local head = self.title ~= "" and 7 * title_scale + 8 or 0
  local canvas = white(rows * cell_h + border + head, columns * cell_w + border)
  if head > 0 then
    -- What is narrower than a margin of two pixels has none.
    local margin = math.min(math.max(border, 1), (canvas.shape[3] - 1) // 2)
    place(canvas, letters(self.title, title_scale, canvas.shape[3] - 2 * margin), 5, margin + 1)
  end
  for i, t in ipairs(self.pictures) do
    local top = head + border + (i - 1) // columns * cell_h + 1
    local left = border + (i - 1) % columns * cell_w + 1
    t = enlarged(t, scale)
    place(canvas, t, top + (height - t.shape[2]) // 2, left + (width - t.shape[3]) // 2)
    local label = self.labels[i] or ""
    if label ~= "" then place(canvas, letters(label, size, width), top + height + 2, left) end
  end
  return canvas
end

function Grid:image()
  self.composed = self.composed or compose(self)
  return self.composed
end

function Grid:save(path)
  if getmetatable(self) ~= Grid then
    error("plot: save is a method of figures, got " .. options.shown(self) .. "; write figure:save(…)", 2)
  end
  gnuplot.parts(path, { "png" }, 2)
  core.data.save_png(path, self:image())
  return path
end

function Grid:text(given)
  local o = options.check("plot: text", given, {
    width = { "integer", from = 16, to = 1000 }, colour = { "boolean" },
  }, 2)
  local colour = o.colour
  if colour == nil then colour = terminal.has_colours() end
  local width = o.width or math.max(16, terminal.width())
  local has_show, show = pcall(require, "thresh.show")
  -- Which a sandbox has not.
  if not has_show then return string.format("%d pictures", #self.pictures) end
  local text = show.text(self:image(), { protocol = colour and "blocks" or "letters", width = math.min(width, 4096) })
  local lines = { self.title ~= "" and self.title or nil }
  lines[#lines + 1] = (text:gsub("\n$", ""))
  local names = {}
  for i, label in ipairs(self.labels) do if label ~= "" then names[#names + 1] = i .. " " .. label end end
  if #names > 0 then lines[#lines + 1] = table.concat(names, ", ") end
  return table.concat(lines, "\n")
end

Grid.__tostring = function(self) return self:text() end

--- Pictures in rows: a tensor (N, C, H, W) or (N, H, W), or a list of tensors and paths.
---
--- uint8 is shown as it is; floats from 0 to 1 are scaled, beyond that all are stretched by their common
--- range. What is smaller than the largest is centred. `figure:save` writes a .png, by libpng; `figure:image()`
--- is the picture, uint8 (3, H, W).
---
--- Example:
---     local figure = th.plot.image_grid(th.rand(6, 3, 8, 8), { columns = 3, labels = { "a", "b" }, scale = 4 })
---     figure:save(scratch .. "/grid.png")
---     assert(figure:image().shape[1] == 3 and figure:image().shape[3] == 3 * 34 + 2)
---@param images Tensor|table
---@param given? table columns (as many as make it square), labels ({}), a text each; border (2), pixels between; scale (so that the largest has 64 pixels), a whole number; range (as above), { black, white }; title ("")
---@return table figure text, image and save
function M.image_grid(images, given)
  local what = "plot.image_grid"
  local o = options.check(what, given, {
    columns = { "integer", from = 1, to = 10000 }, labels = { "table", default = {} },
    border = { "integer", default = 2, from = 0, to = 100 }, scale = { "integer", from = 1, to = 64 },
    range = { "table" }, title = { { "string", "number" }, default = "" },
  }, 2)
  local low, high = 0, 1
  if o.range then low, high = o.range[1], o.range[2] end
  if type(low) ~= "number" or type(high) ~= "number" or not (data.finite(low) and data.finite(high) and low < high) then
    error(what .. ": option 'range' must be two finite numbers, that of black first", 2)
  end
  local list = pictures(what, images, 2)
  bytes(list, o.range)
  local labels = {}
  for i = 1, #list do
    local label = o.labels[i]
    if label ~= nil and type(label) ~= "string" and type(label) ~= "number" then
      error(string.format("%s: label %d must be a text, got %s", what, i, options.shown(label)), 2)
    end
    labels[i] = label == nil and "" or data.text(label)
  end
  local largest = 1
  for _, t in ipairs(list) do largest = math.max(largest, t.shape[2], t.shape[3]) end
  return setmetatable({
    kind = "images", pictures = list, labels = labels, border = o.border, title = data.text(o.title),
    columns = math.min(#list, o.columns or math.ceil(math.sqrt(#list))),
    scale = o.scale or math.max(1, math.min(64, 64 // largest)),
  }, Grid)
end

return M
