-- SPDX-License-Identifier: Apache-2.0
-- `thresh trace`: what the traces of runs hold, how they differ, and their content for other programs.

local command_line = require "thresh.command_line"
local core = require "thresh.core"
local options = require "thresh.options"

local usage = [[
usage: thresh trace COMMAND FILE... [options]

  stats FILE...           what was selected: sizes, fill, overlap, coverage, counts, classes
  diff FILE FILE          headers, and the overlap (Jaccard) of two runs epoch by epoch
  union FILE...           the images that any selection holds, one a line
  intersect FILE...       the images that every selection holds, one a line
  replay FILE             the selection each epoch would train on
  export FILE             every selection, as CSV or JSON

Options:
  --out FILE              write there instead of to standard output
  --format csv|json       of export (csv)
  --counts FILE           of stats: in how many selections each image is, how often it came by a batch
                          selector and how often that kept it, as CSV; summed over the traces
  --epochs N              of replay: the epochs of the new run (the recorded ones)
  --policy NAME           of replay: epoch, fraction, loop or shuffled (epoch)
  --seed N                of replay: for shuffled (1)

Images and epochs count from 0, as in the file.]]

local fail, text, whole = command_line.fail, command_line.text, command_line.whole

local known = {
  out = text, format = command_line.one_of("csv", "json"), counts = text,
  policy = command_line.one_of("epoch", "fraction", "loop", "shuffled"), epochs = whole, seed = whole,
}

local function read(path)
  local trace = core.select.read_trace(path)
  if trace.torn then io.stderr:write("note: the last line of ", path, " is cut off and was passed over\n") end
  return trace
end

-- Lines to a file, or to standard output.
local function write(lines, out)
  local text = table.concat(lines, "\n") .. (#lines > 0 and "\n" or "")
  if not out then
    io.stdout:write(text)
    return
  end
  local file, problem = io.open(out, "w")
  if not file then fail("%s", problem) end
  file:write(text)
  file:close()
end

local function events(trace)
  local i = 0
  return function()
    i = i + 1
    if i <= trace.event_count then return i, trace:event(i) end
  end
end

-- How often each of a list of counts occurs, in few words.
local function distribution(counts)
  local never, most = counts:eq(0):sum():item(), counts:max():item()
  local median = counts:sort()[(#counts + 1) // 2]
  return string.format("never %d  median %d  most %d  mean %.3f", never, median, most,
    counts:to("float64"):mean():item())
end

-- Sums over the events of a trace.
local function summary(trace)
  local s = { size = 0, filled = 0, overlap = 0, seconds = 0, pairs = 0, classes = nil }
  local before
  for _, event in events(trace) do
    s.size, s.filled = s.size + #event.indices, s.filled + event.filled
    s.seconds = s.seconds + event.seconds
    s.first_residual = s.first_residual or event.residual
    s.last_residual = event.residual or s.last_residual
    if before then
      s.overlap, s.pairs = s.overlap + core.select.jaccard(before, event.indices), s.pairs + 1
    end
    before = event.indices
    for class, count in ipairs(event.classes or {}) do
      s.classes = s.classes or {}
      s.classes[class] = (s.classes[class] or 0) + count
    end
  end
  return s
end

local function stats_of(path, lines)
  local trace = read(path)
  local function line(name, ...)
    lines[#lines + 1] = (string.format("  %-12s ", name) .. string.format(...)):gsub("%s+$", "")
  end
  lines[#lines + 1] = path
  line("method", "%s  %s", trace.method, options.text(trace.options))
  if trace.batch_method then
    line("batches", "%s  %s", trace.batch_method, options.text(trace.batch_options))
  end
  line("data", "%s  %d images  %s", trace.dataset, trace.n, trace.fingerprint:sub(1, 12))
  line("run", "model %s  seed %d  epochs %d  thresh %s", trace.model or "-", trace.seed, trace.run_epochs,
    trace.product_version)
  if trace.parent then line("parent", "%s", trace.parent) end
  local count = trace.event_count
  line("selections", "%d", count)
  if count > 0 then
    local s, counts = summary(trace), trace:counts()
    line("images", "%.1f a selection  filled %.2f %%  %.3f s of selecting", s.size / count,
      100 * s.filled / math.max(s.size, 1), s.seconds)
    if s.first_residual then line("residual", "%.4g first  %.4g last", s.first_residual, s.last_residual) end
    if s.pairs > 0 then line("overlap", "%.4f mean Jaccard of one selection and the next", s.overlap / s.pairs) end
    line("coverage", "%.2f %% of the images in some selection", 100 * counts:gt(0):sum():item() / trace.n)
    line("counts", "%s", distribution(counts))
    if s.classes then line("classes", "%s", table.concat(s.classes, " ")) end
  end
  if trace.batch_event_count > 0 then
    local seen, kept = trace:batch_counts()
    local total = seen:sum():item()
    line("kept", "%.2f %% of %d rows in %d epochs", 100 * kept:sum():item() / math.max(total, 1), total,
      trace.batch_event_count)
    line("kept counts", "%s", distribution(kept))
  end
end

local commands = {}

-- Traces of the same data.
local function read_all(files)
  local traces = {}
  for i, path in ipairs(files) do
    traces[i] = read(path)
    local first = traces[1]
    if traces[i].n ~= first.n or traces[i].fingerprint ~= first.fingerprint then
      fail("%s and %s are of different data", first.path, path)
    end
  end
  return traces
end

-- What traces say of each image, summed, as CSV.
local function image_counts(traces)
  local selected, seen, kept
  for _, trace in ipairs(traces) do
    local came, stayed = trace:batch_counts()
    selected = selected and selected + trace:counts() or trace:counts()
    seen, kept = seen and seen + came or came, kept and kept + stayed or stayed
  end
  local lines = { "image,selected,seen,kept" }
  selected, seen, kept = selected:tolist(), seen:tolist(), kept:tolist()
  for i = 1, #selected do
    lines[i + 1] = string.format("%d,%d,%d,%d", i - 1, selected[i], seen[i], kept[i])
  end
  return lines
end

function commands.stats(files, o)
  local lines = {}
  if o.counts then write(image_counts(read_all(files)), o.counts) end
  for _, path in ipairs(files) do stats_of(path, lines) end
  write(lines, o.out)
end

-- The event of each epoch of a trace, by its epoch.
local function by_epoch(trace)
  local all = {}
  for _, event in events(trace) do all[event.epoch] = event end
  return all
end

function commands.diff(files, o)
  if #files ~= 2 then fail("diff compares 2 files, got %d", #files) end
  local a, b = read(files[1]), read(files[2])
  local lines = {}
  for _, name in ipairs {
    "method", "batch_method", "dataset", "fingerprint", "n", "split", "model", "seed", "run_epochs", "parent",
  } do
    if a[name] ~= b[name] then
      lines[#lines + 1] = string.format("%-12s %s | %s", name, tostring(a[name]), tostring(b[name]))
    end
  end
  local left, right = options.text(a.options), options.text(b.options)
  if left ~= right then lines[#lines + 1] = string.format("%-12s %s | %s", "options", left, right) end
  if a.n == b.n and a.fingerprint == b.fingerprint then
    local others, sum, count = by_epoch(b), 0, 0
    for _, event in events(a) do
      local other = others[event.epoch]
      if other then
        local overlap = core.select.jaccard(event.indices, other.indices)
        sum, count = sum + overlap, count + 1
        lines[#lines + 1] = string.format("epoch %-6d %d | %d images  Jaccard %.4f", event.epoch,
          #event.indices, #other.indices, overlap)
      end
    end
    lines[#lines + 1] = count > 0
      and string.format("%-12s %.4f over %d common epochs", "mean Jaccard", sum / count, count)
      or "no epoch has a selection in both"
  else
    lines[#lines + 1] = "the traces are of different data: their images cannot be compared"
  end
  write(lines, o.out)
end

-- The images that at least `needed(selections)` of all selections of the files hold.
local function gathered(files, needed)
  local counts, selections = nil, 0
  for _, trace in ipairs(read_all(files)) do
    local own = trace:counts()
    counts = counts and counts + own or own
    selections = selections + trace.event_count
  end
  local lines = {}
  if selections == 0 then return lines end
  for _, image in ipairs(counts:ge(needed(selections)):nonzero():flatten():tolist()) do
    lines[#lines + 1] = tostring(image - 1)
  end
  return lines
end

function commands.union(files, o) write(gathered(files, function() return 1 end), o.out) end

function commands.intersect(files, o) write(gathered(files, function(all) return all end), o.out) end

function commands.replay(files, o)
  if #files ~= 1 then fail("replay takes 1 file, got %d", #files) end
  local cached = require("thresh.selectors.cached").Cached { trace = files[1], policy = o.policy }
  local trace = cached.cached
  local sizes, lines = {}, {}
  for _, event in events(trace) do sizes[event.epoch] = #event.indices end
  local epochs = o.epochs or trace.run_epochs
  if epochs < 1 or epochs > 1 << 24 then fail("--epochs must be in 1 ... %d, got %d", 1 << 24, epochs) end
  for done, epoch in ipairs(require("thresh.train.subset").plan(epochs, cached)) do
    local ok, recorded = pcall(cached.recorded, {
      epoch = epoch.number + 1, epochs = epochs, done = done - 1, history = {}, seed = o.seed,
    })
    lines[#lines + 1] = string.format("epoch %d  ", epoch.number) .. (not ok and "no selection"
      or (epoch.full or not recorded) and "the whole set"
      or string.format("selection of epoch %d  %d images", recorded, sizes[recorded]))
  end
  write(lines, o.out)
end

local function csv(trace)
  local lines = { "kind,epoch,image,weight,seen,kept,loss" }
  for _, event in events(trace) do
    local weights = event.weights and event.weights:tolist()
    for i, image in ipairs(event.indices:tolist()) do
      lines[#lines + 1] = string.format("subset,%d,%d,%s,,,", event.epoch, image - 1,
        weights and string.format("%.9g", weights[i]) or "1")
    end
  end
  for i = 1, trace.batch_event_count do
    local event = trace:batch_event(i)
    local seen, kept, losses = event.seen:tolist(), event.kept:tolist(), event.losses:tolist()
    for j, image in ipairs(event.images:tolist()) do
      lines[#lines + 1] = string.format("batches,%d,%d,,%d,%d,%s", event.epoch, image - 1, seen[j], kept[j],
        losses[j] == losses[j] and string.format("%.9g", losses[j]) or "")
    end
  end
  return lines
end

-- The lines of a trace are JSON: as one array.
local function json(trace)
  local lines = {}
  for line in io.lines(trace.path) do lines[#lines + 1] = line end
  if trace.torn then lines[#lines] = nil end
  for i = 1, #lines - 1 do lines[i] = lines[i] .. "," end
  table.insert(lines, 1, "[")
  lines[#lines + 1] = "]"
  return lines
end

function commands.export(files, o)
  if #files ~= 1 then fail("export takes 1 file, got %d", #files) end
  local trace = read(files[1])
  write(o.format == "json" and json(trace) or csv(trace), o.out)
end

--- `thresh trace WORDS…`: the exit status.
return command_line.program("trace", usage, function(words)
  local command = command_line.chosen(commands, words[1])
  local files, o = command_line.parsed(words, 2, known, { format = "csv", policy = "epoch", seed = 1 })
  if #files == 0 then fail("%s needs a trace", words[1]) end
  command(files, o)
end)
