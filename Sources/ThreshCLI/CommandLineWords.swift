// SPDX-License-Identifier: Apache-2.0
import Glibc
import ThreshLua

/// The words of the command line as bytes: file names need not be text.
func commandLineWords() -> [LuaString] {
  (0..<Int(CommandLine.argc)).compactMap { index in
    CommandLine.unsafeArgv[index].map { word in
      LuaString(bytes: Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
    }
  }
}
