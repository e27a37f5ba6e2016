// SPDX-License-Identifier: Apache-2.0
import CThresh
import Glibc
import ThreshKit

/// The session of a program in C: `thresh *` of `thresh.h`. Texts that it lends live until the next
/// call.
final class Host {
  let session: Session
  var values: [LuaValue] = []
  var result = OwnedText()
  var error = OwnedText()
  var traceback = OwnedText()

  init(_ options: Session.Options) throws { session = try Session(options) }

  /// Runs `body` and keeps what came of it; the status that C sees.
  func call(_ body: () throws -> [LuaValue]) -> Int32 {
    values = []
    for text in [result, error, traceback] { text.set(nil) }
    do {
      values = try body()
      if let first = values.first { result.set(try session.lua.describe(first).bytes) }
      return Int32(THRESH_DONE)
    } catch let failure as LuaError {
      error.set(Array(failure.message.utf8))
      traceback.set(failure.traceback.map { Array($0.utf8) })
      switch failure.kind {
      case .memory: return Int32(THRESH_MEMORY)
      case .limit: return Int32(THRESH_TIME)
      case .interrupted: return Int32(THRESH_STOPPED)
      default: return Int32(THRESH_ERROR)
      }
    } catch let failure {
      error.set(Array("\(failure)".utf8))
      return Int32(THRESH_ERROR)
    }
  }
}

/// A C string that lives until it is set again.
final class OwnedText {
  private(set) var bytes: UnsafeMutablePointer<CChar>?

  func set(_ text: [UInt8]?) {
    free(bytes)
    bytes = text.flatMap { text in
      text.withUnsafeBytes { source -> UnsafeMutablePointer<CChar>? in
        guard let copy = calloc(source.count + 1, 1) else { return nil }
        if let base = source.baseAddress { memcpy(copy, base, source.count) }
        return copy.assumingMemoryBound(to: CChar.self)
      }
    }
  }

  deinit { free(bytes) }
}

private func host(_ pointer: OpaquePointer?) -> Host? {
  pointer.map { Unmanaged<Host>.fromOpaque(UnsafeRawPointer($0)).takeUnretainedValue() }
}

private func text(_ pointer: UnsafePointer<CChar>?) -> LuaString {
  guard let pointer else { return "" }
  return LuaString(bytes: Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))))
}

@_cdecl("thresh_open")
func openHost(_ given: UnsafePointer<thresh_options>?) -> OpaquePointer? {
  var options = Session.Options()
  if let given = given?.pointee {
    if given.sandboxed { options = .sandboxed }
    if given.memory_limit > 0 { options.memoryLimit = Int(clamping: given.memory_limit) }
    if given.time_limit > 0 { options.timeLimit = given.time_limit }
    if given.instruction_limit > 0 { options.instructionLimit = Int(given.instruction_limit) }
    options.endsProcess = given.ends_process
    options.seed = given.seed
    if given.threads > 0 { options.threads = Int(given.threads) }
  }
  guard let host = try? Host(options) else { return nil }
  return OpaquePointer(Unmanaged.passRetained(host).toOpaque())
}

@_cdecl("thresh_close")
func closeHost(_ pointer: OpaquePointer?) {
  guard let pointer else { return }
  Unmanaged<Host>.fromOpaque(UnsafeRawPointer(pointer)).release()
}

@_cdecl("thresh_run")
func run(
  _ pointer: OpaquePointer?, _ source: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?
) -> Int32 {
  guard let host = host(pointer) else { return Int32(THRESH_ERROR) }
  let name = name.map { "=" + String(cString: $0) } ?? "=session"
  return host.call { try host.session.lua.run(text(source), name: name) }
}

@_cdecl("thresh_run_file")
func runFile(_ pointer: OpaquePointer?, _ path: UnsafePointer<CChar>?) -> Int32 {
  guard let host = host(pointer) else { return Int32(THRESH_ERROR) }
  let lua = host.session.lua
  return host.call { try lua.call(lua.load(file: text(path))) }
}

@_cdecl("thresh_result")
func result(_ pointer: OpaquePointer?) -> UnsafePointer<CChar>? {
  host(pointer)?.result.bytes.map { UnsafePointer($0) }
}

@_cdecl("thresh_number")
func number(_ pointer: OpaquePointer?, _ fallback: Double) -> Double {
  guard let value = host(pointer)?.values.first else { return fallback }
  return (try? Double.from(lua: value)) ?? fallback
}

@_cdecl("thresh_error")
func error(_ pointer: OpaquePointer?) -> UnsafePointer<CChar>? {
  host(pointer)?.error.bytes.map { UnsafePointer($0) }
}

@_cdecl("thresh_traceback")
func traceback(_ pointer: OpaquePointer?) -> UnsafePointer<CChar>? {
  host(pointer)?.traceback.bytes.map { UnsafePointer($0) }
}

@_cdecl("thresh_set_number")
func setNumber(_ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ value: Double) -> Int32 {
  guard let host = host(pointer) else { return Int32(THRESH_ERROR) }
  return host.call {
    try host.session.set(text(name).text, value)
    return []
  }
}

@_cdecl("thresh_set_string")
func setString(
  _ pointer: OpaquePointer?, _ name: UnsafePointer<CChar>?, _ bytes: UnsafePointer<CChar>?,
  _ length: Int
) -> Int32 {
  guard let host = host(pointer) else { return Int32(THRESH_ERROR) }
  let value = LuaString(bytes: Array(UnsafeRawBufferPointer(start: bytes, count: max(0, length))))
  return host.call {
    try host.session.set(text(name).text, value)
    return []
  }
}

/// Kept for ever: the version's text as C reads it.
private nonisolated(unsafe) let versionText = strdup(Session.version)

@_cdecl("thresh_version")
func version() -> UnsafePointer<CChar>? { versionText.map { UnsafePointer($0) } }
