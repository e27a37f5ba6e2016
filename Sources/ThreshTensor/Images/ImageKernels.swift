// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The C kernels of `NNKernels.h` for one element type; see there for what each does.
struct ImageKernels<T>: Sendable {
  typealias Window = UnsafePointer<thresh_window>
  typealias In = UnsafePointer<T>
  typealias Out = UnsafeMutablePointer<T>
  typealias Sums = UnsafeMutablePointer<Double>

  let im2col: @Sendable (Window?, In?, Int, Int, Int, Int, Out?) -> Void
  let col2im: @Sendable (Window?, Out?, Int, Int, Int, Int, In?) -> Void
  let fillRows: @Sendable (Out?, Int, Int, Int, In?) -> Void
  let depthwise: @Sendable (Window?, In?, In?, In?, Int, Int, Out?) -> Void
  let depthwiseData: @Sendable (Window?, In?, In?, Int, Int, Out?) -> Void
  let depthwiseWeights: @Sendable (Window?, In?, In?, Int, Int, Out?, Sums?) -> Void
  let columnSums: @Sendable (In?, Int, Int, Sums?) -> Void
  let columnMoments: @Sendable (In?, Int, Int, Int, Sums?, Sums?) -> Void
  let norm: @Sendable (In?, Int, Int, In?, In?, In?, In?, T, T, Out?) -> Void
  let normSums: @Sendable (In?, In?, In?, Int, Int, In?, In?, In?, T, T, Out?, Sums?, Sums?) -> Void
  let normBack:
    @Sendable (In?, In?, In?, Int, Int, In?, In?, In?, T, T, In?, In?, In?, Out?) -> Void
  let addInto: @Sendable (Out?, In?, Int) -> Void
  let layerNorm: @Sendable (In?, Int, Int, Double, In?, In?, Out?, Out?, Out?) -> Void
  let layerNormBack: @Sendable (In?, In?, Int, Int, In?, In?, In?, Out?, Sums?, Sums?) -> Void
  let softmaxLoss: @Sendable (In?, Int, Int, UnsafePointer<Int>?, In?, Sums?, Out?, Out?) -> Void
  let logSumExp: @Sendable (In?, Int, Int, Int, Out?) -> Void
  let maxPool: @Sendable (Window?, In?, Int, Int, Out?, UnsafeMutablePointer<Int32>?) -> Void
  let maxPoolBack: @Sendable (Window?, In?, UnsafePointer<Int32>?, Int, Int, Out?) -> Void
  let avgPool: @Sendable (Window?, Int32, In?, Int, Int, Out?) -> Void
  let avgPoolBack: @Sendable (Window?, Int32, In?, Int, Int, Out?) -> Void
  let adaptivePool: @Sendable (Window?, In?, Int, Int, Out?) -> Void
  let adaptivePoolBack: @Sendable (Window?, In?, Int, Int, Out?) -> Void
}

/// The element types that image and network operations run on.
protocol ImageElement: BLASElement {
  static var kernels: ImageKernels<Self> { get }
}

extension Float: ImageElement {
  static let kernels = ImageKernels<Float>(
    im2col: thresh_im2col_float, col2im: thresh_col2im_float, fillRows: thresh_fill_rows_float,
    depthwise: thresh_depthwise_float, depthwiseData: thresh_depthwise_data_float,
    depthwiseWeights: thresh_depthwise_weights_float, columnSums: thresh_column_sums_float,
    columnMoments: thresh_column_moments_float, norm: thresh_norm_float,
    normSums: thresh_norm_sums_float, normBack: thresh_norm_back_float,
    addInto: thresh_add_into_float, layerNorm: thresh_layer_norm_float,
    layerNormBack: thresh_layer_norm_back_float, softmaxLoss: thresh_softmax_loss_float,
    logSumExp: thresh_log_sum_exp_float,
    maxPool: thresh_max_pool_float, maxPoolBack: thresh_max_pool_back_float,
    avgPool: thresh_avg_pool_float, avgPoolBack: thresh_avg_pool_back_float,
    adaptivePool: thresh_adaptive_pool_float, adaptivePoolBack: thresh_adaptive_pool_back_float)
}

extension Double: ImageElement {
  static let kernels = ImageKernels<Double>(
    im2col: thresh_im2col_double, col2im: thresh_col2im_double, fillRows: thresh_fill_rows_double,
    depthwise: thresh_depthwise_double, depthwiseData: thresh_depthwise_data_double,
    depthwiseWeights: thresh_depthwise_weights_double, columnSums: thresh_column_sums_double,
    columnMoments: thresh_column_moments_double, norm: thresh_norm_double,
    normSums: thresh_norm_sums_double, normBack: thresh_norm_back_double,
    addInto: thresh_add_into_double, layerNorm: thresh_layer_norm_double,
    layerNormBack: thresh_layer_norm_back_double, softmaxLoss: thresh_softmax_loss_double,
    logSumExp: thresh_log_sum_exp_double,
    maxPool: thresh_max_pool_double, maxPoolBack: thresh_max_pool_back_double,
    avgPool: thresh_avg_pool_double, avgPoolBack: thresh_avg_pool_back_double,
    adaptivePool: thresh_adaptive_pool_double, adaptivePoolBack: thresh_adaptive_pool_back_double)
}
