// SPDX-License-Identifier: Apache-2.0

/// The seam for devices: memory and the coarse operations of the engine.
///
/// Nothing above `ThreshTensor` may assume that tensor memory is the host's.
protocol Backend: Sendable {
  /// A block of at least `bytes` bytes with undefined content.
  func allocate(_ bytes: Int) throws -> UnsafeMutableRawPointer
  func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int)

  /// y = x * w, finished, on channels-last tensors whose shapes `sizes` has checked.
  func convolutionForward(
    _ sizes: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ finish: ConvolutionFinish,
    into y: Tensor) throws
  /// The gradients of the input and of the weight, of those that are asked for; the input's is added
  /// to `dx` where `adding`.
  func convolutionBackward(
    _ sizes: ConvolutionShape, _ x: Tensor, _ w: Tensor, _ dy: OutputGradient, dx: Tensor?,
    adding: Bool, dw: Tensor?) throws
  /// Whether that can be: products add at no cost.
  func convolutionAdds(_ sizes: ConvolutionShape, _ dtype: DType) -> Bool
}

/// The one backend there is: this machine's cores and memory.
struct CPUBackend: Backend {
  func allocate(_ bytes: Int) throws -> UnsafeMutableRawPointer {
    try MemoryPool.shared.allocate(bytes)
  }

  func deallocate(_ block: UnsafeMutableRawPointer, _ bytes: Int) {
    MemoryPool.shared.deallocate(block, bytes)
  }
}

/// The backend on which tensors are made.
let backend: any Backend = CPUBackend()
