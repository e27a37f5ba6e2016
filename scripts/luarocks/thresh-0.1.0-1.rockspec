-- SPDX-License-Identifier: Apache-2.0
-- From a checkout: luarocks make scripts/luarocks/thresh-0.1.0-1.rockspec
rockspec_format = "3.0"
package = "thresh"
version = "0.1.0-1"
source = { url = "git+file://." }
description = {
  summary = "Tensors, models and training-data selection on a native core",
  detailed = [[
    The native core of Thresh as a module of a stock Lua 5.4. It is built with Swift 6.3, whose
    runtime libraries it needs where it runs, and with Debian's packages that scripts/setup lists.
  ]],
  license = "Apache-2.0",
}
supported_platforms = { "linux" }
dependencies = { "lua >= 5.4, < 5.5" }
build = {
  type = "command",
  build_command = "swift build -c release --product Thresh",
  install_command = "install -D -m 755 .build/release/libThresh.so $(LIBDIR)/thresh.so",
}
