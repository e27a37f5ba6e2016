// SPDX-License-Identifier: Apache-2.0
import Testing

/// Datasets larger than the memory budget.
@Suite struct MappedDataTests {
  /// 96 MiB of pixels under a budget of 48 MiB: read they do not fit, mapped they train.
  @Test func dataset_aboveTheBudget_trainsFromItsFile() throws {
    let command = try Command()
    let script = try command.file(
      "train.lua",
      """
      local th = require "thresh"
      local n, d = 1 << 15, 3 * 32 * 32
      -- Byte 1 of an image is its class; the rest is a hole in the file, which takes no room.
      local header = ("{'descr': '|u1', 'fortran_order': False, 'shape': (%d, 3, 32, 32), }"):format(n)
      header = header .. (" "):rep(117 - #header) .. "\\n"
      local f <close> = assert(io.open("x.npy", "wb"))
      f:write("\\x93NUMPY\\1\\0", string.pack("<I2", #header), header)
      local labels = {}
      for i = 1, n do
        labels[i] = i % 2 + 1
        if i % 64 < 2 or i == n then
          f:seek("set", 10 + #header + (i - 1) * d)
          f:write(string.char(255 * (labels[i] - 1)))
        end
      end
      f:seek("set", 10 + #header + n * d - 1)
      f:write("\\0")
      f:close()
      labels = th.tensor(labels)
      print(pcall(th.data.from_npy, "x.npy", labels, { mmap = false }))
      local set = th.data.from_npy("x.npy", labels)
      local mean = set:statistics()
      print(#set, set.mapped, mean[1] > 0, #set:fingerprint())
      local keep = {}
      for i = 1, n do if i % 64 < 2 then keep[#keep + 1] = i end end
      local model = th.nn.Sequential(th.nn.Flatten(), th.nn.Linear(d, 2))
      local optimizer = th.optim.SGD(model:parameters(), { lr = 2 })
      keep = th.tensor(keep)
      local loss
      for epoch = 1, 5 do
        for batch in set:loader { indices = keep, batch_size = 64, seed = 1, epoch = epoch } do
          optimizer:zero_grad()
          loss = th.nn.cross_entropy(model:forward(batch.x), batch.y)
          loss:backward()
          optimizer:step()
        end
      end
      print(loss:item() < 0.2)
      local seen = 0
      for batch in set:loader { batch_size = 256 } do seen = seen + batch.x:size(1) end
      print(seen)
      """)
    let result = try command.run(["--max-memory", "48M", "--threads", "1", script])
    let lines = result.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("false\t") == true, "\(result.output)")
    #expect(lines.first?.contains("not enough memory") == true, "\(result.output)")
    #expect(lines.dropFirst() == ["32768\ttrue\ttrue\t64", "true", "32768"])
    #expect(result.errors == "")
    #expect(result.status == 0)
  }
}
