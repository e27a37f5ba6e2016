// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshKit

/// Opens the session behind `require "thresh"` in another program's state; nil with a text, which the
/// caller frees, when that fails.
@_cdecl("thresh_module_open")
func openModule(
  _ state: UnsafeMutableRawPointer, _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> UnsafeMutableRawPointer? {
  do {
    return Unmanaged.passRetained(try Session(adopting: state)).toOpaque()
  } catch {
    problem.pointee = strdup("\(error)")
    return nil
  }
}

@_cdecl("thresh_module_close")
func closeModule(_ session: UnsafeMutableRawPointer) {
  Unmanaged<Session>.fromOpaque(session).release()
}
