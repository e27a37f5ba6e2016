// SPDX-License-Identifier: Apache-2.0
import ThreshTensor

/// Is told of every call of the modules it is set on: `Module.observer`.
public protocol ModuleObserver: AnyObject {
  /// Before the forward pass of `module`.
  func begins(_ module: Module, _ x: Tensor)
  /// After it.
  func ended(_ module: Module, _ x: Tensor, _ outputs: [Tensor])
  /// Instead of `ended`; the error that is thrown on.
  func failed(_ module: Module, _ error: any Error) -> any Error
}

extension ModuleObserver {
  /// Runs a forward pass between the two messages.
  func watch<Output>(
    _ module: Module, _ x: Tensor, _ forward: () throws -> Output, tensors: (Output) -> [Tensor]
  ) throws -> Output {
    begins(module, x)
    let output: Output
    do { output = try forward() } catch { throw failed(module, error) }
    ended(module, x, tensors(output))
    return output
  }
}
