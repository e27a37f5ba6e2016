-- SPDX-License-Identifier: Apache-2.0
-- What a heuristic is given: the epoch, the budget and, computed when first asked for, what the model
-- says about every candidate.

local core = require "thresh.core"
local nn = core.nn

local Context = {}
Context.__index = Context

--- A context for one selection. `fields`: model, data (the candidates), epoch (1-based), budget,
--- batch_size (of training), seed, history (the run's metrics so far), score_batch.
function Context.new(fields)
  local self = setmetatable(fields, Context)
  self.n = #self.data
  self.labels = self.data.labels
  self.classes = self.data.classes
  self.score_batch = self.score_batch or 256
  self.forwarded = 0
  return self
end

-- One pass over the candidates: evaluation mode, no augmentation, no tape. Fills logits, embeddings.
local function pass(self)
  if self.cache then return self.cache end
  local model, logits, embeddings = self.model, {}, {}
  local training = model.training
  model:eval()
  core.no_grad(function()
    for batch in self.data:loader { batch_size = self.score_batch, shuffle = false } do
      local z, h = model:forward_with_embedding(batch.x)
      logits[#logits + 1], embeddings[#embeddings + 1] = z, h
    end
  end)
  if training then model:train() end
  self.forwarded = self.forwarded + self.n
  self.cache = { logits = core.cat(logits), embeddings = core.cat(embeddings) }
  return self.cache
end

--- Scores before the softmax. (n, C)
function Context:logits() return pass(self).logits end

--- What goes into the model's head. (n, E)
function Context:embeddings() return pass(self).embeddings end

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

--- Probabilities minus the one-hot label: the gradient with respect to the logits. (n, C)
function Context:residuals()
  self.r = self.r or self:probabilities() - nn.one_hot(self.labels, self.classes)
  return self.r
end

--- The norm of each candidate's last-layer gradient, ||r|| sqrt(1 + ||h||^2). (n,)
function Context:gradient_norms()
  local r = self:residuals():norm { dim = 2 }
  local h = self:embeddings():norm { dim = 2 }
  return r * (h * h + 1):sqrt()
end

--- The fixed batches that per-batch selectors choose from: lists of candidates, in order.
function Context:batches()
  self.partition = self.partition
    or core.select.partition(self.n, self.batch_size, { seed = self.partition_seed })
  return self.partition
end

return Context
