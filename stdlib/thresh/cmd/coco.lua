-- SPDX-License-Identifier: Apache-2.0
-- `thresh coco`: judges results, and checks, counts and cuts files of COCO's form.

local coco = require "thresh.coco"
local json = require "thresh.json"
local options = require "thresh.options"

local usage = [[
usage: thresh coco COMMAND FILE... [options]

  eval ANNOTATIONS RESULTS     the 12 figures, as pycocotools gives them

Options:
  --json                       one JSON object instead of text
  --strict                     of eval: refuse what a report warns of
  --max-dets N,N,N             of eval: detections of a category in an image that count (1,10,100)
  --iou X,X,...                of eval: IoU thresholds (0.5 to 0.95)
  --per-class                  of eval: AP and AR of each category too]]

local function fail(...) error(string.format(...), 0) end

-- Options of each command: true for a flag, else how to read the value.
local function whole(name, text)
  return math.tointeger(tonumber(text)) or fail("--%s needs a whole number, got '%s'", name, text)
end

local function list(read)
  return function(name, text)
    local items = {}
    for item in text:gmatch "[^,]+" do items[#items + 1] = read(name, item) end
    if #items == 0 then fail("--%s needs a list, got '%s'", name, text) end
    return items
  end
end

local function number(name, text)
  return tonumber(text) or fail("--%s needs a number, got '%s'", name, text)
end

local commands = {}

-- The words as files and options.
local function parsed(words, known)
  local files, o = {}, {}
  local i = 2
  while i <= #words do
    local name, value = words[i]:match "^%-%-([%w%-]+)=(.*)$"
    name = name or words[i]:match "^%-%-([%w%-]+)$"
    local rule = name and known[name]
    if not name then
      files[#files + 1] = words[i]
    elseif not rule then
      local names = {}
      for option in pairs(known) do names[#names + 1] = option end
      fail("%s has no option '--%s'%s", words[1], name, options.suggestion(name, names))
    elseif rule == true then
      if value then fail("--%s takes no value", name) end
      o[name] = true
    else
      if not value then
        i = i + 1
        value = words[i] or fail("--%s needs a value", name)
      end
      o[name] = rule(name, value)
    end
    i = i + 1
  end
  return files, o
end

local function need(files, least, most, what)
  if #files < least or #files > most then fail("%s, got %d files", what, #files) end
end

-- A figure, or null where nothing is defined.
local function shown(value) return value > -1 and string.format("%.3f", value) or "n/a" end

commands.eval = {
  options = {
    json = true, strict = true, ["per-class"] = true, ["max-dets"] = list(whole), iou = list(number),
  },
  run = function(files, o)
    need(files, 2, 2, "eval needs annotations and results")
    local gt, dt = coco.load(files[1]), coco.results(files[2])
    local e = coco.evaluate {
      gt = gt, dt = dt, strict = o.strict, max_dets = o["max-dets"], iou = o.iou,
    }
    for _, report in ipairs { gt:report(), dt:report(gt) } do
      for _, problem in ipairs(report.problems) do
        if problem.severity == "warning" then io.stderr:write("warning: ", problem.text, "\n") end
      end
    end
    if o.json then
      local figures = {}
      for _, figure in ipairs(e:figures()) do figures[figure.name] = figure.value end
      print(json.encode {
        stats = e.stats, figures = figures, counts = e.counts, notes = json.list(e.notes),
        categories = o["per-class"] and json.list(e:categories()) or nil,
      })
      return 0
    end
    print(coco.summary(e))
    local c = e.counts
    print(string.format(
      "%d detections, %d objects (%d crowds), %d images; %d detections beyond the limit, %d of unknown categories",
      c.detections, c.objects, c.crowds, c.images, c.beyond_limit, c.unknown_category))
    if o["per-class"] then
      print(string.format("%-24s %8s %7s %7s %7s %7s", "category", "objects", "AP", "AP50", "AP75", "AR"))
      for _, k in ipairs(e:categories()) do
        print(string.format("%-24s %8d %7s %7s %7s %7s", k.name, k.objects, shown(k.ap.all), shown(k.ap50),
          shown(k.ap75), shown(k.ar.all)))
      end
    end
    return 0
  end,
}

--- `thresh coco WORDS…`: the exit status.
return function(...)
  local words = { ... }
  for i = 1, select("#", ...) do
    if type(words[i]) ~= "string" then
      error("coco: the words must be strings, got " .. options.shown(words[i]), 2)
    end
  end
  if #words == 0 or words[1] == "--help" or words[1] == "help" then
    print(usage)
    return 0
  end
  local ok, result = pcall(function()
    local names = {}
    for name in pairs(commands) do names[#names + 1] = name end
    local command = commands[words[1]]
      or fail("unknown command '%s'%s", words[1], options.suggestion(words[1], names))
    local files, o = parsed(words, command.options)
    return command.run(files, o)
  end)
  if ok then return result end
  io.stderr:write("thresh coco: ", tostring(result), "\n")
  return 2
end
