-- SPDX-License-Identifier: Apache-2.0
-- Last-layer gradients r (x) [1, h] as their two factors: what is asked of them never forms n x d numbers.

local core = require "thresh.core"
local options = require "thresh.options"

local M = {}

local Gradients = { __name = "Gradients" }
Gradients.__index = Gradients

local function matrix(what, value, rows)
  if not core.is_tensor(value) or value.ndim ~= 2 or (rows and value.shape[1] ~= rows) then
    local got = core.is_tensor(value) and "shape (" .. table.concat(value.shape, ", ") .. ")" or options.shown(value)
    error(string.format("select.gradients: '%s' must be a tensor of shape (%s, %s), got %s", what, rows or "n",
      what == "residuals" and "C" or "E", got), 3)
  end
  return value:detach()
end

local function new(residuals, embeddings)
  return setmetatable({
    residuals = residuals, embeddings = embeddings, n = residuals.shape[1],
    width = residuals.shape[2] * (1 + (embeddings and embeddings.shape[2] or 0)),
  }, Gradients)
end

--- Gradients of the last layer, r (x) [1, h] for each of n candidates, kept as their factors.
---
--- residuals (n, C) and embeddings (n, E); without these, gradients of the bias alone. What is returned has
--- n, width (C (E + 1)), the factors, and the methods
---   inner(rows, columns)  inner products of two lists of candidates (all for nil)
---   norms()               the norm of each, (n,)
---   sum(weights, rows)    sum w g over some (all for nil) as a matrix (C, E + 1), the biases first, or (C,)
---                         of the bias alone: what select.omp takes as target
---   project(m)            the inner product of each with such a sum, (n,)
---   distances(rows)       Euclidean distances of some to all, as select.pairwise_distances
---   rows(indices)         those candidates alone
--- ctx:gradients() is this of the model in training.
---
--- Formula: <g_i, g_j> = <r_i, r_j> (1 + <h_i, h_j>); ||g_i|| = ||r_i|| sqrt(1 + ||h_i||^2); <g_i, M> = r_i .
---   M [1; h_i]; sum w g = (w R)^T [1, H].
--- Source: the gradient of a linear layer is an outer product; CORDS and DeepCore form it.
--- Cost: a products take time a b (C + E) and memory a b; norms n (C + E); sum and project n C E; memory of
---   the last two n (C + E). Never n d numbers, d = C (E + 1).
---
--- Example:
---     local g = th.select.gradients { residuals = th.tensor { { 3.0, 4.0 } }, embeddings = th.tensor { { 0.0, 1.0 } } }
---     assert(g.width == 6 and math.abs(g:norms()[1] - 5 * 2 ^ 0.5) < 1e-5)
---@param given table residuals (required), embeddings (none)
---@return table gradients
function M.gradients(given)
  local o = options.check("select.gradients", given, {
    residuals = { "userdata", required = true }, embeddings = { "userdata" },
  }, 2)
  local residuals = matrix("residuals", o.residuals)
  return new(residuals, o.embeddings and matrix("embeddings", o.embeddings, residuals.shape[1]))
end

local function picked(tensor, rows)
  if rows == nil then return tensor end
  return tensor:index_select(1, core.is_tensor(rows) and rows or core.tensor(rows, { dtype = "int64" }))
end

-- The bias's column before the others, in the type of the residuals.
local function extended(self, rows)
  local r = picked(self.residuals, rows)
  local ones = core.ones({ r.shape[1], 1 }, { dtype = r.dtype })
  return r, self.embeddings and core.cat({ ones, picked(self.embeddings, rows) }, 2) or ones
end

--- Inner products of the candidates `rows` with `columns`, all for nil. (a, b)
function Gradients:inner(rows, columns)
  local product = picked(self.residuals, rows):matmul(picked(self.residuals, columns):t())
  if not self.embeddings then return product end
  return product * (picked(self.embeddings, rows):matmul(picked(self.embeddings, columns):t()) + 1)
end

--- The norm of each candidate's gradient. (n,)
function Gradients:norms()
  local r = self.residuals:norm { dim = 2 }
  if not self.embeddings then return r end
  local h = self.embeddings:norm { dim = 2 }
  return r * (h * h + 1):sqrt()
end

--- The weighted sum over the candidates `rows` (all for nil; weights 1 for nil), the biases first. (C, E + 1),
--- or (C,) of the bias alone
function Gradients:sum(weights, rows)
  local r, h = extended(self, rows)
  if weights ~= nil then
    if not core.is_tensor(weights) then weights = core.tensor(weights) end
    if weights.ndim ~= 1 or #weights ~= r.shape[1] then
      error(string.format("gradients:sum: %d weights needed, got shape (%s)", r.shape[1],
        table.concat(weights.shape, ", ")), 2)
    end
    r = r * weights:to(r.dtype):unsqueeze(2)
  end
  local total = r:t():matmul(h)
  return self.embeddings and total or total:squeeze(2)
end

--- The inner product of each candidate's gradient with what sum gives. (n,)
function Gradients:project(m)
  local r, h = extended(self)
  local classes, width = r.shape[2], h.shape[2]
  if core.is_tensor(m) and m.ndim == 1 and not self.embeddings then m = m:unsqueeze(2) end
  if not core.is_tensor(m) or m.ndim ~= 2 or m.shape[1] ~= classes or m.shape[2] ~= width then
    error(string.format("gradients:project: a tensor of shape (%d, %d) needed, got %s", classes, width,
      core.is_tensor(m) and "(" .. table.concat(m.shape, ", ") .. ")" or options.shown(m)), 2)
  end
  return (h:matmul(m:to(r.dtype):t()) * r):sum(2)
end

--- Euclidean distances of the candidates `rows` (all for nil) to all; given: squared. (a, n)
function Gradients:distances(rows, given)
  local squared = given and given.squared or nil
  return core.select.pairwise_distances(self.residuals, rows, { embeddings = self.embeddings, squared = squared })
end

--- The candidates `indices` alone.
function Gradients:rows(indices)
  return new(picked(self.residuals, indices), self.embeddings and picked(self.embeddings, indices))
end

function Gradients:__len() return self.n end

function Gradients:__tostring()
  return string.format("Gradients(%d candidates, %d numbers each, as factors)", self.n, self.width)
end

return M
