// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// One convolution to try: x (n, c, h, w), weight (k, c / groups, r, s).
private struct Convolution {
  var n = 2
  var c: Int
  var k: Int
  var size = Pair(5, 4)
  var kernel = Pair(3)
  var stride = Pair(1)
  var padding = Pair(0)
  var dilation = Pair(1)
  var groups = 1
  var bias = true

  var text: String {
    "conv2d \(n)x\(c)x\(size.h)x\(size.w) to \(k) kernel \(kernel.h)x\(kernel.w) "
      + "stride \(stride.h),\(stride.w) padding \(padding.h),\(padding.w) "
      + "dilation \(dilation.h),\(dilation.w) groups \(groups)" + (bias ? "" : " no bias")
  }

  func sample() throws -> Case {
    let weight = [k, c / groups, kernel.h, kernel.w]
    let inputs = try [spread([n, c, size.h, size.w]), spread(weight, -0.6, 0.7)]
    let (stride, padding, dilation, groups, bias) = (stride, padding, dilation, groups, bias)
    return Case(text, try inputs + (bias ? [spread([k])] : []), exact: true) {
      try $0[0].conv2d(
        $0[1], bias: bias ? $0[2] : nil, stride: stride, padding: padding, dilation: dilation,
        groups: groups)
    }
  }
}

func convolutionCases() throws -> [Case] {
  let all = [
    // Odd numbers of channels around the widths of vectors.
    Convolution(c: 1, k: 1, padding: 1), Convolution(c: 3, k: 5, padding: 1),
    Convolution(c: 5, k: 7, size: Pair(4, 3), padding: 1),
    Convolution(c: 7, k: 3, size: Pair(3, 4), padding: 1, bias: false),
    Convolution(n: 1, c: 17, k: 2, size: Pair(3), padding: 1),
    Convolution(n: 1, c: 2, k: 17, size: Pair(3), padding: 1),
    // Strides, paddings and dilations, equal and not; kernels of one pixel and even ones.
    Convolution(c: 3, k: 2, stride: 2, padding: 1), Convolution(c: 3, k: 2, stride: Pair(3, 1)),
    Convolution(c: 2, k: 3, padding: Pair(2, 0)), Convolution(c: 2, k: 3, padding: 3),
    Convolution(c: 2, k: 3, size: Pair(6, 5), padding: 2, dilation: 2),
    Convolution(c: 2, k: 2, size: Pair(6, 5), stride: 2, padding: Pair(1, 2), dilation: Pair(1, 2)),
    Convolution(c: 5, k: 3, kernel: 1), Convolution(c: 5, k: 3, kernel: 1, stride: 2),
    Convolution(c: 3, k: 3, kernel: 1, padding: 1),
    Convolution(c: 2, k: 2, kernel: 2), Convolution(c: 2, k: 2, kernel: 2, stride: 3),
    Convolution(c: 2, k: 3, kernel: Pair(3, 1), padding: Pair(0, 2)),
    Convolution(c: 2, k: 3, kernel: Pair(1, 4), stride: Pair(2, 1)),
    Convolution(n: 1, c: 2, k: 2, size: Pair(7), kernel: 7, padding: 3),
    Convolution(c: 3, k: 2, size: Pair(5), kernel: 5),
    // Maps of one pixel, a batch of one.
    Convolution(c: 5, k: 3, size: Pair(1), padding: 1),
    Convolution(c: 5, k: 3, size: Pair(1), kernel: 1),
    Convolution(n: 1, c: 3, k: 2, padding: 1), Convolution(n: 5, c: 1, k: 2, size: Pair(3)),
    // Groups, depthwise, and depthwise with several outputs a channel.
    Convolution(c: 6, k: 4, size: Pair(4), padding: 1, groups: 2),
    Convolution(c: 6, k: 9, size: Pair(3), stride: 2, padding: 1, groups: 3),
    Convolution(c: 4, k: 4, size: Pair(4), kernel: 1, groups: 2),
    Convolution(c: 5, k: 5, padding: 1, groups: 5),
    Convolution(c: 17, k: 17, size: Pair(3), padding: 1, groups: 17, bias: false),
    Convolution(c: 3, k: 3, size: Pair(6, 5), stride: 2, padding: 1, groups: 3),
    Convolution(c: 3, k: 3, size: Pair(6), padding: 2, dilation: 2, groups: 3),
    Convolution(c: 3, k: 6, padding: 1, groups: 3), Convolution(c: 1, k: 3, kernel: 1),
    Convolution(c: 3, k: 3, size: Pair(1), padding: 1, groups: 3),
  ]
  return try all.map { try $0.sample() }
}

func poolingCases() throws -> [Case] {
  var cases: [Case] = []
  let windows: [(kernel: Pair, stride: Pair, padding: Pair)] = [
    (2, 2, 0), (3, 2, 1), (3, 1, 1), (3, 3, 0), (Pair(2, 3), Pair(1, 2), Pair(1, 0)), (1, 1, 0),
    (2, 1, 1), (4, 3, 2),
  ]
  for channels in [1, 3, 17] {
    let x = try spread([2, channels, channels > 3 ? 4 : 6, 5])
    for (kernel, stride, padding) in windows {
      let text =
        "\(channels) channels \(kernel.h)x\(kernel.w) stride \(stride.h),\(stride.w) "
        + "padding \(padding.h),\(padding.w)"
      cases.append(
        Case("maxPool2d \(text)", [x], exact: true) {
          try $0[0].maxPool2d(kernel, stride: stride, padding: padding)
        })
      for include in [true, false] {
        cases.append(
          Case("avgPool2d \(text) include \(include)", [x], exact: true) {
            try $0[0].avgPool2d(kernel, stride: stride, padding: padding, countIncludePad: include)
          })
      }
    }
    cases.append(
      Case("maxPool2d \(channels) channels dilation", [x], exact: true) {
        try $0[0].maxPool2d(2, stride: 1, padding: 1, dilation: 2)
      })
    for size in [Pair(1), Pair(3, 2), Pair(4), Pair(7, 6)] {
      cases.append(
        Case("adaptiveAvgPool2d \(channels) to \(size.h)x\(size.w)", [x], exact: true) {
          try $0[0].adaptiveAvgPool2d(size)
        })
    }
    cases.append(
      Case("globalAvgPool2d \(channels)", [x], exact: true) {
        try $0[0].globalAvgPool2d()
      })
  }
  let one = try spread([1, 3, 1, 1])
  cases.append(
    Case("maxPool2d one pixel", [one], exact: true) { try $0[0].maxPool2d(3, padding: 1) })
  cases.append(
    Case("avgPool2d one pixel", [one], exact: true) { try $0[0].avgPool2d(3, padding: 1) })
  cases.append(
    Case("adaptiveAvgPool2d one pixel", [one], exact: true) {
      try $0[0].adaptiveAvgPool2d(2)
    })
  return cases
}

/// Running statistics that no run has touched yet.
func running(_ channels: Int, _ dtype: DType, momentum: Double? = 0.1) throws
  -> RunningStatistics
{
  RunningStatistics(
    mean: try spread([channels], -0.5, 0.5).cast(dtype),
    variance: try spread([channels], 0.5, 2).cast(dtype), momentum: momentum)
}

func normalisationCases() throws -> [Case] {
  var cases: [Case] = []
  let shapes = [[4, 3], [3, 5, 4], [2, 3, 3, 4], [2, 1, 1, 1], [1, 5, 2, 2], [2, 17, 2, 1]]
  for shape in shapes {
    let (x, c) = (try spread(shape), shape[1])
    let (weight, bias) = (try spread([c], 0.5, 1.5), try spread([c]))
    for training in [true, false] {
      let batch: Batch = training ? .shared : .apart
      cases.append(
        Case("batchNorm \(shape) training \(training)", [x, weight, bias], batch, exact: true) {
          try $0[0].batchNorm(
            weight: $0[1], bias: $0[2], running: running(c, $0[0].dtype), training: training)
        })
      cases.append(
        Case("batchNorm \(shape) bare training \(training)", [x], batch, exact: true) {
          try $0[0].batchNorm(
            weight: nil, bias: nil, running: running(c, $0[0].dtype), training: training, eps: 1e-3)
        })
    }
    cases.append(
      Case(
        "batchNorm \(shape) weight alone, no running statistics", [x, weight], .shared, exact: true
      ) {
        try $0[0].batchNorm(weight: $0[1], bias: nil, running: nil, training: true)
      })
    for groups in [1, c] where shape != [2, 1, 1, 1] && (c != groups || shape.count > 2) {
      cases.append(
        Case("groupNorm \(shape) in \(groups)", [x, weight, bias], exact: true) {
          try $0[0].groupNorm(groups, weight: $0[1], bias: $0[2])
        })
    }
  }
  cases.append(
    Case("groupNorm 6 in 3", [try spread([2, 6, 2, 3]), try spread([6])], exact: true) {
      try $0[0].groupNorm(3, bias: $0[1], eps: 1e-3)
    })
  cases.append(
    Case("groupNorm bare", [try spread([2, 6, 2, 3])], exact: true) {
      try $0[0].groupNorm(2)
    })
  for (shape, k) in [
    ([4, 5], 1), ([3, 4, 2], 2), ([3, 4, 5], 1), ([2, 3, 2, 4], 3), ([1, 17], 1),
  ] {
    let normalized = Array(shape.suffix(k))
    cases.append(
      Case(
        "layerNorm \(shape) over \(k)",
        [try spread(shape), try spread(normalized, 0.5, 1.5), try spread(normalized)], exact: true
      ) { try $0[0].layerNorm(normalized, weight: $0[1], bias: $0[2]) })
  }
  cases.append(Case("layerNorm bare", [try spread([3, 5])]) { try $0[0].layerNorm([5]) })
  cases.append(
    Case("layerNorm of a vector", [try spread([5]), try spread([5])], .meet("layer_norm")) {
      try $0[0].layerNorm([5], weight: $0[1])
    })
  return cases
}

func layerCases() throws -> [Case] {
  let x = try spread([2, 3, 4, 5])
  var cases: [Case] = []
  for shape in [[4, 5], [2, 3, 5], [1, 5], [3, 2, 2, 5]] {
    cases.append(
      Case("linear \(shape)", [try spread(shape), try spread([3, 5]), try spread([3])]) {
        try $0[0].linear($0[1], bias: $0[2])
      })
    cases.append(
      Case("linear \(shape) no bias", [try spread(shape), try spread([1, 5])]) {
        try $0[0].linear($0[1])
      })
  }
  cases += try [
    Case("linear of a vector", [spread([5]), spread([3, 5])], .meet("linear")) {
      try $0[0].linear($0[1])
    },
    Case("pad2d", [x], exact: true) { try $0[0].pad2d(left: 1, right: 2, bottom: 3) },
    Case("padChannels", [x], exact: true) { try $0[0].padChannels(before: 1, after: 2) },
    Case("padChannels stride", [x], exact: true) {
      try $0[0].padChannels(before: 2, after: 0, stride: 2)
    },
    Case("padChannels stride alone", [spread([2, 17, 1, 3])], exact: true) {
      try $0[0].padChannels(before: 0, after: 0, stride: 2)
    },
    Case("dropout", [x], exact: true) {
      try $0[0].dropout(0.4, stream: RandomStream(seed: 3, purpose: "dropout"))
    },
    Case("dropout of rows", [spread([4, 5])], exact: true) {
      try $0[0].dropout(0.7, stream: RandomStream(seed: 3, purpose: "dropout"))
    },
    Case("rectified", [x], exact: true) { try $0[0].rectified() },
    Case("rectified limit", [spread([2, 3, 2, 4], -3, 9)], exact: true) {
      try $0[0].rectified(limit: 6)
    },
    Case("addRectified", [x, spread([2, 3, 4, 5], -0.7, 0.6)], exact: true) {
      try $0[0].addRectified($0[1])
    },
  ]
  return cases
}

func lossCases() throws -> [Case] {
  var cases: [Case] = []
  let (x, t) = (try spread([5, 4], -2, 2), try spread([5, 4], -1.7, 1.9))
  let labels = try Tensor([0, 3, 1, 1, 2] as [Int64])
  let probabilities = try spread([5, 4], -1, 1).softmax(1)
  let weights = try Tensor([0.5, 1, 2, 3] as [Double])
  let targets = try spread([5, 4], 0.1, 0.9)
  for reduction in [LossReduction.none, .mean, .sum] {
    func add(_ name: String, _ op: String, _ inputs: [Tensor], _ f: @escaping Operation) {
      let batch: Batch = reduction == .none ? .apart : .meet(op)
      cases.append(Case("\(name) \(reduction.rawValue)", inputs, batch, f))
    }
    for smoothing in [0, 0.1] {
      for weighted in [false, true] {
        let text = "smoothing \(smoothing) weighted \(weighted)"
        add("crossEntropy \(text)", "cross_entropy", [x]) {
          try $0[0].crossEntropy(
            labels, weights: weighted ? weights.cast($0[0].dtype) : nil, labelSmoothing: smoothing,
            reduction: reduction)
        }
        add("crossEntropy probabilities \(text)", "cross_entropy", [x]) {
          try $0[0].crossEntropy(
            probabilities.cast($0[0].dtype), weights: weighted ? weights.cast($0[0].dtype) : nil,
            labelSmoothing: smoothing, reduction: reduction)
        }
      }
    }
    for weighted in [false, true] {
      add("nllLoss weighted \(weighted)", "nll_loss", [x]) {
        try $0[0].logSoftmax(1).nllLoss(
          labels, weights: weighted ? weights.cast($0[0].dtype) : nil, reduction: reduction)
      }
    }
    add("mseLoss", "mse_loss", [x, t]) { try $0[0].mseLoss($0[1], reduction: reduction) }
    add("l1Loss", "l1_loss", [x, t]) { try $0[0].l1Loss($0[1], reduction: reduction) }
    for beta in [1, 0.5, 0] {
      add("smoothL1Loss beta \(beta)", beta == 0 ? "l1_loss" : "smooth_l1_loss", [x, t]) {
        try $0[0].smoothL1Loss($0[1], beta: beta, reduction: reduction)
      }
    }
    add("huberLoss", "huber_loss", [x, t]) {
      try $0[0].huberLoss($0[1], delta: 0.7, reduction: reduction)
    }
    for weight in [1, 2.5] {
      add("bceWithLogits positive weight \(weight)", "bce_with_logits", [x, targets]) {
        try $0[0].bceWithLogits($0[1], positiveWeight: weight, reduction: reduction)
      }
    }
  }
  return cases
}
