// SPDX-License-Identifier: Apache-2.0
import Testing
import ThreshTensor

@Test func einsum_badEquation_errorSaysWhat() throws {
  let (a, flipped) = (try Tensor.zeros([2, 3]), try Tensor.zeros([3, 2]))
  func message(_ equation: String, _ tensors: [Tensor]) -> String? {
    #expect(throws: TensorError.self) { try Tensor.einsum(equation, tensors) }?.message
  }
  #expect(message("ij,jk", [a]) == "'ij,jk': 2 terms for 1 tensors")
  #expect(message("ijk->i", [a]) == "'ijk->i': term 1 has 3 letters, its tensor shape (2, 3)")
  #expect(message("ij,ij", [a, flipped]) == "'ij,ij': 'i' stands for 2 and for 3")
  #expect(message("i.j", [a]) == "'i.j': only letters stand for dimensions, got '.'")
  #expect(
    message("ij->ik", [a])
      == "'ij->ik': each letter of the output must come in an input, and once in the output")
  #expect(message("ij>ji", [a]) == "'ij>ji': '->' expected before the output")
}
