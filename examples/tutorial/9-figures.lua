-- SPDX-License-Identifier: Apache-2.0
-- 9. Figures and reports
--
-- `print` draws a figure in the terminal; `figure:save` draws it as .svg, .png or .pdf by gnuplot (Debian's
-- gnuplot-nox), and leaves the script and the data beside it.
local th = require "thresh"

local folder = (os.getenv "TMPDIR" or "/tmp") .. "/thresh-tutorial-" .. tostring({}):match "0x(%x+)"
th.make_directory(folder)
local data = th.data.digits()

-- Two selectors and three seeds, each run in a folder of its own.
local groups = { { label = "RS2", runs = {} }, { label = "GradMatch", runs = {} } }
local last
for i, select in ipairs { th.select.RS2 { fraction = 0.1 }, th.select.GradMatch { fraction = 0.1, every = 2 } } do
  for seed = 1, 3 do
    local run = th.runs.create {
      root = folder .. "/runs", name = groups[i].label, seed = seed, config = { fraction = 0.1 }, data = data.train,
    }
    local model = th.models.mlp { classes = 10, in_channels = 1, image_size = 8, width = 32, seed = seed }
    local result = th.train {
      model = model, data = data, select = select, epochs = 6, batch_size = 32, seed = seed, quiet = true,
      optimizer = th.optim.SGD(model:parameters(), { lr = 0.1, momentum = 0.9 }), trace = run:file "subsets.trace",
    }
    for _, row in ipairs(result.history) do run:log { epoch = row.epoch, loss = row.loss, accuracy = row.accuracy } end
    run:finish { accuracy = result.accuracy }
    groups[i].runs[seed] = result
    last = run
  end
end

-- Curves: the median of the seeds, and a band from the least to the most.
local curves = th.plot.curves(groups, { title = "digits" })
print(curves)

-- Any numbers: lists or tensors, several series by tables, intervals by error, or low and high.
local accuracy, seconds = {}, {}
for i, group in ipairs(groups) do
  accuracy[i], seconds[i] = group.runs[1].accuracy, group.runs[1].seconds.train + group.runs[1].seconds.select
end
print(th.plot.bars({ "RS2", "GradMatch" }, accuracy, { title = "accuracy, seed 1", width = 50 }))

-- What was chosen how often, and the images that were chosen most.
local trace = th.select.read_trace(last:file "subsets.trace")
local priorities = th.plot.priorities(trace, { title = "how often each image was chosen" })
local most = th.plot.gallery(trace, data.train, { count = 10, which = "most" })
print(priorities)

-- A report is one page that holds everything: figures, tables, no network.
local report = th.report {
  title = "RS2 and Grad-Match on the digits", path = folder .. "/report.html",
  sections = {
    { heading = "Curves", text = "Six epochs, 10 % of the images, 3 seeds.", figure = curves },
    {
      heading = "Accuracy", table = {
        columns = { "selector", "accuracy", "seconds" }, caption = "Of seed 1.",
        rows = { { "RS2", accuracy[1], seconds[1] }, { "GradMatch", accuracy[2], seconds[2] } },
      },
    },
    { heading = "What was chosen", figures = { priorities, most } },
  },
}
print(report)
print(report:latex())

-- `thresh report FOLDER` makes one of any run or sweep; so does th.report.run.
local page = th.report.run(last.path):html()
assert(page:find "<h1>GradMatch</h1>" and page:find "What was selected")
