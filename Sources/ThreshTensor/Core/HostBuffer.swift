// SPDX-License-Identifier: Apache-2.0

/// Host memory for solvers above the tensor core: floating-point numbers in row-major order, out of
/// the budget of tensor storage.
package final class HostBuffer<T: FloatingElement>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<T>
  package let count: Int
  private let owner: Tensor

  /// `count` numbers with undefined content.
  package init(count: Int, op: String) throws {
    owner = try Tensor(empty: [count], T.dtype, op: op)
    self.count = count
    base = owner.pointer(T.self)
  }

  /// The elements of `tensor` as `T`; they may be the tensor's own memory, so they are for reading.
  package init(reading tensor: Tensor) throws {
    owner = try tensor.castUnrecorded(T.dtype).contiguousUnrecorded()
    count = owner.count
    base = owner.pointer(T.self)
  }
}
