-- SPDX-License-Identifier: Apache-2.0
-- `thresh report`: a page that tells of a run or of a sweep.

local command_line = require "thresh.command_line"
local report = require "thresh.report"

local usage = [[
usage: thresh report FOLDER... [options]

Writes FOLDER/report.html, one page that holds all there is to say of a run (runs/DATE-NAME-ID) or of a sweep
(runs/sweeps/NAME): results, figures, configuration, where the numbers come from, and the command.

Options:
  --out FILE              write there; .html, .md, .tex or .csv decides the form ("-" is standard output)
  --format FORM           of standard output: html, markdown, latex or csv (markdown)]]

local fail, text = command_line.fail, command_line.text

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

local known = { out = text, format = command_line.one_of("html", "markdown", "latex", "csv") }

--- `thresh report WORDS…`: the exit status.
return command_line.program("report", usage, function(words)
  local folders, o = command_line.parsed(words, 1, known, {})
  if #folders == 0 then fail "needs the folder of a run or a sweep" end
  if o.out and o.out ~= "-" and #folders > 1 then fail("--out takes 1 folder, got %d", #folders) end
  for _, folder in ipairs(folders) do
    folder = #folder > 1 and folder:gsub("/+$", "") or folder
    local r = of(folder)
    if o.out == "-" or o.format and not o.out then
      io.stdout:write(r[o.format or "markdown"](r))
    else
      print(r:save(o.out or folder .. "/report.html"))
    end
  end
end)
