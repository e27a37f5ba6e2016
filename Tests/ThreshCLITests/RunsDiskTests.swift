// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Testing

@Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
func runs_fullDisk_refusesAndLosesNothing() throws {
  let disk = try SmallDisk()
  let script = try disk.command.file(
    "full.lua",
    """
    local th = require "thresh"
    local function refused(f, ...)
      local ok, problem = pcall(f, ...)
      assert(not ok and tostring(problem):find "No space left on device", tostring(problem))
    end
    local function folders()
      local n = 0
      for _, name in ipairs(th.list_directory "disk") do if name:sub(-1) == "/" then n = n + 1 end end
      return n
    end
    local run = th.runs.create { root = "disk", config = { lr = 0.1 }, tensorboard = true }
    run:log { epoch = 1, loss = 0.5 }
    local before = #th.runs.open "disk"
    assert(before == 1)
    local ballast = io.open("disk/ballast", "w")
    ballast:setvbuf "no"
    while ballast:write(string.rep("x", 1000)) do end
    ballast:close()
    -- What is refused is refused whole; the next row begins a line of its own.
    local logged = 1
    local long = string.rep("y", 700)
    while pcall(run.log, run, { epoch = logged + 1, note = long }) do logged = logged + 1 end
    refused(run.log, run, { epoch = 99, note = long })
    refused(th.runs.create, { root = "disk", config = { text = string.rep("z", 9000) } })
    assert(folders() == 1, "a run that could not begin has left a folder")
    refused(run.save, run, "notes.json", { text = string.rep("z", 9000) })
    refused(run.finish, run, { text = string.rep("z", 9000) })
    local runs = th.runs.open "disk"
    assert(#runs == 1 and runs[1].state == "running")
    os.remove "disk/ballast"
    run:log { epoch = 100 }
    run:finish { loss = 0.25 }
    local read = th.runs.load(run.path)
    local rows, unreadable = read:metrics()
    assert(#rows == logged + 1 and rows[#rows].epoch == 100 and rows[1].loss == 0.5, #rows .. " rows")
    assert(unreadable <= 1 and read.status.state == "done")
    runs = th.runs.open "disk"
    assert(not runs.note, runs.note)
    assert(runs[1].metrics.loss.last == 0.25)
    """)
  let result = try disk.command.run([script])
  #expect(result.status == 0, "\(result.errors)")
}

@Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
func runs_readOnlyFileSystem_isReadWithoutAnIndex() throws {
  let disk = try SmallDisk("size=1m")
  let make = try disk.command.file(
    "make.lua",
    """
    local th = require "thresh"
    for i = 1, 3 do th.runs.create({ root = "disk", config = { i = i } }):finish { loss = i } end
    """)
  #expect(try disk.command.run([make]).status == 0)
  try disk.remount("ro")
  let list = try disk.command.run([
    "runs", "list", "--root", "disk", "--best", "loss", "--columns", "i",
  ])
  #expect(list.status == 0 && list.output == "i\n-\n1\n2\n3\n", "\(list)")
  #expect(list.errors.contains("note: no index: disk/index.sqlite: unable to open database file"))
  let create = try disk.command.run([make])
  #expect(create.status == 1 && create.errors.contains("Read-only file system"), "\(create.errors)")
  let script =
    "local run = require('thresh').runs.open('disk')[1]; require('thresh').runs.reopen(run.path)"
  #expect(try disk.command.run(["-e", script]).errors.contains("Read-only file system"))
  // With an index that was there before, too: it cannot be brought up to date, or need not be.
  try disk.remount("rw")
  #expect(try disk.command.run(["runs", "list", "--root", "disk"]).errors == "3 runs\n")
  try disk.remount("ro")
  #expect(try disk.command.run(["runs", "list", "--root", "disk"]).errors.contains("3 runs\n"))
}

/// `THRESH_TENSORBOARD` names a Python that has the tensorboard package.
private let tensorBoardPython = getenv("THRESH_TENSORBOARD").map { String(cString: $0) }

@Test(.enabled(if: tensorBoardPython != nil, "THRESH_TENSORBOARD names no Python with tensorboard"))
func tensorboard_realReader_readsWhatARunWrote() throws {
  let command = try Command()
  let script = try command.file(
    "board.lua",
    """
    local th = require "thresh"
    local run = th.runs.create { root = "runs", tensorboard = true }
    for epoch = 1, 3 do run:log { epoch = epoch, ["loss/train"] = 1 / epoch, bad = epoch == 2 and 0 / 0 or math.huge } end
    local events = run:tensorboard()
    events:histogram("w", th.tensor { { -1.5, 0.25 }, { 0.25, 3 } }, 3)
    local image = th.zeros(3, 2, 4, { dtype = "uint8" })
    image[{ 1, 1, 2 }] = 200
    events:image("grid", image, 2)
    run:finish()
    """)
  #expect(try command.run([script]).status == 0)
  let reader = try command.file(
    "read.py",
    """
    import glob, json, math, struct, sys, zlib
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    a = EventAccumulator(glob.glob("runs/2*")[0])
    a.Reload()
    print(sorted(a.Tags()["scalars"]), a.Tags()["histograms"], a.Tags()["images"])
    print([(s.step, round(s.value, 5)) for s in a.Scalars("loss/train")])
    print([str(s.value) for s in a.Scalars("bad")])
    h = a.Histograms("w")[0]
    v = h.histogram_value
    print(h.step, v.num, v.min, v.max, v.sum, v.sum_squares, [c for c in v.bucket if c])
    i = a.Images("grid")[0]
    print(i.step, i.width, i.height, i.encoded_image_string[:8] == bytes([137, 80, 78, 71, 13, 10, 26, 10]))
    """)
  let run =
    "io.write(io.popen([[\(try #require(tensorBoardPython)) \(reader) 2>/dev/null]]):read 'a')"
  #expect(
    try command.run(["-e", run]).output == """
      ['bad', 'loss/train'] ['w'] ['grid']
      [(1, 1.0), (2, 0.5), (3, 0.33333)]
      ['inf', 'nan', 'inf']
      3 4.0 -1.5 3.0 2.0 11.375 [1.0, 2.0, 1.0]
      2 4 2 True

      """)
}
