-- SPDX-License-Identifier: Apache-2.0
-- Bytes as base64 text (RFC 4648).

local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

-- The two digits of every twelve bits.
local pairs_of = {}
for n = 0, 4095 do pairs_of[n] = digits:sub(n // 64 + 1, n // 64 + 1) .. digits:sub(n % 64 + 1, n % 64 + 1) end

--- The base64 text of a string.
return function(bytes)
  local out = {}
  for i = 1, #bytes - 2, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    out[#out + 1] = pairs_of[a << 4 | b >> 4]
    out[#out + 1] = pairs_of[(b & 15) << 8 | c]
  end
  local rest = #bytes % 3
  if rest == 1 then
    out[#out + 1] = pairs_of[bytes:byte(-1) << 4] .. "=="
  elseif rest == 2 then
    local a, b = bytes:byte(-2, -1)
    out[#out + 1] = pairs_of[a << 4 | b >> 4] .. pairs_of[(b & 15) << 8]:sub(1, 1) .. "="
  end
  return table.concat(out)
end
