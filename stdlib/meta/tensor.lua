---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of the class Tensor, which is native: for editors, the texts of help() and the reference.

--- An array of numbers of one type, with any number of dimensions and, where wanted, gradients.
---
--- Types: bool, uint8, int32, int64, float32, float64; a list of whole numbers becomes int64, one with
--- a fraction float32. Positions and dimensions count from 1, or from -1 at the end. Images are
--- (N, C, H, W).
---
--- Indexing: t[2] is position 2 of the first dimension: a number of a vector, else a view. t[{…}] has
--- one entry for each dimension: a position; a range {first, last} or {first, last, step}, both ends
--- included; {} for all; th.newaxis; a bool mask; an index tensor. Missing entries are all. {n, n - 1}
--- is an empty range, and a negative step runs backwards. t[mask] and t[indices] copy as numpy does;
--- positions and ranges are views of the same memory, but for negative steps. Positions for every
--- dimension give a number, or a 0-d tensor where a gradient is wanted.
---
--- Writing: t[key] = value takes the same keys, and a number, a list or a tensor that broadcasts.
---
--- Operators: + - * / // % ^ and unary - on numbers, & | ~ on bools and integers (bits, or truth of
--- bools), on two tensors or a tensor and a number. #t is the first extent. Division of integers gives
--- float32, // and % round down. == tells whether both are one and the same object: t:equal(u) compares
--- elements. < and <= raise, for Lua makes one boolean of them: t:lt(u), t:le(u).
---
--- Shapes broadcast as in numpy: aligned at the right, extents are equal or 1. Types are promoted as in
--- PyTorch: bool, uint8, int32, int64, float32, float64 in this order; a number or a 0-d tensor beside
--- a tensor with dimensions only counts where its kind (bool, integer, floating) is above.
---
--- Methods with a trailing underscore write into the tensor and give it back. Not while its gradient is
--- recorded: th.no_grad. Each method is a function of th as well: t:sum() is th.sum(t).
---
--- Example:
---     local t = th.tensor{{1, 2, 3}, {4, 5, 6}}
---     assert(t.dtype == "int64" and t.ndim == 2 and t.count == 6 and #t == 2)
---     assert(t[{2, -1}] == 6)
---     assert(t[{{}, {1, 2}}]:equal(th.tensor{{1, 2}, {4, 5}}))
---     assert(t[{1, {-1, 1, -1}}]:equal(th.tensor{3, 2, 1}))
---     assert(t[t:gt(4)]:equal(th.tensor{5, 6}))
---     assert((t * 2 - 1)[{1, 1}] == 1 and (t // 4)[{2, 3}] == 1 and (t / 2).dtype == "float32")
---     t[1] = {7, 8, 9}
---     t[{{}, 1}] = 0
---     assert(t:equal(th.tensor{{0, 8, 9}, {0, 5, 6}}))
---@class Tensor
---@field shape integer[] the extents, one for each dimension
---@field strides integer[] the distances in memory of neighbours along each dimension, in elements
---@field ndim integer the number of dimensions
---@field count integer the number of elements
---@field dtype "bool"|"uint8"|"int32"|"int64"|"float32"|"float64" the type of the elements
---@field is_contiguous boolean whether the elements lie in row-major order without gaps
---@field requires_grad boolean whether a gradient is wanted; of leaves it can be set
---@field grad Tensor? the gradient that backward has added up, of a leaf; can be set, to nil as well
---@field [integer|Tensor|table] any elements and parts, as told above
---@operator add(Tensor|number): Tensor
---@operator sub(Tensor|number): Tensor
---@operator mul(Tensor|number): Tensor
---@operator div(Tensor|number): Tensor
---@operator idiv(Tensor|number): Tensor
---@operator mod(Tensor|number): Tensor
---@operator pow(Tensor|number): Tensor
---@operator band(Tensor|integer|boolean): Tensor
---@operator bor(Tensor|integer|boolean): Tensor
---@operator bxor(Tensor|integer|boolean): Tensor
---@operator unm: Tensor
---@operator bnot: Tensor
---@operator len: integer
local Tensor = {}

-- What is inside

--- Gives the only element as a number or boolean.
---
--- int64 gives an integer. An error unless there is one element.
---
--- Example:
---     local t = th.tensor{{2.5}}
---     assert(t:item() == 2.5)
---@return number|boolean value
function Tensor:item() end

--- Gives the elements as nested lists; a 0-d tensor as its value.
---
--- Example:
---     local list = th.tensor{{1, 2}, {3, 4}}:tolist()
---     assert(#list == 2 and list[2][1] == 3)
---@return table|number|boolean list
function Tensor:tolist() end

--- Gives the extents as a list, or one of them.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(t:size()[2] == 3 and t:size(-1) == 3)
---@param dim? integer
---@return integer[]|integer extents
function Tensor:size(dim) end

--- Counts the elements; t.count does as well.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(t:numel() == 6)
---@return integer count
function Tensor:numel() end

--- Counts the dimensions; t.ndim does as well.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(t:dim() == 2)
---@return integer count
function Tensor:dim() end

--- Gives the memory of this tensor back at once; every later use of it is an error.
---
--- The collector does so by itself when nothing refers to a tensor any more. Views of it keep the
--- memory alive. `local t <close> = …` frees at the end of the block.
---
--- Example:
---     local t = th.zeros(1000)
---     t:free()
---     assert(not pcall(function() return t.shape end))
function Tensor:free() end

-- Types and copies

--- Converts to another type of element.
---
--- Fractions are cut off, NaN becomes 0, integers that do not fit wrap. A tensor of the type already is
--- given back itself. Gradients flow between floating types.
---
--- Example:
---     local t = th.tensor{1.9, -1.9}
---     assert(t:to("int64"):equal(th.tensor{1, -1}))
---@param dtype "bool"|"uint8"|"int32"|"int64"|"float32"|"float64"
---@return Tensor tensor of the same shape
function Tensor:to(dtype) end

--- Converts to float32.
---
--- Example:
---     assert(th.tensor{1, 2}:float().dtype == "float32")
---@return Tensor tensor of the same shape; itself where it is float32
function Tensor:float() end

--- Converts to float64.
---
--- Example:
---     assert(th.tensor{1, 2}:double().dtype == "float64")
---@return Tensor tensor of the same shape; itself where it is float64
function Tensor:double() end

--- Converts to int64; fractions are cut off.
---
--- Example:
---     assert(th.tensor{1.9, -1.9}:long():equal(th.tensor{1, -1}))
---@return Tensor tensor of the same shape; itself where it is int64
function Tensor:long() end

--- Converts to int32; fractions are cut off.
---
--- Example:
---     assert(th.tensor{1.9, -1.9}:int().dtype == "int32")
---@return Tensor tensor of the same shape; itself where it is int32
function Tensor:int() end

--- Converts to uint8; fractions are cut off, and what does not fit wraps.
---
--- Example:
---     assert(th.tensor{300, -1}:byte():equal(th.tensor{44, 255}))
---@return Tensor tensor of the same shape; itself where it is uint8
function Tensor:byte() end

--- Converts to bool: whether an element is not 0.
---
--- Example:
---     assert(th.tensor{0.5, 0}:bool():equal(th.tensor{true, false}))
---@return Tensor tensor of the same shape; itself where it is bool
function Tensor:bool() end

--- Converts to the type of another tensor.
---
--- Example:
---     assert(th.tensor{1, 2}:type_as(th.zeros(1)).dtype == "float32")
---@param other Tensor
---@return Tensor tensor of the same shape
function Tensor:type_as(other) end

--- Copies the elements to memory of their own.
---
--- Gradients flow through it. A dense memory order, such as channels-last, stays.
---
--- Example:
---     local t = th.tensor{1, 2}
---     local u = t:clone()
---     u[1] = 9
---     assert(t[1] == 1)
---@return Tensor copy of the same shape
function Tensor:clone() end

--- Gives the tensor in row-major order: itself, or a copy.
---
--- Example:
---     local t = th.zeros(2, 3):transpose()
---     assert(not t.is_contiguous and t:contiguous().is_contiguous)
---@return Tensor tensor of the same shape
function Tensor:contiguous() end

--- Gives images in the memory order (N, H, W, C), which the image operations work in: themselves, or a copy.
---
--- The shape stays (N, C, H, W). PyTorch's contiguous(memory_format=torch.channels_last).
---
--- Example:
---     local t = th.zeros(1, 3, 4, 4)
---     assert(t:channels_last().shape[2] == 3 and t:channels_last().strides[2] == 1)
---@return Tensor tensor (N, C, H, W)
function Tensor:channels_last() end

-- Shapes and views

--- Shows the elements, in row-major order, as another shape.
---
--- A view where the strides allow it, else a copy.
---
--- Example:
---     local t = th.arange(6)
---     assert(t:reshape(2, 3)[{2, 1}] == 4)
---     assert(t:reshape{-1, 2}.shape[1] == 3)
---@param ... integer|integer[] extents one by one or as one list; one may be -1 and takes what is left
---@return Tensor tensor of these extents
function Tensor:reshape(...) end

--- Shows the elements, in row-major order, as another shape: another name of reshape.
---
--- Unlike PyTorch's view it copies where the strides allow no view.
---
--- Example:
---     local t = th.zeros(4)
---     t:view(2, 2)[{1, 1}] = 5
---     assert(t[1] == 5)
---@param ... integer|integer[] extents one by one or as one list; one may be -1 and takes what is left
---@return Tensor tensor of these extents
function Tensor:view(...) end

--- Shows the elements as the shape of another tensor, as reshape does.
---
--- Example:
---     assert(th.arange(6):reshape_as(th.zeros(2, 3)).shape[2] == 3)
---@param other Tensor
---@return Tensor tensor of the shape of other
function Tensor:reshape_as(other) end

--- Shows the elements as the shape of another tensor, as view does.
---
--- Example:
---     assert(th.arange(6):view_as(th.zeros(2, 3)).shape[2] == 3)
---@param other Tensor
---@return Tensor tensor of the shape of other
function Tensor:view_as(other) end

--- Joins dimensions start … last to one.
---
--- Example:
---     local t = th.zeros(2, 3, 4)
---     assert(t:flatten().shape[1] == 24)
---     assert(t:flatten(2).shape[2] == 12)
---@param start? integer 1 by default
---@param last? integer -1 by default
---@return Tensor tensor; (1,) of a 0-d tensor
function Tensor:flatten(start, last) end

--- Splits a dimension into several.
---
--- Example:
---     assert(th.arange(6):unflatten(1, {2, -1}).shape[2] == 3)
---@param dim integer
---@param sizes integer[] the extents in its place; one may be -1
---@return Tensor tensor
function Tensor:unflatten(dim, sizes) end

--- Removes all extents of 1, or the one of a dimension.
---
--- Example:
---     local t = th.zeros(1, 3, 1)
---     assert(t:squeeze().ndim == 1 and t:squeeze(1).ndim == 2)
---@param dim? integer left as it is where its extent is not 1
---@return Tensor view
function Tensor:squeeze(dim) end

--- Puts an extent of 1 before a dimension; -1 appends it.
---
--- Example:
---     local t = th.zeros(3)
---     assert(t:unsqueeze(1).shape[1] == 1 and t:unsqueeze(-1).shape[2] == 1)
---@param dim integer
---@return Tensor view
function Tensor:unsqueeze(dim) end

--- Puts the dimensions into another order.
---
--- Example:
---     assert(th.zeros(2, 3, 4):permute(3, 1, 2).shape[1] == 4)
---@param ... integer|integer[] every dimension once, one by one or as one list
---@return Tensor view
function Tensor:permute(...) end

--- Exchanges two dimensions.
---
--- Example:
---     local t = th.zeros(2, 3, 4)
---     assert(t:transpose().shape[2] == 4 and t:transpose(1, 3).shape[1] == 4)
---@param a? integer -2 by default, the last but one
---@param b? integer -1 by default, the last
---@return Tensor view
function Tensor:transpose(a, b) end

--- Transposes a matrix; tensors with fewer dimensions are given back themselves.
---
--- Example:
---     local m = th.tensor{{1, 2}, {3, 4}}
---     assert(m:t():equal(th.tensor{{1, 3}, {2, 4}}))
---@return Tensor view (m, n)
function Tensor:t() end

--- Moves dimensions to other places; the others keep their order.
---
--- Example:
---     assert(th.zeros(2, 3, 4):movedim(1, 3).shape[3] == 2)
---@param from integer|integer[]
---@param to integer|integer[] as many places
---@return Tensor view
function Tensor:movedim(from, to) end

--- Reads extents of 1 repeatedly, without a copy.
---
--- What it gives shares elements and cannot be written to; clone it first.
---
--- Example:
---     local t = th.tensor{{1}, {2}}:expand(2, 3)
---     assert(t:equal(th.tensor{{1, 1, 1}, {2, 2, 2}}))
---@param ... integer|integer[] extents one by one or as one list; -1 keeps one
---@return Tensor view of these extents
function Tensor:expand(...) end

--- Reads extents of 1 repeatedly, up to the shape of another tensor.
---
--- Example:
---     assert(th.ones(3):expand_as(th.zeros(2, 3)):sum():item() == 6)
---@param other Tensor
---@return Tensor view of the shape of other
function Tensor:expand_as(other) end

--- Reads extents of 1 repeatedly, without a copy: another name of expand.
---
--- Example:
---     assert(th.ones(3):broadcast_to(2, 3):sum():item() == 6)
---@param ... integer|integer[] extents one by one or as one list
---@return Tensor view of these extents
function Tensor:broadcast_to(...) end

--- Takes a range of positions of a dimension.
---
--- Example:
---     local t = th.arange(6)
---     assert(t:narrow(1, 2, 3):equal(th.tensor{2, 3, 4}))
---@param dim integer
---@param start integer the first position; negative from the end
---@param length integer
---@return Tensor view
function Tensor:narrow(dim, start, length) end

--- Takes one position of a dimension, which disappears.
---
--- th.select is the namespace of selectors: this is a method alone.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:select(2, 1):equal(th.tensor{1, 3}))
---@param dim integer
---@param index integer negative from the end
---@return Tensor view
function Tensor:select(dim, index) end

--- Shows the diagonal of the first two dimensions, as the last dimension.
---
--- Example:
---     local m = th.tensor{{1, 2}, {3, 4}}
---     assert(m:diagonal():equal(th.tensor{1, 4}) and m:diagonal(1):equal(th.tensor{2}))
---@param offset? integer 0 by default; above the main diagonal where positive
---@return Tensor view
function Tensor:diagonal(offset) end

--- Shows windows along a dimension, their elements as a new last dimension.
---
--- (…, n, …) -> (…, floor((n - size) / step) + 1, …, size). A view where windows do not overlap, else a
--- copy.
---
--- Example:
---     local windows = th.arange(5):unfold(1, 3, 2)
---     assert(windows:equal(th.tensor{{1, 2, 3}, {3, 4, 5}}))
---@param dim integer
---@param size integer at most the extent
---@param step? integer 1 by default
---@return Tensor windows
function Tensor:unfold(dim, size, step) end

--- Cuts into pieces along a dimension.
---
--- Example:
---     local pieces = th.arange(5):split(2)
---     assert(#pieces == 3 and pieces[3]:equal(th.tensor{5}))
---     assert(th.arange(5):split{4, 1}[1].count == 4)
---@param size integer|integer[] of all pieces, the last of which may be smaller, or of each
---@param dim? integer 1 by default
---@return Tensor[] pieces views
function Tensor:split(size, dim) end

--- Cuts into at most so many pieces of one size; the last may be smaller.
---
--- Example:
---     local pieces = th.arange(5):chunk(2)
---     assert(#pieces == 2 and pieces[1].count == 3)
---@param chunks integer
---@param dim? integer 1 by default
---@return Tensor[] pieces views
function Tensor:chunk(chunks, dim) end

--- Repeats the whole tensor along each dimension.
---
--- PyTorch's tile and numpy's; PyTorch's repeat, whose name is a word of Lua.
---
--- Example:
---     assert(th.tensor{1, 2}:tile(2):equal(th.tensor{1, 2, 1, 2}))
---@param ... integer|integer[] how often along each dimension, one by one or as one list; missing
---     leading ones are 1
---@return Tensor tensor
function Tensor:tile(...) end

--- Repeats each position so many times in a row.
---
--- Example:
---     assert(th.tensor{1, 2}:repeat_interleave(2):equal(th.tensor{1, 1, 2, 2}))
---@param count integer
---@param dim? integer of the flat tensor by default
---@return Tensor tensor
function Tensor:repeat_interleave(count, dim) end

--- Turns dimensions around.
---
--- Example:
---     assert(th.arange(3):flip(1):equal(th.tensor{3, 2, 1}))
---@param ... integer|integer[] dimensions one by one or as one list; without any, nothing is turned
---@return Tensor copy
function Tensor:flip(...) end

--- Moves elements along a dimension; what leaves at the end comes in at the start.
---
--- Example:
---     assert(th.arange(4):roll(1):equal(th.tensor{4, 1, 2, 3}))
---@param shift integer
---@param dim? integer of the flat tensor by default
---@return Tensor copy
function Tensor:roll(shift, dim) end

--- Sets what lies above a diagonal of each matrix to 0.
---
--- Example:
---     assert(th.ones(2, 2):tril():equal(th.tensor{{1, 0}, {1, 1}}))
---@param diagonal? integer 0 by default, the main one; 1 is the one above it
---@return Tensor copy (…, n, m)
function Tensor:tril(diagonal) end

--- Sets what lies below a diagonal of each matrix to 0.
---
--- Example:
---     assert(th.ones(2, 2):triu():equal(th.tensor{{1, 1}, {0, 1}}))
---@param diagonal? integer 0 by default, the main one; 1 is the one above it
---@return Tensor copy (…, n, m)
function Tensor:triu(diagonal) end

-- Functions of each element

--- Takes the absolute value of each element.
---
--- Formula: |x|. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(t:abs():equal(th.tensor{1.5, 2.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:abs(options) end

--- Writes the absolute values into this tensor; see abs.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     t:abs_()
---     assert(t:equal(th.tensor{1.5, 2.0}))
---@return Tensor self
function Tensor:abs_() end

--- Changes the sign of each element; -t does as well.
---
--- Formula: -x. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(t:neg():equal(th.tensor{1.5, -2.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:neg(options) end

--- Writes the elements with the other sign into this tensor; see neg.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     t:neg_()
---     assert(t:equal(th.tensor{1.5, -2.0}))
---@return Tensor self
function Tensor:neg_() end

--- Tells the sign of each element: -1, 0 or 1.
---
--- 0 of NaN; the sign of a bool is the bool. The type stays.
---
--- Example:
---     local t = th.tensor{-1.5, 0.0, 2.0}
---     assert(t:sign():equal(th.tensor{-1, 0, 1}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:sign(options) end

--- Writes the signs into this tensor; see sign.
---
--- Example:
---     local t = th.tensor{-1.5, 0.0, 2.0}
---     t:sign_()
---     assert(t:equal(th.tensor{-1, 0, 1}))
---@return Tensor self
function Tensor:sign_() end

--- Squares each element.
---
--- Formula: x^2. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-3.0, 2.0}
---     assert(t:square():equal(th.tensor{9, 4}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:square(options) end

--- Writes the squares into this tensor; see square.
---
--- Example:
---     local t = th.tensor{-3.0, 2.0}
---     t:square_()
---     assert(t:equal(th.tensor{9, 4}))
---@return Tensor self
function Tensor:square_() end

--- Replaces negative elements by 0.
---
--- Formula: max(x, 0); NaN stays. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     assert(t:relu():equal(th.tensor{0, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:relu(options) end

--- Writes max(x, 0) into this tensor; see relu.
---
--- Example:
---     local t = th.tensor{-1.5, 2.0}
---     t:relu_()
---     assert(t:equal(th.tensor{0, 2}))
---@return Tensor self
function Tensor:relu_() end

--- Rounds each element down.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(t:floor():equal(th.tensor{-2, 1}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:floor(options) end

--- Writes the elements rounded down into this tensor; see floor.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     t:floor_()
---     assert(t:equal(th.tensor{-2, 1}))
---@return Tensor self
function Tensor:floor_() end

--- Rounds each element up.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(t:ceil():equal(th.tensor{-1, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:ceil(options) end

--- Writes the elements rounded up into this tensor; see ceil.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     t:ceil_()
---     assert(t:equal(th.tensor{-1, 2}))
---@return Tensor self
function Tensor:ceil_() end

--- Rounds each element to the nearest whole number, halves to the even one.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{0.5, 1.5, 1.6}
---     assert(t:round():equal(th.tensor{0, 2, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:round(options) end

--- Writes the elements rounded into this tensor; see round.
---
--- Example:
---     local t = th.tensor{0.5, 1.5, 1.6}
---     t:round_()
---     assert(t:equal(th.tensor{0, 2, 2}))
---@return Tensor self
function Tensor:round_() end

--- Rounds each element towards 0.
---
--- The gradient is 0. Integers keep their type; bool tensors are refused.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     assert(t:trunc():equal(th.tensor{-1, 1}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:trunc(options) end

--- Writes the elements rounded towards 0 into this tensor; see trunc.
---
--- Example:
---     local t = th.tensor{-1.5, 1.5}
---     t:trunc_()
---     assert(t:equal(th.tensor{-1, 1}))
---@return Tensor self
function Tensor:trunc_() end

--- Takes what trunc cuts off, with the sign of the element.
---
--- Formula: x - trunc(x). Only for floating tensors.
---
--- Example:
---     local t = th.tensor{-1.5, 2.25}
---     assert(t:frac():equal(th.tensor{-0.5, 0.25}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:frac(options) end

--- Writes the parts after the point into this tensor; see frac.
---
--- Example:
---     local t = th.tensor{-1.5, 2.25}
---     t:frac_()
---     assert(t:equal(th.tensor{-0.5, 0.25}))
---@return Tensor self
function Tensor:frac_() end

--- Takes e to the power of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:exp():allclose(th.tensor{1, 2.7182818}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:exp(options) end

--- Writes the powers of e into this tensor; see exp.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:exp_()
---     assert(t:allclose(th.tensor{1, 2.7182818}))
---@return Tensor self
function Tensor:exp_() end

--- Takes exp(x) - 1 of each element, exact near 0.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     assert(t:expm1():allclose(th.tensor{0, 1.0000005e-6}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:expm1(options) end

--- Writes exp(x) - 1 into this tensor; see expm1.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     t:expm1_()
---     assert(t:allclose(th.tensor{0, 1.0000005e-6}))
---@return Tensor self
function Tensor:expm1_() end

--- Takes the natural logarithm of each element.
---
--- -inf of 0, NaN below it. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 2.7182818}
---     assert(t:log():allclose(th.tensor{0.0, 1.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:log(options) end

--- Writes the logarithms into this tensor; see log.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 2.7182818}
---     t:log_()
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@return Tensor self
function Tensor:log_() end

--- Takes log(1 + x) of each element, exact near 0.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     assert(t:log1p():allclose(th.tensor{0, 9.999995e-7}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:log1p(options) end

--- Writes log(1 + x) into this tensor; see log1p.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1e-6}
---     t:log1p_()
---     assert(t:allclose(th.tensor{0, 9.999995e-7}))
---@return Tensor self
function Tensor:log1p_() end

--- Takes the logarithm to base 2 of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 8.0}
---     assert(t:log2():allclose(th.tensor{0.0, 3.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:log2(options) end

--- Writes the logarithms to base 2 into this tensor; see log2.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 8.0}
---     t:log2_()
---     assert(t:allclose(th.tensor{0.0, 3.0}))
---@return Tensor self
function Tensor:log2_() end

--- Takes the logarithm to base 10 of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, 1000.0}
---     assert(t:log10():allclose(th.tensor{0.0, 3.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:log10(options) end

--- Writes the logarithms to base 10 into this tensor; see log10.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, 1000.0}
---     t:log10_()
---     assert(t:allclose(th.tensor{0.0, 3.0}))
---@return Tensor self
function Tensor:log10_() end

--- Takes the square root of each element.
---
--- NaN of negative elements. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 9.0}
---     assert(t:sqrt():equal(th.tensor{2, 3}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:sqrt(options) end

--- Writes the square roots into this tensor; see sqrt.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 9.0}
---     t:sqrt_()
---     assert(t:equal(th.tensor{2, 3}))
---@return Tensor self
function Tensor:sqrt_() end

--- Takes one over the square root of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 0.25}
---     assert(t:rsqrt():equal(th.tensor{0.5, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:rsqrt(options) end

--- Writes 1 / sqrt(x) into this tensor; see rsqrt.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 0.25}
---     t:rsqrt_()
---     assert(t:equal(th.tensor{0.5, 2}))
---@return Tensor self
function Tensor:rsqrt_() end

--- Takes one over each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{4.0, 0.5}
---     assert(t:reciprocal():equal(th.tensor{0.25, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:reciprocal(options) end

--- Writes 1 / x into this tensor; see reciprocal.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{4.0, 0.5}
---     t:reciprocal_()
---     assert(t:equal(th.tensor{0.25, 2}))
---@return Tensor self
function Tensor:reciprocal_() end

--- Takes the sine of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 2}
---     assert(t:sin():allclose(th.tensor{0.0, 1.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:sin(options) end

--- Writes the sines into this tensor; see sin.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 2}
---     t:sin_()
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@return Tensor self
function Tensor:sin_() end

--- Takes the cosine of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi}
---     assert(t:cos():allclose(th.tensor{1.0, -1.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:cos(options) end

--- Writes the cosines into this tensor; see cos.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi}
---     t:cos_()
---     assert(t:allclose(th.tensor{1.0, -1.0}))
---@return Tensor self
function Tensor:cos_() end

--- Takes the tangent of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 4}
---     assert(t:tan():allclose(th.tensor{0.0, 1.0}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:tan(options) end

--- Writes the tangents into this tensor; see tan.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, math.pi / 4}
---     t:tan_()
---     assert(t:allclose(th.tensor{0.0, 1.0}))
---@return Tensor self
function Tensor:tan_() end

--- Takes the inverse sine of each element, in radians.
---
--- NaN outside -1 … 1. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:asin():allclose(th.tensor{0, math.pi / 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:asin(options) end

--- Writes the inverse sines into this tensor; see asin.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:asin_()
---     assert(t:allclose(th.tensor{0, math.pi / 2}))
---@return Tensor self
function Tensor:asin_() end

--- Takes the inverse cosine of each element, in radians.
---
--- NaN outside -1 … 1. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{1.0, -1.0}
---     assert(t:acos():allclose(th.tensor{0, math.pi}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:acos(options) end

--- Writes the inverse cosines into this tensor; see acos.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{1.0, -1.0}
---     t:acos_()
---     assert(t:allclose(th.tensor{0, math.pi}))
---@return Tensor self
function Tensor:acos_() end

--- Takes the inverse tangent of each element, in radians.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:atan():allclose(th.tensor{0, math.pi / 4}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:atan(options) end

--- Writes the inverse tangents into this tensor; see atan.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:atan_()
---     assert(t:allclose(th.tensor{0, math.pi / 4}))
---@return Tensor self
function Tensor:atan_() end

--- Takes the hyperbolic sine of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:sinh():allclose(th.tensor{0, 1.1752012}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:sinh(options) end

--- Writes the hyperbolic sines into this tensor; see sinh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:sinh_()
---     assert(t:allclose(th.tensor{0, 1.1752012}))
---@return Tensor self
function Tensor:sinh_() end

--- Takes the hyperbolic cosine of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:cosh():allclose(th.tensor{1, 1.5430806}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:cosh(options) end

--- Writes the hyperbolic cosines into this tensor; see cosh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:cosh_()
---     assert(t:allclose(th.tensor{1, 1.5430806}))
---@return Tensor self
function Tensor:cosh_() end

--- Takes the hyperbolic tangent of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:tanh():allclose(th.tensor{0, 0.7615942}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:tanh(options) end

--- Writes the hyperbolic tangents into this tensor; see tanh.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:tanh_()
---     assert(t:allclose(th.tensor{0, 0.7615942}))
---@return Tensor self
function Tensor:tanh_() end

--- Takes the logistic function of each element.
---
--- Formula: 1 / (1 + exp(-x)). Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:sigmoid():allclose(th.tensor{0.5, 0.7310586}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:sigmoid(options) end

--- Writes the logistic function into this tensor; see sigmoid.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:sigmoid_()
---     assert(t:allclose(th.tensor{0.5, 0.7310586}))
---@return Tensor self
function Tensor:sigmoid_() end

--- Takes the error function of each element.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:erf():allclose(th.tensor{0, 0.8427008}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:erf(options) end

--- Writes the error function into this tensor; see erf.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:erf_()
---     assert(t:allclose(th.tensor{0, 0.8427008}))
---@return Tensor self
function Tensor:erf_() end

--- Takes 1 - erf(x) of each element, exact where that is tiny.
---
--- Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:erfc():allclose(th.tensor{1, 0.1572992}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:erfc(options) end

--- Writes 1 - erf(x) into this tensor; see erfc.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:erfc_()
---     assert(t:allclose(th.tensor{1, 0.1572992}))
---@return Tensor self
function Tensor:erfc_() end

--- Takes x times the normal distribution function at x.
---
--- Formula: x Phi(x), with the exact Phi, not its tanh approximation. Integers and bools are computed
--- as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:gelu():allclose(th.tensor{0, 0.8413447}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:gelu(options) end

--- Writes gelu(x) into this tensor; see gelu.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:gelu_()
---     assert(t:allclose(th.tensor{0, 0.8413447}))
---@return Tensor self
function Tensor:gelu_() end

--- Takes x sigmoid(x) of each element.
---
--- Formula: x / (1 + exp(-x)). Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     assert(t:silu():allclose(th.tensor{0, 0.7310586}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:silu(options) end

--- Writes silu(x) into this tensor; see silu.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 1.0}
---     t:silu_()
---     assert(t:allclose(th.tensor{0, 0.7310586}))
---@return Tensor self
function Tensor:silu_() end

--- Takes log(1 + exp(x)) of each element.
---
--- Formula: log(1 + exp(x)), and x itself above 20. Integers and bools are computed as float32.
---
--- Example:
---     local t = th.tensor{0.0, 30.0}
---     assert(t:softplus():allclose(th.tensor{0.6931472, 30}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:softplus(options) end

--- Writes softplus(x) into this tensor; see softplus.
---
--- Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 30.0}
---     t:softplus_()
---     assert(t:allclose(th.tensor{0.6931472, 30}))
---@return Tensor self
function Tensor:softplus_() end

--- Tells which elements are NaN.
---
--- Example:
---     local t = th.tensor{1.0, 0/0}
---     assert(t:isnan():equal(th.tensor{false, true}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function Tensor:isnan(options) end

--- Tells which elements are infinite.
---
--- Example:
---     local t = th.tensor{1.0, -1/0}
---     assert(t:isinf():equal(th.tensor{false, true}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function Tensor:isinf(options) end

--- Tells which elements are neither NaN nor infinite.
---
--- Example:
---     local t = th.tensor{1.0, 1/0, 0/0}
---     assert(t:isfinite():equal(th.tensor{true, false, false}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function Tensor:isfinite(options) end

--- Tells which elements are 0 or false.
---
--- Example:
---     local t = th.tensor{0.0, 2.0}
---     assert(t:logical_not():equal(th.tensor{true, false}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape, bool
function Tensor:logical_not(options) end

--- Writes the opposite of each element into this tensor; see logical_not.
---
--- Only for bool tensors.
---
--- Example:
---     local t = th.tensor{true, false}
---     t:logical_not_()
---     assert(t:equal(th.tensor{false, true}))
---@return Tensor self
function Tensor:logical_not_() end

--- Inverts the bits of integers and the truth of bools; ~t does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local t = th.tensor{0, 5}
---     assert(t:bitwise_not():equal(th.tensor{-1, -6}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the same shape
function Tensor:bitwise_not(options) end

--- Writes the inverted bits into this tensor; see bitwise_not.
---
--- Example:
---     local t = th.tensor{0, 5}
---     t:bitwise_not_()
---     assert(t:equal(th.tensor{-1, -6}))
---@return Tensor self
function Tensor:bitwise_not_() end

-- Arithmetic of two operands

--- Adds element by element; a + b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap. There is no alpha: add
--- other * alpha.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(a:add(b):equal(th.tensor{11, 22}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:add(other, options) end

--- Writes the sum into this tensor; see add.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     t:add_(th.tensor{10, 20})
---     assert(t:equal(th.tensor{11, 22}))
---@param other Tensor|number
---@return Tensor self
function Tensor:add_(other) end

--- Subtracts element by element; a - b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap. Bools are refused.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(a:sub(b):equal(th.tensor{-9, -18}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:sub(other, options) end

--- Writes the difference into this tensor; see sub.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     t:sub_(th.tensor{10, 20})
---     assert(t:equal(th.tensor{-9, -18}))
---@param other Tensor|number
---@return Tensor self
function Tensor:sub_(other) end

--- Multiplies element by element; a * b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers wrap.
---
--- Example:
---     local a, b = th.tensor{1, 2}, th.tensor{10, 20}
---     assert(a:mul(b):equal(th.tensor{10, 40}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:mul(other, options) end

--- Writes the product into this tensor; see mul.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 2}
---     t:mul_(th.tensor{10, 20})
---     assert(t:equal(th.tensor{10, 40}))
---@param other Tensor|number
---@return Tensor self
function Tensor:mul_(other) end

--- Divides element by element; a / b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Integers are divided as float32;
--- floor_divide keeps them.
---
--- Example:
---     local a, b = th.tensor{1.0, 9.0}, th.tensor{4.0, 3.0}
---     assert(a:div(b):equal(th.tensor{0.25, 3}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:div(other, options) end

--- Writes the quotient into this tensor; see div.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1.0, 9.0}
---     t:div_(th.tensor{4.0, 3.0})
---     assert(t:equal(th.tensor{0.25, 3}))
---@param other Tensor|number
---@return Tensor self
function Tensor:div_(other) end

--- Divides element by element and rounds down; a // b does as well.
---
--- Formula: floor(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error. No gradient.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{2, 2}
---     assert(a:floor_divide(b):equal(th.tensor{3, -4}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:floor_divide(other, options) end

--- Writes the quotient rounded down into this tensor; see floor_divide.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     t:floor_divide_(th.tensor{2, 2})
---     assert(t:equal(th.tensor{3, -4}))
---@param other Tensor|number
---@return Tensor self
function Tensor:floor_divide_(other) end

--- Takes the rest of a division with the sign of the divisor; a % b does as well.
---
--- Formula: a - b floor(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{3, 3}
---     assert(a:remainder(b):equal(th.tensor{1, 2}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:remainder(other, options) end

--- Writes the rest into this tensor; see remainder.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     t:remainder_(th.tensor{3, 3})
---     assert(t:equal(th.tensor{1, 2}))
---@param other Tensor|number
---@return Tensor self
function Tensor:remainder_(other) end

--- Takes the rest of a division with the sign of the dividend.
---
--- Formula: a - b trunc(a / b). Shapes broadcast and types are promoted as told in Tensor. Division of
--- integers by 0 is an error.
---
--- Example:
---     local a, b = th.tensor{7, -7}, th.tensor{3, 3}
---     assert(a:fmod(b):equal(th.tensor{1, -1}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:fmod(other, options) end

--- Writes the rest into this tensor; see fmod.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{7, -7}
---     t:fmod_(th.tensor{3, 3})
---     assert(t:equal(th.tensor{1, -1}))
---@param other Tensor|number
---@return Tensor self
function Tensor:fmod_(other) end

--- Raises to a power element by element; a ^ b does as well.
---
--- Shapes broadcast and types are promoted as told in Tensor. Powers of integers are integers, unlike
--- Lua's: convert to float for negative powers.
---
--- Example:
---     local a, b = th.tensor{2.0, 3.0}, th.tensor{3, 2}
---     assert(a:pow(b):equal(th.tensor{8, 9}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:pow(other, options) end

--- Writes the power into this tensor; see pow.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{2.0, 3.0}
---     t:pow_(th.tensor{3, 2})
---     assert(t:equal(th.tensor{8, 9}))
---@param other Tensor|number
---@return Tensor self
function Tensor:pow_(other) end

--- Takes the larger of both, element by element.
---
--- NaN wins. Shapes broadcast and types are promoted as told in Tensor.
---
--- Example:
---     local a, b = th.tensor{1, 5}, th.tensor{3, 2}
---     assert(a:maximum(b):equal(th.tensor{3, 5}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:maximum(other, options) end

--- Writes the larger of both into this tensor; see maximum.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 5}
---     t:maximum_(th.tensor{3, 2})
---     assert(t:equal(th.tensor{3, 5}))
---@param other Tensor|number
---@return Tensor self
function Tensor:maximum_(other) end

--- Takes the smaller of both, element by element.
---
--- NaN wins. Shapes broadcast and types are promoted as told in Tensor.
---
--- Example:
---     local a, b = th.tensor{1, 5}, th.tensor{3, 2}
---     assert(a:minimum(b):equal(th.tensor{1, 2}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:minimum(other, options) end

--- Writes the smaller of both into this tensor; see minimum.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1, 5}
---     t:minimum_(th.tensor{3, 2})
---     assert(t:equal(th.tensor{1, 2}))
---@param other Tensor|number
---@return Tensor self
function Tensor:minimum_(other) end

--- Takes the angle of the point (other, self), in radians.
---
--- Integers are computed as float32.
---
--- Example:
---     local a, b = th.tensor{1.0, 1.0}, th.tensor{1.0, 0.0}
---     assert(a:atan2(b):allclose(th.tensor{math.pi / 4, math.pi / 2}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:atan2(other, options) end

--- Writes the angle into this tensor; see atan2.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{1.0, 1.0}
---     t:atan2_(th.tensor{1.0, 0.0})
---     assert(t:allclose(th.tensor{math.pi / 4, math.pi / 2}))
---@param other Tensor|number
---@return Tensor self
function Tensor:atan2_(other) end

-- Comparisons, truth and bits

--- Tells where an element is smaller than the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:lt(b):equal(th.tensor{true, false, false}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:lt(other, options) end

--- Tells where an element is smaller or equal to the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:le(b):equal(th.tensor{true, true, false}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:le(other, options) end

--- Tells where an element is larger than the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:gt(b):equal(th.tensor{false, false, true}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:gt(other, options) end

--- Tells where an element is larger or equal to the other one.
---
--- NaN is neither smaller nor larger than anything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:ge(b):equal(th.tensor{false, true, true}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:ge(other, options) end

--- Tells where an element is equal to the other one.
---
--- a == b tells of the objects, not of the elements. NaN equals nothing.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:eq(b):equal(th.tensor{false, true, false}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:eq(other, options) end

--- Tells where an element differs from the other one.
---
--- NaN differs from everything.
---
--- Example:
---     local a, b = th.tensor{1, 2, 3}, th.tensor{2, 2, 2}
---     assert(a:ne(b):equal(th.tensor{true, false, true}))
---@param other Tensor|number broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:ne(other, options) end

--- Tells where both are not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(a:logical_and(b):equal(th.tensor{true, false, false}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:logical_and(other, options) end

--- Writes 1 where both are not 0, else 0, into this tensor; see logical_and.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     t:logical_and_(th.tensor{true, false, false})
---     assert(t:equal(th.tensor{true, false, false}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:logical_and_(other) end

--- Tells where one or both are not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(a:logical_or(b):equal(th.tensor{true, true, false}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:logical_or(other, options) end

--- Writes 1 where one or both are not 0, else 0, into this tensor; see logical_or.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     t:logical_or_(th.tensor{true, false, false})
---     assert(t:equal(th.tensor{true, true, false}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:logical_or_(other) end

--- Tells where one alone is not 0.
---
--- Example:
---     local a, b = th.tensor{true, true, false}, th.tensor{true, false, false}
---     assert(a:logical_xor(b):equal(th.tensor{false, true, false}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape, bool
function Tensor:logical_xor(other, options) end

--- Writes 1 where one alone is not 0, else 0, into this tensor; see logical_xor.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{true, true, false}
---     t:logical_xor_(th.tensor{true, false, false})
---     assert(t:equal(th.tensor{false, true, false}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:logical_xor_(other) end

--- Joins the bits of integers, or bools, by and; a & b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(a:bitwise_and(b):equal(th.tensor{8, 4}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:bitwise_and(other, options) end

--- Writes the bits of both into this tensor; see bitwise_and.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     t:bitwise_and_(th.tensor{10, 4})
---     assert(t:equal(th.tensor{8, 4}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:bitwise_and_(other) end

--- Joins the bits of integers, or bools, by or; a | b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(a:bitwise_or(b):equal(th.tensor{14, 5}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:bitwise_or(other, options) end

--- Writes the bits of one or both into this tensor; see bitwise_or.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     t:bitwise_or_(th.tensor{10, 4})
---     assert(t:equal(th.tensor{14, 5}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:bitwise_or_(other) end

--- Joins the bits of integers, or bools, by exclusive or; a ~ b does as well.
---
--- Floating tensors are refused.
---
--- Example:
---     local a, b = th.tensor{12, 5}, th.tensor{10, 4}
---     assert(a:bitwise_xor(b):equal(th.tensor{6, 1}))
---@param other Tensor|number|boolean broadcasts with this tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor result of the broadcast shape
function Tensor:bitwise_xor(other, options) end

--- Writes the bits of one alone into this tensor; see bitwise_xor.
---
--- The other operand must broadcast to this shape, and the result fit this type.
---
--- Example:
---     local t = th.tensor{12, 5}
---     t:bitwise_xor_(th.tensor{10, 4})
---     assert(t:equal(th.tensor{6, 1}))
---@param other Tensor|number|boolean
---@return Tensor self
function Tensor:bitwise_xor_(other) end

-- Choices and other functions of elements

--- Limits the elements to min … max.
---
--- Either bound may be missing, not both; they may stand in one table, {min = 0, max = 1}. A bound with
--- a fraction makes an integer tensor float32. NaN stays.
---
--- Example:
---     local t = th.tensor{-2.0, 0.5, 3.0}
---     assert(t:clamp(0, 1):equal(th.tensor{0, 0.5, 1}))
---     assert(t:clamp{ max = 1 }:equal(th.tensor{-2, 0.5, 1}))
---@param min? number|table the lower bound, or options: min (nil), max (nil)
---@param max? number the upper bound
---@return Tensor result of the same shape
function Tensor:clamp(min, max) end

--- Limits the elements to min … max in place; see clamp.
---
--- Example:
---     local t = th.tensor{-2.0, 0.5, 3.0}
---     t:clamp_(0, 1)
---     assert(t:equal(th.tensor{0, 0.5, 1}))
---@param min? number|table the lower bound, or options: min (nil), max (nil)
---@param max? number the upper bound
---@return Tensor self
function Tensor:clamp_(min, max) end

--- Goes part of the way to another tensor.
---
--- Formula: self + weight (stop - self). PyTorch calls the argument end.
---
--- Example:
---     local a, b = th.tensor{0.0, 10.0}, th.tensor{4.0, 20.0}
---     assert(a:lerp(b, 0.25):equal(th.tensor{1, 12.5}))
---@param stop Tensor broadcasts with this tensor
---@param weight number|Tensor
---@return Tensor result of the broadcast shape
function Tensor:lerp(stop, weight) end

--- Goes part of the way to another tensor in place; see lerp.
---
--- Example:
---     local t = th.tensor{0.0, 10.0}
---     t:lerp_(th.tensor{4.0, 20.0}, 0.25)
---     assert(t:equal(th.tensor{1, 12.5}))
---@param stop Tensor broadcasts to this shape
---@param weight number|Tensor
---@return Tensor self
function Tensor:lerp_(stop, weight) end

--- Adds a product.
---
--- Formula: self + value a b.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     assert(t:addcmul(th.tensor{3, 4}, th.tensor{10, 10}, { value = 0.5 }):equal(th.tensor{16, 22}))
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor result of the broadcast shape
function Tensor:addcmul(a, b, options) end

--- Adds a product in place; see addcmul.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     t:addcmul_(th.tensor{3, 4}, th.tensor{10, 10})
---     assert(t:equal(th.tensor{31, 42}))
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor self
function Tensor:addcmul_(a, b, options) end

--- Adds a quotient.
---
--- Formula: self + value a / b. Integers are divided as float32.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     assert(t:addcdiv(th.tensor{3, 4}, th.tensor{2, 2}):equal(th.tensor{2.5, 4}))
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor result of the broadcast shape
function Tensor:addcdiv(a, b, options) end

--- Adds a quotient in place; see addcdiv.
---
--- Example:
---     local t = th.tensor{1.0, 2.0}
---     t:addcdiv_(th.tensor{3, 4}, th.tensor{2, 2}, { value = 2 })
---     assert(t:equal(th.tensor{4, 6}))
---@param a Tensor
---@param b Tensor
---@param options? table value (1)
---@return Tensor self
function Tensor:addcdiv_(a, b, options) end

--- Replaces NaN and infinities by numbers.
---
--- Tensors of integers or bools are given back themselves.
---
--- Example:
---     local t = th.tensor{1.0, 0/0, 1/0}
---     assert(t:nan_to_num{ posinf = 9 }:equal(th.tensor{1, 0, 9}))
---@param options? table nan (0), posinf (nil: the largest finite number), neginf (nil: the smallest)
---@return Tensor result of the same shape
function Tensor:nan_to_num(options) end

--- Replaces NaN and infinities by numbers in place; see nan_to_num.
---
--- Example:
---     local t = th.tensor{1.0, 0/0}
---     t:nan_to_num_{ nan = -1 }
---     assert(t:equal(th.tensor{1, -1}))
---@param options? table nan (0), posinf (nil: the largest finite number), neginf (nil: the smallest)
---@return Tensor self
function Tensor:nan_to_num_(options) end

--- Takes elements of a where the condition holds, else of b.
---
--- All three are broadcast; the type is promoted from a and b.
---
--- Example:
---     local t = th.tensor{1, -2, 3}
---     local positive = t:gt(0)
---     assert(positive:where(t, 0):equal(th.tensor{1, 0, 3}))
---@param a Tensor|number|boolean
---@param b Tensor|number|boolean
---@return Tensor result of the broadcast shape
function Tensor:where(a, b) end

--- Writes a value where a mask holds, into a copy.
---
--- An integer tensor takes no value with a fraction.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     assert(t:masked_fill(t:gt(1), 0):equal(th.tensor{1, 0, 0}))
---@param mask Tensor bool, broadcasts with this tensor
---@param value number|boolean
---@return Tensor copy
function Tensor:masked_fill(mask, value) end

--- Writes a value where a mask holds; see masked_fill.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     t:masked_fill_(t:gt(1), 0)
---     assert(t:equal(th.tensor{1, 0, 0}))
---@param mask Tensor bool, broadcasts to this shape
---@param value number|boolean
---@return Tensor self
function Tensor:masked_fill_(mask, value) end

--- Tells which elements are nearly equal.
---
--- Formula: |a - b| <= atol + rtol |b|; equal infinities are close.
---
--- Example:
---     local a, b = th.tensor{1.0, 2.0}, th.tensor{1.0000001, 2.1}
---     assert(a:isclose(b):equal(th.tensor{true, false}))
---@param other Tensor broadcasts with this tensor
---@param options? table rtol (1e-5), atol (1e-8), equal_nan (false)
---@return Tensor result of the broadcast shape, bool
function Tensor:isclose(other, options) end

--- Tells whether all elements are nearly equal; see isclose.
---
--- Example:
---     local a = th.tensor{0.1, 0.2}
---     assert(a:allclose(a + 1e-7) and not a:allclose(a + 0.01))
---@param other Tensor broadcasts with this tensor
---@param options? table rtol (1e-5), atol (1e-8), equal_nan (false)
---@return boolean answer
function Tensor:allclose(other, options) end

--- Tells whether both have one shape and equal elements.
---
--- Types may differ. NaN equals nothing.
---
--- Example:
---     assert(th.tensor{1, 2}:equal(th.tensor{1.0, 2.0}))
---     assert(not th.tensor{1, 2}:equal(th.tensor{{1, 2}}))
---@param other Tensor
---@return boolean answer
function Tensor:equal(other) end

--- Tells which elements are among those of another tensor or list.
---
--- NaN is none of any.
---
--- Example:
---     assert(th.tensor{1, 2, 3}:isin{1, 3}:equal(th.tensor{true, false, true}))
---@param test Tensor|number[]
---@return Tensor result of the same shape, bool
function Tensor:isin(test) end

-- Writing

--- Sets every element to 0.
---
--- Example:
---     local t = th.ones(2)
---     t:zero_()
---     assert(t:equal(th.zeros(2)))
---@return Tensor self
function Tensor:zero_() end

--- Sets every element to a number, converted to this type.
---
--- Example:
---     local t = th.zeros(2)
---     t:fill_(7)
---     assert(t:equal(th.tensor{7, 7}))
---@param value number
---@return Tensor self
function Tensor:fill_(value) end

--- Copies the elements of another tensor or list, broadcast and converted to this type.
---
--- Example:
---     local t = th.zeros(2, 2)
---     t:copy_{1, 2}
---     assert(t:equal(th.tensor{{1, 2}, {1, 2}}))
---@param source Tensor|number[] broadcasts to this shape
---@return Tensor self
function Tensor:copy_(source) end

--- Fills a floating tensor with numbers uniform in [low, high).
---
--- Example:
---     local t = th.zeros(100):uniform_(2, 3, { seed = 1 })
---     assert(t:min():item() >= 2 and t:max():item() < 3)
---@param low? number 0 by default
---@param high? number 1 by default
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function Tensor:uniform_(low, high, options) end

--- Fills a floating tensor with numbers of a normal distribution.
---
--- Example:
---     local t = th.zeros(1000):normal_(5, 0.1, { seed = 1 })
---     assert(math.abs(t:mean():item() - 5) < 0.1)
---@param mean? number 0 by default
---@param std? number 1 by default, the standard deviation
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function Tensor:normal_(mean, std, options) end

return Tensor
