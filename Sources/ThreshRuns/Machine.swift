// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshTensor

/// What a run's record says of the machine.
public enum Machine {
  public static var hostName: String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
    return name.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "unknown" }
  }

  /// The model of the first CPU as the kernel names it.
  public static let cpuModel: String = {
    let lines = KernelFile.text("/proc/cpuinfo")?.split(separator: "\n") ?? []
    let model = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
    return model.map { String($0.drop { $0 == " " }) } ?? "unknown"
  }()

  /// Processes that ran or waited to, on average over the last minute; nil where it is not told.
  public static var load: Double? {
    var averages = [0.0]
    return getloadavg(&averages, 1) == 1 ? averages[0] : nil
  }

  /// Differs from one start of the machine to the next.
  public static var bootID: String {
    KernelFile.text("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(
      String.init)
      ?? "unknown"
  }
}
