-- SPDX-License-Identifier: Apache-2.0
-- What the commands `thresh NAME WORDS…` have in common: their words, their errors and how they end.

local options = require "thresh.options"

local M = {}

--- Ends the command with a message, made as by string.format.
function M.fail(...) error(string.format(...), 0) end

local fail = M.fail

--- The command of a table that a word names.
function M.chosen(commands, word)
  return commands[word] or fail("unknown command '%s'%s", word, options.suggestion(word, options.names(commands)))
end

--- The name and the text of a word `--name=text`, the name of `--name`; nothing of other words.
function M.option(word)
  local name, text = word:match "^%-%-([%w%-]+)=(.*)$"
  return name or word:match "^%-%-([%w%-]+)$", text
end

--- The words from number `first` on, as those that are no options and the options, put into `given` by name.
---
--- known: by name true for a flag, else read(name, text), which makes the value or fails; whose: the word that
--- lacks an unknown option, if it is not the command as a whole.
function M.parsed(words, first, known, given, whose)
  local rest, i = {}, first
  while i <= #words do
    local name, value = M.option(words[i])
    local read = name and known[name]
    if not name then
      rest[#rest + 1] = words[i]
    elseif not read then
      fail("%s '--%s'%s", whose and whose .. " has no option" or "unknown option", name,
        options.suggestion(name, options.names(known)))
    elseif read == true then
      if value then fail("--%s is a flag and takes no value", name) end
      given[name] = true
    else
      if not value then
        i = i + 1
        value = words[i] or fail("--%s needs a value", name)
      end
      given[name] = read(name, value)
    end
    i = i + 1
  end
  return rest, given
end

--- A value as it is.
function M.text(_, text) return text end

--- A whole number.
function M.whole(name, text)
  return math.tointeger(tonumber(text)) or fail("--%s needs a whole number, got '%s'", name, text)
end

--- A reader of one of these words.
function M.one_of(...)
  local choices = { ... }
  return function(name, text)
    for _, choice in ipairs(choices) do
      if text == choice then return text end
    end
    fail("--%s must be one of %s, got '%s'%s", name, table.concat(choices, ", "), text,
      options.suggestion(text, { table.unpack(choices) }))
  end
end

--- A word as the shell reads it back.
function M.quoted(word)
  if word:find "^[%w_./=:,@%%+%-]+$" then return word end
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- Words as a line that a shell reads as the same words.
function M.line(words)
  local out = {}
  for i, word in ipairs(words) do out[i] = M.quoted(tostring(word)) end
  return table.concat(out, " ")
end

local function asks_first(words) return #words == 0 or words[1] == "--help" or words[1] == "help" end

--- What the module thresh.cmd.NAME returns: a function of the command's words that gives the exit status. `body` gets
--- them as a list and returns the status, nil for 0; an error of it is told, with status 2. asks(words): whether they
--- ask for the usage; by default none, and a first word that says so.
function M.program(name, usage, body, asks)
  return function(...)
    local words = { ... }
    for i = 1, select("#", ...) do
      if type(words[i]) ~= "string" then
        error(string.format("%s: the words must be strings, got %s", name, options.shown(words[i])), 2)
      end
    end
    if (asks or asks_first)(words) then
      print(usage)
      return 0
    end
    local ok, result = pcall(body, words)
    if ok then return result or 0 end
    io.stderr:write("thresh ", name, ": ", tostring(result), "\n")
    return 2
  end
end

return M
