# SPDX-License-Identifier: Apache-2.0
"""Times COCO evaluation by Thresh, hotcoco and pycocotools in turns; one JSON line a tool.

`seconds` is CPU time of the whole process, `evaluate` that of the evaluation alone (without start and
reading); medians, with the range of `seconds`. `equal` says whether the 12 figures have the bits that
pycocotools 2.0.11 gives on this problem.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

STATS = """0x1.e02c76a781ff5p-2 0x1.1fff406462911p-1 0x1.09055b4e9dfacp-1 0x1.f381e04e94b0dp-2
0x1.ea6b75a6de991p-2 0x1.d672824e93a88p-2 0x1.4cbcc7aeca93bp-1 0x1.774175a5b9dbcp-1
0x1.774c67f9aff1ap-1 0x1.77380a89c951ap-1 0x1.770a1a37d8080p-1 0x1.76b32c8d7701cp-1""".split()

THRESH = """
local coco = require 'thresh'.coco
local gt, dt = coco.load(arg[1]), coco.results(arg[2])
local began = os.clock()
local stats = coco.evaluate{gt = gt, dt = dt}.stats
local seconds = os.clock() - began
for i, value in ipairs(stats) do stats[i] = string.format('"%a"', value) end
print(string.format('{"evaluate":%.6f,"stats":[%s]}', seconds, table.concat(stats, ',')))
"""

PEER = """
import sys, time, json, io, contextlib
from {tool} import COCO
{tool_eval}
with contextlib.redirect_stdout(io.StringIO()):
    gt = COCO(sys.argv[1])
    dt = gt.loadRes(sys.argv[2])
    began = time.process_time()
    e = COCOeval(gt, dt, "bbox")
    e.evaluate(); e.accumulate(); e.summarize()
    seconds = time.process_time() - began
print(json.dumps({{"evaluate": seconds, "stats": [float(s).hex() for s in e.stats]}}))
"""


def commands(thresh):
    script = pathlib.Path(tempfile.mkdtemp()) / "coco.lua"
    script.write_text(THRESH)
    hotcoco = PEER.format(tool="hotcoco", tool_eval="from hotcoco import COCOeval")
    pycocotools = PEER.format(tool="pycocotools.coco", tool_eval="from pycocotools.cocoeval import COCOeval")
    return {
        "thresh": [thresh, str(script)],
        "hotcoco": [sys.executable, "-c", hotcoco],
        "pycocotools": [sys.executable, "-c", pycocotools],
    }


def measured(command):
    """Runs a command: CPU seconds, peak MiB, what it printed."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"coco: {command[0]} failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, json.loads(output)


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--thresh", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tools", default="thresh,hotcoco,pycocotools")
    parser.add_argument("--slow-rounds", type=int, default=1, help="rounds with pycocotools in them")
    a = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp())
    # In a process of its own: a child's peak memory starts with its parent's size.
    made = f"import coco_problem, pathlib; coco_problem.write(pathlib.Path({str(folder)!r}))"
    subprocess.run([sys.executable, "-c", made], check=True, cwd=pathlib.Path(__file__).parent)
    paths = [str(folder / "gt.json"), str(folder / "dt.json")]
    known = commands(a.thresh)
    runs = {tool: [] for tool in a.tools.split(",")}
    for round_number in range(a.rounds):
        for tool in runs:
            if tool != "pycocotools" or round_number < a.slow_rounds:
                runs[tool].append(measured(known[tool] + paths))
    for tool, found in runs.items():
        cpu = [f[0] for f in found]
        wanted = [float.fromhex(s) for s in STATS]
        print(json.dumps({
            "bench": "coco", "tool": tool, "runs": len(found), "seconds": round(median(cpu), 4),
            "min": round(min(cpu), 4), "max": round(max(cpu), 4),
            "evaluate": round(median([f[2]["evaluate"] for f in found]), 4),
            "peak_mib": round(max(f[1] for f in found), 1),
            "equal": all([float.fromhex(s) for s in f[2]["stats"]] == wanted for f in found),
        }))
    for path in paths:
        os.unlink(path)


if __name__ == "__main__":
    main()
