-- SPDX-License-Identifier: Apache-2.0
-- What a heuristic is given: the epoch, the budget and, computed when first asked for, what the model
-- says about every candidate.

local core = require "thresh.core"
local gradients = require("thresh.gradients").gradients
local tasks = require "thresh.task"
local nn = core.nn

local Context = {}
Context.__index = Context

--- A context for one selection. `fields`: model, data (the candidates), epoch (1-based), budget,
--- batch_size (of training), seed, history (the run's metrics so far), score_batch; also epochs (of the
--- run), lr (the optimiser's last), splits (the run's data), last_losses (n,: the last training loss of
--- each candidate, nan where it was not trained on) and store (a table that lasts as long as the run).
---
--- scores says where logits and embeddings, and all that is computed of them, come from: "pass", a pass over
--- the candidates (default); "harvest", what `harvest` kept of training, with a pass over those that it does
--- not know or that are older than max_age epochs; "proxy", where model is another than that in training: a
--- pass whose result is kept in store.
function Context.new(fields)
  local self = setmetatable(fields, Context)
  self.n = #self.data
  if self.task and self.task.proxy then
    -- Images of many labels or none: one class of all.
    self.labels, self.classes = core.ones(self.n, { dtype = "int64" }), 1
  else
    self.labels, self.classes = self.data.labels, self.data.classes
  end
  self.score_batch = self.score_batch or self.task and self.task.score_batch or 256
  self.forwarded, self.backwarded = 0, 0
  self.store = self.store or {}
  return self
end

--- What another model says about the same candidates: a context of the same run, with passes and a
--- count of forwarded images of its own.
function Context:with_model(model)
  return Context.new {
    model = model, data = self.data, epoch = self.epoch, epochs = self.epochs, budget = self.budget,
    batch_size = self.batch_size, seed = self.seed, draw = self.draw, history = self.history,
    score_batch = self.score_batch, splits = self.splits, store = self.store, task = self.task,
  }
end

--- What the model says about held-out data: a table of logits (m, C), residuals (m, C), embeddings
--- (m, E), labels (m,) and n, from one pass when first asked for. part: "validation" (default), which
--- the run's data must have, or "test".
function Context:validation(part)
  part = part or "validation"
  self.held_out = self.held_out or {}
  if self.held_out[part] then return self.held_out[part] end
  local data = self.splits and self.splits[part]
  if getmetatable(data) ~= (self.task and self.task.dataset or "Dataset") then
    error(string.format("the run's data has no dataset '%s'; give a share of the data to it, as in "
      .. "th.data.cifar10{validation = 0.1}", part), 0)
  end
  local view = Context.new {
    model = self.model, data = data, score_batch = self.score_batch, task = self.task,
  }
  self.held_out[part] = {
    logits = not (self.task and self.task.proxy) and view:logits() or nil,
    embeddings = view:embeddings(), residuals = view:residuals(),
    labels = view.labels, n = view.n,
  }
  self.forwarded = self.forwarded + view.forwarded
  return self.held_out[part]
end

-- One pass over the candidates, or those of `indices`: evaluation mode (with BatchNorm folded into the
-- convolutions), no augmentation, no tape. Gives logits and embeddings.
local function passed(self, indices)
  local model, logits, embeddings = self.model, {}, {}
  tasks.at_rest(model, function()
    for batch in self.data:loader { batch_size = self.score_batch, shuffle = false, indices = indices } do
      local z, h = model:forward_with_embedding(batch.x)
      logits[#logits + 1], embeddings[#embeddings + 1] = z, h
    end
  end)
  self.forwarded = self.forwarded + (indices and #indices or self.n)
  return { logits = core.cat(logits), embeddings = core.cat(embeddings) }
end

-- What training harvested; those that it does not know, or that are too old, are passed over.
local function harvested(self)
  local h = self.harvest
  if not h.at then return passed(self) end
  local oldest = self.max_age and math.max(1, h.folds - self.max_age + 1) or 1
  local missing = h.at:lt(oldest):nonzero():flatten()
  if #missing == 0 then return { logits = h.logits, embeddings = h.embeddings } end
  local fresh = passed(self, missing)
  return {
    logits = h.logits:index_copy(1, missing, fresh.logits),
    embeddings = h.embeddings:index_copy(1, missing, fresh.embeddings),
  }
end

-- The logits and embeddings of the candidates, from the source that was asked for.
local function pass(self)
  if self.cache then return self.cache end
  if self.task and self.task.proxy then
    error("what this run learns has no logits or embeddings; its selectors read ctx:residuals(), the gradients "
      .. "that the task gives", 0)
  end
  if self.scores == "harvest" then
    self.cache = harvested(self)
  elseif self.scores == "proxy" then
    -- It does not change in a run, and a checkpoint holds it.
    self.store["thresh.proxy"] = self.store["thresh.proxy"] or passed(self)
    self.cache = self.store["thresh.proxy"]
  else
    self.cache = passed(self)
  end
  return self.cache
end

-- The gradients that the task gives of every candidate, in place of last-layer ones: one pass. (n, d)
local function proxies(self)
  if self.rows then return self.rows end
  local task, rows = self.task, {}
  tasks.at_rest(self.model, function()
    for batch in tasks.batches(task, self.data, { batch_size = self.score_batch, shuffle = false }) do
      rows[#rows + 1] = task.proxy(self.model, batch)
    end
  end)
  self.forwarded = self.forwarded + self.n
  self.rows = core.cat(rows)
  return self.rows
end

--- Scores before the softmax. (n, C)
function Context:logits() return pass(self).logits end

--- What goes into the model's head; nil where the task gives gradients of its own. (n, E)
function Context:embeddings()
  if self.task and self.task.proxy then return nil end
  return pass(self).embeddings
end

--- Softmax of the logits. (n, C)
function Context:probabilities()
  self.p = self.p or self:logits():softmax(2)
  return self.p
end

--- Cross-entropy of each candidate. (n,)
function Context:losses()
  self.l = self.l or core.no_grad(function()
    return nn.cross_entropy(self:logits(), self.labels, { reduction = "none" })
  end)
  return self.l
end

--- Probabilities minus the one-hot label: the gradient with respect to the logits; or the gradients that the
--- task gives, such as those of a detector's head biases. (n, C)
function Context:residuals()
  if self.task and self.task.proxy then return proxies(self) end
  self.r = self.r or self:probabilities() - nn.one_hot(self.labels, self.classes)
  return self.r
end

--- The last-layer gradients as factors: inner products, norms, sums and projections without n x d numbers;
--- see select.gradients.
function Context:gradients()
  self.g = self.g or gradients { residuals = self:residuals(), embeddings = self:embeddings() }
  return self.g
end

--- The norm of each candidate's last-layer gradient, ||r|| sqrt(1 + ||h||^2). (n,)
function Context:gradient_norms() return self:gradients():norms() end

--- The fixed batches that per-batch selectors choose from: lists of candidates, in order.
function Context:batches()
  self.partition = self.partition
    or core.select.partition(self.n, self.batch_size, { seed = self.partition_seed })
  return self.partition
end

return Context
