// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

/// Why there can be no Slurm here; nil when there can.
private let missingSlurm: String? = {
  let programs = ["/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/bin/sbatch"]
  let missing = programs.filter { access($0, X_OK) != 0 }
  if !missing.isEmpty { return "\(missing.joined(separator: ", ")) missing: install slurm-wlm" }
  return getuid() == 0 ? nil : "Slurm's daemons are started by root alone"
}()

/// Two nodes, a job array, the loss of a node, and the same table as by workers on this machine.
@Test(.enabled(if: missingSlurm == nil, Comment(rawValue: missingSlurm ?? "")))
func sweep_onSlurmWithALostNode_givesTheTableOfLocalWorkers() throws {
  let command = try Command()
  let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Scripts/slurm.lua").path
  let result = try command.run([script, command.folder], seconds: 580)
  #expect(result.status == 0 && result.output == "ok\n", "\(result.output)\(result.errors)")
}
