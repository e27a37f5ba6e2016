// SPDX-License-Identifier: Apache-2.0
import ThreshLua
import ThreshTensor

/// Everything native that Lua sees: the module `thresh.core` and the classes behind it.
///
/// No algorithm lives in this module: it turns Swift operations into Lua functions, 0-based into
/// 1-based, and Swift errors into Lua errors.
public enum Bindings {
  /// Registers the classes and puts the table of functions where `require "thresh.core"` finds it.
  public static func install(in session: LuaSession, seed: UInt64) throws {
    let random = DefaultRandom(seed: seed)
    let operations = TensorOperations.all(random: random)
    try registerTensor(in: session, operations: operations)
    try registerModules(in: session)
    try registerSummary(in: session)
    try registerOptimizers(in: session)
    try registerData(in: session)
    try registerImageData(in: session)
    try registerSelection(in: session)
    try registerDetection(in: session)
    try registerCOCO(in: session)
    try registerStream(in: session)
    try registerProfile(in: session)

    var th = Namespace("th")
    for operation in operations.bodies {
      th.function(operation.name, most: operation.most, operation.body)
    }
    addSystem(to: &th)
    addProfiling(to: &th)
    addConstructors(to: &th)
    addJoining(to: &th)
    addRandom(to: &th, random: random)
    addFiles(to: &th)
    th.namespace(neuralNetworks(random: random))
    th.namespace(models(random: random))
    th.namespace(optimizers())
    th.namespace(schedules())
    th.namespace(datasets())
    th.namespace(selection())
    th.namespace(detection(random: random))
    th.namespace(statistics())
    th.namespace(coco())
    th.namespace(runs())
    th.namespace(signals())
    if session.isSandboxed { th.close() }
    try session.setLoaded("thresh.core", th.table)
  }
}
