-- SPDX-License-Identifier: Apache-2.0
-- What training sees anyway, kept for selectors: the last loss of every candidate and, on request,
-- how often it was forgotten. Batches are only collected; an epoch is written down at its end.

local core = require "thresh.core"

local Harvest = {}
Harvest.__index = Harvest

--- A harvest of `n` candidates. `correctness`: whether to follow if they are predicted correctly, too;
--- `outputs`: whether to keep logits and embeddings.
--
-- losses: the last loss of each, nan where none was seen. With `outputs` also logits (n, C) and embeddings
-- (n, E) as they last passed by, and at (n,): in which fold, the first being 1, 0 for never; all nil before
-- the first, whose number is in `folds`. With `correctness` also, each (n,) of
-- float32: seen (presentations), learned (1 once predicted correctly), forgotten (how often a correct
-- prediction was followed by a wrong one at the next presentation).
function Harvest.new(n, correctness, outputs)
  local self = setmetatable({
    pending = {}, losses = core.full({ n }, 0 / 0), n = n, outputs = outputs, folds = 0,
  }, Harvest)
  if correctness then
    self.correct, self.learned = core.zeros(n), core.zeros(n)
    self.forgotten, self.seen = core.zeros(n), core.zeros(n)
  end
  return self
end

--- Takes a batch: its candidates `indices`, their losses and, with correctness, logits and labels; with
--- outputs, logits and embeddings.
function Harvest:add(indices, losses, logits, labels, embeddings)
  self.pending[#self.pending + 1] = {
    indices = indices, losses = losses:detach(),
    logits = self.outputs and logits:detach(), embeddings = self.outputs and embeddings:detach(),
    correct = self.correct and logits:detach():argmax(2):eq(labels):to "float32",
  }
end

local function gathered(pending, field)
  local parts = {}
  for i, batch in ipairs(pending) do parts[i] = batch[field] end
  return core.cat(parts)
end

-- What a harvest holds beside its pending batches.
local held = { "losses", "folds", "logits", "embeddings", "at", "correct", "learned", "forgotten", "seen" }
local waiting = { "indices", "losses", "logits", "embeddings", "correct" }

--- All that the harvest holds, as a plain table; the pending batches as one.
function Harvest:state()
  local state = { pending = {} }
  for _, name in ipairs(held) do state[name] = self[name] end
  for _, name in ipairs(waiting) do
    if self.pending[1] and self.pending[1][name] then state.pending[name] = gathered(self.pending, name) end
  end
  return state
end

--- Takes back what `state` gave, in a harvest that was made alike.
function Harvest:load(state)
  for _, name in ipairs(held) do self[name] = state[name] end
  self.pending = next(state.pending) and { state.pending } or {}
end

-- Writes rows down in a tensor of all candidates, which is made when the first come.
local function kept(self, field, indices)
  local rows = gathered(self.pending, field)
  local all = self[field] or core.zeros({ self.n, rows.shape[2] }, { dtype = rows.dtype })
  self[field] = all:index_copy(1, indices, rows)
end

--- Writes down what was taken since the last call, in which no candidate may have come twice. Tensors
--- handed out before stay as they are.
function Harvest:fold()
  local pending = self.pending
  self.folds = self.folds + 1
  if #pending == 0 then return end
  local indices = gathered(pending, "indices")
  if self.outputs then
    kept(self, "logits", indices)
    kept(self, "embeddings", indices)
    self.at = self.at or core.zeros(self.n, { dtype = "int64" })
    self.at = self.at:index_fill(1, indices, self.folds)
  end
  self.pending = {}
  self.losses = self.losses:index_copy(1, indices, gathered(pending, "losses"))
  if not self.correct then return end
  local now, before = gathered(pending, "correct"), self.correct:index_select(1, indices)
  self.correct = self.correct:index_copy(1, indices, now)
  self.learned = self.learned:maximum(self.correct)
  self.forgotten = self.forgotten:index_add(1, indices, before * (1 - now))
  self.seen = self.seen:index_add(1, indices, core.ones(#now))
end

return Harvest
