// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Whether the pixels of a dataset are read into memory or left in their files.
///
/// Mapped pixels do not count in the budget of tensors: the system reads a page when a batch needs it
/// and drops it when memory is short. Their files must stay as they are while the set is in use.
public enum Mapping: Sendable {
  /// Maps pixels of more than 64 MiB, where their file allows it.
  case automatic
  case always
  case never

  /// Whether `bytes` of pixels that can be mapped are.
  func maps(_ bytes: Int) -> Bool {
    switch self {
    case .automatic: bytes > 64 << 20
    case .always: true
    case .never: false
    }
  }
}
