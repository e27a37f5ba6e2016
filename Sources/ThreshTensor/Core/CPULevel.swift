// SPDX-License-Identifier: Apache-2.0
import CKernels

/// The instructions that the kernels in use were compiled for.
public enum CPULevel {
  /// `generic`, `avx2` or `avx512`: the best that this CPU has, or less where the environment
  /// variable `THRESH_CPU` says so. The same seed gives the same bits on the same level.
  public static let name = String(cString: thresh_level_name())
}
