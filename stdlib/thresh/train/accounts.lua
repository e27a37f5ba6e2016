-- SPDX-License-Identifier: Apache-2.0
-- What a run costs: seconds of the clock and of the CPUs, each second on one account.

local core = require "thresh.core"

local Accounts = {}
Accounts.__index = Accounts

local names = { "train", "select", "evaluate", "checkpoint" }

--- Empty accounts, of which none is open. seconds and cpu_seconds: what each has so far, by its name; CPU
--- seconds are of all threads together.
function Accounts.new()
  local self = setmetatable({ seconds = {}, cpu_seconds = {} }, Accounts)
  for _, name in ipairs(names) do self.seconds[name], self.cpu_seconds[name] = 0.0, 0.0 end
  return self
end

--- Opens an account, or none for nil, as on a chess clock: what went by since the last call is the other's.
--- Returns the name of that one.
function Accounts:turn(name)
  local now, cpu, before = core.clock(), os.clock(), self.open
  if before then
    self.seconds[before] = self.seconds[before] + (now - self.began)
    self.cpu_seconds[before] = self.cpu_seconds[before] + (cpu - self.cpu_began)
  end
  self.open, self.began, self.cpu_began = name, now, cpu
  return before
end

--- What training and selecting cost so far, as a row of the history has it: seconds, cpu_seconds.
function Accounts:row()
  local function of(account) return { train = account.train, select = account.select } end
  return of(self.seconds), of(self.cpu_seconds)
end

--- Takes over what the accounts of another process had.
function Accounts:load(seconds, cpu_seconds)
  for _, name in ipairs(names) do
    self.seconds[name], self.cpu_seconds[name] = seconds[name], cpu_seconds[name]
  end
end

return Accounts
