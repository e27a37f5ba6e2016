-- SPDX-License-Identifier: Apache-2.0
-- `thresh coco`: judges results, and checks, counts and cuts files of COCO's form.

local coco = require "thresh.coco"
local command_line = require "thresh.command_line"
local json = require "thresh.json"
local options = require "thresh.options"

local usage = [[
usage: thresh coco COMMAND FILE... [options]

  eval ANNOTATIONS RESULTS     the 12 figures, as pycocotools gives them
  check ANNOTATIONS [RESULTS]  every problem, by kind; status 1 when there is one
  stats ANNOTATIONS            what the file holds
  filter ANNOTATIONS           what the options keep, into --out
  sample ANNOTATIONS           --count images drawn at random, into --out
  split ANNOTATIONS            parts of the images drawn at random, into --out A,B,...
  merge ANNOTATIONS...         all of the files together, into --out

Options:
  --json                       one JSON object instead of text
  --strict                     of eval: refuse what a report warns of
  --max-dets N,N,N             of eval: detections of a category in an image that count (1,10,100)
  --iou X,X,...                of eval: IoU thresholds (0.5 to 0.95)
  --per-class                  of eval: AP and AR of each category too
  --masks                      of eval: compare masks instead of boxes
  --tide                       of eval: what each kind of error costs
  --bootstrap N                of eval: 95 % intervals from N draws of images
  --out FILE[,FILE]            where filter, sample, split and merge write
  --categories NAME,NAME       of filter: names or ids to keep
  --min-area N, --max-area N   of filter: objects of this many square pixels
  --no-crowds, --drop-invalid  of filter: leave out crowds, and objects without a proper box
  --drop-empty                 of filter: leave out images that are left without objects
  --count N                    of sample
  --fractions X,X              of split: parts of the images (equal parts)
  --seed N                     of sample and split (0)]]

local fail, word, whole = command_line.fail, command_line.text, command_line.whole

-- Options of each command: true for a flag, else how to read the value.

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

local function need(files, least, most, what)
  if #files < least or #files > most then fail("%s, got %d files", what, #files) end
end

-- Says what a file has wrong, but for one kind.
local function tell(report, except)
  for _, problem in ipairs(report.problems) do
    if problem.severity ~= "note" and problem.kind ~= except then
      io.stderr:write(problem.severity, ": ", problem.text, "\n")
    end
  end
end

-- Annotations to count or to cut: what is wrong with them is told, and no reason to stop.
local function told(path)
  local annotations = coco.load(path)
  tell(annotations:report())
  return annotations
end

-- A figure, or null where nothing is defined.
local function shown(value) return value > -1 and string.format("%.3f", value) or "n/a" end

commands.eval = {
  options = {
    json = true, strict = true, ["per-class"] = true, ["max-dets"] = list(whole), iou = list(number),
    masks = true, tide = true, bootstrap = whole,
  },
  run = function(files, o)
    need(files, 2, 2, "eval needs annotations and results")
    local masks = o.masks or false
    local gt, dt = coco.load(files[1], { masks = masks }), coco.results(files[2], { masks = masks })
    local e = coco.evaluate {
      gt = gt, dt = dt, strict = o.strict, max_dets = o["max-dets"], iou = o.iou, masks = masks,
    }
    local tide = o.tide and e:tide() or nil
    local intervals = o.bootstrap and e:bootstrap { draws = o.bootstrap } or nil
    for _, report in ipairs { gt:report(), dt:report(gt) } do tell(report, o.strict and "zero-id") end
    if o.json then
      local figures = {}
      for _, figure in ipairs(e:figures()) do figures[figure.name] = figure.value end
      print(json.encode {
        stats = e.stats, figures = figures, counts = e.counts, notes = json.list(e.notes),
        categories = o["per-class"] and json.list(e:categories()) or nil, tide = tide,
        bootstrap = intervals,
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
    if tide then
      print(string.format("TIDE at IoU 0.5: AP %.3f; what mending each kind of error gains:", tide.ap))
      for _, name in ipairs { "Cls", "Loc", "Both", "Dupe", "Bkg", "Miss" } do
        print(string.format("  %-5s %.4f  %d errors", name, tide.gains[name], tide.counts[name]))
      end
      print(string.format("  all false detections %.4f, all missed objects %.4f", tide.gains.FP, tide.gains.FN))
    end
    for _, i in ipairs(intervals or {}) do
      print(string.format("%-5s %.4f  95 %% of %d draws in %.4f ... %.4f", i.name, i.value, o.bootstrap, i.low,
        i.high))
    end
    return 0
  end,
}

-- The reports of the files; one that is no JSON at all is a report, too.
local function reports(files)
  local all, gt = {}, nil
  for i, path in ipairs(files) do
    local ok, read = pcall(i == 1 and coco.load or coco.results, path)
    if ok then
      gt = gt or i == 1 and read or nil
      all[i] = i == 1 and read:report() or read:report(gt)
    else
      local text = type(read) == "table" and read.message or tostring(read)
      all[i] = { path = path, problems = {
        { kind = "unreadable", severity = "error", count = 1, message = text, text = text, examples = {} },
      } }
    end
  end
  return all
end

commands.check = {
  options = { json = true },
  run = function(files, o)
    need(files, 1, 2, "check needs annotations, and results if they are to be checked")
    local all, status, notes = reports(files), 0, 0
    for _, report in ipairs(all) do
      json.list(report.problems)
      for _, problem in ipairs(report.problems) do
        json.list(problem.examples)
        if problem.severity ~= "note" then status = 1 else notes = notes + 1 end
        if not o.json then print(problem.severity .. ": " .. problem.text) end
      end
    end
    if o.json then
      print(json.encode { ok = status == 0, files = all })
    elseif status == 0 then
      print(notes == 0 and "no problem found" or "no problem found beyond what is noted")
    end
    return status
  end,
}

commands.stats = {
  options = { json = true },
  run = function(files, o)
    need(files, 1, 1, "stats needs annotations")
    local s = told(files[1]):statistics()
    if o.json then
      json.list(s.categories)
      print(json.encode(s))
      return 0
    end
    print(string.format("%d images (%d without objects), %d objects (%d crowds), %d categories", s.images,
      s.empty_images, s.objects, s.crowds, #s.categories))
    print(string.format("%.2f objects an image, at most %d; %d small, %d medium, %d large", s.mean, s.most,
      s.small, s.medium, s.large))
    print(string.format("%-24s %8s %8s %8s", "category", "objects", "images", "crowds"))
    for _, k in ipairs(s.categories) do
      print(string.format("%-24s %8d %8d %8d", k.name, k.objects, k.images, k.crowds))
    end
    return 0
  end,
}

local function written(counts, path)
  print(string.format("%s: %d images, %d objects, %d categories", path, counts.images, counts.objects,
    counts.categories))
  if counts.repeated > 0 then
    print(string.format("%d objects that a file before had were left out", counts.repeated))
  end
end


-- Ids of the categories with these names or ids.
local function category_ids(annotations, names)
  local ids, known = {}, {}
  for _, category in ipairs(annotations:categories()) do
    ids[category.name], ids[tostring(category.id)] = category.id, category.id
    known[#known + 1] = category.name
  end
  local chosen = {}
  for i, name in ipairs(names) do
    chosen[i] = ids[name] or fail("there is no category '%s'%s", name, options.suggestion(name, known))
  end
  return chosen
end

commands.filter = {
  options = {
    out = word, categories = list(word), ["min-area"] = number, ["max-area"] = number, ["no-crowds"] = true,
    ["drop-invalid"] = true, ["drop-empty"] = true,
  },
  run = function(files, o)
    need(files, 1, 1, "filter needs annotations")
    local out = o.out or fail("filter needs --out")
    local low, high = o["min-area"], o["max-area"]
    if low and high and low > high then fail("--min-area %g is above --max-area %g", low, high) end
    local choice = {
      min_area = o["min-area"], max_area = o["max-area"], no_crowds = o["no-crowds"],
      drop_invalid = o["drop-invalid"],
    }
    if o.categories then choice.categories = category_ids(told(files[1]), o.categories) end
    local counts = coco.copy(files[1], out, choice)
    if o["drop-empty"] then
      local kept = coco.load(out)
      counts = coco.copy(out, out, { images = kept:image_ids { with_objects = true } })
    end
    written(counts, out)
    return 0
  end,
}

commands.sample = {
  options = { out = word, count = whole, seed = whole },
  run = function(files, o)
    need(files, 1, 1, "sample needs annotations")
    local out, count = o.out or fail("sample needs --out"), o.count or fail("sample needs --count")
    local ids = told(files[1]):sample(count, { seed = o.seed })
    written(coco.copy(files[1], out, { images = ids }), out)
    return 0
  end,
}

commands.split = {
  options = { out = list(word), fractions = list(number), seed = whole },
  run = function(files, o)
    need(files, 1, 1, "split needs annotations")
    local out, fractions = o.out or fail("split needs --out"), o.fractions
    if not fractions then
      fractions = {}
      for i = 1, #out do fractions[i] = 1 / #out end
    end
    if #fractions ~= #out then fail("%d fractions for %d files", #fractions, #out) end
    for i, path in ipairs(out) do
      for j = 1, i - 1 do
        if out[j] == path then fail("--out names '%s' twice", path) end
      end
    end
    local parts = told(files[1]):split(fractions, { seed = o.seed })
    -- One of the files may be the source, which all of them are read from.
    local counts, parting = {}, {}
    local ok, problem = pcall(function()
      for i, ids in ipairs(parts) do
        parting[i] = out[i] .. ".part"
        counts[i] = coco.copy(files[1], parting[i], { images = ids })
      end
    end)
    for i, path in ipairs(parting) do
      if not ok then
        os.remove(path)
      elseif not os.rename(path, out[i]) then
        fail("cannot write '%s'", out[i])
      else
        written(counts[i], out[i])
      end
    end
    if not ok then error(problem, 0) end
    return 0
  end,
}

commands.merge = {
  options = { out = word },
  run = function(files, o)
    need(files, 1, math.huge, "merge needs annotations")
    local out = o.out or fail("merge needs --out")
    written(coco.merge(files, out), out)
    return 0
  end,
}

-- Help may be asked for anywhere.
local function asks(words)
  local found = #words == 0 or words[1] == "help"
  for _, text in ipairs(words) do found = found or text == "--help" end
  return found
end

--- `thresh coco WORDS…`: the exit status.
return command_line.program("coco", usage, function(words)
  local command = command_line.chosen(commands, words[1])
  return command.run(command_line.parsed(words, 2, command.options, {}, words[1]))
end, asks)
