// SPDX-License-Identifier: Apache-2.0
import ThreshLua

/// What a sandboxed session has of `th`: by name, so that a new function is not there until someone
/// has decided that it touches nothing outside the session.
public enum Sandbox {
  /// Modules of the standard library that `require` finds.
  public static let modules: Set<String> = [
    "thresh", "thresh.batch", "thresh.coco", "thresh.columns", "thresh.command_line",
    "thresh.compare", "thresh.compare.baselines", "thresh.compare.entry",
    "thresh.compare.table", "thresh.context",
    "thresh.deepfool", "thresh.define", "thresh.detect", "thresh.detection_table",
    "thresh.epoch_time", "thresh.gradients", "thresh.harvest", "thresh.inspect", "thresh.json",
    "thresh.layers",
    "thresh.matching", "thresh.options", "thresh.plot", "thresh.plot.axis", "thresh.plot.canvas",
    "thresh.plot.charts", "thresh.plot.data", "thresh.plot.figure", "thresh.plot.gnuplot",
    "thresh.plot.images", "thresh.plot.kinds", "thresh.plot.script", "thresh.plot.strings",
    "thresh.plot.study", "thresh.plot.style",
    "thresh.plot.terminal", "thresh.plot.text", "thresh.progress",
    "thresh.report.escape", "thresh.runs", "thresh.runs.native",
    "thresh.runs.plain", "thresh.runs.provenance", "thresh.runs.run", "thresh.runs.tensorboard",
    "thresh.select",
    "thresh.selection", "thresh.selector", "thresh.selectors.batches", "thresh.selectors.cached",
    "thresh.selectors.greedy", "thresh.selectors.milo", "thresh.selectors.online",
    "thresh.selectors.scores", "thresh.statistics", "thresh.task", "thresh.train",
    "thresh.train.accounts", "thresh.train.checkpointing", "thresh.train.checkpoints",
    "thresh.train.config", "thresh.train.epoch", "thresh.train.identity", "thresh.train.log",
    "thresh.train.pack", "thresh.train.state", "thresh.train.step", "thresh.train.subset",
  ]

  /// The fields that stay; functions among the others are replaced by one that says so.
  static func closed(_ fields: [LuaTable.Field], path: String) -> [LuaTable.Field] {
    let allowed = names[path] ?? []
    return fields.compactMap { key, value in
      guard let name = key.text else { return nil }
      switch value {
      case .table(let table):
        guard let inner = try? table.contents() else { return nil }
        return (key, .table(LuaTable(fields: closed(inner.fields, path: "\(path).\(name)"))))
      case _ where allowed.contains(name): return (key, value)
      case .function: return (key, .function("\(path).\(name)", refuse))
      default: return nil
      }
    }
  }

  private static func refuse(_ call: LuaCall) throws -> LuaResult {
    throw LuaError("'\(call.function)' is not available in the sandbox")
  }

  private static let names: [String: Set<String>] = allowed.mapValues { text in
    Set(text.split { $0.isWhitespace }.map(String.init))
  }

  private static let allowed = [
    "th": """
    abs abs_ acos acos_ add add_ addcdiv addcdiv_ addcmul addcmul_ addmm all allclose amax amin
    aminmax any arange argmax argmin argsort argwhere asin asin_ atan atan2 atan2_ atan_
    backward baddbmm bernoulli bincount bitwise_and bitwise_and_ bitwise_not bitwise_not_
    bitwise_or bitwise_or_ bitwise_xor bitwise_xor_ bmm bool broadcast_to bucketize byte cat
    cdist ceil ceil_ channels_last cholesky chunk clamp clamp_ clock clone contiguous copy_ cos
    cos_ cosh cosh_ count_nonzero cpu_level cummax cummin cumprod cumsum det detach diag
    diagonal diff dim div div_ dot double eigh eigvalsh einsum empty empty_like enable_grad eq
    equal erf erf_ erfc erfc_ exp exp_ expand expand_as expm1 expm1_ eye fill_ flatten flip
    float floor floor_ floor_divide floor_divide_ fmod fmod_ frac frac_ full full_like gather ge
    gelu gelu_ gt histc index_add index_add_ index_copy index_copy_ index_fill index_fill_
    index_select int inv inverse is_grad_enabled is_tensor is_terminal isclose isfinite isin
    isinf isnan item keep kthvalue le lerp lerp_ linspace log log10 log10_ log1p log1p_ log2
    log2_ log_ log_softmax logcumsumexp logical_and logical_and_ logical_not logical_not_
    logical_or logical_or_ logical_xor logical_xor_ logsumexp long lstsq lt manual_seed
    masked_fill masked_fill_ masked_scatter masked_scatter_ masked_select matmul max maximum
    maximum_ mean median memory meshgrid min minimum minimum_ mm movedim mul mul_ multinomial mv
    nan_to_num nan_to_num_ nanmean nansum narrow ne neg neg_ newaxis no_grad nonzero norm normal
    normal_ num_threads numel ones ones_like outer peak_memory permute pow pow_ prod profile put
    put_ qr quantile rand rand_like randint randn randn_like randperm reciprocal reciprocal_
    relu relu_ remainder remainder_ repeat_interleave requires_grad_ reshape reshape_as roll
    round round_ rsqrt rsqrt_ scatter scatter_ scatter_add scatter_add_ searchsorted seed
    sigmoid sigmoid_ sign sign_ silu silu_ sin sin_ sinh sinh_ size slogdet softmax softplus
    softplus_ solve solve_triangular sort split sqrt sqrt_ square square_ squeeze stack std
    std_mean stream sub sub_ sum svd svdvals t take take_along_dim tan tan_ tanh tanh_ tensor
    terminal_width tile to tolist topk trace transpose tril triu trunc trunc_ type_as unflatten
    unfold uniform_ unique unsqueeze var var_mean view view_as where zero_ zeros zeros_like
    get_rng_state parse_json set_rng_state
    """,
    "th.coco": """
    new_results run summary
    """,
    "th.data": """
    colour_jitter cutout digits expand from_tensors horizontal_flip letters random_crop resize
    shapes split ssd_crop
    """,
    "th.detect": """
    bias_gradients convert decode default_boxes draw encode multibox nms small_ssd ssd300
    """,
    "th.models": """
    lenet mlp mobilenetv2 resnet101 resnet110 resnet18 resnet20 resnet32 resnet34 resnet44
    resnet50 resnet56 resnet8 ssd300 vgg11_bn vgg16_bn
    """,
    "th.nn": """
    AdaptiveAvgPool2d AvgPool2d BatchNorm1d BatchNorm2d Conv2d Dropout Flatten GELU
    GlobalAvgPool GroupNorm Identity LayerNorm Linear MaxPool2d ReLU ReLU6 Sequential Sigmoid
    Tanh add_relu bce_with_logits conv_bn conv_bn_relu conv_bn_relu6 cross_entropy custom
    is_module l1_loss mse_loss nll_loss one_hot parameter smooth_l1_loss
    """,
    "th.optim": """
    Adam AdamW RMSProp SGD
    """,
    "th.schedule": """
    ConstantLR CosineAnnealingLR ExponentialLR LinearLR MultiStepLR OneCycleLR SequentialLR
    StepLR Warmup
    """,
    "th.select": """
    by_score craig facility_location glister gradmatch greedy herding infobatch jaccard k_center
    loss_history matching_error milo_order neighbour_divergence omp pairwise_distances partition
    random random_batches rank_probabilities rank_sample rs2 sge shrink similarity_sums
    submodular warm_plan wre wre_probabilities
    """,
    "th.statistics": """
    interval speedup summary
    """,
  ]
}
