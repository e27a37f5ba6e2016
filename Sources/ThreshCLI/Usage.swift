// SPDX-License-Identifier: Apache-2.0
import ThreshKit

/// The texts of the command line.
enum Usage {
  static var banner: String { "Thresh \(Session.version)  Lua \(LuaSession.luaVersion)" }

  /// Commands that are Lua modules `thresh.cmd.NAME` inside the binary.
  static let commands = ["coco", "docs", "report", "runs", "sweep", "trace"]

  static let short = """
    usage: thresh [options] [script [args]]
           thresh COMMAND [args]
    Try 'thresh --help'.
    """

  static let help = """
    usage: thresh [options] [script [args]]
           thresh COMMAND [args]

    Runs a Lua script on a native tensor core, or opens a prompt when there is none.

    Options of lua(1):
      -e stat       execute string 'stat'
      -i            enter interactive mode after executing 'script'
      -l mod        require library 'mod' into global 'mod'
      -l g=mod      require library 'mod' into global 'g'
      -v            show version information
      -E            ignore environment variables
      -W            turn warnings on
      --            stop handling options
      -             stop handling options and execute stdin

    Options of Thresh, before the script:
      --seed N           seed of all random streams
      --threads N        threads of the native core
      --max-memory SIZE  budget of Lua and native storage, e.g. 2G (default: 80 % of memory)
      --max-seconds N    wall-clock time of each chunk: -e, script, entry (default: none)
      --sandbox          no files, processes, bytecode or debug; 1G and 60 seconds unless set
      --version          show version information
      --help             show this text

    Commands: \(commands.joined(separator: ", "))

    Environment: LUA_INIT, LUA_INIT_5_4, LUA_PATH, LUA_CPATH as in lua(1);
      THRESH_HISTORY, file of the prompt's history (empty: none).
    """
}
