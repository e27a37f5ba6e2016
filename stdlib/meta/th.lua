---@meta thresh.core
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the functions of th itself, which are native: for editors, the texts of help() and the
-- reference. Those that are methods of tensors as well stand in tensor.lua with the same text.

--- What th.newaxis is: a key of indexing.
---@class NewAxis

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
---@class th
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

--- Tells where the session's random numbers stand, and those of math.random.
---
--- Example:
---     local state = th.get_rng_state()
---     local a, b = th.rand(3), math.random()
---     th.set_rng_state(state)
---     assert(th.rand(3):equal(a) and math.random() == b)
---@return table state seed; draws, how many calls have drawn from it; math, the 4 integers that math.random draws from
function th.get_rng_state() end

--- Puts the session's random numbers back to where get_rng_state found them, and those of math.random.
---
--- Without math, math.random goes on as it would have.
---
--- Example:
---     th.manual_seed(5)
---     th.rand(3)
---     local second = th.rand(3)
---     th.set_rng_state { seed = 5, draws = 1 }
---     assert(th.rand(3):equal(second))
---@param state table seed, draws and math (nil): 4 integers, not all 0
function th.set_rng_state(state) end

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

--- Writes a file that appears whole or not at all: into a temporary file, put on the disk and renamed.
---
--- Example:
---     th.write_file(scratch .. "/note.txt", "done")
---     assert(io.open(scratch .. "/note.txt"):read "a" == "done")
---@param path string
---@param text string its bytes
---@param options? table durable (true): whether to wait until it is on the disk
function th.write_file(path, text, options) end

--- Tells the SHA-256 of a file.
---
--- Example:
---     th.write_file(scratch .. "/empty", "")
---     assert(th.sha256(scratch .. "/empty"):find "^e3b0c442")
---@param path string
---@return string digest 64 hexadecimal digits
function th.sha256(path) end

--- Reads JSON: objects and arrays become tables, null is nil.
---
--- Whole numbers are integers where they are written as such. What is no JSON is an error that tells the place.
---
--- Example:
---     local found = th.parse_json '{"lr": 0.1, "seeds": [1, 2]}'
---     assert(found.lr == 0.1 and math.type(found.seeds[2]) == "integer")
---@param text string
---@return any value
function th.parse_json(text) end

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

--- The names of what is in a folder, in no order; those of folders end in a slash.
---
--- Example:
---     th.make_directory(scratch .. "/a")
---     th.save_npy(scratch .. "/t.npy", th.ones(1))
---     local names = th.list_directory(scratch)
---     table.sort(names)
---     assert(table.concat(names, " ") == "a/ t.npy")
---@param path string
---@param limit? integer the most names (all)
---@return string[] names
function th.list_directory(path, limit) end

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
---@param n integer 1 to 64
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

--- Gives images in the memory order of the image operations: themselves, or a copy.
---
--- That order is (N, H, W, C). The shape stays (N, C, H, W). PyTorch's
--- contiguous(memory_format=torch.channels_last).
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
--- Lua's, and a negative number as power is an error: convert to float for it.
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
---@param high? number 1 by default, at least low
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
---@param std? number 1 by default, the standard deviation, not negative
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function th.normal_(tensor, mean, std, options) end

-- Reductions

--- Adds up all elements, or those along some dimensions.
---
--- Integers and bools as int64, which wraps; floating types in double. The options may stand in place
--- of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(th.sum(t):item() == 10 and th.sum(t, 1):equal(th.tensor{4, 6}))
---     assert(th.sum(t, { dim = 2, keepdim = true }):equal(th.tensor{{3}, {7}}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor sum
function th.sum(tensor, dim, options) end

--- Takes the mean of all elements, or of those along some dimensions.
---
--- Only for floating tensors; NaN of nothing. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1.0, 2.0}, {3.0, 4.0}}
---     assert(th.mean(t):item() == 2.5 and th.mean(t, 1):equal(th.tensor{2, 3}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor mean
function th.mean(tensor, dim, options) end

--- Multiplies all elements, or those along some dimensions.
---
--- Integers and bools as int64, which wraps; floating types in double. The options may stand in place
--- of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(th.prod(t):item() == 24 and th.prod(t, 1):equal(th.tensor{3, 8}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor product
function th.prod(tensor, dim, options) end

--- Takes the variance of all elements, or of those along some dimensions.
---
--- Formula: sum of (x - mean)^2 over (n - correction). Only for floating tensors. The options may stand
--- in place of dim.
---
--- Example:
---     local t = th.tensor{1.0, 2.0, 3.0}
---     assert(th.var(t):item() == 1)
---     assert(math.abs(th.var(t, { correction = 0 }):item() - 2 / 3) < 1e-6)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor variance
function th.var(tensor, dim, options) end

--- Takes the standard deviation of all elements, or of those along some dimensions.
---
--- Formula: the root of var. Only for floating tensors. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1.0, 5.0}, {3.0, 5.0}}
---     assert(th.std(t, 1, { correction = 0 }):equal(th.tensor{1, 0}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor deviation
function th.std(tensor, dim, options) end

--- Takes the variance and the mean; see var.
---
--- Example:
---     local var, mean = th.var_mean(th.tensor{1.0, 2.0, 3.0})
---     assert(var:item() == 1 and mean:item() == 2)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor variance
---@return Tensor mean
function th.var_mean(tensor, dim, options) end

--- Takes the standard deviation and the mean; see std.
---
--- Example:
---     local std, mean = th.std_mean(th.tensor{1.0, 2.0, 3.0})
---     assert(std:item() == 1 and mean:item() == 2)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor deviation
---@return Tensor mean
function th.std_mean(tensor, dim, options) end

--- Takes the p-norm of all elements, or of those along some dimensions.
---
--- Formula: (sum of |x|^p)^(1/p); the largest |x| for p = math.huge, the smallest for -math.huge, the
--- count of elements that are not 0 for p = 0. Only for floating tensors. The first argument is the
--- dimension, in PyTorch it is p. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{3.0, 4.0}, {0.0, 1.0}}
---     assert(th.norm(t, 2):equal(th.tensor{5, 1}))
---     assert(th.norm(t, { p = 1 }):item() == 8)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), p (2)
---@return Tensor norm
function th.norm(tensor, dim, options) end

--- Takes the logarithm of the sum of exponentials, exact for large elements.
---
--- Integers are computed as float32. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{1000.0, 1000.0}
---     assert(math.abs(th.logsumexp(t):item() - 1000 - math.log(2)) < 1e-3)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor result
function th.logsumexp(tensor, dim, options) end

--- Adds up the elements that are not NaN.
---
--- The options may stand in place of dim.
---
--- Example:
---     assert(th.nansum(th.tensor{1.0, 0/0, 2.0}):item() == 3)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor sum
function th.nansum(tensor, dim, options) end

--- Takes the mean of the elements that are not NaN; NaN of none.
---
--- The options may stand in place of dim.
---
--- Example:
---     assert(th.nanmean(th.tensor{1.0, 0/0, 2.0}):item() == 1.5)
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor mean
function th.nanmean(tensor, dim, options) end

--- Counts the elements that are not 0.
---
--- The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{0, 2}, {3, 4}}
---     assert(th.count_nonzero(t):item() == 3 and th.count_nonzero(t, 1):equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor count int64
function th.count_nonzero(tensor, dim, options) end

--- Tells whether any element is not 0.
---
--- The result is bool, of uint8 tensors uint8. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{0, 2}, {0, 0}}
---     assert(th.any(t):item() and th.any(t, 2):equal(th.tensor{true, false}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor answer
function th.any(tensor, dim, options) end

--- Tells whether all elements are not 0.
---
--- The result is bool, of uint8 tensors uint8; true of nothing. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {0, 3}}
---     assert(not th.all(t):item() and th.all(t, 2):equal(th.tensor{true, false}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor answer
function th.all(tensor, dim, options) end

--- Takes the largest element, or the largest ones along a dimension and where they stand.
---
--- NaN wins; of equal ones the first is told. Without a dimension there is one result. For the larger
--- of two tensors see maximum. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.max(t):item() == 7)
---     local values, indices = th.max(t, 2)
---     assert(values:equal(th.tensor{5, 7}) and indices:equal(th.tensor{2, 1}))
---@param tensor Tensor
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function th.max(tensor, dim, options) end

--- Takes the smallest element, or the smallest ones along a dimension and where they stand.
---
--- NaN wins; of equal ones the first is told. Without a dimension there is one result. For the smaller
--- of two tensors see minimum. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.min(t):item() == 1)
---     local values, indices = th.min(t, 2)
---     assert(values:equal(th.tensor{1, 2}) and indices:equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function th.min(tensor, dim, options) end

--- Takes the largest element, over any number of dimensions.
---
--- NaN wins. Equal ones share the gradient, where max gives it to the first. The options may stand in
--- place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.amax(t, {1, 2}):item() == 7 and th.amax(t, 1):equal(th.tensor{7, 5}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
function th.amax(tensor, dim, options) end

--- Takes the smallest element, over any number of dimensions.
---
--- NaN wins. Equal ones share the gradient, where min gives it to the first. The options may stand in
--- place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.amin(t, {1, 2}):item() == 1 and th.amin(t, 1):equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
function th.amin(tensor, dim, options) end

--- Takes the smallest and the largest element, of all or along a dimension.
---
--- NaN wins. The options may stand in place of dim.
---
--- Example:
---     local least, most = th.aminmax(th.tensor{3, 1, 2})
---     assert(least:item() == 1 and most:item() == 3)
---@param tensor Tensor
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): the reduced extent stays as 1
---@return Tensor smallest
---@return Tensor largest
function th.aminmax(tensor, dim, options) end

--- Tells where the largest element stands, in the flat tensor or along a dimension.
---
--- Of equal ones the first; NaN wins. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.argmax(t):item() == 3 and th.argmax(t, 2):equal(th.tensor{2, 1}))
---@param tensor Tensor
---@param dim? integer|table the flat tensor by default
---@param options? table dim (nil), keepdim (false): the reduced extent stays as 1
---@return Tensor positions int64
function th.argmax(tensor, dim, options) end

--- Tells where the smallest element stands, in the flat tensor or along a dimension.
---
--- Of equal ones the first; NaN wins. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(th.argmin(t):item() == 1 and th.argmin(t, 2):equal(th.tensor{1, 2}))
---@param tensor Tensor
---@param dim? integer|table the flat tensor by default
---@param options? table dim (nil), keepdim (false): the reduced extent stays as 1
---@return Tensor positions int64
function th.argmin(tensor, dim, options) end

--- Takes the median of all elements, or those along a dimension and where they stand.
---
--- Of an even number the lower one; NaN wins. Without a dimension there is one result. The options may
--- stand in place of dim.
---
--- Example:
---     assert(th.median(th.tensor{4, 1, 3, 2}):item() == 2)
---     local values, indices = th.median(th.tensor{{3, 1, 2}}, 2)
---     assert(values[1] == 2 and indices[1] == 3)
---@param tensor Tensor
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function th.median(tensor, dim, options) end

--- Takes the value below which a share of the elements lies.
---
--- Between two elements it is interpolated linearly. NaN among the elements gives NaN. Only for
--- floating tensors. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{1.0, 2.0, 3.0, 4.0}
---     assert(th.quantile(t, 0.5):item() == 2.5)
---     assert(th.quantile(t, {0, 1}):equal(th.tensor{1, 4}))
---@param tensor Tensor
---@param q number|number[] shares in 0 … 1; a list gives a new first dimension
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): the reduced extent stays as 1
---@return Tensor values
function th.quantile(tensor, q, dim, options) end

--- Takes the k-th smallest elements along a dimension and where they stand.
---
--- NaN counts as the largest value. The options may stand in place of dim.
---
--- Example:
---     local values, indices = th.kthvalue(th.tensor{3, 1, 2}, 2)
---     assert(values:item() == 2 and indices:item() == 3)
---@param tensor Tensor
---@param k integer 1 for the smallest
---@param dim? integer|table -1 by default
---@param options? table dim (-1), keepdim (false): the reduced extent stays as 1
---@return Tensor values
---@return Tensor indices int64
function th.kthvalue(tensor, k, dim, options) end

--- Turns the elements along a dimension into shares of 1.
---
--- Formula: exp(x) / sum of exp(x).
---
--- Example:
---     local t = th.softmax(th.tensor{{0.0, 0.0}, {0.0, math.log(3)}}, 2)
---     assert(t:allclose(th.tensor{{0.5, 0.5}, {0.25, 0.75}}))
---@param tensor Tensor
---@param dim integer
---@return Tensor shares of the same shape
function th.softmax(tensor, dim) end

--- Takes the logarithm of softmax, exact where shares are tiny.
---
--- Formula: x - log of the sum of exp(x).
---
--- Example:
---     local t = th.log_softmax(th.tensor{0.0, 1000.0}, 1)
---     assert(t:equal(th.tensor{-1000, 0}))
---@param tensor Tensor
---@param dim integer
---@return Tensor result of the same shape
function th.log_softmax(tensor, dim) end

-- Running totals along a dimension

--- Adds up the elements up to each one.
---
--- Integers and bools as int64.
---
--- Example:
---     assert(th.cumsum(th.tensor{1, 2, 3}, 1):equal(th.tensor{1, 3, 6}))
---@param tensor Tensor
---@param dim integer
---@return Tensor sums of the same shape
function th.cumsum(tensor, dim) end

--- Multiplies the elements up to each one.
---
--- Integers and bools as int64.
---
--- Example:
---     assert(th.cumprod(th.tensor{1, 2, 3, 4}, 1):equal(th.tensor{1, 2, 6, 24}))
---@param tensor Tensor
---@param dim integer
---@return Tensor products of the same shape
function th.cumprod(tensor, dim) end

--- Takes the largest of the elements up to each one, and where it stands.
---
--- Of equal ones the last; NaN wins.
---
--- Example:
---     local values, indices = th.cummax(th.tensor{1, 3, 2}, 1)
---     assert(values:equal(th.tensor{1, 3, 3}) and indices:equal(th.tensor{1, 2, 2}))
---@param tensor Tensor
---@param dim integer
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function th.cummax(tensor, dim) end

--- Takes the smallest of the elements up to each one, and where it stands.
---
--- Of equal ones the last; NaN wins.
---
--- Example:
---     local values, indices = th.cummin(th.tensor{3, 1, 2}, 1)
---     assert(values:equal(th.tensor{3, 1, 1}) and indices:equal(th.tensor{1, 2, 2}))
---@param tensor Tensor
---@param dim integer
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function th.cummin(tensor, dim) end

--- Takes the logarithm of the sum of exponentials of the elements up to each one.
---
--- Only for floating tensors; exact for large elements.
---
--- Example:
---     local t = th.logcumsumexp(th.tensor{1000.0, 1000.0}, 1)
---     assert(t:allclose(th.tensor{1000, 1000 + math.log(2)}))
---@param tensor Tensor
---@param dim integer
---@return Tensor result of the same shape
function th.logcumsumexp(tensor, dim) end

--- Takes the differences of neighbours.
---
--- Of bools: whether they differ.
---
--- Example:
---     assert(th.diff(th.tensor{1, 4, 9}):equal(th.tensor{3, 5}))
---     assert(th.diff(th.tensor{1, 4, 9}, 1, { n = 2 }):equal(th.tensor{2}))
---@param tensor Tensor
---@param dim? integer -1 by default
---@param options? table n (1): how many times over
---@return Tensor differences n fewer along dim
function th.diff(tensor, dim, options) end

-- Order and counting

--- Puts the elements along a dimension in order, and tells where each of them stood.
---
--- Equal elements keep their order, always: `stable` is taken as PyTorch's and changes nothing. NaN
--- counts as the largest value. The options may stand in place of dim.
---
--- Example:
---     local values, indices = th.sort(th.tensor{3, 1, 2})
---     assert(values:equal(th.tensor{1, 2, 3}) and indices:equal(th.tensor{2, 3, 1}))
---     assert(th.sort(th.tensor{3, 1, 2}, { descending = true })[1] == 3)
---@param tensor Tensor
---@param dim? integer|table -1 by default
---@param options? table dim (-1), descending (false), stable (true, whatever is given)
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function th.sort(tensor, dim, options) end

--- Tells the positions that put the elements along a dimension in order; see sort.
---
--- Example:
---     local t = th.tensor{3, 1, 2}
---     assert(t[th.argsort(t)]:equal(th.tensor{1, 2, 3}))
---@param tensor Tensor
---@param dim? integer|table -1 by default
---@param options? table dim (-1), descending (false), stable (true, whatever is given)
---@return Tensor indices of the same shape, int64
function th.argsort(tensor, dim, options) end

--- Takes the k largest or smallest elements along a dimension, and where they stand.
---
--- Of equal elements the first are taken. NaN counts as the largest value.
---
--- Example:
---     local values, indices = th.topk(th.tensor{3, 1, 2}, 2)
---     assert(values:equal(th.tensor{3, 2}) and indices:equal(th.tensor{1, 3}))
---@param tensor Tensor
---@param k integer at most the extent
---@param options? table dim (-1), largest (true), sorted (true: best first; false: by position)
---@return Tensor values k along dim
---@return Tensor indices k along dim, int64
function th.topk(tensor, k, options) end

--- Finds the distinct elements in rising order, where each element's value is among them, and counts.
---
--- The counts tell how often each value occurs. NaNs are all distinct. PyTorch gives the second and
--- third where it is asked to.
---
--- Example:
---     local values, inverse, counts = th.unique(th.tensor{3, 1, 3})
---     assert(values:equal(th.tensor{1, 3}) and counts:equal(th.tensor{1, 2}))
---     assert(values[inverse]:equal(th.tensor{3, 1, 3}))
---@param tensor Tensor
---@return Tensor values (u,)
---@return Tensor inverse positions among the values, of this shape, int64
---@return Tensor counts (u,), int64
function th.unique(tensor) end

--- Counts how often each of the numbers 1, 2, … occurs; element i counts i.
---
--- PyTorch counts from 0. With weights each element counts for its weight.
---
--- Example:
---     assert(th.bincount(th.tensor{1, 3, 3}):equal(th.tensor{1, 0, 2}))
---     local weights = th.tensor{0.5, 1, 1}
---     assert(th.bincount(th.tensor{1, 3, 3}, { weights = weights }):equal(th.tensor{0.5, 0, 2}))
---@param tensor Tensor (n,) of integers from 1 on
---@param options? table weights (nil): Tensor (n,), minlength (0): the least length of the result
---@return Tensor counts (most,), int64, or of the type of floating weights
function th.bincount(tensor, options) end

--- Counts the elements in equal parts of a range.
---
--- The last part includes max; elements outside and NaN are not counted. Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 0.1, 0.9, 1.0}
---     assert(th.histc(t, { bins = 2 }):equal(th.tensor{2, 2}))
---@param tensor Tensor
---@param options? table bins (100), min (0), max (0): where they are equal, the range is that of the
---     elements
---@return Tensor counts (bins,) of this type
function th.histc(tensor, options) end

--- Tells where values would stand in this sorted tensor.
---
--- The position that a value would take, before equal elements or behind them. NaN sorts last.
---
--- Example:
---     local t = th.tensor{1, 3, 5}
---     assert(th.searchsorted(t, {0, 3, 9}):equal(th.tensor{1, 2, 4}))
---     assert(th.searchsorted(t, {3}, { right = true })[1] == 3)
---@param tensor Tensor (n,), or (…, n), in rising order
---@param values Tensor|number[] any shape, or (…, m) with the same leading extents
---@param options? table right (false): behind equal elements
---@return Tensor positions 1 … n + 1, of the shape of the values, int64
function th.searchsorted(tensor, values, options) end

--- Tells into which of the parts between boundaries each element falls.
---
--- As searchsorted, with the roles exchanged.
---
--- Example:
---     local t = th.tensor{0, 3, 9}
---     assert(th.bucketize(t, {1, 3, 5}):equal(th.tensor{1, 2, 4}))
---@param tensor Tensor
---@param boundaries Tensor|number[] (n,), in rising order
---@param options? table right (false): an element equal to a boundary falls behind it
---@return Tensor parts 1 … n + 1, of the same shape, int64
function th.bucketize(tensor, boundaries, options) end

-- Picking, and writing to picked places

--- Takes positions of a dimension.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(th.index_select(t, 1, {2, 2}):equal(th.tensor{{3, 4}, {3, 4}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@return Tensor copy with extent k along dim
function th.index_select(tensor, dim, index) end

--- Takes for each place the element that an index of this place names along a dimension.
---
--- Formula: out[i][j] = t[i][index[i][j]] for dim 2.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(th.gather(t, 2, {{2}, {1}}):equal(th.tensor{{2}, {3}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@return Tensor elements of the shape of the index
function th.gather(tensor, dim, index) end

--- Takes elements by their positions in the flat tensor.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(th.take(t, {3, -1}):equal(th.tensor{3, 4}))
---@param tensor Tensor
---@param index Tensor|table positions, row by row; negative from the end
---@return Tensor elements of the shape of the index
function th.take(tensor, index) end

--- Takes elements as gather does, the other extents broadcast.
---
--- Example:
---     local t = th.tensor{{3, 1}, {2, 4}}
---     assert(th.take_along_dim(t, t:argsort(2), 2):equal(th.tensor{{1, 3}, {2, 4}}))
---@param tensor Tensor
---@param index Tensor|table as many dimensions
---@param dim? integer of the flat tensor by default
---@return Tensor elements
function th.take_along_dim(tensor, index, dim) end

--- Takes the elements where a mask holds, row by row; t[mask] does as well.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     assert(th.masked_select(t, t:gt(1)):equal(th.tensor{2, 3}))
---@param tensor Tensor
---@param mask Tensor bool, broadcasts with this tensor
---@return Tensor elements (k,)
function th.masked_select(tensor, mask) end

--- Tells where the elements that are not 0 stand, row by row.
---
--- Example:
---     assert(th.nonzero(th.tensor{{0, 2}, {3, 0}}):equal(th.tensor{{1, 2}, {2, 1}}))
---@param tensor Tensor
---@return Tensor positions (k, ndim), int64
function th.nonzero(tensor) end

--- Tells where the elements that are not 0 stand: another name of nonzero.
---
--- Example:
---     assert(th.argwhere(th.tensor{0, 2, 3}):equal(th.tensor{{2}, {3}}))
---@param tensor Tensor
---@return Tensor positions (k, ndim), int64
function th.argwhere(tensor) end

--- Writes for each place of an index to the position that it names along a dimension, into a copy.
---
--- Formula: out[i][index[i][j]] = source[i][j] for dim 2; of repeated places the last wins.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(th.scatter(t, 2, {{1}, {3}}, 1):equal(th.tensor{{1, 0, 0}, {0, 0, 1}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor|number no smaller than the index, or one value
---@return Tensor copy
function th.scatter(tensor, dim, index, source) end

--- Writes for each place of an index to the position that it names along a dimension; see scatter.
---
--- Example:
---     local t = th.zeros(2, 3)
---     th.scatter_(t, 2, {{1}, {3}}, 1)
---     assert(t:equal(th.tensor{{1, 0, 0}, {0, 0, 1}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor|number no smaller than the index, or one value
---@return Tensor self
function th.scatter_(tensor, dim, index, source) end

--- Adds for each place of an index at the position that it names along a dimension, into a copy.
---
--- Formula: out[i][index[i][j]] += source[i][j] for dim 2; repeats add up. Not for bools.
---
--- Example:
---     local t = th.zeros(3)
---     assert(th.scatter_add(t, 1, {1, 1, 3}, th.tensor{1, 2, 4}):equal(th.tensor{3, 0, 4}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor no smaller than the index
---@return Tensor copy
function th.scatter_add(tensor, dim, index, source) end

--- Adds for each place of an index at the position that it names along a dimension; see scatter_add.
---
--- Example:
---     local t = th.zeros(3)
---     th.scatter_add_(t, 1, {1, 1, 3}, th.tensor{1, 2, 4})
---     assert(t:equal(th.tensor{3, 0, 4}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor no smaller than the index
---@return Tensor self
function th.scatter_add_(tensor, dim, index, source) end

--- Adds parts of a source at positions of a dimension, into a copy; repeats add up.
---
--- Example:
---     local t = th.zeros(3)
---     assert(th.index_add(t, 1, {1, 1}, th.tensor{10.0, 20.0}):equal(th.tensor{30, 0, 0}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor copy
function th.index_add(tensor, dim, index, source) end

--- Adds parts of a source at positions of a dimension; repeats add up.
---
--- Example:
---     local t = th.zeros(3)
---     th.index_add_(t, 1, {1, 1}, th.tensor{10.0, 20.0})
---     assert(t:equal(th.tensor{30, 0, 0}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor self
function th.index_add_(tensor, dim, index, source) end

--- Writes parts of a source to positions of a dimension, into a copy; of repeats the last wins.
---
--- Example:
---     local t = th.zeros(3)
---     assert(th.index_copy(t, 1, {3, 1}, th.tensor{10.0, 20.0}):equal(th.tensor{20, 0, 10}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor copy
function th.index_copy(tensor, dim, index, source) end

--- Writes parts of a source to positions of a dimension; of repeats the last wins.
---
--- Example:
---     local t = th.zeros(3)
---     th.index_copy_(t, 1, {3, 1}, th.tensor{10.0, 20.0})
---     assert(t:equal(th.tensor{20, 0, 10}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor self
function th.index_copy_(tensor, dim, index, source) end

--- Writes a value to positions of a dimension, into a copy.
---
--- Example:
---     local t = th.zeros(2, 2)
---     assert(th.index_fill(t, 2, {1}, 5):equal(th.tensor{{5, 0}, {5, 0}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param value number|boolean
---@return Tensor copy
function th.index_fill(tensor, dim, index, value) end

--- Writes a value to positions of a dimension.
---
--- Example:
---     local t = th.zeros(2, 2)
---     th.index_fill_(t, 2, {1}, 5)
---     assert(t:equal(th.tensor{{5, 0}, {5, 0}}))
---@param tensor Tensor
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param value number|boolean
---@return Tensor self
function th.index_fill_(tensor, dim, index, value) end

--- Writes elements to positions of the flat tensor, into a copy.
---
--- Example:
---     local t = th.zeros(2, 2)
---     assert(th.put(t, {1, -1}, th.tensor{5.0, 6.0}):equal(th.tensor{{5, 0}, {0, 6}}))
---@param tensor Tensor
---@param index Tensor|table positions, row by row; negative from the end
---@param source Tensor as many elements
---@param options? table accumulate (false): adds, and repeats add up
---@return Tensor copy
function th.put(tensor, index, source, options) end

--- Writes elements to positions of the flat tensor.
---
--- Example:
---     local t = th.zeros(2)
---     th.put_(t, {1, 1}, th.tensor{5.0, 6.0}, { accumulate = true })
---     assert(t:equal(th.tensor{11, 0}))
---@param tensor Tensor
---@param index Tensor|table positions, row by row; negative from the end
---@param source Tensor as many elements
---@param options? table accumulate (false): adds, and repeats add up
---@return Tensor self
function th.put_(tensor, index, source, options) end

--- Writes the elements of a source, row by row, where a mask holds, into a copy.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     local mask = th.tensor{true, false, true}
---     assert(th.masked_scatter(t, mask, th.tensor{8, 9}):equal(th.tensor{8, 2, 9}))
---@param tensor Tensor
---@param mask Tensor bool, broadcasts to this shape
---@param source Tensor at least as many elements as the mask holds
---@return Tensor copy
function th.masked_scatter(tensor, mask, source) end

--- Writes the elements of a source, row by row, where a mask holds.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     th.masked_scatter_(t, th.tensor{true, false, true}, th.tensor{8, 9})
---     assert(t:equal(th.tensor{8, 2, 9}))
---@param tensor Tensor
---@param mask Tensor bool, broadcasts to this shape
---@param source Tensor at least as many elements as the mask holds
---@return Tensor self
function th.masked_scatter_(tensor, mask, source) end

-- Products and linear algebra

--- Multiplies matrices, vectors and stacks of matrices.
---
--- (k) (k) -> (); (n, k) (k, m) -> (n, m); (n, k) (k) -> (n); (k) (k, m) -> (m); (…, n, k) (…, k, m) ->
--- (…, n, m), leading extents broadcast. Types are promoted; not for bools.
---
--- Example:
---     local a, b = th.tensor{{1, 2}, {3, 4}}, th.tensor{1, 1}
---     assert(th.matmul(a, b):equal(th.tensor{3, 7}) and th.matmul(a, a)[{1, 1}] == 7)
---@param tensor Tensor
---@param other Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product
function th.matmul(tensor, other, options) end

--- Multiplies two matrices, and nothing else.
---
--- Example:
---     local a = th.tensor{{1, 2}, {3, 4}}
---     assert(th.mm(a, a):equal(th.tensor{{7, 10}, {15, 22}}))
---@param tensor Tensor (n, k)
---@param other Tensor (k, m)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product (n, m)
function th.mm(tensor, other, options) end

--- Multiplies the matrices of two stacks.
---
--- Example:
---     assert(th.bmm(th.ones(5, 2, 3), th.ones(5, 3, 4)).shape[3] == 4)
---@param tensor Tensor (B, n, k)
---@param other Tensor (B, k, m)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor products (B, n, m)
function th.bmm(tensor, other, options) end

--- Multiplies a matrix with a vector.
---
--- Example:
---     local a = th.tensor{{1, 2}, {3, 4}}
---     assert(th.mv(a, th.tensor{1, 1}):equal(th.tensor{3, 7}))
---@param tensor Tensor (n, k)
---@param other Tensor (k,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product (n,)
function th.mv(tensor, other, options) end

--- Multiplies two vectors and adds up.
---
--- Example:
---     assert(th.dot(th.tensor{1, 2}, th.tensor{3, 4}):item() == 11)
---@param tensor Tensor (k,)
---@param other Tensor (k,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product 0-d
function th.dot(tensor, other, options) end

--- Multiplies every element of one vector with every one of another.
---
--- Example:
---     assert(th.outer(th.tensor{1, 2}, th.tensor{3, 4}):equal(th.tensor{{3, 4}, {6, 8}}))
---@param tensor Tensor (n,)
---@param other Tensor (m,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor products (n, m)
function th.outer(tensor, other, options) end

--- Adds a product of matrices.
---
--- Formula: beta self + alpha (a b). With beta = 0 the elements of self do not count, be they NaN.
---
--- Example:
---     local bias = th.tensor{1.0, 2.0}
---     assert(th.addmm(bias, th.ones(1, 3), th.ones(3, 2)):equal(th.tensor{{4, 5}}))
---@param tensor Tensor broadcasts to (n, m)
---@param a Tensor (n, k)
---@param b Tensor (k, m)
---@param options? table alpha (1), beta (1)
---@return Tensor result (n, m)
function th.addmm(tensor, a, b, options) end

--- Adds the products of two stacks of matrices.
---
--- Formula: beta self + alpha (a b). With beta = 0 the elements of self do not count, be they NaN.
---
--- Example:
---     local bias = th.tensor{1.0, 2.0}
---     local sum = th.baddbmm(bias, th.ones(2, 1, 3), th.ones(2, 3, 2))
---     assert(sum.shape[1] == 2 and sum[{2, 1, 2}] == 5)
---@param tensor Tensor broadcasts to (B, n, m)
---@param a Tensor (B, n, k)
---@param b Tensor (B, k, m)
---@param options? table alpha (1), beta (1)
---@return Tensor result (B, n, m)
function th.baddbmm(tensor, a, b, options) end

--- Takes the distance of every row here to every row there.
---
--- Formula: the p-norm of the difference. For p = 2 from one product of matrices, equal rows having
--- distance 0; any other p takes room for n m d numbers. Only for floating tensors.
---
--- Example:
---     local a, b = th.tensor{{0.0, 0.0}}, th.tensor{{3.0, 4.0}}
---     assert(th.cdist(a, b):item() == 5 and th.cdist(a, b, { p = 1 }):item() == 7)
---@param tensor Tensor (…, n, d)
---@param other Tensor (…, m, d)
---@param options? table p (2), squared (false; for p = 2 alone)
---@return Tensor distances (…, n, m)
function th.cdist(tensor, other, options) end

--- Takes the diagonal of a matrix, or makes the matrix with a vector as its diagonal.
---
--- Example:
---     local m = th.diag(th.tensor{1, 2})
---     assert(m:equal(th.tensor{{1, 0}, {0, 2}}) and th.diag(m):equal(th.tensor{1, 2}))
---@param tensor Tensor (n, m) or (n,)
---@param offset? integer 0 by default; above the main diagonal where positive
---@return Tensor diagonal or matrix
function th.diag(tensor, offset) end

--- Adds up the main diagonal of a matrix.
---
--- Example:
---     assert(th.trace(th.tensor{{1, 2}, {3, 4}}):item() == 5)
---@param tensor Tensor (n, m)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor sum 0-d
function th.trace(tensor, options) end

--- Takes the determinant of square matrices.
---
--- The gradient needs a matrix that is not singular.
---
--- Example:
---     local a = th.tensor{{1.0, 2.0}, {3.0, 4.0}}
---     assert(math.abs(th.det(a):item() + 2) < 1e-5)
---@param tensor Tensor (…, n, n), floating
---@param options? table out (nil): the tensor that takes the result
---@return Tensor determinant (…)
function th.det(tensor, options) end

--- Takes the sign and the logarithm of the absolute value of the determinant.
---
--- For determinants that would overflow; a singular matrix gives 0 and -inf.
---
--- Example:
---     local sign, log = th.slogdet(th.tensor{{0.0, 2.0}, {2.0, 0.0}})
---     assert(sign:item() == -1 and math.abs(log:item() - math.log(4)) < 1e-5)
---@param tensor Tensor (…, n, n), floating
---@return Tensor sign (…), -1, 0 or 1
---@return Tensor logarithm (…)
function th.slogdet(tensor) end

--- Inverts square matrices.
---
--- A singular matrix is an error. To solve equations use solve, which is faster and more exact.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(th.inverse(a):allclose(th.tensor{{0.5, 0}, {0, 0.25}}))
---@param tensor Tensor (…, n, n), floating
---@param options? table out (nil): the tensor that takes the result
---@return Tensor inverse (…, n, n)
function th.inverse(tensor, options) end

--- Inverts square matrices: another name of inverse.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(th.inv(a):matmul(a):allclose(th.eye(2)))
---@param tensor Tensor (…, n, n), floating
---@param options? table out (nil): the tensor that takes the result
---@return Tensor inverse (…, n, n)
function th.inv(tensor, options) end

--- Solves A X = B for a square A.
---
--- By LU factors with row exchanges; leading extents broadcast. A singular matrix is an error.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(th.solve(a, th.tensor{2.0, 2.0}):allclose(th.tensor{1, 0.5}))
---@param tensor Tensor A, (…, n, n), floating
---@param other Tensor B, (…, n, k) or (n,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor solution of the shape of B
function th.solve(tensor, other, options) end

--- Solves A X = B for a triangular A, of which the other half is not read.
---
--- A 0 on the diagonal is an error.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {2.0, 1.0}}
---     assert(th.solve_triangular(a, th.tensor{2.0, 3.0}, { upper = false }):allclose(th.tensor{1, 1}))
---@param tensor Tensor A, (…, n, n), floating
---@param b Tensor B, (…, n, k) or (n,)
---@param options table upper (needed): which half counts, transpose (false): solves with A transposed,
---     unit (false): the diagonal counts as 1
---@return Tensor solution of the shape of B
function th.solve_triangular(tensor, b, options) end

--- Solves A X = B by least squares, A of any rank.
---
--- By singular values. The residuals are sums of squares by column. It has no gradient.
---
--- Example:
---     local a, b = th.tensor{{1.0}, {1.0}, {1.0}}, th.tensor{1.0, 2.0, 6.0}
---     local solution, residuals, rank = th.lstsq(a, b)
---     assert(math.abs(solution:item() - 3) < 1e-5 and rank:item() == 1)
---     assert(math.abs(residuals:item() - 14) < 1e-4)
---@param tensor Tensor A, (…, n, m), floating
---@param b Tensor B, (…, n, k) or (n,)
---@param options? table rcond (nil: epsilon max(n, m)): singular values below this share of the largest
---     count as 0
---@return Tensor solution (…, m, k) or (m,)
---@return Tensor residuals
---@return Tensor rank int64
---@return Tensor singular_values
function th.lstsq(tensor, b, options) end

--- Factors symmetric positive definite matrices into L L^T.
---
--- Only the lower half is read. A matrix that is not positive definite is an error.
---
--- Example:
---     local l = th.cholesky(th.tensor{{4.0, 2.0}, {2.0, 5.0}})
---     assert(l:allclose(th.tensor{{2, 0}, {1, 2}}))
---@param tensor Tensor (…, n, n), floating
---@param options? table upper (false): gives L^T
---@return Tensor factor (…, n, n), lower triangular
function th.cholesky(tensor, options) end

--- Factors matrices into Q R, Q with orthonormal columns and R upper triangular.
---
--- With p = min(n, m). The gradient needs n >= m and full rank.
---
--- Example:
---     local a = th.tensor{{3.0, 1.0}, {4.0, 2.0}}
---     local q, r = th.qr(a)
---     assert(q:matmul(r):allclose(a, { atol = 1e-5 }) and math.abs(r[{2, 1}]) < 1e-6)
---@param tensor Tensor (…, n, m), floating
---@return Tensor q (…, n, p)
---@return Tensor r (…, p, m)
function th.qr(tensor) end

--- Factors matrices into U diag(S) Vh.
---
--- The thin form, p = min(n, m), singular values falling. It has no gradient.
---
--- Example:
---     local u, s, vh = th.svd(th.tensor{{0.0, 2.0}, {3.0, 0.0}})
---     assert(s:allclose(th.tensor{3, 2}))
---     assert((u * s):matmul(vh):allclose(th.tensor{{0, 2}, {3, 0}}, { atol = 1e-5 }))
---@param tensor Tensor (…, n, m), floating
---@return Tensor u (…, n, p)
---@return Tensor s (…, p)
---@return Tensor vh (…, p, m)
function th.svd(tensor) end

--- Takes the singular values of matrices, falling.
---
--- Example:
---     assert(th.svdvals(th.tensor{{0.0, 2.0}, {3.0, 0.0}}):allclose(th.tensor{3, 2}))
---@param tensor Tensor (…, n, m), floating
---@param options? table out (nil): the tensor that takes the result
---@return Tensor values (…, min(n, m))
function th.svdvals(tensor, options) end

--- Takes the eigenvalues and eigenvectors of symmetric matrices.
---
--- Only the lower half is read. The gradient of the vectors needs distinct eigenvalues.
---
--- Example:
---     local a = th.tensor{{2.0, 1.0}, {1.0, 2.0}}
---     local values, vectors = th.eigh(a)
---     assert(values:allclose(th.tensor{1, 3}, { atol = 1e-5 }))
---     assert(a:matmul(vectors):allclose(vectors * values, { atol = 1e-5 }))
---@param tensor Tensor (…, n, n), floating
---@return Tensor values (…, n), rising
---@return Tensor vectors (…, n, n), as columns
function th.eigh(tensor) end

--- Takes the eigenvalues of symmetric matrices, rising; see eigh.
---
--- Example:
---     assert(th.eigvalsh(th.tensor{{2.0, 1.0}, {1.0, 2.0}}):allclose(th.tensor{1, 3}, { atol = 1e-5 }))
---@param tensor Tensor (…, n, n), floating
---@param options? table out (nil): the tensor that takes the result
---@return Tensor values (…, n)
function th.eigvalsh(tensor, options) end

-- Gradients

--- Marks a leaf as wanting a gradient, or not.
---
--- Only leaves, which no recorded operation made, and only floating ones.
---
--- Example:
---     local w = th.requires_grad_(th.ones(2))
---     assert(w.requires_grad and not th.requires_grad_(w, false).requires_grad)
---@param tensor Tensor
---@param wanted? boolean true by default
---@return Tensor self
function th.requires_grad_(tensor, wanted) end

--- Adds the gradient of this tensor into the grad of every leaf below it.
---
--- One element needs no gradient of its own. The tape is freed unless it is kept. The options may stand
--- in place of the gradient.
---
--- Example:
---     local w = th.tensor({1.0, 2.0}, { requires_grad = true })
---     local loss = (w * w):sum()
---     th.backward(loss)
---     assert(w.grad:equal(th.tensor{2, 4}))
---@param tensor Tensor
---@param gradient? Tensor|table of this shape; 1 by default
---@param options? table retain_graph (false): keeps the tape for another pass
function th.backward(tensor, gradient, options) end

--- Gives the same elements off the tape.
---
--- Example:
---     local w = th.ones(2, { requires_grad = true })
---     assert(not th.detach(w).requires_grad)
---@param tensor Tensor
---@return Tensor view that shares the memory
function th.detach(tensor) end

--- Drops all rows but some between forward and backward, here and in all that the tape saved.
---
--- The backward pass of the result costs as much as that of a batch of k rows. Statistics of BatchNorm
--- stay those of the whole batch. Where an operation mixes rows it is an error that names it. PyTorch
--- has none.
---
--- Example:
---     local x = th.ones(3, 2, { requires_grad = true })
---     local losses = (x * x):sum(2)
---     th.keep(losses, {1, 3}):sum():backward()
---     assert(x.grad:equal(th.tensor{{2, 2}, {0, 0}, {2, 2}}))
---@param tensor Tensor (N, …)
---@param rows Tensor|integer[] positions without repeats, negative from the end, or a bool mask (N,)
---@return Tensor kept (k, …)
function th.keep(tensor, rows) end

return th
