---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the functions of th itself, which are native: for editors, the texts of help() and the
-- reference. Those that are methods of tensors as well stand in tensor.lua with the same text.

--- What `local th = require "thresh"` gives: tensors and all namespaces.
---
--- The functions here make tensors, work on them, read and write them, and tell of time and memory. The
--- prompt has th and its namespaces at hand without require. A name that is not there is an error with a
--- suggestion.
---
--- Example:
---     local t = th.ones(2, 3)
---     assert(th.sum(t):item() == 6 and t:sum():item() == 6)
---     assert(t[{th.newaxis, 1}].ndim == 2)
---@class thresh
---@field nn nn layers and losses
---@field models models networks, ready to train
---@field optim optim optimisers
---@field schedule schedule learning rates by epoch
---@field data data data sets, splits and loaders
---@field select select selectors of what to train on, and their solvers
---@field detect detect detection: SSD, its loss, boxes and evaluation
---@field coco coco annotation and result files, and their evaluation
---@field statistics statistics of runs and seeds
---@field newaxis NewAxis a key that puts an extent of 1 into an index: t[{th.newaxis, {}}]
local th = {}

-- Making tensors

--- Makes a tensor of a number, a boolean, a list of lists, or a copy of another tensor.
---
--- Lists become bool, int64 (whole numbers only) or float32 (with a fraction such as 1.0 among them);
--- all lists of one level have one length. A copy is off the tape and keeps its type.
---
--- Example:
---     local t = th.tensor{{1, 2.5}, {3, 4}}
---     assert(t.dtype == "float32" and t.shape[1] == 2 and t[{1, 2}] == 2.5)
---     assert(th.tensor{1, 2}.dtype == "int64" and th.tensor(true).ndim == 0)
---@param data number|boolean|table|Tensor nested lists give one dimension for each level
---@param options? table dtype (nil: as the data), requires_grad (false)
---@return Tensor tensor of the shape of the data
function th.tensor(data, options) end

--- Makes a tensor of zeros.
---
--- Example:
---     local t = th.zeros(2, 3, { dtype = "int64" })
---     assert(t.count == 6 and t.dtype == "int64" and t:sum():item() == 0)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype
---     ("float32"), requires_grad (false)
---@return Tensor tensor of these extents; without any, 0-d
function th.zeros(...) end

--- Makes a tensor of ones.
---
--- Example:
---     assert(th.ones{2, 3}:sum():item() == 6)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype
---     ("float32"), requires_grad (false)
---@return Tensor tensor of these extents; without any, 0-d
function th.ones(...) end

--- Makes a tensor whose elements are whatever was in memory, to be written before it is read.
---
--- Example:
---     local t = th.empty(2, 3)
---     t:fill_(7)
---     assert(t:sum():item() == 42)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype
---     ("float32"), requires_grad (false)
---@return Tensor tensor of these extents; without any, 0-d
function th.empty(...) end

--- Makes a tensor of one value.
---
--- Example:
---     assert(th.full({2, 2}, 0.5):sum():item() == 2)
---     assert(th.full(3, 1).dtype == "int64" and th.full(3, true).dtype == "bool")
---@param shape integer|integer[] the extents
---@param value number|boolean|Tensor the element, or a 0-d tensor with it
---@param options? table dtype (nil: bool, int64 or float32 as the value, a tensor's own), requires_grad
---     (false)
---@return Tensor tensor of this shape
function th.full(shape, value, options) end

--- Makes a tensor of zeros with the shape of another.
---
--- Example:
---     local t = th.zeros_like(th.tensor{{1, 2}, {3, 4}})
---     assert(t.shape[2] == 2 and t.dtype == "int64" and t:sum():item() == 0)
---@param tensor Tensor whose shape is taken
---@param options? table dtype (nil: the tensor's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.zeros_like(tensor, options) end

--- Makes a tensor of ones with the shape of another.
---
--- Example:
---     assert(th.ones_like(th.zeros(2, 3)):sum():item() == 6)
---@param tensor Tensor whose shape is taken
---@param options? table dtype (nil: the tensor's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.ones_like(tensor, options) end

--- Makes a tensor with the shape of another, whose elements are whatever was in memory.
---
--- Example:
---     assert(th.empty_like(th.zeros(2, 3)):zero_():sum():item() == 0)
---@param tensor Tensor whose shape is taken
---@param options? table dtype (nil: the tensor's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.empty_like(tensor, options) end

--- Makes a tensor of one value with the shape of another.
---
--- Example:
---     assert(th.full_like(th.zeros(2, 3), 4):sum():item() == 24)
---@param tensor Tensor whose shape is taken
---@param value number|boolean|Tensor the element, or a 0-d tensor with it
---@param options? table dtype (nil: the tensor's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.full_like(tensor, value, options) end

--- Counts as Lua's `for` does: both ends are included.
---
--- arange(last) is 1, 2, …, last; arange(first, last) and arange(first, last, step) start at first.
--- PyTorch's arange starts at 0 and leaves the end out. int64 where all arguments are integers, else
--- float32.
---
--- Example:
---     assert(th.arange(4):equal(th.tensor{1, 2, 3, 4}))
---     assert(th.arange(0, 1, 0.25).count == 5)
---     assert(th.arange(3, 1, -1):equal(th.tensor{3, 2, 1}))
---@param ... number|table last, or first and last, or first, last and step (not 0); then options: dtype
---     (nil: as told above), requires_grad (false)
---@return Tensor numbers (floor((last - first) / step) + 1,), or (0,)
function th.arange(...) end

--- Makes n numbers at equal distances from first to last, both included exactly.
---
--- Example:
---     assert(th.linspace(0, 1, 5):equal(th.tensor{0, 0.25, 0.5, 0.75, 1}))
---@param first number
---@param last number
---@param n integer how many; 1 gives first alone
---@param options? table dtype ("float32"), requires_grad (false)
---@return Tensor numbers (n,)
function th.linspace(first, last, n, options) end

--- Makes a matrix with ones on the diagonal and zeros elsewhere.
---
--- Example:
---     assert(th.eye(3):trace():item() == 3)
---     assert(th.eye(2, 3):equal(th.tensor{{1, 0, 0}, {0, 1, 0}}))
---@param n integer rows
---@param m? integer columns; n by default
---@param options? table dtype ("float32"), requires_grad (false); stands second where m is left out
---@return Tensor matrix (n, m)
function th.eye(n, m, options) end

--- Tells whether a value is a tensor.
---
--- Example:
---     assert(th.is_tensor(th.zeros(1)) and not th.is_tensor(1))
---@param value any
---@return boolean answer
function th.is_tensor(value) end

-- Random numbers

--- Starts the session's random numbers over from a seed.
---
--- Calls that name no seed of their own draw from it, each its own stream. `thresh --seed N` sets it at
--- the start; 0 otherwise.
---
--- Example:
---     th.manual_seed(5)
---     local a = th.rand(3)
---     th.manual_seed(5)
---     assert(th.rand(3):equal(a))
---@param seed integer
function th.manual_seed(seed) end

--- Tells the seed that the session's random numbers started from.
---
--- PyTorch's seed draws a new one; initial_seed is what tells it there.
---
--- Example:
---     th.manual_seed(7)
---     assert(th.seed() == 7)
---@return integer seed
function th.seed() end

--- Makes a stream of random numbers that depends on its four names alone.
---
--- What is drawn elsewhere changes nothing in it: a heuristic that draws from its own stream gives the
--- same with any other code around it.
---
--- Example:
---     local a, b = th.stream(1, "flip", 3), th.stream(1, "flip", 3)
---     assert(a:uniform() == b:uniform() and a:uniform() ~= th.stream(2, "flip", 3):uniform())
---@param seed integer
---@param purpose string what the numbers are for
---@param epoch? integer 0 by default
---@param index? integer 0 by default
---@return Stream stream
function th.stream(seed, purpose, epoch, index) end

--- Draws numbers uniform in [0, 1).
---
--- Example:
---     local t = th.rand(2, 3, { seed = 1 })
---     assert(t:min():item() >= 0 and t:max():item() < 1)
---     assert(th.rand(2, 3, { seed = 1 }):equal(t))
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype ("float32",
---     or "float64"), seed (nil: the session's), requires_grad (false)
---@return Tensor tensor of these extents
function th.rand(...) end

--- Draws numbers of the standard normal distribution.
---
--- By the transform of Box and Muller.
---
--- Example:
---     local t = th.randn(1000, { seed = 1 })
---     assert(math.abs(t:mean():item()) < 0.1 and math.abs(t:std():item() - 1) < 0.1)
---@param ... integer|integer[]|table extents one by one or as one list, then options: dtype ("float32",
---     or "float64"), seed (nil: the session's), requires_grad (false)
---@return Tensor tensor of these extents
function th.randn(...) end

--- Draws numbers uniform in [0, 1), with the shape of another tensor.
---
--- Example:
---     assert(th.rand_like(th.zeros(2, 3), { seed = 1 }).shape[2] == 3)
---@param tensor Tensor whose shape is taken
---@param options? table dtype (nil: the tensor's, which must be floating then), seed (nil: the
---     session's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.rand_like(tensor, options) end

--- Draws numbers of the standard normal distribution, with the shape of another tensor.
---
--- Example:
---     assert(th.randn_like(th.zeros(2, 3), { seed = 1 }).shape[2] == 3)
---@param tensor Tensor whose shape is taken
---@param options? table dtype (nil: the tensor's, which must be floating then), seed (nil: the
---     session's), requires_grad (false)
---@return Tensor tensor of the same shape
function th.randn_like(tensor, options) end

--- Draws numbers of a normal distribution.
---
--- Example:
---     local t = th.normal(5, 0.1, {100}, { seed = 1 })
---     assert(math.abs(t:mean():item() - 5) < 0.1)
---@param mean number
---@param std number the standard deviation, not negative
---@param shape integer|integer[] the extents
---@param options? table dtype ("float32", or "float64"), seed (nil: the session's), requires_grad
---     (false)
---@return Tensor tensor of this shape
function th.normal(mean, std, shape, options) end

--- Draws whole numbers uniform in low … high, both ends included.
---
--- PyTorch leaves the upper end out. An error where the type does not hold all of them.
---
--- Example:
---     local t = th.randint(1, 6, 100, { seed = 1 })
---     assert(t:min():item() == 1 and t:max():item() == 6)
---@param low integer
---@param high integer at least low
---@param shape integer|integer[] the extents
---@param options? table dtype ("int64"; any but bool), seed (nil: the session's), requires_grad (false)
---@return Tensor tensor of this shape
function th.randint(low, high, shape, options) end

--- Puts the numbers 1 … n in random order.
---
--- Example:
---     local p = th.randperm(10, { seed = 1 })
---     assert(p:sort():equal(th.arange(10)))
---@param n integer
---@param options? table seed (nil: the session's)
---@return Tensor permutation (n,), int64
function th.randperm(n, options) end

--- Draws true with a probability.
---
--- A tensor of probabilities gives one draw for each, 0 or 1 in its shape and type; then the options
--- stand second.
---
--- Example:
---     local t = th.bernoulli(0.25, 1000, { seed = 1 })
---     assert(t.dtype == "bool" and math.abs(t:sum():item() - 250) < 50)
---     assert(th.bernoulli(th.tensor{0.0, 1.0}):equal(th.tensor{0, 1}))
---@param p number|Tensor probabilities in 0 … 1
---@param shape? integer|integer[] the extents; not beside a tensor
---@param options? table dtype ("bool", or the tensor's), seed (nil: the session's), requires_grad
---     (false)
---@return Tensor draws of this shape, or that of p
function th.bernoulli(p, shape, options) end

--- Draws positions, each with a probability proportional to its weight.
---
--- Without replacement the draws follow one another, each among those left (Efraimidis and Spirakis
--- 2006): at least n weights must be above 0.
---
--- Example:
---     local drawn = th.multinomial({0, 1, 3}, 2, { seed = 1 })
---     assert(drawn:sort():equal(th.tensor{2, 3}))
---@param weights Tensor|number[] (m,), or (N, m) for draws of each row; finite, not negative
---@param n integer how many draws
---@param options? table replacement (false), seed (nil: the session's)
---@return Tensor positions (n,), or (N, n), int64
function th.multinomial(weights, n, options) end

-- Joining

--- Joins tensors one after the other along a dimension.
---
--- Their other extents are equal; the type is the promoted one. Empty tensors of one dimension count
--- for nothing.
---
--- Example:
---     local t = th.cat({th.zeros(2, 1), th.ones(2, 2)}, 2)
---     assert(t:equal(th.tensor{{0, 1, 1}, {0, 1, 1}}))
---@param tensors Tensor[] at least one
---@param dim? integer 1 by default
---@return Tensor joined
function th.cat(tensors, dim) end

--- Puts tensors of one shape side by side along a new dimension.
---
--- Example:
---     local t = th.stack{th.zeros(3), th.ones(3)}
---     assert(t.shape[1] == 2 and t[{2, 1}] == 1)
---@param tensors Tensor[] at least one
---@param dim? integer where the new dimension stands; 1 by default, -1 last
---@return Tensor stacked
function th.stack(tensors, dim) end

--- Makes the coordinates of a grid from those along its sides.
---
--- As numpy's indexing "ij": the first varies along the first dimension.
---
--- Example:
---     local y, x = table.unpack(th.meshgrid{th.arange(2), th.arange(3)})
---     assert(y:equal(th.tensor{{1, 1, 1}, {2, 2, 2}}) and x[{2, 3}] == 3)
---@param tensors Tensor[] n vectors
---@return Tensor[] grids n tensors with an extent for each vector; views
function th.meshgrid(tensors) end

--- Sums products by Einstein's convention.
---
--- A letter stands for a dimension; letters that the output lacks are summed over. Without -> the
--- output has the letters that come once, in alphabetical order. A letter twice in one term is a
--- diagonal. The tensors are joined from the left to the right, by one matrix product each time.
---
--- Example:
---     local a, b = th.ones(2, 3), th.ones(3, 4)
---     assert(th.einsum("ij,jk->ik", {a, b}):equal(a:matmul(b)))
---     assert(th.einsum("ii", {th.eye(3)}):item() == 3)
---@param equation string terms with commas between them, as in "ij,jk->ik"
---@param tensors Tensor[] one for each term
---@return Tensor sum with a dimension for each letter of the output
function th.einsum(equation, tensors) end

-- Files

--- Reads an array that numpy.save wrote.
---
--- float16 becomes float32; int8, int16 and uint16 int32; uint32 and uint64 int64. Complex numbers,
--- strings, objects and records are refused.
---
--- Example:
---     th.save_npy(scratch .. "/t.npy", th.arange(3))
---     assert(th.load_npy(scratch .. "/t.npy"):equal(th.tensor{1, 2, 3}))
---@param path string
---@return Tensor tensor
function th.load_npy(path) end

--- Writes a tensor as numpy.load reads it.
---
--- The file is replaced as a whole, or not at all.
---
--- Example:
---     th.save_npy(scratch .. "/t.npy", th.ones(2, 2))
---     assert(th.load_npy(scratch .. "/t.npy").ndim == 2)
---@param path string
---@param tensor Tensor
function th.save_npy(path, tensor) end

--- Reads the arrays of an archive that numpy.savez or savez_compressed wrote.
---
--- Types become others as in load_npy.
---
--- Example:
---     th.save_npz(scratch .. "/t.npz", { x = th.arange(3), y = th.ones(2) })
---     assert(th.load_npz(scratch .. "/t.npz").x:equal(th.arange(3)))
---@param path string
---@return table<string, Tensor> arrays by name
function th.load_npz(path) end

--- Writes tensors by name as numpy.load reads them.
---
--- Uncompressed, in the order of the names: the same table gives the same file. The file is replaced as
--- a whole, or not at all; 4 GiB is the most.
---
--- Example:
---     th.save_npz(scratch .. "/t.npz", { x = th.arange(3) })
---     assert(th.load_npz(scratch .. "/t.npz").x[3] == 3)
---@param path string
---@param tensors table<string, Tensor>
function th.save_npz(path, tensors) end

--- Reads a safetensors file.
---
--- float16 and bfloat16 become float32; int8, int16 and uint16 int32; uint32 and uint64 int64.
---
--- Example:
---     th.save_safetensors(scratch .. "/t.safetensors", { w = th.ones(2) }, { metadata = { epoch = "3" } })
---     local tensors, metadata = th.load_safetensors(scratch .. "/t.safetensors")
---     assert(tensors.w:sum():item() == 2 and metadata.epoch == "3")
---@param path string
---@return table<string, Tensor> tensors by name
---@return table<string, string> metadata
function th.load_safetensors(path) end

--- Writes tensors by name as a safetensors file.
---
--- The file is replaced as a whole, or not at all.
---
--- Example:
---     th.save_safetensors(scratch .. "/t.safetensors", { w = th.zeros(2), b = th.ones(1) })
---     assert(th.load_safetensors(scratch .. "/t.safetensors").b[1] == 1)
---@param path string
---@param tensors table<string, Tensor>
---@param options? table metadata (nil): texts by name
function th.save_safetensors(path, tensors, options) end

--- Makes a folder and those above it; one that is there already is left as it is.
---
--- Example:
---     th.make_directory(scratch .. "/a/b")
---     th.save_npy(scratch .. "/a/b/t.npy", th.ones(1))
---     assert(th.load_npy(scratch .. "/a/b/t.npy")[1] == 1)
---@param path string
function th.make_directory(path) end

-- Gradients on and off

--- Calls a function while nothing is recorded for gradients.
---
--- PyTorch's `with torch.no_grad():`. What it makes wants no gradient, and parameters can be written.
---
--- Example:
---     local w = th.ones(2, { requires_grad = true })
---     local y = th.no_grad(function(x) return x * 2 end, w)
---     assert(not y.requires_grad)
---@param f function
---@param ... any what it is called with
---@return any ... what it returned
function th.no_grad(f, ...) end

--- Calls a function while gradients are recorded, inside th.no_grad as well.
---
--- Example:
---     local w = th.ones(2, { requires_grad = true })
---     local y = th.no_grad(function() return th.enable_grad(function() return w * 2 end) end)
---     assert(y.requires_grad)
---@param f function
---@param ... any what it is called with
---@return any ... what it returned
function th.enable_grad(f, ...) end

--- Tells whether operations are recorded for gradients.
---
--- Example:
---     assert(th.is_grad_enabled() and not th.no_grad(th.is_grad_enabled))
---@return boolean answer
function th.is_grad_enabled() end

-- Time, memory and the machine

--- Tells the seconds of a clock that only goes forward.
---
--- Its start means nothing; differences do. os.clock counts the time of all threads together.
---
--- Example:
---     local start = th.clock()
---     assert(th.clock() >= start)
---@return number seconds
function th.clock() end

--- Calls a function and tells where its time went, by operation and by layer.
---
--- Printed, the profile is two tables: `print((th.profile(step)))`.
---
--- Example:
---     local profile, sum = th.profile(function(n) return th.ones(n):sum():item() end, 10)
---     assert(sum == 10 and profile.seconds > 0 and #profile.rows >= 1)
---@param f function
---@param ... any what it is called with
---@return Profile profile
---@return any ... what f returned
function th.profile(f, ...) end

--- Tells how many threads operations use.
---
--- Results are the same with any number. PyTorch's get_num_threads.
---
--- Example:
---     assert(th.num_threads() >= 1)
---@return integer threads
function th.num_threads() end

--- Sets how many threads operations use.
---
--- Example:
---     local before = th.num_threads()
---     th.set_num_threads(1)
---     assert(th.num_threads() == 1)
---     th.set_num_threads(before)
---@param n integer at least 1
function th.set_num_threads(n) end

--- Chooses between the fastest and the most exact form of convolutions.
---
--- "auto" uses Winograd's form where it is faster; "direct" never does.
---
--- Example:
---     local before = th.set_convolution("direct")
---     assert(th.set_convolution(before) == "direct")
---@param mode "auto"|"direct" "auto" at the start
---@return string before the mode until now
function th.set_convolution(mode) end

--- Tells which instructions the kernels in use were compiled for.
---
--- The best that the CPU has, or less where the environment variable THRESH_CPU says so. The same seed
--- gives the same bits on the same level.
---
--- Example:
---     local levels = { generic = true, avx2 = true, avx512 = true }
---     assert(levels[th.cpu_level()])
---@return "generic"|"avx2"|"avx512" level
function th.cpu_level() end

--- Tells how much memory Lua and tensors hold, in bytes.
---
--- lua and tensors are held now, peak is the most that tensors held since th.reset_peak_memory, limit
--- is what both may hold together.
---
--- Example:
---     local t = th.zeros(1024)
---     local memory = th.memory()
---     assert(memory.tensors >= 4096 and memory.peak >= memory.tensors and memory.limit > memory.lua)
---     assert(t.count == 1024)
---@return table memory lua, tensors, peak, limit
function th.memory() end

--- Tells the most that tensors held at once since th.reset_peak_memory, in bytes.
---
--- Example:
---     assert(th.peak_memory() == th.memory().peak)
---@return integer bytes
function th.peak_memory() end

--- Starts th.peak_memory over from what tensors hold now.
---
--- Example:
---     th.reset_peak_memory()
---     local before = th.peak_memory()
---     local t = th.zeros(100000)
---     assert(th.peak_memory() >= before + 4 * t.count)
function th.reset_peak_memory() end

--- Tells whether an open file is a terminal.
---
--- Example:
---     assert(not th.is_terminal(99))
---@param fd integer 0 is standard input, 1 output, 2 errors
---@return boolean answer
function th.is_terminal(fd) end

--- Tells how many columns the terminal has; 80 where there is none.
---
--- Example:
---     assert(th.terminal_width() > 0)
---@return integer columns
function th.terminal_width() end

-- What is inside

--- Gives the only element as a number or boolean.
---
--- int64 gives an integer. An error unless there is one element.
---
--- Example:
---     local t = th.tensor{{2.5}}
---     assert(th.item(t) == 2.5)
---@param tensor Tensor
---@return number|boolean value
function th.item(tensor) end

--- Gives the elements as nested lists; a 0-d tensor as its value.
---
--- Example:
---     local list = th.tolist(th.tensor{{1, 2}, {3, 4}})
---     assert(#list == 2 and list[2][1] == 3)
---@param tensor Tensor
---@return table|number|boolean list
function th.tolist(tensor) end

--- Gives the extents as a list, or one of them.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(th.size(t)[2] == 3 and th.size(t, -1) == 3)
---@param tensor Tensor
---@param dim? integer
---@return integer[]|integer extents
function th.size(tensor, dim) end

--- Counts the elements; t.count does as well.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(th.numel(t) == 6)
---@param tensor Tensor
---@return integer count
function th.numel(tensor) end

--- Counts the dimensions; t.ndim does as well.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(th.dim(t) == 2)
---@param tensor Tensor
---@return integer count
function th.dim(tensor) end

-- Types and copies

--- Converts to another type of element.
---
--- Fractions are cut off, NaN becomes 0, integers that do not fit wrap. A tensor of the type already is
--- given back itself. Gradients flow between floating types.
---
--- Example:
---     local t = th.tensor{1.9, -1.9}
---     assert(th.to(t, "int64"):equal(th.tensor{1, -1}))
---@param tensor Tensor
---@param dtype "bool"|"uint8"|"int32"|"int64"|"float32"|"float64"
---@return Tensor tensor of the same shape
function th.to(tensor, dtype) end

--- Converts to float32.
---
--- Example:
---     assert(th.float(th.tensor{1, 2}).dtype == "float32")
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is float32
function th.float(tensor) end

--- Converts to float64.
---
--- Example:
---     assert(th.double(th.tensor{1, 2}).dtype == "float64")
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is float64
function th.double(tensor) end

--- Converts to int64; fractions are cut off.
---
--- Example:
---     assert(th.long(th.tensor{1.9, -1.9}):equal(th.tensor{1, -1}))
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is int64
function th.long(tensor) end

--- Converts to int32; fractions are cut off.
---
--- Example:
---     assert(th.int(th.tensor{1.9, -1.9}).dtype == "int32")
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is int32
function th.int(tensor) end

--- Converts to uint8; fractions are cut off, and what does not fit wraps.
---
--- Example:
---     assert(th.byte(th.tensor{300, -1}):equal(th.tensor{44, 255}))
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is uint8
function th.byte(tensor) end

--- Converts to bool: whether an element is not 0.
---
--- Example:
---     assert(th.bool(th.tensor{0.5, 0}):equal(th.tensor{true, false}))
---@param tensor Tensor
---@return Tensor tensor of the same shape; itself where it is bool
function th.bool(tensor) end

--- Converts to the type of another tensor.
---
--- Example:
---     assert(th.type_as(th.tensor{1, 2}, th.zeros(1)).dtype == "float32")
---@param tensor Tensor
---@param other Tensor
---@return Tensor tensor of the same shape
function th.type_as(tensor, other) end

--- Copies the elements to memory of their own.
---
--- Gradients flow through it. A dense memory order, such as channels-last, stays.
---
--- Example:
---     local t = th.tensor{1, 2}
---     local u = th.clone(t)
---     u[1] = 9
---     assert(t[1] == 1)
---@param tensor Tensor
---@return Tensor copy of the same shape
function th.clone(tensor) end

--- Gives the tensor in row-major order: itself, or a copy.
---
--- Example:
---     local t = th.zeros(2, 3):transpose()
---     assert(not t.is_contiguous and th.contiguous(t).is_contiguous)
---@param tensor Tensor
---@return Tensor tensor of the same shape
function th.contiguous(tensor) end

--- Gives images in the memory order (N, H, W, C), which the image operations work in: themselves, or a copy.
---
--- The shape stays (N, C, H, W). PyTorch's contiguous(memory_format=torch.channels_last).
---
--- Example:
---     local t = th.zeros(1, 3, 4, 4)
---     assert(th.channels_last(t).shape[2] == 3 and th.channels_last(t).strides[2] == 1)
---@param tensor Tensor (N, C, H, W)
---@return Tensor tensor (N, C, H, W)
function th.channels_last(tensor) end

-- Shapes and views

--- Shows the elements, in row-major order, as another shape.
---
--- A view where the strides allow it, else a copy.
---
--- Example:
---     local t = th.arange(6)
---     assert(th.reshape(t, 2, 3)[{2, 1}] == 4)
---     assert(th.reshape(t, {-1, 2}).shape[1] == 3)
---@param tensor Tensor
---@param ... integer|integer[] extents one by one or as one list; one may be -1 and takes what is left
---@return Tensor tensor of these extents
function th.reshape(tensor, ...) end

--- Shows the elements, in row-major order, as another shape: another name of reshape.
---
--- Unlike PyTorch's view it copies where the strides allow no view.
---
--- Example:
---     local t = th.zeros(4)
---     th.view(t, 2, 2)[{1, 1}] = 5
---     assert(t[1] == 5)
---@param tensor Tensor
---@param ... integer|integer[] extents one by one or as one list; one may be -1 and takes what is left
---@return Tensor tensor of these extents
function th.view(tensor, ...) end

--- Shows the elements as the shape of another tensor, as reshape does.
---
--- Example:
---     assert(th.reshape_as(th.arange(6), th.zeros(2, 3)).shape[2] == 3)
---@param tensor Tensor
---@param other Tensor
---@return Tensor tensor of the shape of other
function th.reshape_as(tensor, other) end

--- Shows the elements as the shape of another tensor, as view does.
---
--- Example:
---     assert(th.view_as(th.arange(6), th.zeros(2, 3)).shape[2] == 3)
---@param tensor Tensor
---@param other Tensor
---@return Tensor tensor of the shape of other
function th.view_as(tensor, other) end

--- Joins dimensions start … last to one.
---
--- Example:
---     local t = th.zeros(2, 3, 4)
---     assert(th.flatten(t).shape[1] == 24)
---     assert(th.flatten(t, 2).shape[2] == 12)
---@param tensor Tensor
---@param start? integer 1 by default
---@param last? integer -1 by default
---@return Tensor tensor; (1,) of a 0-d tensor
function th.flatten(tensor, start, last) end

--- Splits a dimension into several.
---
--- Example:
---     assert(th.unflatten(th.arange(6), 1, {2, -1}).shape[2] == 3)
---@param tensor Tensor
---@param dim integer
---@param sizes integer[] the extents in its place; one may be -1
---@return Tensor tensor
function th.unflatten(tensor, dim, sizes) end

--- Removes all extents of 1, or the one of a dimension.
---
--- Example:
---     local t = th.zeros(1, 3, 1)
---     assert(th.squeeze(t).ndim == 1 and th.squeeze(t, 1).ndim == 2)
---@param tensor Tensor
---@param dim? integer left as it is where its extent is not 1
---@return Tensor view
function th.squeeze(tensor, dim) end

--- Puts an extent of 1 before a dimension; -1 appends it.
---
--- Example:
---     local t = th.zeros(3)
---     assert(th.unsqueeze(t, 1).shape[1] == 1 and th.unsqueeze(t, -1).shape[2] == 1)
---@param tensor Tensor
---@param dim integer
---@return Tensor view
function th.unsqueeze(tensor, dim) end

--- Puts the dimensions into another order.
---
--- Example:
---     assert(th.permute(th.zeros(2, 3, 4), 3, 1, 2).shape[1] == 4)
---@param tensor Tensor
---@param ... integer|integer[] every dimension once, one by one or as one list
---@return Tensor view
function th.permute(tensor, ...) end

--- Exchanges two dimensions.
---
--- Example:
---     local t = th.zeros(2, 3, 4)
---     assert(th.transpose(t).shape[2] == 4 and th.transpose(t, 1, 3).shape[1] == 4)
---@param tensor Tensor
---@param a? integer -2 by default, the last but one
---@param b? integer -1 by default, the last
---@return Tensor view
function th.transpose(tensor, a, b) end

--- Transposes a matrix; tensors with fewer dimensions are given back themselves.
---
--- Example:
---     local m = th.tensor{{1, 2}, {3, 4}}
---     assert(th.t(m):equal(th.tensor{{1, 3}, {2, 4}}))
---@param tensor Tensor (n, m)
---@return Tensor view (m, n)
function th.t(tensor) end

--- Moves dimensions to other places; the others keep their order.
---
--- Example:
---     assert(th.movedim(th.zeros(2, 3, 4), 1, 3).shape[3] == 2)
---@param tensor Tensor
---@param from integer|integer[]
---@param to integer|integer[] as many places
---@return Tensor view
function th.movedim(tensor, from, to) end

--- Reads extents of 1 repeatedly, without a copy.
---
--- What it gives shares elements and cannot be written to; clone it first.
---
--- Example:
---     local t = th.expand(th.tensor{{1}, {2}}, 2, 3)
---     assert(t:equal(th.tensor{{1, 1, 1}, {2, 2, 2}}))
---@param tensor Tensor
---@param ... integer|integer[] extents one by one or as one list; -1 keeps one
---@return Tensor view of these extents
function th.expand(tensor, ...) end

--- Reads extents of 1 repeatedly, up to the shape of another tensor.
---
--- Example:
---     assert(th.expand_as(th.ones(3), th.zeros(2, 3)):sum():item() == 6)
---@param tensor Tensor
---@param other Tensor
---@return Tensor view of the shape of other
function th.expand_as(tensor, other) end

--- Reads extents of 1 repeatedly, without a copy: another name of expand.
---
--- Example:
---     assert(th.broadcast_to(th.ones(3), 2, 3):sum():item() == 6)
---@param tensor Tensor
---@param ... integer|integer[] extents one by one or as one list
---@return Tensor view of these extents
function th.broadcast_to(tensor, ...) end

--- Takes a range of positions of a dimension.
---
--- Example:
---     local t = th.arange(6)
---     assert(th.narrow(t, 1, 2, 3):equal(th.tensor{2, 3, 4}))
---@param tensor Tensor
---@param dim integer
---@param start integer the first position; negative from the end
---@param length integer
---@return Tensor view
function th.narrow(tensor, dim, start, length) end

--- Shows the diagonal of the first two dimensions, as the last dimension.
---
--- Example:
---     local m = th.tensor{{1, 2}, {3, 4}}
---     assert(th.diagonal(m):equal(th.tensor{1, 4}) and th.diagonal(m, 1):equal(th.tensor{2}))
---@param tensor Tensor
---@param offset? integer 0 by default; above the main diagonal where positive
---@return Tensor view
function th.diagonal(tensor, offset) end

--- Shows windows along a dimension, their elements as a new last dimension.
---
--- (…, n, …) -> (…, floor((n - size) / step) + 1, …, size). A view where windows do not overlap, else a
--- copy.
---
--- Example:
---     local windows = th.unfold(th.arange(5), 1, 3, 2)
---     assert(windows:equal(th.tensor{{1, 2, 3}, {3, 4, 5}}))
---@param tensor Tensor
---@param dim integer
---@param size integer at most the extent
---@param step? integer 1 by default
---@return Tensor windows
function th.unfold(tensor, dim, size, step) end

--- Cuts into pieces along a dimension.
---
--- Example:
---     local pieces = th.split(th.arange(5), 2)
---     assert(#pieces == 3 and pieces[3]:equal(th.tensor{5}))
---     assert(th.split(th.arange(5), {4, 1})[1].count == 4)
---@param tensor Tensor
---@param size integer|integer[] of all pieces, the last of which may be smaller, or of each
---@param dim? integer 1 by default
---@return Tensor[] pieces views
function th.split(tensor, size, dim) end

--- Cuts into at most so many pieces of one size; the last may be smaller.
---
--- Example:
---     local pieces = th.chunk(th.arange(5), 2)
---     assert(#pieces == 2 and pieces[1].count == 3)
---@param tensor Tensor
---@param chunks integer
---@param dim? integer 1 by default
---@return Tensor[] pieces views
function th.chunk(tensor, chunks, dim) end

--- Repeats the whole tensor along each dimension.
---
--- PyTorch's tile and numpy's; PyTorch's repeat, whose name is a word of Lua.
---
--- Example:
---     assert(th.tile(th.tensor{1, 2}, 2):equal(th.tensor{1, 2, 1, 2}))
---@param tensor Tensor
---@param ... integer|integer[] how often along each dimension, one by one or as one list; missing
---     leading ones are 1
---@return Tensor tensor
function th.tile(tensor, ...) end

--- Repeats each position so many times in a row.
---
--- Example:
---     assert(th.repeat_interleave(th.tensor{1, 2}, 2):equal(th.tensor{1, 1, 2, 2}))
---@param tensor Tensor
---@param count integer
---@param dim? integer of the flat tensor by default
---@return Tensor tensor
function th.repeat_interleave(tensor, count, dim) end

--- Turns dimensions around.
---
--- Example:
---     assert(th.flip(th.arange(3), 1):equal(th.tensor{3, 2, 1}))
---@param tensor Tensor
---@param ... integer|integer[] dimensions one by one or as one list; without any, nothing is turned
---@return Tensor copy
function th.flip(tensor, ...) end

--- Moves elements along a dimension; what leaves at the end comes in at the start.
---
--- Example:
---     assert(th.roll(th.arange(4), 1):equal(th.tensor{4, 1, 2, 3}))
---@param tensor Tensor
---@param shift integer
---@param dim? integer of the flat tensor by default
---@return Tensor copy
function th.roll(tensor, shift, dim) end

--- Sets what lies above a diagonal of each matrix to 0.
---
--- Example:
---     assert(th.tril(th.ones(2, 2)):equal(th.tensor{{1, 0}, {1, 1}}))
---@param tensor Tensor (…, n, m)
---@param diagonal? integer 0 by default, the main one; 1 is the one above it
---@return Tensor copy (…, n, m)
function th.tril(tensor, diagonal) end

--- Sets what lies below a diagonal of each matrix to 0.
---
--- Example:
---     assert(th.triu(th.ones(2, 2)):equal(th.tensor{{1, 1}, {0, 1}}))
---@param tensor Tensor (…, n, m)
---@param diagonal? integer 0 by default, the main one; 1 is the one above it
---@return Tensor copy (…, n, m)
function th.triu(tensor, diagonal) end

-- Functions of each element

--- Takes the absolute value of each element.
---
--- Formula: |x|. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(th.abs(t):equal(th.tensor{1.5, 2.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.abs(tensor, options) end

--- Writes the absolute values into this tensor; see abs.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     th.abs_(t)
---     assert(t:equal(th.tensor{1.5, 2.0}))
---@param tensor Tensor
---@return Tensor self
function th.abs_(tensor) end

--- Changes the sign of each element; -t does as well.
---
--- Formula: -x. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(th.neg(t):equal(th.tensor{1.5, -2.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.neg(tensor, options) end

--- Writes the elements with the other sign into this tensor; see neg.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     th.neg_(t)
---     assert(t:equal(th.tensor{1.5, -2.0}))
---@param tensor Tensor
---@return Tensor self
function th.neg_(tensor) end

--- Tells the sign of each element: -1, 0 or 1.
---
--- 0 of NaN; the sign of a bool is the bool. The type stays.
---
--- Example:
---     local t = th.tensor{-1.5, 0.0, 2.0}
---     assert(th.sign(t):equal(th.tensor{-1, 0, 1}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.sign(tensor, options) end

--- Writes the signs into this tensor; see sign.
---
--- Example:
---     local t = th.tensor{-1.5, 0.0, 2.0}
---     th.sign_(t)
---     assert(t:equal(th.tensor{-1, 0, 1}))
---@param tensor Tensor
---@return Tensor self
function th.sign_(tensor) end

--- Squares each element.
---
--- Formula: x^2. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-3.0, 2.0}
---     assert(th.square(t):equal(th.tensor{9, 4}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.square(tensor, options) end

--- Writes the squares into this tensor; see square.
---
--- Example:
---     local t = th.tensor{-3.0, 2.0}
---     th.square_(t)
---     assert(t:equal(th.tensor{9, 4}))
---@param tensor Tensor
---@return Tensor self
function th.square_(tensor) end

--- Replaces negative elements by 0.
---
--- Formula: max(x, 0); NaN stays. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(th.relu(t):equal(th.tensor{0, 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.relu(tensor, options) end

--- Writes max(x, 0) into this tensor; see relu.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     th.relu_(t)
---     assert(t:equal(th.tensor{0, 2}))
---@param tensor Tensor
---@return Tensor self
function th.relu_(tensor) end

--- Rounds each element down.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(th.floor(t):equal(th.tensor{-2, 1}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.floor(tensor, options) end

--- Writes the elements rounded down into this tensor; see floor.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     th.floor_(t)
---     assert(t:equal(th.tensor{-2, 1}))
---@param tensor Tensor
---@return Tensor self
function th.floor_(tensor) end

--- Rounds each element up.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(th.ceil(t):equal(th.tensor{-1, 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.ceil(tensor, options) end

--- Writes the elements rounded up into this tensor; see ceil.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     th.ceil_(t)
---     assert(t:equal(th.tensor{-1, 2}))
---@param tensor Tensor
---@return Tensor self
function th.ceil_(tensor) end

--- Rounds each element to the nearest whole number, halves to the even one.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{0.5, 1.5, 1.6}
---     assert(th.round(t):equal(th.tensor{0, 2, 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.round(tensor, options) end

--- Writes the elements rounded into this tensor; see round.
---
--- Example:
---     local t = th.tensor{0.5, 1.5, 1.6}
---     th.round_(t)
---     assert(t:equal(th.tensor{0, 2, 2}))
---@param tensor Tensor
---@return Tensor self
function th.round_(tensor) end

--- Rounds each element towards 0.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(th.trunc(t):equal(th.tensor{-1, 1}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.trunc(tensor, options) end

--- Writes the elements rounded towards 0 into this tensor; see trunc.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     th.trunc_(t)
---     assert(t:equal(th.tensor{-1, 1}))
---@param tensor Tensor
---@return Tensor self
function th.trunc_(tensor) end

--- Takes what trunc cuts off, with the sign of the element.
---
--- Formula: x - trunc(x). Only for floating tensors.
---
--- Example:
---     local t = th.tensor{-1.5, 2.25}
---     assert(th.frac(t):equal(th.tensor{-0.5, 0.25}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.frac(tensor, options) end

--- Writes the parts after the point into this tensor; see frac.
---
--- Example:
---     local t = th.tensor{-1.5, 2.25}
---     th.frac_(t)
---     assert(t:equal(th.tensor{-0.5, 0.25}))
---@param tensor Tensor
---@return Tensor self
function th.frac_(tensor) end

--- Takes e to the power of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.exp(t):allclose(th.tensor{1, 2.7182818}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.exp(tensor, options) end

--- Writes the powers of e into this tensor; see exp.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.exp_(t)
---     assert(t:allclose(th.tensor{1, 2.7182818}))
---@param tensor Tensor
---@return Tensor self
function th.exp_(tensor) end

--- Takes exp(x) - 1 of each element, exact near 0.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     assert(th.expm1(t):allclose(th.tensor{0, 1.0000005e-6}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.expm1(tensor, options) end

--- Writes exp(x) - 1 into this tensor; see expm1.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     th.expm1_(t)
---     assert(t:allclose(th.tensor{0, 1.0000005e-6}))
---@param tensor Tensor
---@return Tensor self
function th.expm1_(tensor) end

--- Takes the natural logarithm of each element.
---
--- -inf of 0, NaN below it. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 2.7182818}
---     assert(th.log(t):allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.log(tensor, options) end

--- Writes the logarithms into this tensor; see log.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 2.7182818}
---     th.log_(t)
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@return Tensor self
function th.log_(tensor) end

--- Takes log(1 + x) of each element, exact near 0.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     assert(th.log1p(t):allclose(th.tensor{0, 9.999995e-7}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.log1p(tensor, options) end

--- Writes log(1 + x) into this tensor; see log1p.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     th.log1p_(t)
---     assert(t:allclose(th.tensor{0, 9.999995e-7}))
---@param tensor Tensor
---@return Tensor self
function th.log1p_(tensor) end

--- Takes the logarithm to base 2 of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 8.0}
---     assert(th.log2(t):allclose(th.tensor{0.0, 3.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.log2(tensor, options) end

--- Writes the logarithms to base 2 into this tensor; see log2.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 8.0}
---     th.log2_(t)
---     assert(t:allclose(th.tensor{0.0, 3.0}))
---@param tensor Tensor
---@return Tensor self
function th.log2_(tensor) end

--- Takes the logarithm to base 10 of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 1000.0}
---     assert(th.log10(t):allclose(th.tensor{0.0, 3.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.log10(tensor, options) end

--- Writes the logarithms to base 10 into this tensor; see log10.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 1000.0}
---     th.log10_(t)
---     assert(t:allclose(th.tensor{0.0, 3.0}))
---@param tensor Tensor
---@return Tensor self
function th.log10_(tensor) end

--- Takes the square root of each element.
---
--- NaN of negative elements. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 9.0}
---     assert(th.sqrt(t):equal(th.tensor{2, 3}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.sqrt(tensor, options) end

--- Writes the square roots into this tensor; see sqrt.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 9.0}
---     th.sqrt_(t)
---     assert(t:equal(th.tensor{2, 3}))
---@param tensor Tensor
---@return Tensor self
function th.sqrt_(tensor) end

--- Takes one over the square root of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 0.25}
---     assert(th.rsqrt(t):equal(th.tensor{0.5, 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.rsqrt(tensor, options) end

--- Writes 1 / sqrt(x) into this tensor; see rsqrt.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 0.25}
---     th.rsqrt_(t)
---     assert(t:equal(th.tensor{0.5, 2}))
---@param tensor Tensor
---@return Tensor self
function th.rsqrt_(tensor) end

--- Takes one over each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 0.5}
---     assert(th.reciprocal(t):equal(th.tensor{0.25, 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.reciprocal(tensor, options) end

--- Writes 1 / x into this tensor; see reciprocal.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 0.5}
---     th.reciprocal_(t)
---     assert(t:equal(th.tensor{0.25, 2}))
---@param tensor Tensor
---@return Tensor self
function th.reciprocal_(tensor) end

--- Takes the sine of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 2}
---     assert(th.sin(t):allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.sin(tensor, options) end

--- Writes the sines into this tensor; see sin.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 2}
---     th.sin_(t)
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@return Tensor self
function th.sin_(tensor) end

--- Takes the cosine of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi}
---     assert(th.cos(t):allclose(th.tensor{1.0, -1.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.cos(tensor, options) end

--- Writes the cosines into this tensor; see cos.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi}
---     th.cos_(t)
---     assert(t:allclose(th.tensor{1.0, -1.0}))
---@param tensor Tensor
---@return Tensor self
function th.cos_(tensor) end

--- Takes the tangent of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 4}
---     assert(th.tan(t):allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.tan(tensor, options) end

--- Writes the tangents into this tensor; see tan.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 4}
---     th.tan_(t)
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@param tensor Tensor
---@return Tensor self
function th.tan_(tensor) end

--- Takes the inverse sine of each element, in radians.
---
--- NaN outside -1 … 1. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.asin(t):allclose(th.tensor{0, math.pi / 2}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.asin(tensor, options) end

--- Writes the inverse sines into this tensor; see asin.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.asin_(t)
---     assert(t:allclose(th.tensor{0, math.pi / 2}))
---@param tensor Tensor
---@return Tensor self
function th.asin_(tensor) end

--- Takes the inverse cosine of each element, in radians.
---
--- NaN outside -1 … 1. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, -1.0}
---     assert(th.acos(t):allclose(th.tensor{0, math.pi}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.acos(tensor, options) end

--- Writes the inverse cosines into this tensor; see acos.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, -1.0}
---     th.acos_(t)
---     assert(t:allclose(th.tensor{0, math.pi}))
---@param tensor Tensor
---@return Tensor self
function th.acos_(tensor) end

--- Takes the inverse tangent of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.atan(t):allclose(th.tensor{0, math.pi / 4}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.atan(tensor, options) end

--- Writes the inverse tangents into this tensor; see atan.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.atan_(t)
---     assert(t:allclose(th.tensor{0, math.pi / 4}))
---@param tensor Tensor
---@return Tensor self
function th.atan_(tensor) end

--- Takes the hyperbolic sine of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.sinh(t):allclose(th.tensor{0, 1.1752012}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.sinh(tensor, options) end

--- Writes the hyperbolic sines into this tensor; see sinh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.sinh_(t)
---     assert(t:allclose(th.tensor{0, 1.1752012}))
---@param tensor Tensor
---@return Tensor self
function th.sinh_(tensor) end

--- Takes the hyperbolic cosine of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.cosh(t):allclose(th.tensor{1, 1.5430806}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.cosh(tensor, options) end

--- Writes the hyperbolic cosines into this tensor; see cosh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.cosh_(t)
---     assert(t:allclose(th.tensor{1, 1.5430806}))
---@param tensor Tensor
---@return Tensor self
function th.cosh_(tensor) end

--- Takes the hyperbolic tangent of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.tanh(t):allclose(th.tensor{0, 0.7615942}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.tanh(tensor, options) end

--- Writes the hyperbolic tangents into this tensor; see tanh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.tanh_(t)
---     assert(t:allclose(th.tensor{0, 0.7615942}))
---@param tensor Tensor
---@return Tensor self
function th.tanh_(tensor) end

--- Takes the logistic function of each element.
---
--- Formula: 1 / (1 + exp(-x)). Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.sigmoid(t):allclose(th.tensor{0.5, 0.7310586}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.sigmoid(tensor, options) end

--- Writes the logistic function into this tensor; see sigmoid.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.sigmoid_(t)
---     assert(t:allclose(th.tensor{0.5, 0.7310586}))
---@param tensor Tensor
---@return Tensor self
function th.sigmoid_(tensor) end

--- Takes the error function of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.erf(t):allclose(th.tensor{0, 0.8427008}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.erf(tensor, options) end

--- Writes the error function into this tensor; see erf.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.erf_(t)
---     assert(t:allclose(th.tensor{0, 0.8427008}))
---@param tensor Tensor
---@return Tensor self
function th.erf_(tensor) end

--- Takes 1 - erf(x) of each element, exact where that is tiny.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.erfc(t):allclose(th.tensor{1, 0.1572992}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.erfc(tensor, options) end

--- Writes 1 - erf(x) into this tensor; see erfc.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.erfc_(t)
---     assert(t:allclose(th.tensor{1, 0.1572992}))
---@param tensor Tensor
---@return Tensor self
function th.erfc_(tensor) end

--- Takes x times the normal distribution function at x.
---
--- Formula: x Phi(x), with the exact Phi, not its tanh approximation. Integers and bools are computed
--- as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.gelu(t):allclose(th.tensor{0, 0.8413447}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.gelu(tensor, options) end

--- Writes gelu(x) into this tensor; see gelu.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.gelu_(t)
---     assert(t:allclose(th.tensor{0, 0.8413447}))
---@param tensor Tensor
---@return Tensor self
function th.gelu_(tensor) end

--- Takes x sigmoid(x) of each element.
---
--- Formula: x / (1 + exp(-x)). Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(th.silu(t):allclose(th.tensor{0, 0.7310586}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.silu(tensor, options) end

--- Writes silu(x) into this tensor; see silu.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     th.silu_(t)
---     assert(t:allclose(th.tensor{0, 0.7310586}))
---@param tensor Tensor
---@return Tensor self
function th.silu_(tensor) end

--- Takes log(1 + exp(x)) of each element.
---
--- Formula: log(1 + exp(x)), and x itself above 20. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 30.0}
---     assert(th.softplus(t):allclose(th.tensor{0.6931472, 30}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.softplus(tensor, options) end

--- Writes softplus(x) into this tensor; see softplus.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 30.0}
---     th.softplus_(t)
---     assert(t:allclose(th.tensor{0.6931472, 30}))
---@param tensor Tensor
---@return Tensor self
function th.softplus_(tensor) end

--- Tells which elements are NaN.
---
--- Example:
---     local t = th.tensor{1.0, 0/0}
---     assert(th.isnan(t):equal(th.tensor{false, true}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function th.isnan(tensor, options) end

--- Tells which elements are infinite.
---
--- Example:
---     local t = th.tensor{1.0, -1/0}
---     assert(th.isinf(t):equal(th.tensor{false, true}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function th.isinf(tensor, options) end

--- Tells which elements are neither NaN nor infinite.
---
--- Example:
---     local t = th.tensor{1.0, 1/0, 0/0}
---     assert(th.isfinite(t):equal(th.tensor{true, false, false}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function th.isfinite(tensor, options) end

--- Tells which elements are 0 or false.
---
--- Example:
---     local t = th.tensor{0.0, 2.0}
---     assert(th.logical_not(t):equal(th.tensor{true, false}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function th.logical_not(tensor, options) end

--- Writes the opposite of each element into this tensor; see logical_not.
---
--- Only for bool tensors.
---
--- Example:
---     local t = th.tensor{true, false}
---     th.logical_not_(t)
---     assert(t:equal(th.tensor{false, true}))
---@param tensor Tensor
---@return Tensor self
function th.logical_not_(tensor) end

--- Inverts the bits of integers and the truth of bools; ~t does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local t = th.tensor{0, 5}
---     assert(th.bitwise_not(t):equal(th.tensor{-1, -6}))
---@param tensor Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function th.bitwise_not(tensor, options) end

--- Writes the inverted bits into this tensor; see bitwise_not.
---
--- Example:
---     local t = th.tensor{0, 5}
---     th.bitwise_not_(t)
---     assert(t:equal(th.tensor{-1, -6}))
---@param tensor Tensor
---@return Tensor self
function th.bitwise_not_(tensor) end

-- Arithmetic of two operands

--- Adds element by element; a + b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap. There is no alpha: add
--- other * alpha.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(th.add(a, b):equal(th.tensor{11, 22}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.add(tensor, other, options) end

--- Writes the sum into this tensor; see add.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     th.add_(t, th.tensor{10, 20})
---     assert(t:equal(th.tensor{11, 22}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.add_(tensor, other) end

--- Subtracts element by element; a - b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap. Bools are refused.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(th.sub(a, b):equal(th.tensor{-9, -18}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.sub(tensor, other, options) end

--- Writes the difference into this tensor; see sub.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     th.sub_(t, th.tensor{10, 20})
---     assert(t:equal(th.tensor{-9, -18}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.sub_(tensor, other) end

--- Multiplies element by element; a * b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(th.mul(a, b):equal(th.tensor{10, 40}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.mul(tensor, other, options) end

--- Writes the product into this tensor; see mul.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     th.mul_(t, th.tensor{10, 20})
---     assert(t:equal(th.tensor{10, 40}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.mul_(tensor, other) end

--- Divides element by element; a / b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers are divided as float32;
--- floor_divide keeps them.
---
--- Example:
---     local a, b = th.tensor{1.0, 9.0}, th.tensor{4.0, 3.0}
---     assert(th.div(a, b):equal(th.tensor{0.25, 3}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.div(tensor, other, options) end

--- Writes the quotient into this tensor; see div.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1.0, 9.0}
---     th.div_(t, th.tensor{4.0, 3.0})
---     assert(t:equal(th.tensor{0.25, 3}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.div_(tensor, other) end

--- Divides element by element and rounds down; a // b does as well.
---
--- Formula: floor(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error. No gradient.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{2, 2}
---     assert(th.floor_divide(a, b):equal(th.tensor{3, -4}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.floor_divide(tensor, other, options) end

--- Writes the quotient rounded down into this tensor; see floor_divide.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     th.floor_divide_(t, th.tensor{2, 2})
---     assert(t:equal(th.tensor{3, -4}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.floor_divide_(tensor, other) end

--- Takes the rest of a division with the sign of the divisor; a % b does as well.
---
--- Formula: a - b floor(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{3, 3}
---     assert(th.remainder(a, b):equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.remainder(tensor, other, options) end

--- Writes the rest into this tensor; see remainder.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     th.remainder_(t, th.tensor{3, 3})
---     assert(t:equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.remainder_(tensor, other) end

--- Takes the rest of a division with the sign of the dividend.
---
--- Formula: a - b trunc(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{3, 3}
---     assert(th.fmod(a, b):equal(th.tensor{1, -1}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.fmod(tensor, other, options) end

--- Writes the rest into this tensor; see fmod.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     th.fmod_(t, th.tensor{3, 3})
---     assert(t:equal(th.tensor{1, -1}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.fmod_(tensor, other) end

--- Raises to a power element by element; a ^ b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Powers of integers are integers, unlike
--- Lua's: convert to float for negative powers.
---
--- Example:
---     local a, b = th.tensor{2.0, 3.0}, th.tensor{3, 2}
---     assert(th.pow(a, b):equal(th.tensor{8, 9}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.pow(tensor, other, options) end

--- Writes the power into this tensor; see pow.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{2.0, 3.0}
---     th.pow_(t, th.tensor{3, 2})
---     assert(t:equal(th.tensor{8, 9}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.pow_(tensor, other) end

--- Takes the larger of both, element by element.
---
--- NaN wins. Shapes broadcast and types are promoted as told in Tensor.
---
--- Example:
---     local a, b = th.tensor{1, 5}, th.tensor{3, 2}
---     assert(th.maximum(a, b):equal(th.tensor{3, 5}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.maximum(tensor, other, options) end

--- Writes the larger of both into this tensor; see maximum.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 5}
---     th.maximum_(t, th.tensor{3, 2})
---     assert(t:equal(th.tensor{3, 5}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.maximum_(tensor, other) end

--- Takes the smaller of both, element by element.
---
--- NaN wins. Shapes broadcast and types are promoted as told in Tensor.
---
--- Example:
---     local a, b = th.tensor{1, 5}, th.tensor{3, 2}
---     assert(th.minimum(a, b):equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.minimum(tensor, other, options) end

--- Writes the smaller of both into this tensor; see minimum.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 5}
---     th.minimum_(t, th.tensor{3, 2})
---     assert(t:equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.minimum_(tensor, other) end

--- Takes the angle of the point (other, self), in radians.
---
--- Integers are computed as float32.
---
--- Example:
---     local a, b = th.tensor{1.0, 1.0}, th.tensor{1.0, 0.0}
---     assert(th.atan2(a, b):allclose(th.tensor{math.pi / 4, math.pi / 2}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.atan2(tensor, other, options) end

--- Writes the angle into this tensor; see atan2.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1.0, 1.0}
---     th.atan2_(t, th.tensor{1.0, 0.0})
---     assert(t:allclose(th.tensor{math.pi / 4, math.pi / 2}))
---@param tensor Tensor
---@param other Tensor|number
---@return Tensor self
function th.atan2_(tensor, other) end

-- Comparisons, truth and bits

--- Tells where an element is smaller than the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.lt(a, b):equal(th.tensor{true, false, false}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.lt(tensor, other, options) end

--- Tells where an element is smaller or equal to the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.le(a, b):equal(th.tensor{true, true, false}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.le(tensor, other, options) end

--- Tells where an element is larger than the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.gt(a, b):equal(th.tensor{false, false, true}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.gt(tensor, other, options) end

--- Tells where an element is larger or equal to the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.ge(a, b):equal(th.tensor{false, true, true}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.ge(tensor, other, options) end

--- Tells where an element is equal to the other one.
---
--- a == b tells of the objects, not of the elements. NaN equals nothing.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.eq(a, b):equal(th.tensor{false, true, false}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.eq(tensor, other, options) end

--- Tells where an element differs from the other one.
---
--- NaN differs from everything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(th.ne(a, b):equal(th.tensor{true, false, true}))
---@param tensor Tensor
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.ne(tensor, other, options) end

--- Tells where both are not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(th.logical_and(a, b):equal(th.tensor{true, false, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.logical_and(tensor, other, options) end

--- Writes 1 where both are not 0, else 0, into this tensor; see logical_and.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     th.logical_and_(t, th.tensor{true, false, false})
---     assert(t:equal(th.tensor{true, false, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.logical_and_(tensor, other) end

--- Tells where one or both are not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(th.logical_or(a, b):equal(th.tensor{true, true, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.logical_or(tensor, other, options) end

--- Writes 1 where one or both are not 0, else 0, into this tensor; see logical_or.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     th.logical_or_(t, th.tensor{true, false, false})
---     assert(t:equal(th.tensor{true, true, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.logical_or_(tensor, other) end

--- Tells where one alone is not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(th.logical_xor(a, b):equal(th.tensor{false, true, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function th.logical_xor(tensor, other, options) end

--- Writes 1 where one alone is not 0, else 0, into this tensor; see logical_xor.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     th.logical_xor_(t, th.tensor{true, false, false})
---     assert(t:equal(th.tensor{false, true, false}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.logical_xor_(tensor, other) end

--- Joins the bits of integers, or bools, by and; a & b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(th.bitwise_and(a, b):equal(th.tensor{8, 4}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.bitwise_and(tensor, other, options) end

--- Writes the bits of both into this tensor; see bitwise_and.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     th.bitwise_and_(t, th.tensor{10, 4})
---     assert(t:equal(th.tensor{8, 4}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.bitwise_and_(tensor, other) end

--- Joins the bits of integers, or bools, by or; a | b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(th.bitwise_or(a, b):equal(th.tensor{14, 5}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.bitwise_or(tensor, other, options) end

--- Writes the bits of one or both into this tensor; see bitwise_or.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     th.bitwise_or_(t, th.tensor{10, 4})
---     assert(t:equal(th.tensor{14, 5}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.bitwise_or_(tensor, other) end

--- Joins the bits of integers, or bools, by exclusive or; a ~ b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(th.bitwise_xor(a, b):equal(th.tensor{6, 1}))
---@param tensor Tensor
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function th.bitwise_xor(tensor, other, options) end

--- Writes the bits of one alone into this tensor; see bitwise_xor.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     th.bitwise_xor_(t, th.tensor{10, 4})
---     assert(t:equal(th.tensor{6, 1}))
---@param tensor Tensor
---@param other Tensor|number|boolean
---@return Tensor self
function th.bitwise_xor_(tensor, other) end

-- Choices and other functions of elements

--- Limits the elements to min … max.
---
--- Either bound may be missing, not both; they may stand in one table, {min = 0, max = 1}. A bound with
--- a fraction makes an integer tensor float32. NaN stays.
---
--- Example:
---     local t = th.tensor{-2.0, 0.5, 3.0}
---     assert(th.clamp(t, 0, 1):equal(th.tensor{0, 0.5, 1}))
---     assert(th.clamp(t, { max = 1 }):equal(th.tensor{-2, 0.5, 1}))
---@param tensor Tensor
---@param min? number|table the lower bound, or options: min (nil), max (nil)
---@param max? number the upper bound
---@return Tensor result of the same shape
function th.clamp(tensor, min, max) end

--- Limits the elements to min … max in place; see clamp.
---
--- Example:
---     local t = th.tensor{-2.0, 0.5, 3.0}
---     th.clamp_(t, 0, 1)
---     assert(t:equal(th.tensor{0, 0.5, 1}))
---@param tensor Tensor
---@param min? number|table the lower bound, or options: min (nil), max (nil)
---@param max? number the upper bound
---@return Tensor self
function th.clamp_(tensor, min, max) end

--- Goes part of the way to another tensor.
---
--- Formula: self + weight (stop - self). PyTorch calls the argument end.
---
--- Example:
---     local a, b = th.tensor{0.0, 10.0}, th.tensor{4.0, 20.0}
---     assert(th.lerp(a, b, 0.25):equal(th.tensor{1, 12.5}))
---@param tensor Tensor
---@param stop Tensor broadcasts with this tensor
---@param weight number|Tensor
---@return Tensor result of the broadcast shape
function th.lerp(tensor, stop, weight) end

--- Goes part of the way to another tensor in place; see lerp.
---
--- Example:
---     local t = th.tensor{0.0, 10.0}
---     th.lerp_(t, th.tensor{4.0, 20.0}, 0.25)
---     assert(t:equal(th.tensor{1, 12.5}))
---@param tensor Tensor
---@param stop Tensor broadcasts to this shape
---@param weight number|Tensor
---@return Tensor self
function th.lerp_(tensor, stop, weight) end

--- Adds a product.
---
--- Formula: self + value a b.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     assert(th.addcmul(t, th.tensor{3, 4}, th.tensor{10, 10}, { value = 0.5 }):equal(th.tensor{16, 22}))
---@param tensor Tensor
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor result of the broadcast shape
function th.addcmul(tensor, a, b, options) end

--- Adds a product in place; see addcmul.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     th.addcmul_(t, th.tensor{3, 4}, th.tensor{10, 10})
---     assert(t:equal(th.tensor{31, 42}))
---@param tensor Tensor
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor self
function th.addcmul_(tensor, a, b, options) end

--- Adds a quotient.
---
--- Formula: self + value a / b. Integers are divided as float32.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     assert(th.addcdiv(t, th.tensor{3, 4}, th.tensor{2, 2}):equal(th.tensor{2.5, 4}))
---@param tensor Tensor
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor result of the broadcast shape
function th.addcdiv(tensor, a, b, options) end

--- Adds a quotient in place; see addcdiv.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     th.addcdiv_(t, th.tensor{3, 4}, th.tensor{2, 2}, { value = 2 })
---     assert(t:equal(th.tensor{4, 6}))
---@param tensor Tensor
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor self
function th.addcdiv_(tensor, a, b, options) end

--- Replaces NaN and infinities by numbers.
---
--- Tensors of integers or bools are given back themselves.
---
--- Example:
---     local t = th.tensor{1.0, 0/0, 1/0}
---     assert(th.nan_to_num(t, { posinf = 9 }):equal(th.tensor{1, 0, 9}))
---@param tensor Tensor
---@param options? table nan (0), posinf (nil: the largest finite number), neginf (nil: the smallest)
---@return Tensor result of the same shape
function th.nan_to_num(tensor, options) end

--- Replaces NaN and infinities by numbers in place; see nan_to_num.
---
--- Example:
---     local t = th.tensor{1.0, 0/0}
---     th.nan_to_num_(t, { nan = -1 })
---     assert(t:equal(th.tensor{1, -1}))
---@param tensor Tensor
---@param options? table nan (0), posinf (nil: the largest finite number), neginf (nil: the smallest)
---@return Tensor self
function th.nan_to_num_(tensor, options) end

--- Takes elements of a where the condition holds, else of b.
---
--- All three are broadcast; the type is promoted from a and b.
---
--- Example:
---     local t = th.tensor{1, -2, 3}
---     local positive = t:gt(0)
---     assert(th.where(positive, t, 0):equal(th.tensor{1, 0, 3}))
---@param condition Tensor bool
---@param a Tensor|number|boolean
---@param b Tensor|number|boolean
---@return Tensor result of the broadcast shape
function th.where(condition, a, b) end

--- Writes a value where a mask holds, into a copy.
---
--- An integer tensor takes no value with a fraction.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     assert(th.masked_fill(t, t:gt(1), 0):equal(th.tensor{1, 0, 0}))
---@param tensor Tensor
---@param mask Tensor bool, broadcasts with this tensor
---@param value number|boolean
---@return Tensor copy
function th.masked_fill(tensor, mask, value) end

--- Writes a value where a mask holds; see masked_fill.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     th.masked_fill_(t, t:gt(1), 0)
---     assert(t:equal(th.tensor{1, 0, 0}))
---@param tensor Tensor
---@param mask Tensor bool, broadcasts to this shape
---@param value number|boolean
---@return Tensor self
function th.masked_fill_(tensor, mask, value) end

--- Tells which elements are nearly equal.
---
--- Formula: |a - b| <= atol + rtol |b|; equal infinities are close.
---
--- Example:
---     local a, b = th.tensor{1.0, 2.0}, th.tensor{1.0000001, 2.1}
---     assert(th.isclose(a, b):equal(th.tensor{true, false}))
---@param tensor Tensor
---@param other Tensor broadcasts with this tensor
---@param options? table rtol (1e-5), atol (1e-8), equal_nan (false)
---@return Tensor result of the broadcast shape, bool
function th.isclose(tensor, other, options) end

--- Tells whether all elements are nearly equal; see isclose.
---
--- Example:
---     local a = th.tensor{0.1, 0.2}
---     assert(th.allclose(a, a + 1e-7) and not th.allclose(a, a + 0.01))
---@param tensor Tensor
---@param other Tensor broadcasts with this tensor
---@param options? table rtol (1e-5), atol (1e-8), equal_nan (false)
---@return boolean answer
function th.allclose(tensor, other, options) end

--- Tells whether both have one shape and equal elements.
---
--- Types may differ. NaN equals nothing.
---
--- Example:
---     assert(th.equal(th.tensor{1, 2}, th.tensor{1.0, 2.0}))
---     assert(not th.equal(th.tensor{1, 2}, th.tensor{{1, 2}}))
---@param tensor Tensor
---@param other Tensor
---@return boolean answer
function th.equal(tensor, other) end

--- Tells which elements are among those of another tensor or list.
---
--- NaN is none of any.
---
--- Example:
---     assert(th.isin(th.tensor{1, 2, 3}, {1, 3}):equal(th.tensor{true, false, true}))
---@param tensor Tensor
---@param test Tensor|number[]
---@return Tensor result of the same shape, bool
function th.isin(tensor, test) end

-- Writing

--- Sets every element to 0.
---
--- Example:
---     local t = th.ones(2)
---     th.zero_(t)
---     assert(t:equal(th.zeros(2)))
---@param tensor Tensor
---@return Tensor self
function th.zero_(tensor) end

--- Sets every element to a number, converted to this type.
---
--- Example:
---     local t = th.zeros(2)
---     th.fill_(t, 7)
---     assert(t:equal(th.tensor{7, 7}))
---@param tensor Tensor
---@param value number
---@return Tensor self
function th.fill_(tensor, value) end

--- Copies the elements of another tensor or list, broadcast and converted to this type.
---
--- Example:
---     local t = th.zeros(2, 2)
---     th.copy_(t, {1, 2})
---     assert(t:equal(th.tensor{{1, 2}, {1, 2}}))
---@param tensor Tensor
---@param source Tensor|number[] broadcasts to this shape
---@return Tensor self
function th.copy_(tensor, source) end

--- Fills a floating tensor with numbers uniform in [low, high).
---
--- Example:
---     local t = th.uniform_(th.zeros(100), 2, 3, { seed = 1 })
---     assert(t:min():item() >= 2 and t:max():item() < 3)
---@param tensor Tensor
---@param low? number 0 by default
---@param high? number 1 by default
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function th.uniform_(tensor, low, high, options) end

--- Fills a floating tensor with numbers of a normal distribution.
---
--- Example:
---     local t = th.normal_(th.zeros(1000), 5, 0.1, { seed = 1 })
---     assert(math.abs(t:mean():item() - 5) < 0.1)
---@param tensor Tensor
---@param mean? number 0 by default
---@param std? number 1 by default, the standard deviation
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function th.normal_(tensor, mean, std, options) end

return th
