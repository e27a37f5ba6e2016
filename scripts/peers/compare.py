# SPDX-License-Identifier: Apache-2.0
"""Times Thresh and PyTorch in turns: each of them is a process that waits while the others run.

Called by `scripts/bench peers`. One JSON line a model: images a second (median of the rounds' medians,
least, most), ratios to PyTorch by round, and the peak resident size in MiB."""

import argparse
import json
import os
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ALL = ["resnet18", "resnet20", "mobilenetv2", "ssd300", "lenet", "mlp", "resnet18+inference"]


class Peer:
    """A process with a `step` that runs when it is told to."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE)
        self.expect("ready")

    def expect(self, word):
        line = self.process.stdout.readline()
        if line.strip() != word:
            sys.exit(f"peers: a process said {line!r} and not {word!r}")

    def ask(self, line):
        print(line, file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def spread(values):
    return {"median": round(statistics.median(values), 3), "min": round(min(values), 3),
            "max": round(max(values), 3)}


def compare(name, o):
    model, _, mode = name.partition("+")
    batch = o.batch or (4 if model == "ssd300" else 32)
    options = ["--batch", str(batch), "--threads", str(o.threads)]
    options += ["--inference"] if mode == "inference" else []
    torch = [sys.executable, os.path.join(HERE, "step.py"), model, *options]
    peers = {
        "thresh": Peer([o.thresh, os.path.join(HERE, "../bench.d/step.lua"), model, *options, "--serve"]),
        "torch": Peer(torch),
        "torch_channels_last": Peer([*torch, "--channels-last"]),
    }
    seconds = {peer: [] for peer in peers}
    for _ in range(o.rounds):
        for peer, process in peers.items():
            seconds[peer].append(statistics.median(process.ask(str(o.seconds))))
    line = {"bench": "peers", "model": name, "batch": batch, "threads": o.threads, "rounds": o.rounds}
    for peer, process in peers.items():
        line[peer] = {
            "images_per_second": spread([batch / s for s in seconds[peer]]),
            "peak_mib": round(process.ask("peak"), 1)}
        process.close()
    for peer in ("torch", "torch_channels_last"):
        ratios = [theirs / ours for theirs, ours in zip(seconds[peer], seconds["thresh"])]
        line["ratio_to_" + peer] = spread(ratios)
    line["ratio"] = min(line["ratio_to_torch"]["median"], line["ratio_to_torch_channels_last"]["median"])
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench peers")
    parser.add_argument("models", nargs="*", default=ALL)
    parser.add_argument("--thresh", required=True)
    parser.add_argument("--batch", type=int, default=0, help="32, and 4 for ssd300, unless given")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each peer in a round")
    o = parser.parse_args()
    for name in o.models or ALL:
        if name.partition("+")[0] not in {n.partition("+")[0] for n in ALL}:
            sys.exit(f"peers: there is no model '{name}'; one of {', '.join(ALL)}")
        compare(name, o)


main()
