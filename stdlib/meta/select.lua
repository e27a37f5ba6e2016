---@meta
-- SPDX-License-Identifier: Apache-2.0
-- Stubs of what th.select has in native code: for editors, and the texts of help().

--- Selectors choose what to train on. `help(select.GradMatch)` tells of one: what it does, its formula
--- and source, defaults, cost and when not to use it.
---
--- Names with a capital are selectors: those of subsets go to th.train as `select`, those of rows within
--- a batch (SelectiveBackprop, RandomBackprop, TopK, LowK, RHO) as `batch_select`. Names in lower case
--- are the solvers that heuristics are made of. Sizes in the texts: n candidates, C classes, E numbers
--- of an embedding h, d of a feature, k picks, B images in a batch; r = p - y is a residual, and
--- r (x) [1, h] the gradient of the last layer.
---
--- SELCON (Sivasubramanian et al. 2021) is not planned: it is made for regression under a bound on the
--- validation error, which has no counterpart in classification; its only public code (CORDS) is
--- unfinished and starts from a random set of batch numbers, so there is nothing to be compared with.
---
--- Example:
---     local data = th.data.digits()
---     local model = th.models.mlp { in_channels = 1, image_size = 8, width = 16, seed = 1 }
---     local run = th.train {
---       model = model, data = data, epochs = 2, quiet = true,
---       optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 }),
---       select = th.select.GradMatch { fraction = 0.2, every = 1 },
---     }
---     assert(run.history[2].images < #data.train)
---@class select
local select = {}

--- k of the numbers 1 … n without replacement, in random order.
---
--- Formula: uniform among the subsets of size k; a function of seed, purpose and epoch alone.
--- Source: Fisher and Yates 1938, on an array that is only imagined.
--- Cost: O(k) time and memory.
---
--- Example:
---     local chosen = th.select.random(10, 3, { seed = 1 })
---     assert(#chosen == 3 and chosen:amax():item() <= 10)
---@param n integer how many there are to choose from
---@param k integer how many to choose
---@param options? table seed (0), purpose ("select.random"), epoch (0)
---@return Tensor indices (k,)
function select.random(n, k, options) end

--- One draw of RS2: the chunk number `draw` of a permutation in chunks of k, or with replacement a fresh
--- draw of k each time.
---
--- Formula: permutation number draw // ceil(n / k), its part number draw mod ceil(n / k).
--- Source: Okanovic et al. 2024 (ICLR).
--- Cost: O(n) time and memory, O(k) with replacement.
---
--- Example:
---     local a = th.select.rs2(6, 3, { seed = 1, draw = 0 })
---     local b = th.select.rs2(6, 3, { seed = 1, draw = 1 })
---     assert((th.cat { a, b }:sort()):equal(th.arange(1, 6)))
---@param n integer how many there are to choose from
---@param k integer how many in a draw
---@param options? table seed (0), draw (0, counted from 0), replacement (false)
---@return Tensor indices (k,), or the rest where k does not divide n
function select.rs2(n, k, options) end

--- The numbers 1 … n in fixed batches, in sequence or with a seed by a permutation; the last may be short.
---
--- Formula: batch b holds positions (b - 1) B + 1 … min(b B, n).
--- Source: the per-batch selectors of CORDS, which keep the order of the loader.
--- Cost: O(n) time and memory.
---
--- Example:
---     local batches = th.select.partition(5, 2)
---     assert(#batches == 3 and batches[3][1] == 5)
---@param n integer
---@param batch_size integer B
---@param options? table seed (none: in sequence)
---@return integer[][] batches ceil(n / B) lists
function select.partition(n, batch_size, options) end

--- ceil(k / B) of the given batches, B the size of the largest.
---
--- Formula: uniform without replacement, weight 1.
--- Source: the control of GRAD-MATCHPB.
--- Cost: O(n) time and memory.
---
--- Example:
---     local batches = th.select.partition(8, 2)
---     local selection = th.select.random_batches(batches, 4, { seed = 1 })
---     assert(#selection.batches == 2 and #selection.indices == 4)
---@param batches integer[][] as select.partition gives them
---@param k integer the budget in images
---@param options? table seed (0), epoch (0), keep_batches (true)
---@return table selection indices, batches, filled
function select.random_batches(batches, k, options) end

--- Epochs of a warm start: `full` ones on everything, then the run goes on at epoch `resume` (from 0).
---
--- Formula: full = ceil(kappa T f), resume = kappa T in whole epochs.
--- Source: the -warm variants of Killamsetty et al. 2021.
--- Cost: O(1).
---
--- Example:
---     local plan = th.select.warm_plan(300, 0.1, 0.5)
---     assert(plan.full == 15 and plan.resume == 150)
---@param epochs integer T
---@param fraction number f
---@param kappa number the part of the epochs whose budget goes to the full set
---@return table plan full, resume
function select.warm_plan(epochs, fraction, kappa) end

--- Orthogonal matching pursuit with weights that are not negative, on gradients as factors.
---
--- A pick is the candidate most correlated with what is left of the target; the weights of all picks are
--- solved anew; the most negative one is dropped for good. It stops when k are found, the relative
--- residual is below eps or no candidate correlates positively. Returns indices, weights, residual
--- (relative), eliminations and stop, the reason.
---
--- Formula: min over S, |S| <= k, w >= 0 of ||sum_S w_i a_i - t||^2 + lambda ||w||^2, a_i = r_i (x) [1, h_i].
--- Source: Killamsetty et al. 2021; lazy Gram rows by <a_i, a_j> = <r_i, r_j> (1 + <h_i, h_j>) and an
---   incremental Cholesky factor are this product's.
--- Defaults: lambda = 0, absolute = false (lambda is relative to the mean ||a_i||^2), eps = 0, target:
---   the sum of all a_i.
--- Cost: O(n k (C + E + k)) time, n k floats; no n x d and no n x n matrix.
--- Not when: n and k are both tens of thousands: k n floats; match by class (select.gradmatch).
---
--- Example:
---     local r = th.tensor { { 1.0, 0 }, { 0, 1 }, { 1, 1 } }
---     local found = th.select.omp { residuals = r, target = th.tensor { 2.0, 2 }, budget = 1 }
---     assert(found.indices:item() == 3 and math.abs(found.weights:item() - 2) < 1e-5)
---@param options table residuals (n, C), or any (n, d) without embeddings; embeddings (n, E); target
---     (C, E + 1), or (d,); budget; lambda; absolute; eps
---@return table result
function select.omp(options) end

--- GRAD-MATCH on given residuals and embeddings: what select.GradMatch and select.GradMatchPB do.
---
--- mode: "per_class_per_gradient" (default), "per_class" or "per_batch". held_out_residuals,
--- held_out_embeddings and held_out_labels are matched instead of the candidates, where given. Returns a
--- selection: indices, weights, residual, filled and, per batch with keep_batches, batches.
---
--- Formula: as select.omp within each class, or over batch means; uniform draws fill what is not found.
--- Source: Killamsetty et al. 2021 (ICML).
--- Defaults: lambda = 0, absolute = false, eps = 0, keep_batches = true, seed = 0, epoch = 0.
--- Cost: sum over classes of n_c k_c (k_c + E) time, n_c k_c floats; as select.GradMatch tells.
---
--- Example:
---     local p, labels = th.rand(20, 2):softmax(2), th.arange(1, 20):fmod(2):add(1)
---     local selection = th.select.gradmatch {
---       residuals = p - th.nn.one_hot(labels, 2), embeddings = th.randn(20, 4), labels = labels, budget = 6,
---     }
---     assert(#selection.indices == 6 and #selection.weights == 6)
---@param options table mode, residuals (n, C), embeddings (n, E), labels (n,), classes, budget, lambda,
---     absolute, eps, seed, epoch, batches, keep_batches, held_out_residuals (m, C), held_out_embeddings
---     (m, E), held_out_labels (m,)
---@return table selection
function select.gradmatch(options) end

--- Medoids of gradients with the counts that they represent as weights: what select.CRAIG does.
---
--- Formula: max over S of sum_i max_{j in S} (max(D) - D_ij).
--- Source: Mirzasoleiman, Bilmes and Leskovec 2020 (ICML).
--- Defaults: mode = "per_class", metric = "squared_euclidean", greedy = "lazy", keep_batches = true.
--- Cost: n_c^2 (C + E) time and, up to `memory` (256) MiB, n_c^2 floats for each class.
---
--- Example:
---     local labels = th.tensor { 1, 1, 1, 2, 2, 2 }
---     local selection = th.select.craig { residuals = th.randn(6, 2), labels = labels, budget = 2 }
---     assert(#selection.indices == 2 and selection.weights:sum():item() == 6)
---@param options table mode ("per_class", "supervised", "per_batch"), residuals (n, C), embeddings (n, E),
---     labels, classes, budget, batches, keep_batches, metric, greedy, epsilon, memory, seed, epoch
---@return table selection indices, weights, residual, batches
function select.craig(options) end

--- Greedy maximisation of facility location, over a similarity matrix or features.
---
--- Formula: sum_i max_{j in S} s_ij; the weights are how many i each pick represents.
--- Source: Nemhauser, Wolsey and Fisher 1978; lazy: Minoux 1978.
--- Defaults: metric = "cosine", greedy = "lazy", memory = 256 (MiB).
--- Cost: n^2 d time; n^2 floats within `memory`, above it 64 rows at a time with more time.
---
--- Example:
---     local points = th.tensor { { 0.0 }, { 0.1 }, { 0.2 }, { 9.0 } }
---     local found = th.select.facility_location { features = points, k = 2, metric = "euclidean" }
---     assert(found.indices:eq(4):sum():item() == 1 and found.weights:sum():item() == 4)
---@param options table similarity (n, n), or features (n, d) with embeddings (n, E) for gradients as
---     factors; k; metric, width, greedy, epsilon, memory, seed, epoch
---@return table result indices, gains, weights, evaluations
function select.facility_location(options) end

--- Greedy maximisation of any of the objectives of select.Submodular; with `budget` in place of `k` by
--- class and as a selection.
---
--- Formula: that of the objective, told in select.Submodular.
--- Source: DeepCore (Guo et al. 2022); Nemhauser, Wolsey and Fisher 1978.
--- Defaults: objective = "facility_location", lambda = 2, ridge = 1, alpha = 0.1, metric = "cosine",
---   width = 0.1, memory = 256 (MiB).
--- Cost: n^2 d time, or k n d; as select.Submodular tells.
---
--- Example:
---     local points = th.randn(10, 3)
---     local found = th.select.submodular { objective = "graph_cut", features = points, k = 3 }
---     assert(#found.indices == 3 and #found.gains == 3)
---@param options table objective, lambda, ridge, alpha; similarity, or features and embeddings; k, or
---     budget, labels and classes; metric, width, greedy, epsilon, memory, seed, epoch
---@return table result
function select.submodular(options) end

--- k-center greedy: each pick is the candidate farthest from its nearest pick.
---
--- Formula: argmax_i min_{j in S} D_ij; the first is `start`, or drawn.
--- Source: Gonzalez 1985; Sener and Savarese 2018 (ICLR).
--- Defaults: distance = "euclidean" ("symmetric_kl" takes features as probabilities), seed = 0.
--- Cost: O(n d) time a pick, n numbers.
---
--- Example:
---     local points = th.tensor { { 0.0 }, { 1.0 }, { 10.0 } }
---     local found = th.select.k_center { features = points, k = 2, start = 1 }
---     assert(found.indices:equal(th.tensor { 1, 3 }) and found.radius == 1)
---@param options table features (n, d), embeddings (n, E), k and start, or budget, labels and classes;
---     distance, seed, epoch
---@return table result indices, gains (distance of each pick) and radius; a selection with budget
function select.k_center(options) end

--- Herding: each pick makes the mean of the picks nearest to the mean of all.
---
--- Formula: argmin_j ||(t + 1) mu - sum_S x - x_j||.
--- Source: Welling 2009; Rebuffi et al. 2017 (CVPR).
--- Cost: O(n d) time a pick, n numbers.
---
--- Example:
---     local points = th.tensor { { 0.0 }, { 4.0 }, { 5.0 } }
---     local found = th.select.herding { features = points, k = 1 }
---     assert(found.indices:item() == 2 and math.abs(found.error - 1) < 1e-6)
---@param options table features (n, d), k, or budget, labels and classes
---@return table result indices and error (of the mean); a selection with budget
function select.herding(options) end

--- Distances of some candidates to all.
---
--- Formula: ||x_i - x_j||, with embeddings that of gradients: ||a_i - a_j||, a = r (x) [1, h], none formed.
--- Source: the rank-one identity <a_i, a_j> = <r_i, r_j> (1 + <h_i, h_j>).
--- Cost: rows times n (C + E) time, rows times n numbers.
---
--- Example:
---     local d = th.select.pairwise_distances(th.tensor { { 0.0, 0 }, { 3.0, 4 } }, { 1 })
---     assert(d:equal(th.tensor { { 0.0, 5 } }))
---@param features Tensor (n, d), or residuals (n, C) with embeddings
---@param rows? Tensor|integer[] candidates; all by default, which needs n x n numbers
---@param options? table embeddings (n, E), squared (false)
---@return Tensor distances (rows, n)
function select.pairwise_distances(features, rows, options) end

--- The k candidates with the highest (or lowest) scores, by class where labels are given.
---
--- Formula: the top k after the top `offset` part; with strata, that many bins of equal width of the scores
---   that are left, each giving min(its size, what is left of k / bins left) draws, the smallest bin first.
--- Source: CCS strata: Zheng et al. 2023 (ICLR).
--- Defaults: highest = true, offset = 0, no strata, draw_ties = false (the lower index first).
--- Cost: O(n log n) time, O(n) memory.
---
--- Example:
---     local chosen = th.select.by_score { scores = th.tensor { 0.1, 0.9, 0.5 }, k = 2 }
---     assert(chosen:equal(th.tensor { 2, 3 }))
---@param options table scores (n,), k, labels, classes, highest, offset, strata, draw_ties, seed, epoch
---@return Tensor indices (k,)
function select.by_score(options) end

--- How much each candidate's prediction differs from those of its nearest neighbours: CAL's score.
---
--- Formula: the mean over neighbours j of (KL(p_i || p_j) + KL(p_j || p_i)) / 2.
--- Source: Margatina et al. 2021 (EMNLP).
--- Defaults: neighbours = 10; with labels, neighbours within the class.
--- Cost: O(n^2 E) time, O(n (C + neighbours)) memory.
---
--- Example:
---     local scores = th.select.neighbour_divergence {
---       embeddings = th.tensor { { 0.0 }, { 0.1 }, { 9.0 } }, logits = th.zeros(3, 2), neighbours = 1,
---     }
---     assert(scores:equal(th.zeros(3)))
---@param options table embeddings (n, E), logits (n, C), neighbours, labels, classes
---@return Tensor scores (n,)
function select.neighbour_divergence(options) end

--- GLISTER on given residuals, embeddings and held-out logits: what select.GLISTER does.
---
--- Formula: gain(i) = <g_i, v>, v the mean held-out gradient one step of rate eta along the picks.
--- Source: Killamsetty et al. 2021 (AAAI).
--- Defaults: eta = 0.01, greedy = "stochastic", epsilon = 0.01, rounds = 15.
--- Cost: O(n C E + k m C E) time for "stochastic"; as select.GLISTER tells.
---
--- Example:
---     local held_out = th.tensor { 1, 2 }
---     local chosen = th.select.glister {
---       residuals = th.randn(8, 2), held_out_logits = th.zeros(2, 2), held_out_labels = held_out, k = 3, seed = 1,
---     }
---     assert(#chosen == 3)
---@param options table residuals (n, C), embeddings (n, E), held_out_logits (m, C), held_out_embeddings
---     (m, E), held_out_labels (m,), k, eta, greedy, epsilon, rounds, seed, epoch
---@return Tensor indices (k,)
function select.glister(options) end

--- InfoBatch on given losses: what select.InfoBatch does in one epoch (counted from 0).
---
--- Formula: drops `ratio` of those below the mean loss, the others of them have weight 1 / (1 - ratio);
---   from epoch delta epochs on, all. nan counts as 3.
--- Source: Qin et al. 2024 (ICLR).
--- Defaults: ratio = 0.5, delta = 0.875.
--- Cost: O(n) time and memory.
---
--- Example:
---     local selection = th.select.infobatch { losses = th.tensor { 1.0, 1, 1, 9 }, epoch = 0, epochs = 10 }
---     assert(selection.weights[-1] == 1 and #selection.indices <= 4)
---@param options table losses (n,), epoch, epochs, ratio, delta, seed
---@return table selection indices, weights
function select.infobatch(options) end

--- The greedy order of each class: the rank and the gain of every candidate.
---
--- Formula: greedy for objective "graph_cut" or "disparity_min" until the class is used up.
--- Source: MILO, Killamsetty et al. 2023.
--- Defaults: objective = "graph_cut", similarity = "rbf", lambda = 0.4.
--- Cost: O(sum n_c^2 E) time; O(n_c E) memory, and similarities of a class up to 256 MiB.
---
--- Example:
---     local order = th.select.milo_order { embeddings = th.randn(6, 2), labels = th.tensor { 1, 1, 1, 2, 2, 2 } }
---     assert(order.ranks:sum():item() == 2 * (1 + 2 + 3))
---@param options table embeddings (n, E), labels, classes, similarity, lambda, objective
---@return table order ranks (n,) and gains (n,)
function select.milo_order(options) end

--- The sum of each candidate's similarities within its class, which select.sge takes as `sums`.
---
--- Formula: sum_{i in class} s_ij.
--- Source: the modular part of MILO's graph cut.
--- Cost: O(sum n_c^2 E) time, O(n_c E) memory.
---
--- Example:
---     local sums = th.select.similarity_sums {
---       embeddings = th.ones(4, 2), labels = th.tensor { 1, 1, 1, 2 }, similarity = "cosine",
---     }
---     assert(#sums == 4 and sums[1] == sums[2])
---@param options table embeddings (n, E), labels, classes, similarity, lambda
---@return Tensor sums (n,)
function select.similarity_sums(options) end

--- One of MILO's near-maxima of graph cut by stochastic greedy, by number.
---
--- Formula: each pick the best of n_c/k_c ln(1/epsilon) drawn ones, within each class.
--- Source: MILO, Killamsetty et al. 2023; stochastic greedy: Mirzasoleiman et al. 2015.
--- Defaults: subset = 0, epsilon = 0.01, similarity = "rbf", lambda = 0.4, seed = 0.
--- Cost: O(k n_c E) time given sums, O(n_c E) memory.
---
--- Example:
---     local chosen = th.select.sge { embeddings = th.randn(6, 2), labels = th.tensor { 1, 1, 1, 2, 2, 2 }, k = 2 }
---     assert(#chosen == 2)
---@param options table embeddings (n, E), labels, classes, similarity, lambda, k, subset, epsilon, sums, seed
---@return Tensor indices (k,)
function select.sge(options) end

--- MILO's probabilities from greedy gains, within each class.
---
--- Formula: p ~ 1 + z + z^2 / 2, z = (gain - least gain) / temperature.
--- Source: MILO, Killamsetty et al. 2023: the Taylor softmax of order 2.
--- Defaults: temperature = 1.
--- Cost: O(n) time and memory.
---
--- Example:
---     local p = th.select.wre_probabilities { gains = th.tensor { 0.0, 1 }, labels = th.tensor { 1, 1 } }
---     assert(math.abs(p[2] / p[1] - 2.5) < 1e-6)
---@param options table gains (n,), labels, classes, temperature
---@return Tensor probabilities (n,), of sum 1 in each class
function select.wre_probabilities(options) end

--- A weighted draw without replacement within each class.
---
--- Formula: successive draws with p_i among those left.
--- Source: MILO, Killamsetty et al. 2023; Efraimidis and Spirakis 2006.
--- Defaults: seed = 0, epoch = 0.
--- Cost: O(n log n) time, O(n) memory.
---
--- Example:
---     local labels = th.tensor { 1, 1, 2, 2 }
---     local p = th.tensor { 0.9, 0.1, 0.5, 0.5 }
---     local chosen = th.select.wre { probabilities = p, labels = labels, k = 2, seed = 1 }
---     assert(#chosen == 2)
---@param options table probabilities (n,), labels, classes, k, seed, epoch
---@return Tensor indices (k,)
function select.wre(options) end

--- Rows of a batch by the rank of their loss, without replacement, ascending.
---
--- Formula: p(rank q) ~ ((q + 0.5) / n)^(1 / keep - 1), q = 0 … n - 1 ascending by loss; keep n of them.
--- Source: MosaicML Composer's Selective-Backprop.
--- Cost: O(n log n) time, O(n) memory.
---
--- Example:
---     local rows = th.select.rank_sample({ 0.1, 0.2, 0.3, 0.4 }, 0.5, { seed = 1 })
---     assert(#rows == 2)
---@param losses Tensor|number[] (n,)
---@param keep number the part to keep
---@param options? table seed (0), epoch (0), batch (0)
---@return Tensor rows
function select.rank_sample(losses, keep, options) end

--- The probabilities of ranks 1 to n that select.rank_sample draws by.
---
--- Formula: p(rank q) ~ ((q + 0.5) / n)^(1 / keep - 1), q = 0 … n - 1.
--- Source: MosaicML Composer's Selective-Backprop.
--- Cost: O(n) time and memory.
---
--- Example:
---     local p = th.select.rank_probabilities(4, 0.5)
---     assert(math.abs(p:sum():item() - 1) < 1e-9 and p[4] > p[1])
---@param n integer
---@param keep number
---@return Tensor probabilities (n,) of float64
function select.rank_probabilities(n, keep) end

--- The last losses that were seen, for `history:probabilities(losses, {beta = 1, minimum = 0})`, which adds
--- the losses and gives the probability with which each is kept.
---
--- Formula: max(minimum, F(loss)^beta), F the part of the last `capacity` losses below it.
--- Source: Jiang et al. 2019.
--- Defaults: capacity = 1024.
--- Cost: O(log capacity) to look one loss up and O(capacity) numbers moved to add it; as many floats.
---
--- Example:
---     local history = th.select.loss_history { capacity = 100 }
---     local p = history:probabilities(th.tensor { 0.1, 2.0 }, { beta = 2 })
---     assert(#history == 2 and p[2] > p[1])
---@param options? table capacity
---@return LossHistory history
function select.loss_history(options) end

--- Bilinearly smaller images, for a cheaper selecting pass.
---
--- Formula: (N, C, H, W) -> (N, C, floor(H scale), floor(W scale)).
--- Source: scale_factor of MosaicML Composer's Selective-Backprop.
--- Cost: linear in the pixels made.
---
--- Example:
---     local small = th.select.shrink(th.ones(2, 3, 8, 8), 0.5)
---     assert(table.concat(small.shape, " ") == "2 3 4 4")
---@param images Tensor (N, C, H, W)
---@param scale number above 0, at most 1
---@return Tensor images
function select.shrink(images, scale) end

--- How far the weighted gradients of a subset miss those of all: the residual of a selection.
---
--- Formula: ||sum_S w_i g_i - sum_j g_j|| / ||sum_j g_j||, g = r (x) [1, h] or the rows of residuals.
--- Source: the objective of GRAD-MATCH, Killamsetty et al. 2021.
--- Defaults: weights 1, normalise = false (true scales the weights to the sum n).
--- Cost: O(n C E) time, O(C E) memory.
---
--- Example:
---     local r = th.tensor { { 1.0, 0 }, { 1.0, 0 } }
---     local error = th.select.matching_error { residuals = r, indices = { 1 }, weights = th.tensor { 2.0 } }
---     assert(error == 0)
---@param options table residuals (n, C), embeddings (n, E), indices, weights, normalise
---@return number error
function select.matching_error(options) end

--- How alike two lists of candidates are, 0 to 1.
---
--- Formula: |A and B| / |A or B|.
--- Source: Jaccard 1912.
--- Cost: O(|A| + |B|) time and memory.
---
--- Example:
---     assert(th.select.jaccard({ 1, 2, 3 }, { 2, 3, 4 }) == 0.5)
---@param a Tensor|integer[]
---@param b Tensor|integer[]
---@return number share
function select.jaccard(a, b) end

--- The trace in a file: what was selected when. Its methods: at(epoch), event(i), batch_event(i), epochs(),
--- epoch_at(epoch), counts(), batch_counts(), check(dataset); epochs count from 0 as in the file.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", { data = data, method = "Mine", epochs = 4 })
---     writer:write(0, { indices = th.tensor { 1, 2 } }, 0.1)
---     writer:close()
---     local trace = th.select.read_trace(scratch .. "/run.trace")
---     assert(trace:at(3).indices:equal(th.tensor { 1, 2 }))
---@param path string
---@return Trace trace
function select.read_trace(path) end

--- Starts a trace file, written line by line as a run goes: write(epoch, selection, seconds), count,
--- write_counts, close. th.train{trace = path} does all of it.
---
--- resume: goes on with a file that begins with the same header, and cuts off what is behind its first `bytes`.
---
--- Example:
---     local data = th.data.from_tensors(th.randn(6, 2), { 1, 2, 1, 2, 1, 2 })
---     local writer = th.select.write_trace(scratch .. "/run.trace", {
---       data = data, method = "Mine", options = { fraction = 0.5 },
---     })
---     writer:write(0, { indices = th.tensor { 3, 4, 5 } }, 0.1)
---     writer:close()
---     assert(th.select.read_trace(scratch .. "/run.trace").options.fraction == 0.5)
---@param path string
---@param options table data, method, options, seed, split, model, parent, epochs, batch_method, batch_options; resume (none), { bytes =, counts = } as position and counts gave them
---@return TraceWriter writer
function select.write_trace(path, options) end

return select
