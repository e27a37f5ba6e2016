---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the classes Trace and TraceWriter.

--- What a run selected when, read back; th.select.read_trace makes it.
---
--- Epochs count from 0, as in the file. A selection is { indices, weights, batches, residual, filled },
--- those of them that it has. The file is JSON lines: a header, then a line for each selection and for each
--- epoch of a batch selector.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace.method == "Mine" and trace.n == 6 and trace.event_count == 2)
---@class Trace : Object
---@field path string the file
---@field method string the name of the selector
---@field options table its options by name
---@field seed integer of the run
---@field n integer candidates
---@field dataset string the name of the data
---@field fingerprint string the digest of the data
---@field split string? how the data were divided
---@field model string? the name of the model
---@field parent string? the trace that the run replayed
---@field product_version string that wrote it
---@field batch_method string? the name of the batch selector
---@field batch_options table its options by name
---@field run_epochs integer epochs of the run
---@field event_count integer selections
---@field batch_event_count integer epochs of the batch selector
---@field torn boolean whether the last line was cut off, as where a run was killed
local Trace = {}

--- The selection in force at an epoch: the last at or before it.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:at(3).indices:equal(th.tensor { 2, 5 }))
---@param epoch integer from 0
---@return table selection indices, weights, batches, residual, filled
function Trace:at(epoch) end

--- The epoch at which the selection in force was made.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:epoch_at(1) == 0 and trace:epoch_at(2) == 2)
---@param epoch integer from 0
---@return integer epoch from 0
function Trace:epoch_at(epoch) end

--- The epochs at which selections were made.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(table.concat(trace:epochs(), " ") == "0 2")
---@return integer[] epochs from 0
function Trace:epochs() end

--- A selection by its number, and what it cost.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:event(2).epoch == 2 and trace:event(2).seconds == 0.1)
---@param number integer from 1, to event_count
---@return table event a selection with epoch, seconds, loss, accuracy and classes, how many it has of each
function Trace:event(number) end

--- What a batch selector did in an epoch, by its number.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:count({ 1, 2, 3 }, { kept = th.tensor { 1, 3 } })
---     writer:write_counts(0, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     local event = trace:batch_event(1)
---     assert(event.seen:sum():item() == 3 and event.kept:sum():item() == 2)
---@param number integer from 1, to batch_event_count
---@return table event epoch, images (m,), seen (m,), kept (m,), how often each; losses (m,), nan where none was computed; seconds
function Trace:batch_event(number) end

--- In how many selections each candidate is.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:counts():equal(th.tensor { 1, 2, 0, 0, 1, 0 }))
---@return Tensor counts (n,) of int64
function Trace:counts() end

--- How often each image came by the batch selector, and how often it was kept.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:count({ 1, 2, 3 }, { kept = th.tensor { 1, 3 } })
---     writer:write_counts(0, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     local seen, kept = trace:batch_counts()
---     assert(seen:equal(th.tensor { 1, 1, 1, 0, 0, 0 }) and kept:equal(th.tensor { 1, 0, 1, 0, 0, 0 }))
---@return Tensor seen (n,) of int64
---@return Tensor kept (n,) of int64
function Trace:batch_counts() end

--- An error unless a dataset is the one of the run: name, number and fingerprint are compared.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:write(2, { indices = th.tensor { 2, 5 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     trace:check(data)
---     assert(not pcall(trace.check, trace, data:subset { 1, 2 }))
---@param dataset Dataset|DetectionDataset
function Trace:check(dataset) end

--- Writes a trace line by line; th.select.write_trace makes it.
---
--- Every line is in the file before the run goes on, so that one that is killed leaves a trace of what it did.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:close()
---     assert(th.select.read_trace(scratch .. "/run.trace").event_count == 1)
---@class TraceWriter : Object
local TraceWriter = {}

--- Writes a selection.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 }, weights = th.tensor { 2.0, 4 } }, 0.1, { accuracy = 0.5 })
---     writer:close()
---     assert(th.select.read_trace(scratch .. "/run.trace"):event(1).accuracy == 0.5)
---@param epoch integer from 0
---@param selection table indices, a tensor; weights, a tensor; batches, residual, filled, where it has them
---@param seconds number what it cost
---@param options? table loss (none), accuracy (none), of the model when it was made
function TraceWriter:write(epoch, selection, seconds, options) end

--- Counts what a batch selector did with a batch; write_counts writes the sums.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:count({ 1, 2, 3 }, { kept = th.tensor { 1, 3 } })
---     writer:write_counts(0, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace.batch_event_count == 1)
---@param images Tensor|integer[] the images of the batch
---@param options? table kept (all), a tensor of rows of the batch; losses (none), a tensor: of all images, or of those at rows; rows (all), a tensor
function TraceWriter:count(images, options) end

--- Writes what was counted since the last time, if anything was.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:count({ 1, 2, 3 }, { kept = th.tensor { 1, 3 } })
---     writer:write_counts(0, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:batch_event(1).epoch == 0)
---@param epoch integer from 0
---@param seconds number what it cost
function TraceWriter:write_counts(epoch, seconds) end

--- Tells how many bytes are in the file, and puts them on the disk.
---
--- With write_trace's option `resume` a run that was killed goes on from there.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local about = { data = data, method = "Mine", epochs = 4 }
---     local writer = th.select.write_trace(scratch .. "/run.trace", about)
---     about.resume = { bytes = writer:position(), counts = writer:counts() }
---     writer:write(0, { indices = th.tensor { 1 } }, 0.1)
---     writer:close()
---     th.select.write_trace(scratch .. "/run.trace", about):close()
---     assert(th.select.read_trace(scratch .. "/run.trace").event_count == 0)
---@return integer bytes
function TraceWriter:position() end

--- What has been counted and not been written yet, for the option `resume` of write_trace.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(3, 2), { 1, 2, 1 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     assert(writer:counts() == nil)
---     writer:count({ 1, 3 }, { kept = th.tensor { 2 } })
---     assert(writer:counts().kept:equal(th.tensor { 0, 0, 1 }))
---@return table|nil counts tensors (n,): seen, kept, losses (how many) and sums (of them); nil when nothing was
function TraceWriter:counts() end

--- Ends the file; to write more is an error.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:close()
---     assert(not pcall(writer.write, writer, 0, { indices = th.tensor { 1 } }, 0))
function TraceWriter:close() end

return Trace
