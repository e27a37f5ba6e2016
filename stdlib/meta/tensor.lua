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
--- recorded: th.no_grad. Each method is a function of th as well, but for select: t:sum() is th.sum(t).
---
--- Printed are type, shape, smallest and largest element and mean, then up to 1000 elements, of larger
--- tensors 3 at both ends of each dimension. t:free(), or the end of a block for `local t <close> = …`,
--- gives memory back before the collector does; views keep it.
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
---@class Tensor: Object
---@field shape integer[] the extents, one for each dimension
---@field strides integer[] the distances in memory of neighbours along each dimension, in elements
---@field ndim integer the number of dimensions
---@field count integer the number of elements
---@field dtype "bool"|"uint8"|"int32"|"int64"|"float32"|"float64" the type of the elements
---@field is_contiguous boolean whether the elements lie in row-major order without gaps
---@field requires_grad boolean whether a gradient is wanted; of leaves it can be set
---@field grad Tensor? the gradient that backward has added up, of a leaf; can be set, to nil as well
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

--- Gives images in the memory order of the image operations: themselves, or a copy.
---
--- That order is (N, H, W, C). The shape stays (N, C, H, W). PyTorch's
--- contiguous(memory_format=torch.channels_last).
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
--- Lua's, and a negative number as power is an error: convert to float for it.
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
---@param high? number 1 by default, at least low
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function Tensor:uniform_(low, high, options) end

--- Fills a floating tensor with numbers of a normal distribution.
---
--- Example:
---     local t = th.zeros(1000):normal_(5, 0.1, { seed = 1 })
---     assert(math.abs(t:mean():item() - 5) < 0.1)
---@param mean? number 0 by default
---@param std? number 1 by default, the standard deviation, not negative
---@param options? table seed (nil: the session's); always the third argument
---@return Tensor self
function Tensor:normal_(mean, std, options) end

-- Reductions

--- Adds up all elements, or those along some dimensions.
---
--- Integers and bools as int64, which wraps; floating types in double. The options may stand in place
--- of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:sum():item() == 10 and t:sum(1):equal(th.tensor{4, 6}))
---     assert(t:sum{ dim = 2, keepdim = true }:equal(th.tensor{{3}, {7}}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor sum
function Tensor:sum(dim, options) end

--- Takes the mean of all elements, or of those along some dimensions.
---
--- Only for floating tensors; NaN of nothing. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1.0, 2.0}, {3.0, 4.0}}
---     assert(t:mean():item() == 2.5 and t:mean(1):equal(th.tensor{2, 3}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor mean
function Tensor:mean(dim, options) end

--- Multiplies all elements, or those along some dimensions.
---
--- Integers and bools as int64, which wraps; floating types in double. The options may stand in place
--- of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:prod():item() == 24 and t:prod(1):equal(th.tensor{3, 8}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor product
function Tensor:prod(dim, options) end

--- Takes the variance of all elements, or of those along some dimensions.
---
--- Formula: sum of (x - mean)^2 over (n - correction). Only for floating tensors. The options may stand
--- in place of dim.
---
--- Example:
---     local t = th.tensor{1.0, 2.0, 3.0}
---     assert(t:var():item() == 1)
---     assert(math.abs(t:var{ correction = 0 }:item() - 2 / 3) < 1e-6)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor variance
function Tensor:var(dim, options) end

--- Takes the standard deviation of all elements, or of those along some dimensions.
---
--- Formula: the root of var. Only for floating tensors. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1.0, 5.0}, {3.0, 5.0}}
---     assert(t:std(1, { correction = 0 }):equal(th.tensor{1, 0}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor deviation
function Tensor:std(dim, options) end

--- Takes the variance and the mean; see var.
---
--- Example:
---     local var, mean = th.tensor{1.0, 2.0, 3.0}:var_mean()
---     assert(var:item() == 1 and mean:item() == 2)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor variance
---@return Tensor mean
function Tensor:var_mean(dim, options) end

--- Takes the standard deviation and the mean; see std.
---
--- Example:
---     local std, mean = th.tensor{1.0, 2.0, 3.0}:std_mean()
---     assert(std:item() == 1 and mean:item() == 2)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), correction (1)
---@return Tensor deviation
---@return Tensor mean
function Tensor:std_mean(dim, options) end

--- Takes the p-norm of all elements, or of those along some dimensions.
---
--- Formula: (sum of |x|^p)^(1/p); the largest |x| for p = math.huge, the smallest for -math.huge, the
--- count of elements that are not 0 for p = 0. Only for floating tensors. The first argument is the
--- dimension, in PyTorch it is p. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{3.0, 4.0}, {0.0, 1.0}}
---     assert(t:norm(2):equal(th.tensor{5, 1}))
---     assert(t:norm{ p = 1 }:item() == 8)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false), p (2)
---@return Tensor norm
function Tensor:norm(dim, options) end

--- Takes the logarithm of the sum of exponentials, exact for large elements.
---
--- Integers are computed as float32. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{1000.0, 1000.0}
---     assert(math.abs(t:logsumexp():item() - 1000 - math.log(2)) < 1e-3)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor result
function Tensor:logsumexp(dim, options) end

--- Adds up the elements that are not NaN.
---
--- The options may stand in place of dim.
---
--- Example:
---     assert(th.tensor{1.0, 0/0, 2.0}:nansum():item() == 3)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor sum
function Tensor:nansum(dim, options) end

--- Takes the mean of the elements that are not NaN; NaN of none.
---
--- The options may stand in place of dim.
---
--- Example:
---     assert(th.tensor{1.0, 0/0, 2.0}:nanmean():item() == 1.5)
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor mean
function Tensor:nanmean(dim, options) end

--- Counts the elements that are not 0.
---
--- The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{0, 2}, {3, 4}}
---     assert(t:count_nonzero():item() == 3 and t:count_nonzero(1):equal(th.tensor{1, 2}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor count int64
function Tensor:count_nonzero(dim, options) end

--- Tells whether any element is not 0.
---
--- The result is bool, of uint8 tensors uint8. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{0, 2}, {0, 0}}
---     assert(t:any():item() and t:any(2):equal(th.tensor{true, false}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor answer
function Tensor:any(dim, options) end

--- Tells whether all elements are not 0.
---
--- The result is bool, of uint8 tensors uint8; true of nothing. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 2}, {0, 3}}
---     assert(not t:all():item() and t:all(2):equal(th.tensor{true, false}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor answer
function Tensor:all(dim, options) end

--- Takes the largest element, or the largest ones along a dimension and where they stand.
---
--- NaN wins; of equal ones the first is told. Without a dimension there is one result. For the larger
--- of two tensors see maximum. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:max():item() == 7)
---     local values, indices = t:max(2)
---     assert(values:equal(th.tensor{5, 7}) and indices:equal(th.tensor{2, 1}))
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function Tensor:max(dim, options) end

--- Takes the smallest element, or the smallest ones along a dimension and where they stand.
---
--- NaN wins; of equal ones the first is told. Without a dimension there is one result. For the smaller
--- of two tensors see minimum. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:min():item() == 1)
---     local values, indices = t:min(2)
---     assert(values:equal(th.tensor{1, 2}) and indices:equal(th.tensor{1, 2}))
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function Tensor:min(dim, options) end

--- Takes the largest element, over any number of dimensions.
---
--- NaN wins. Equal ones share the gradient, where max gives it to the first. The options may stand in
--- place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:amax{1, 2}:item() == 7 and t:amax(1):equal(th.tensor{7, 5}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
function Tensor:amax(dim, options) end

--- Takes the smallest element, over any number of dimensions.
---
--- NaN wins. Equal ones share the gradient, where min gives it to the first. The options may stand in
--- place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:amin{1, 2}:item() == 1 and t:amin(1):equal(th.tensor{1, 2}))
---@param dim? integer|integer[]|table all dimensions by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
function Tensor:amin(dim, options) end

--- Takes the smallest and the largest element, of all or along a dimension.
---
--- NaN wins. The options may stand in place of dim.
---
--- Example:
---     local least, most = th.tensor{3, 1, 2}:aminmax()
---     assert(least:item() == 1 and most:item() == 3)
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): the reduced extent stays as 1
---@return Tensor smallest
---@return Tensor largest
function Tensor:aminmax(dim, options) end

--- Tells where the largest element stands, in the flat tensor or along a dimension.
---
--- Of equal ones the first; NaN wins. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:argmax():item() == 3 and t:argmax(2):equal(th.tensor{2, 1}))
---@param dim? integer|table the flat tensor by default
---@param options? table dim (nil), keepdim (false): the reduced extent stays as 1
---@return Tensor positions int64
function Tensor:argmax(dim, options) end

--- Tells where the smallest element stands, in the flat tensor or along a dimension.
---
--- Of equal ones the first; NaN wins. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{{1, 5}, {7, 2}}
---     assert(t:argmin():item() == 1 and t:argmin(2):equal(th.tensor{1, 2}))
---@param dim? integer|table the flat tensor by default
---@param options? table dim (nil), keepdim (false): the reduced extent stays as 1
---@return Tensor positions int64
function Tensor:argmin(dim, options) end

--- Takes the median of all elements, or those along a dimension and where they stand.
---
--- Of an even number the lower one; NaN wins. Without a dimension there is one result. The options may
--- stand in place of dim.
---
--- Example:
---     assert(th.tensor{4, 1, 3, 2}:median():item() == 2)
---     local values, indices = th.tensor{{3, 1, 2}}:median(2)
---     assert(values[1] == 2 and indices[1] == 3)
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): reduced extents stay as 1
---@return Tensor values
---@return Tensor? indices int64, with a dimension
function Tensor:median(dim, options) end

--- Takes the value below which a share of the elements lies.
---
--- Between two elements it is interpolated linearly. NaN among the elements gives NaN. Only for
--- floating tensors. The options may stand in place of dim.
---
--- Example:
---     local t = th.tensor{1.0, 2.0, 3.0, 4.0}
---     assert(t:quantile(0.5):item() == 2.5)
---     assert(t:quantile{0, 1}:equal(th.tensor{1, 4}))
---@param q number|number[] shares in 0 … 1; a list gives a new first dimension
---@param dim? integer|table all elements by default
---@param options? table dim (nil: all), keepdim (false): the reduced extent stays as 1
---@return Tensor values
function Tensor:quantile(q, dim, options) end

--- Takes the k-th smallest elements along a dimension and where they stand.
---
--- NaN counts as the largest value. The options may stand in place of dim.
---
--- Example:
---     local values, indices = th.tensor{3, 1, 2}:kthvalue(2)
---     assert(values:item() == 2 and indices:item() == 3)
---@param k integer 1 for the smallest
---@param dim? integer|table -1 by default
---@param options? table dim (-1), keepdim (false): the reduced extent stays as 1
---@return Tensor values
---@return Tensor indices int64
function Tensor:kthvalue(k, dim, options) end

--- Turns the elements along a dimension into shares of 1.
---
--- Formula: exp(x) / sum of exp(x).
---
--- Example:
---     local t = th.tensor{{0.0, 0.0}, {0.0, math.log(3)}}:softmax(2)
---     assert(t:allclose(th.tensor{{0.5, 0.5}, {0.25, 0.75}}))
---@param dim integer
---@return Tensor shares of the same shape
function Tensor:softmax(dim) end

--- Takes the logarithm of softmax, exact where shares are tiny.
---
--- Formula: x - log of the sum of exp(x).
---
--- Example:
---     local t = th.tensor{0.0, 1000.0}:log_softmax(1)
---     assert(t:equal(th.tensor{-1000, 0}))
---@param dim integer
---@return Tensor result of the same shape
function Tensor:log_softmax(dim) end

-- Running totals along a dimension

--- Adds up the elements up to each one.
---
--- Integers and bools as int64.
---
--- Example:
---     assert(th.tensor{1, 2, 3}:cumsum(1):equal(th.tensor{1, 3, 6}))
---@param dim integer
---@return Tensor sums of the same shape
function Tensor:cumsum(dim) end

--- Multiplies the elements up to each one.
---
--- Integers and bools as int64.
---
--- Example:
---     assert(th.tensor{1, 2, 3, 4}:cumprod(1):equal(th.tensor{1, 2, 6, 24}))
---@param dim integer
---@return Tensor products of the same shape
function Tensor:cumprod(dim) end

--- Takes the largest of the elements up to each one, and where it stands.
---
--- Of equal ones the last; NaN wins.
---
--- Example:
---     local values, indices = th.tensor{1, 3, 2}:cummax(1)
---     assert(values:equal(th.tensor{1, 3, 3}) and indices:equal(th.tensor{1, 2, 2}))
---@param dim integer
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function Tensor:cummax(dim) end

--- Takes the smallest of the elements up to each one, and where it stands.
---
--- Of equal ones the last; NaN wins.
---
--- Example:
---     local values, indices = th.tensor{3, 1, 2}:cummin(1)
---     assert(values:equal(th.tensor{3, 1, 1}) and indices:equal(th.tensor{1, 2, 2}))
---@param dim integer
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function Tensor:cummin(dim) end

--- Takes the logarithm of the sum of exponentials of the elements up to each one.
---
--- Only for floating tensors; exact for large elements.
---
--- Example:
---     local t = th.tensor{1000.0, 1000.0}:logcumsumexp(1)
---     assert(t:allclose(th.tensor{1000, 1000 + math.log(2)}))
---@param dim integer
---@return Tensor result of the same shape
function Tensor:logcumsumexp(dim) end

--- Takes the differences of neighbours.
---
--- Of bools: whether they differ.
---
--- Example:
---     assert(th.tensor{1, 4, 9}:diff():equal(th.tensor{3, 5}))
---     assert(th.tensor{1, 4, 9}:diff(1, { n = 2 }):equal(th.tensor{2}))
---@param dim? integer -1 by default
---@param options? table n (1): how many times over
---@return Tensor differences n fewer along dim
function Tensor:diff(dim, options) end

-- Order and counting

--- Puts the elements along a dimension in order, and tells where each of them stood.
---
--- Equal elements keep their order, always: `stable` is taken as PyTorch's and changes nothing. NaN
--- counts as the largest value. The options may stand in place of dim.
---
--- Example:
---     local values, indices = th.tensor{3, 1, 2}:sort()
---     assert(values:equal(th.tensor{1, 2, 3}) and indices:equal(th.tensor{2, 3, 1}))
---     assert(th.tensor{3, 1, 2}:sort{ descending = true }[1] == 3)
---@param dim? integer|table -1 by default
---@param options? table dim (-1), descending (false), stable (true, whatever is given)
---@return Tensor values of the same shape
---@return Tensor indices of the same shape, int64
function Tensor:sort(dim, options) end

--- Tells the positions that put the elements along a dimension in order; see sort.
---
--- Example:
---     local t = th.tensor{3, 1, 2}
---     assert(t[t:argsort()]:equal(th.tensor{1, 2, 3}))
---@param dim? integer|table -1 by default
---@param options? table dim (-1), descending (false), stable (true, whatever is given)
---@return Tensor indices of the same shape, int64
function Tensor:argsort(dim, options) end

--- Takes the k largest or smallest elements along a dimension, and where they stand.
---
--- Of equal elements the first are taken. NaN counts as the largest value.
---
--- Example:
---     local values, indices = th.tensor{3, 1, 2}:topk(2)
---     assert(values:equal(th.tensor{3, 2}) and indices:equal(th.tensor{1, 3}))
---@param k integer at most the extent
---@param options? table dim (-1), largest (true), sorted (true: best first; false: by position)
---@return Tensor values k along dim
---@return Tensor indices k along dim, int64
function Tensor:topk(k, options) end

--- Finds the distinct elements in rising order, where each element's value is among them, and counts.
---
--- The counts tell how often each value occurs. NaNs are all distinct. PyTorch gives the second and
--- third where it is asked to.
---
--- Example:
---     local values, inverse, counts = th.tensor{3, 1, 3}:unique()
---     assert(values:equal(th.tensor{1, 3}) and counts:equal(th.tensor{1, 2}))
---     assert(values[inverse]:equal(th.tensor{3, 1, 3}))
---@return Tensor values (u,)
---@return Tensor inverse positions among the values, of this shape, int64
---@return Tensor counts (u,), int64
function Tensor:unique() end

--- Counts how often each of the numbers 1, 2, … occurs; element i counts i.
---
--- PyTorch counts from 0. With weights each element counts for its weight.
---
--- Example:
---     assert(th.tensor{1, 3, 3}:bincount():equal(th.tensor{1, 0, 2}))
---     local weights = th.tensor{0.5, 1, 1}
---     assert(th.tensor{1, 3, 3}:bincount{ weights = weights }:equal(th.tensor{0.5, 0, 2}))
---@param options? table weights (nil): Tensor (n,), minlength (0): the least length of the result
---@return Tensor counts (most,), int64, or of the type of floating weights
function Tensor:bincount(options) end

--- Counts the elements in equal parts of a range.
---
--- The last part includes max; elements outside and NaN are not counted. Only for floating tensors.
---
--- Example:
---     local t = th.tensor{0.0, 0.1, 0.9, 1.0}
---     assert(t:histc{ bins = 2 }:equal(th.tensor{2, 2}))
---@param options? table bins (100), min (0), max (0): where they are equal, the range is that of the
---     elements
---@return Tensor counts (bins,) of this type
function Tensor:histc(options) end

--- Tells where values would stand in this sorted tensor.
---
--- The position that a value would take, before equal elements or behind them. NaN sorts last.
---
--- Example:
---     local t = th.tensor{1, 3, 5}
---     assert(t:searchsorted{0, 3, 9}:equal(th.tensor{1, 2, 4}))
---     assert(t:searchsorted({3}, { right = true })[1] == 3)
---@param values Tensor|number[] any shape, or (…, m) with the same leading extents
---@param options? table right (false): behind equal elements
---@return Tensor positions 1 … n + 1, of the shape of the values, int64
function Tensor:searchsorted(values, options) end

--- Tells into which of the parts between boundaries each element falls.
---
--- As searchsorted, with the roles exchanged.
---
--- Example:
---     local t = th.tensor{0, 3, 9}
---     assert(t:bucketize{1, 3, 5}:equal(th.tensor{1, 2, 4}))
---@param boundaries Tensor|number[] (n,), in rising order
---@param options? table right (false): an element equal to a boundary falls behind it
---@return Tensor parts 1 … n + 1, of the same shape, int64
function Tensor:bucketize(boundaries, options) end

-- Picking, and writing to picked places

--- Takes positions of a dimension.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:index_select(1, {2, 2}):equal(th.tensor{{3, 4}, {3, 4}}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@return Tensor copy with extent k along dim
function Tensor:index_select(dim, index) end

--- Takes for each place the element that an index of this place names along a dimension.
---
--- Formula: out[i][j] = t[i][index[i][j]] for dim 2.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:gather(2, {{2}, {1}}):equal(th.tensor{{2}, {3}}))
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@return Tensor elements of the shape of the index
function Tensor:gather(dim, index) end

--- Takes elements by their positions in the flat tensor.
---
--- Example:
---     local t = th.tensor{{1, 2}, {3, 4}}
---     assert(t:take{3, -1}:equal(th.tensor{3, 4}))
---@param index Tensor|table positions, row by row; negative from the end
---@return Tensor elements of the shape of the index
function Tensor:take(index) end

--- Takes elements as gather does, the other extents broadcast.
---
--- Example:
---     local t = th.tensor{{3, 1}, {2, 4}}
---     assert(t:take_along_dim(t:argsort(2), 2):equal(th.tensor{{1, 3}, {2, 4}}))
---@param index Tensor|table as many dimensions
---@param dim? integer of the flat tensor by default
---@return Tensor elements
function Tensor:take_along_dim(index, dim) end

--- Takes the elements where a mask holds, row by row; t[mask] does as well.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     assert(t:masked_select(t:gt(1)):equal(th.tensor{2, 3}))
---@param mask Tensor bool, broadcasts with this tensor
---@return Tensor elements (k,)
function Tensor:masked_select(mask) end

--- Tells where the elements that are not 0 stand, row by row.
---
--- Example:
---     assert(th.tensor{{0, 2}, {3, 0}}:nonzero():equal(th.tensor{{1, 2}, {2, 1}}))
---@return Tensor positions (k, ndim), int64
function Tensor:nonzero() end

--- Tells where the elements that are not 0 stand: another name of nonzero.
---
--- Example:
---     assert(th.tensor{0, 2, 3}:argwhere():equal(th.tensor{{2}, {3}}))
---@return Tensor positions (k, ndim), int64
function Tensor:argwhere() end

--- Writes for each place of an index to the position that it names along a dimension, into a copy.
---
--- Formula: out[i][index[i][j]] = source[i][j] for dim 2; of repeated places the last wins.
---
--- Example:
---     local t = th.zeros(2, 3)
---     assert(t:scatter(2, {{1}, {3}}, 1):equal(th.tensor{{1, 0, 0}, {0, 0, 1}}))
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor|number no smaller than the index, or one value
---@return Tensor copy
function Tensor:scatter(dim, index, source) end

--- Writes for each place of an index to the position that it names along a dimension; see scatter.
---
--- Example:
---     local t = th.zeros(2, 3)
---     t:scatter_(2, {{1}, {3}}, 1)
---     assert(t:equal(th.tensor{{1, 0, 0}, {0, 0, 1}}))
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor|number no smaller than the index, or one value
---@return Tensor self
function Tensor:scatter_(dim, index, source) end

--- Adds for each place of an index at the position that it names along a dimension, into a copy.
---
--- Formula: out[i][index[i][j]] += source[i][j] for dim 2; repeats add up. Not for bools.
---
--- Example:
---     local t = th.zeros(3)
---     assert(t:scatter_add(1, {1, 1, 3}, th.tensor{1, 2, 4}):equal(th.tensor{3, 0, 4}))
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor no smaller than the index
---@return Tensor copy
function Tensor:scatter_add(dim, index, source) end

--- Adds for each place of an index at the position that it names along a dimension; see scatter_add.
---
--- Example:
---     local t = th.zeros(3)
---     t:scatter_add_(1, {1, 1, 3}, th.tensor{1, 2, 4})
---     assert(t:equal(th.tensor{3, 0, 4}))
---@param dim integer
---@param index Tensor|table as many dimensions, no larger except along dim; negative from the end
---@param source Tensor no smaller than the index
---@return Tensor self
function Tensor:scatter_add_(dim, index, source) end

--- Adds parts of a source at positions of a dimension, into a copy; repeats add up.
---
--- Example:
---     local t = th.zeros(3)
---     assert(t:index_add(1, {1, 1}, th.tensor{10.0, 20.0}):equal(th.tensor{30, 0, 0}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor copy
function Tensor:index_add(dim, index, source) end

--- Adds parts of a source at positions of a dimension; repeats add up.
---
--- Example:
---     local t = th.zeros(3)
---     t:index_add_(1, {1, 1}, th.tensor{10.0, 20.0})
---     assert(t:equal(th.tensor{30, 0, 0}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor self
function Tensor:index_add_(dim, index, source) end

--- Writes parts of a source to positions of a dimension, into a copy; of repeats the last wins.
---
--- Example:
---     local t = th.zeros(3)
---     assert(t:index_copy(1, {3, 1}, th.tensor{10.0, 20.0}):equal(th.tensor{20, 0, 10}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor copy
function Tensor:index_copy(dim, index, source) end

--- Writes parts of a source to positions of a dimension; of repeats the last wins.
---
--- Example:
---     local t = th.zeros(3)
---     t:index_copy_(1, {3, 1}, th.tensor{10.0, 20.0})
---     assert(t:equal(th.tensor{20, 0, 10}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param source Tensor this shape, with extent k along dim
---@return Tensor self
function Tensor:index_copy_(dim, index, source) end

--- Writes a value to positions of a dimension, into a copy.
---
--- Example:
---     local t = th.zeros(2, 2)
---     assert(t:index_fill(2, {1}, 5):equal(th.tensor{{5, 0}, {5, 0}}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param value number|boolean
---@return Tensor copy
function Tensor:index_fill(dim, index, value) end

--- Writes a value to positions of a dimension.
---
--- Example:
---     local t = th.zeros(2, 2)
---     t:index_fill_(2, {1}, 5)
---     assert(t:equal(th.tensor{{5, 0}, {5, 0}}))
---@param dim integer
---@param index Tensor|integer[] (k,), negative from the end
---@param value number|boolean
---@return Tensor self
function Tensor:index_fill_(dim, index, value) end

--- Writes elements to positions of the flat tensor, into a copy.
---
--- Example:
---     local t = th.zeros(2, 2)
---     assert(t:put({1, -1}, th.tensor{5.0, 6.0}):equal(th.tensor{{5, 0}, {0, 6}}))
---@param index Tensor|table positions, row by row; negative from the end
---@param source Tensor as many elements
---@param options? table accumulate (false): adds, and repeats add up
---@return Tensor copy
function Tensor:put(index, source, options) end

--- Writes elements to positions of the flat tensor.
---
--- Example:
---     local t = th.zeros(2)
---     t:put_({1, 1}, th.tensor{5.0, 6.0}, { accumulate = true })
---     assert(t:equal(th.tensor{11, 0}))
---@param index Tensor|table positions, row by row; negative from the end
---@param source Tensor as many elements
---@param options? table accumulate (false): adds, and repeats add up
---@return Tensor self
function Tensor:put_(index, source, options) end

--- Writes the elements of a source, row by row, where a mask holds, into a copy.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     local mask = th.tensor{true, false, true}
---     assert(t:masked_scatter(mask, th.tensor{8, 9}):equal(th.tensor{8, 2, 9}))
---@param mask Tensor bool, broadcasts to this shape
---@param source Tensor at least as many elements as the mask holds
---@return Tensor copy
function Tensor:masked_scatter(mask, source) end

--- Writes the elements of a source, row by row, where a mask holds.
---
--- Example:
---     local t = th.tensor{1, 2, 3}
---     t:masked_scatter_(th.tensor{true, false, true}, th.tensor{8, 9})
---     assert(t:equal(th.tensor{8, 2, 9}))
---@param mask Tensor bool, broadcasts to this shape
---@param source Tensor at least as many elements as the mask holds
---@return Tensor self
function Tensor:masked_scatter_(mask, source) end

-- Products and linear algebra

--- Multiplies matrices, vectors and stacks of matrices.
---
--- (k) (k) -> (); (n, k) (k, m) -> (n, m); (n, k) (k) -> (n); (k) (k, m) -> (m); (…, n, k) (…, k, m) ->
--- (…, n, m), leading extents broadcast. Types are promoted; not for bools.
---
--- Example:
---     local a, b = th.tensor{{1, 2}, {3, 4}}, th.tensor{1, 1}
---     assert(a:matmul(b):equal(th.tensor{3, 7}) and a:matmul(a)[{1, 1}] == 7)
---@param other Tensor
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product
function Tensor:matmul(other, options) end

--- Multiplies two matrices, and nothing else.
---
--- Example:
---     local a = th.tensor{{1, 2}, {3, 4}}
---     assert(a:mm(a):equal(th.tensor{{7, 10}, {15, 22}}))
---@param other Tensor (k, m)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product (n, m)
function Tensor:mm(other, options) end

--- Multiplies the matrices of two stacks.
---
--- Example:
---     assert(th.ones(5, 2, 3):bmm(th.ones(5, 3, 4)).shape[3] == 4)
---@param other Tensor (B, k, m)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor products (B, n, m)
function Tensor:bmm(other, options) end

--- Multiplies a matrix with a vector.
---
--- Example:
---     local a = th.tensor{{1, 2}, {3, 4}}
---     assert(a:mv(th.tensor{1, 1}):equal(th.tensor{3, 7}))
---@param other Tensor (k,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product (n,)
function Tensor:mv(other, options) end

--- Multiplies two vectors and adds up.
---
--- Example:
---     assert(th.tensor{1, 2}:dot(th.tensor{3, 4}):item() == 11)
---@param other Tensor (k,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor product 0-d
function Tensor:dot(other, options) end

--- Multiplies every element of one vector with every one of another.
---
--- Example:
---     assert(th.tensor{1, 2}:outer(th.tensor{3, 4}):equal(th.tensor{{3, 4}, {6, 8}}))
---@param other Tensor (m,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor products (n, m)
function Tensor:outer(other, options) end

--- Adds a product of matrices.
---
--- Formula: beta self + alpha (a b). With beta = 0 the elements of self do not count, be they NaN.
---
--- Example:
---     local bias = th.tensor{1.0, 2.0}
---     assert(bias:addmm(th.ones(1, 3), th.ones(3, 2)):equal(th.tensor{{4, 5}}))
---@param a Tensor (n, k)
---@param b Tensor (k, m)
---@param options? table alpha (1), beta (1)
---@return Tensor result (n, m)
function Tensor:addmm(a, b, options) end

--- Adds the products of two stacks of matrices.
---
--- Formula: beta self + alpha (a b). With beta = 0 the elements of self do not count, be they NaN.
---
--- Example:
---     local bias = th.tensor{1.0, 2.0}
---     local sum = bias:baddbmm(th.ones(2, 1, 3), th.ones(2, 3, 2))
---     assert(sum.shape[1] == 2 and sum[{2, 1, 2}] == 5)
---@param a Tensor (B, n, k)
---@param b Tensor (B, k, m)
---@param options? table alpha (1), beta (1)
---@return Tensor result (B, n, m)
function Tensor:baddbmm(a, b, options) end

--- Takes the distance of every row here to every row there.
---
--- Formula: the p-norm of the difference. For p = 2 from one product of matrices, equal rows having
--- distance 0; any other p takes room for n m d numbers. Only for floating tensors.
---
--- Example:
---     local a, b = th.tensor{{0.0, 0.0}}, th.tensor{{3.0, 4.0}}
---     assert(a:cdist(b):item() == 5 and a:cdist(b, { p = 1 }):item() == 7)
---@param other Tensor (…, m, d)
---@param options? table p (2), squared (false; for p = 2 alone)
---@return Tensor distances (…, n, m)
function Tensor:cdist(other, options) end

--- Takes the diagonal of a matrix, or makes the matrix with a vector as its diagonal.
---
--- Example:
---     local m = th.tensor{1, 2}:diag()
---     assert(m:equal(th.tensor{{1, 0}, {0, 2}}) and m:diag():equal(th.tensor{1, 2}))
---@param offset? integer 0 by default; above the main diagonal where positive
---@return Tensor diagonal or matrix
function Tensor:diag(offset) end

--- Adds up the main diagonal of a matrix.
---
--- Example:
---     assert(th.tensor{{1, 2}, {3, 4}}:trace():item() == 5)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor sum 0-d
function Tensor:trace(options) end

--- Takes the determinant of square matrices.
---
--- The gradient needs a matrix that is not singular.
---
--- Example:
---     local a = th.tensor{{1.0, 2.0}, {3.0, 4.0}}
---     assert(math.abs(a:det():item() + 2) < 1e-5)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor determinant (…)
function Tensor:det(options) end

--- Takes the sign and the logarithm of the absolute value of the determinant.
---
--- For determinants that would overflow; a singular matrix gives 0 and -inf.
---
--- Example:
---     local sign, log = th.tensor{{0.0, 2.0}, {2.0, 0.0}}:slogdet()
---     assert(sign:item() == -1 and math.abs(log:item() - math.log(4)) < 1e-5)
---@return Tensor sign (…), -1, 0 or 1
---@return Tensor logarithm (…)
function Tensor:slogdet() end

--- Inverts square matrices.
---
--- A singular matrix is an error. To solve equations use solve, which is faster and more exact.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(a:inverse():allclose(th.tensor{{0.5, 0}, {0, 0.25}}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor inverse (…, n, n)
function Tensor:inverse(options) end

--- Inverts square matrices: another name of inverse.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(a:inv():matmul(a):allclose(th.eye(2)))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor inverse (…, n, n)
function Tensor:inv(options) end

--- Solves A X = B for a square A.
---
--- By LU factors with row exchanges; leading extents broadcast. A singular matrix is an error.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {0.0, 4.0}}
---     assert(a:solve(th.tensor{2.0, 2.0}):allclose(th.tensor{1, 0.5}))
---@param other Tensor B, (…, n, k) or (n,)
---@param options? table out (nil): the tensor that takes the result
---@return Tensor solution of the shape of B
function Tensor:solve(other, options) end

--- Solves A X = B for a triangular A, of which the other half is not read.
---
--- A 0 on the diagonal is an error.
---
--- Example:
---     local a = th.tensor{{2.0, 0.0}, {2.0, 1.0}}
---     assert(a:solve_triangular(th.tensor{2.0, 3.0}, { upper = false }):allclose(th.tensor{1, 1}))
---@param b Tensor B, (…, n, k) or (n,)
---@param options table upper (needed): which half counts, transpose (false): solves with A transposed,
---     unit (false): the diagonal counts as 1
---@return Tensor solution of the shape of B
function Tensor:solve_triangular(b, options) end

--- Solves A X = B by least squares, A of any rank.
---
--- By singular values. The residuals are sums of squares by column. It has no gradient.
---
--- Example:
---     local a, b = th.tensor{{1.0}, {1.0}, {1.0}}, th.tensor{1.0, 2.0, 6.0}
---     local solution, residuals, rank = a:lstsq(b)
---     assert(math.abs(solution:item() - 3) < 1e-5 and rank:item() == 1)
---     assert(math.abs(residuals:item() - 14) < 1e-4)
---@param b Tensor B, (…, n, k) or (n,)
---@param options? table rcond (nil: epsilon max(n, m)): singular values below this share of the largest
---     count as 0
---@return Tensor solution (…, m, k) or (m,)
---@return Tensor residuals
---@return Tensor rank int64
---@return Tensor singular_values
function Tensor:lstsq(b, options) end

--- Factors symmetric positive definite matrices into L L^T.
---
--- Only the lower half is read. A matrix that is not positive definite is an error.
---
--- Example:
---     local l = th.tensor{{4.0, 2.0}, {2.0, 5.0}}:cholesky()
---     assert(l:allclose(th.tensor{{2, 0}, {1, 2}}))
---@param options? table upper (false): gives L^T
---@return Tensor factor (…, n, n), lower triangular
function Tensor:cholesky(options) end

--- Factors matrices into Q R, Q with orthonormal columns and R upper triangular.
---
--- With p = min(n, m). The gradient needs n >= m and full rank.
---
--- Example:
---     local a = th.tensor{{3.0, 1.0}, {4.0, 2.0}}
---     local q, r = a:qr()
---     assert(q:matmul(r):allclose(a, { atol = 1e-5 }) and math.abs(r[{2, 1}]) < 1e-6)
---@return Tensor q (…, n, p)
---@return Tensor r (…, p, m)
function Tensor:qr() end

--- Factors matrices into U diag(S) Vh.
---
--- The thin form, p = min(n, m), singular values falling. It has no gradient.
---
--- Example:
---     local u, s, vh = th.tensor{{0.0, 2.0}, {3.0, 0.0}}:svd()
---     assert(s:allclose(th.tensor{3, 2}))
---     assert((u * s):matmul(vh):allclose(th.tensor{{0, 2}, {3, 0}}, { atol = 1e-5 }))
---@return Tensor u (…, n, p)
---@return Tensor s (…, p)
---@return Tensor vh (…, p, m)
function Tensor:svd() end

--- Takes the singular values of matrices, falling.
---
--- Example:
---     assert(th.tensor{{0.0, 2.0}, {3.0, 0.0}}:svdvals():allclose(th.tensor{3, 2}))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor values (…, min(n, m))
function Tensor:svdvals(options) end

--- Takes the eigenvalues and eigenvectors of symmetric matrices.
---
--- Only the lower half is read. The gradient of the vectors needs distinct eigenvalues.
---
--- Example:
---     local a = th.tensor{{2.0, 1.0}, {1.0, 2.0}}
---     local values, vectors = a:eigh()
---     assert(values:allclose(th.tensor{1, 3}, { atol = 1e-5 }))
---     assert(a:matmul(vectors):allclose(vectors * values, { atol = 1e-5 }))
---@return Tensor values (…, n), rising
---@return Tensor vectors (…, n, n), as columns
function Tensor:eigh() end

--- Takes the eigenvalues of symmetric matrices, rising; see eigh.
---
--- Example:
---     assert(th.tensor{{2.0, 1.0}, {1.0, 2.0}}:eigvalsh():allclose(th.tensor{1, 3}, { atol = 1e-5 }))
---@param options? table out (nil): the tensor that takes the result
---@return Tensor values (…, n)
function Tensor:eigvalsh(options) end

-- Gradients

--- Marks a leaf as wanting a gradient, or not.
---
--- Only leaves, which no recorded operation made, and only floating ones.
---
--- Example:
---     local w = th.ones(2):requires_grad_()
---     assert(w.requires_grad and not w:requires_grad_(false).requires_grad)
---@param wanted? boolean true by default
---@return Tensor self
function Tensor:requires_grad_(wanted) end

--- Adds the gradient of this tensor into the grad of every leaf below it.
---
--- One element needs no gradient of its own. The tape is freed unless it is kept. The options may stand
--- in place of the gradient.
---
--- Example:
---     local w = th.tensor({1.0, 2.0}, { requires_grad = true })
---     local loss = (w * w):sum()
---     loss:backward()
---     assert(w.grad:equal(th.tensor{2, 4}))
---@param gradient? Tensor|table of this shape; 1 by default
---@param options? table retain_graph (false): keeps the tape for another pass
function Tensor:backward(gradient, options) end

--- Gives the same elements off the tape.
---
--- Example:
---     local w = th.ones(2, { requires_grad = true })
---     assert(not w:detach().requires_grad)
---@return Tensor view that shares the memory
function Tensor:detach() end

--- Drops all rows but some between forward and backward, here and in all that the tape saved.
---
--- The backward pass of the result costs as much as that of a batch of k rows. Statistics of BatchNorm
--- stay those of the whole batch. Where an operation mixes rows it is an error that names it. PyTorch
--- has none.
---
--- Example:
---     local x = th.ones(3, 2, { requires_grad = true })
---     local losses = (x * x):sum(2)
---     losses:keep{1, 3}:sum():backward()
---     assert(x.grad:equal(th.tensor{{2, 2}, {0, 0}, {2, 2}}))
---@param rows Tensor|integer[] positions without repeats, negative from the end, or a bool mask (N,)
---@return Tensor kept (k, …)
function Tensor:keep(rows) end

return Tensor
