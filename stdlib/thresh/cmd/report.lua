-- SPDX-License-Identifier: Apache-2.0
-- `thresh report`: a page that tells of a run or of a sweep.

local options = require "thresh.options"
local report = require "thresh.report"

local usage = [[
usage: thresh report FOLDER... [options]

Writes FOLDER/report.html, one page that holds all there is to say of a run (runs/DATE-NAME-ID) or of a sweep
(runs/sweeps/NAME): results, figures, configuration, where the numbers come from, and the command.

Options:
  --out FILE              write there; .html, .md, .tex or .csv decides the form ("-" is standard output)
  --format FORM           of standard output: html, markdown, latex or csv (markdown)]]

local function fail(...) error(string.format(...), 0) end

-- The words as folders and options.
local function parsed(words)
  local folders, o, i = {}, {}, 1
  while i <= #words do
    local name, value = words[i]:match "^%-%-([%w%-]+)=(.*)$"
    name = name or words[i]:match "^%-%-([%w%-]+)$"
    if not name then
      folders[#folders + 1] = words[i]
    else
      if name ~= "out" and name ~= "format" then
        fail("unknown option '--%s'%s", name, options.suggestion(name, { "out", "format" }))
      end
      if not value then
        i = i + 1
        value = words[i] or fail("--%s needs a value", name)
      end
      o[name] = value
    end
    i = i + 1
  end
  return folders, o
end

local function exists(path)
  local file = io.open(path, "r")
  if file then file:close() end
  return file ~= nil
end

local function of(folder)
  if exists(folder .. "/status.json") or exists(folder .. "/config.json") then return report.run(folder) end
  if exists(folder .. "/definition.json") or exists(folder .. "/cells.jsonl") then return report.sweep(folder) end
  fail("%s is neither a run (it has no status.json) nor a sweep (it has no definition.json)", folder)
end

local forms = { html = "html", markdown = "markdown", latex = "latex", csv = "csv" }

--- `thresh report WORDS…`: the exit status.
return function(...)
  local words = { ... }
  for i = 1, select("#", ...) do
    if type(words[i]) ~= "string" then
      error("report: the words must be strings, got " .. options.shown(words[i]), 2)
    end
  end
  if #words == 0 or words[1] == "--help" or words[1] == "help" then
    print(usage)
    return 0
  end
  local ok, problem = pcall(function()
    local folders, o = parsed(words)
    if #folders == 0 then fail "needs the folder of a run or a sweep" end
    if o.out and o.out ~= "-" and #folders > 1 then fail("--out takes 1 folder, got %d", #folders) end
    local form = forms[o.format or "markdown"]
    if not form then
      fail("--format must be one of html, markdown, latex, csv, got '%s'%s", o.format,
        options.suggestion(o.format, { "html", "markdown", "latex", "csv" }))
    end
    for _, folder in ipairs(folders) do
      folder = #folder > 1 and folder:gsub("/+$", "") or folder
      local r = of(folder)
      if o.out == "-" or o.format and not o.out then
        io.stdout:write(r[form](r))
      else
        print(r:save(o.out or folder .. "/report.html"))
      end
    end
  end)
  if ok then return 0 end
  io.stderr:write("thresh report: ", tostring(problem), "\n")
  return 2
end
