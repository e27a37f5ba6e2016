-- SPDX-License-Identifier: Apache-2.0
-- What several scripts share: local support = dofile(scripts .. "/support.lua").
local th = require "thresh"

local M = {}

--- A function run(options) -> result, model: trains a small ResNet on `data` with the options, beside
--- those of `defaults`; lr is that of the optimiser.
function M.runner(data, defaults)
  return function(options)
    local model = th.models.resnet8 { in_channels = 1, seed = 5, width = 4 }
    local config = {
      model = model, data = data, epochs = 2, batch_size = 64, seed = 7, quiet = true,
      optimizer = th.optim.SGD(model:parameters(), { lr = options.lr or 0.1, momentum = 0.9 }),
    }
    for _, part in ipairs { defaults or {}, options } do
      for k, v in pairs(part) do if k ~= "lr" then config[k] = v end end
    end
    return th.train(config), config.model
  end
end

--- Whether two models hold the same bits; else also the name of a tensor that differs.
function M.same_state(a, b)
  local other = b:state_dict()
  for name, tensor in pairs(a:state_dict()) do
    if not tensor:equal(other[name]) then return false, name end
  end
  return true
end

--- Raises unless two models hold the same bits.
function M.assert_same_state(a, b)
  local same, name = M.same_state(a, b)
  if not same then error(name .. " differs", 2) end
end

--- Raises unless f(…) raises an error that holds every text of the list `parts`.
function M.refused(parts, f, ...)
  local ok, message = pcall(f, ...)
  message = tostring(message)
  if ok then error("not refused: " .. table.concat(parts, ", "), 2) end
  for _, part in ipairs(parts) do
    if not message:find(part, 1, true) then error(message, 2) end
  end
end

--- Whether a program is installed; says that what needs it is skipped where it is not.
function M.has(program, package)
  local pipe = io.popen("command -v " .. program .. " 2>/dev/null")
  local found = pipe:read "a" ~= ""
  pipe:close()
  if not found then print(string.format("skipped: needs %s (scripts/setup --tests installs %s)", program, package or program)) end
  return found
end

--- The whole of a file.
function M.read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

return M
