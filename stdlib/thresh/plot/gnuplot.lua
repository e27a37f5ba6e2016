-- SPDX-License-Identifier: Apache-2.0
-- Figures as files by gnuplot, a child process: NAME.gp and NAME.dat are written beside NAME.svg, so that
-- `gnuplot NAME.gp` draws it again.
--
-- gnuplot can run commands, so texts reach it as strings in which nothing is special, and files by names that
-- begin with "./": what begins with "|" or "<" would be a pipe.

local options = require "thresh.options"
local quoted = require("thresh.command_line").quoted
local script = require "thresh.plot.script"

local M = {}

--- The program; tests put another one here.
M.command = "gnuplot"

local terminals = {
  svg = "svg size %d,%d noenhanced font 'Helvetica,Arial,sans-serif,12' linewidth 1 background '#ffffff'",
  -- Twice the pixels, so that it is sharp in print and on dense screens.
  png = "pngcairo size %d,%d noenhanced font 'sans,12' fontscale 2 linewidth 2 pointscale 2 background '#ffffff'",
  pdf = "pdfcairo size %.4fin,%.4fin noenhanced font 'sans,12' fontscale 0.75 linewidth 0.75 pointscale 0.9 background '#ffffff'",
}

--- Folder, name without its ending, and ending of a figure's path, as it is written; an error where it is none.
function M.parts(path, endings, level)
  if type(path) ~= "string" or path == "" then
    error("plot: save: a path expected, got " .. options.shown(path), level + 1)
  end
  if path:find "%c" then error("plot: save: the path holds control characters: " .. options.shown(path), level + 1) end
  local folder, file = path:match "^(.*/)([^/]*)$"
  folder, file = folder or "./", file or path
  local name, ending = file:match "^(.+)%.(%w+)$"
  for _, known in ipairs(endings) do
    if ending and ending:lower() == known then return folder, name, ending end
  end
  error(string.format("plot: save: the path must end in .%s, got %s", table.concat(endings, " or ."),
    options.shown(path)), level + 1)
end

local function write(path, text, level)
  local file, problem = io.open(path, "wb")
  local ok = file and file:write(text)
  if file then ok = file:close() and ok end
  if not ok then error("plot: save: cannot write " .. (problem or path), level + 1) end
end

-- What a command writes, and whether it went well.
local function run(command)
  local pipe = io.popen(command .. " </dev/null 2>&1", "r")
  local text = pipe:read "a"
  local ok, how, code = pipe:close()
  return text, ok, how, code
end

--- The script and the data of a figure, as written to NAME.gp and NAME.dat.
function M.source(figure, name, ending)
  local width, height = script.size(figure)
  local kind = ending:lower()
  if kind == "pdf" then width, height = width / 96, height / 96 end
  if kind == "png" then width, height = 2 * width, 2 * height end
  return script.text(figure, name, ending, string.format(terminals[kind], width, height))
end

--- Draws a figure to a path that ends in .svg, .png or .pdf; returns the path.
function M.save(figure, path, level)
  local folder, name, ending = M.parts(path, { "svg", "png", "pdf" }, level + 1)
  if not (io and io.popen) then
    error("plot: save: figures are drawn by gnuplot, a program of its own, and no program may be run here", level + 1)
  end
  local commands, points = M.source(figure, name, ending)
  write(folder .. name .. ".dat", points, level + 1)
  write(folder .. name .. ".gp", commands, level + 1)
  -- A figure of before must not pass for this one.
  local target = folder .. name .. "." .. ending
  os.remove(target)
  local text, ok, how, code = run(string.format("cd %s && exec %s --default-settings %s",
    quoted(folder), M.command, quoted("./" .. name .. ".gp")))
  if ok then
    local file = io.open(target, "rb")
    if file and file:seek "end" > 0 then
      file:close()
      return path
    end
  end
  os.remove(target)
  if how == "exit" and code == 127 then
    error(string.format("plot: save: figures are drawn by gnuplot, which is not installed; on Debian: "
      .. "apt-get install gnuplot-nox (script and data are in %s%s.gp and .dat)", folder, name), level + 1)
  end
  text = text:gsub("^%s+", ""):gsub("%s+$", "")
  if text == "" then text = how == "signal" and "it was ended by signal " .. code or "it drew nothing" end
  error(string.format("plot: save: gnuplot failed on %s%s.gp: %s", folder, name, text), level + 1)
end

return M
