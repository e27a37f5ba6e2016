-- SPDX-License-Identifier: Apache-2.0
-- A report in a browser, headless Chromium: nothing is complained of, nothing is asked for from elsewhere, and
-- figures and pictures are on the screen, in light and in dark.
local th = require "thresh"
local scratch, scripts = ...
local support = dofile(scripts .. "/support.lua")
if not (support.has "chromium" and support.has("gnuplot", "gnuplot-nox")) then return "ok" end

-- Runs the browser on a page of the scratch folder; standard output, complaints of the page, hosts asked for.
local function browse(page, options)
  local command = string.format("cd '%s' && timeout 120 chromium --headless --no-sandbox --disable-gpu "
    .. "--disable-background-networking --disable-component-update --no-first-run --hide-scrollbars "
    .. "--user-data-dir='%s/profile' --proxy-server=127.0.0.1:1 --enable-logging=stderr --log-net-log='%s/net.json' %s "
    .. "'file://%s/%s' 2>stderr", scratch, scratch, scratch, options, scratch, page)
  local pipe = io.popen(command)
  local out = pipe:read "a"
  assert(pipe:close(), support.read(scratch .. "/stderr"))
  local complaints, hosts = {}, {}
  for line in support.read(scratch .. "/stderr"):gmatch "[^\n]+" do
    if line:find "CONSOLE" then complaints[#complaints + 1] = line end
  end
  for host in support.read(scratch .. "/net.json"):gmatch '"url":"%a+://([^/"]+)' do hosts[host] = true end
  return out, complaints, hosts
end

local function write(name, text)
  local file <close> = assert(io.open(scratch .. "/" .. name, "w"))
  file:write(text)
end

-- The browser has errands of its own; those of a page that asks for something, and complains, are seen.
write("empty.html", "<!doctype html><title>a</title>")
local _, complaints, own = browse("empty.html", "--dump-dom")
assert(#complaints == 0)
write("bad.html", "<!doctype html><title>a</title><img src='http://elsewhere.example/a.png'><script>console.error('oops')</script>")
local out, seen, hosts = browse("bad.html", "--dump-dom")
assert(out:find "<img" and #seen == 1 and seen[1]:find "oops" and hosts["elsewhere.example"] and not own["elsewhere.example"])

-- A report with everything, under names that would be more than names.
local evil = "<script>console.error('run')</script><img src=http://elsewhere.example/x.png onerror=console.error(1)>"
local red = th.zeros(3, 4, 4)
red[1] = 1
local curves = th.plot.line({
  { label = evil, y = { 1, 2, 3 }, error = { 0.2, 0.2, 0.2 } }, { label = "b", y = { 3, 2, 1 } },
}, { title = evil })
th.data.save_png(scratch .. "/red.png", red)
th.report {
  title = evil, lead = evil, path = scratch .. "/page.html", sections = {
    { heading = evil, text = evil, table = { columns = { evil, "n" }, rows = { { evil, 1 } }, caption = evil }, figure = curves },
    { heading = "panels", figure = th.plot.grid { curves, th.plot.bars({ evil }, { 1 }), th.plot.heatmap { { 1, 2 } } } },
    { heading = "pictures", figure = th.plot.image_grid({ red, red }, { labels = { evil }, title = evil, scale = 16 }) },
    { heading = "more", images = { scratch .. "/red.png" }, code = evil, fold = evil, table = { columns = { "a" }, rows = {} } },
  },
}
out, seen, hosts = browse("page.html", "--dump-dom")
assert(#seen == 0, table.concat(seen, "\n"))
for host in pairs(hosts) do assert(own[host], "the page asks for " .. host) end
-- The document is what was meant: its elements, and no others.
out = out:gsub('alt="[^"]*"', "")
local function count(pattern) return select(2, out:gsub(pattern, "")) end
assert(count "<svg " == 2 and count "<img " == 2 and count "<table>" == 2 and count "<section" == 4 and count "<script" == 0)
assert(count "<h2 " == 4 and count '<a href="#s' == 4 and count "<details>" == 1 and count "<h1>" == 1)
assert(count 'src="data:image/png;base64,' == 2 and count 'src="http' == 0 and count "<img src=http" == 0)

-- Pixels of the screen: how many are of a colour, given red, green and blue.
local function pixels(image, r, g, b)
  local near = (image[1]:to "float32" - r):abs():lt(6)
  for k, level in ipairs { g, b } do near = near:logical_and((image[k + 1]:to "float32" - level):abs():lt(6)) end
  return near:sum():item()
end
for _, mode in ipairs { { "", 255, 255, 255 }, { "--force-dark-mode", 20, 23, 26 } } do
  os.remove(scratch .. "/screen.png")
  _, seen = browse("page.html", "--window-size=1100,3600 --screenshot='" .. scratch .. "/screen.png' " .. mode[1])
  assert(#seen == 0, table.concat(seen, "\n"))
  local screen = th.data.image(scratch .. "/screen.png")
  assert(screen.shape[3] == 1100 and pixels(screen, mode[2], mode[3], mode[4]) > 0.5 * screen:numel() / 3, "the ground")
  -- The blue of lines and bars, the end of the heat map, both pictures.
  assert(pixels(screen, 0, 114, 178) > 2000 and pixels(screen, 254, 232, 56) > 2000 and pixels(screen, 255, 0, 0) > 8000)
end
return "ok"
