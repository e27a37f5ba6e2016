# SPDX-License-Identifier: Apache-2.0
"""One PyTorch process that times steps on demand: a line "SECONDS" on standard input, a JSON list of
seconds a step on standard output. `peak` answers with its maximum resident size in MiB."""

import argparse
import json
import resource
import sys
import time

import torch
from torch.nn import functional as F

from models import MODELS, ssd_loss

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--batch", type=int, required=True)
parser.add_argument("--threads", type=int, required=True)
parser.add_argument("--channels-last", action="store_true")
parser.add_argument("--inference", action="store_true")
o = parser.parse_args()

torch.set_num_threads(o.threads)
torch.manual_seed(0)
ssd = o.model == "ssd300"
model = MODELS[o.model]()
side = 300 if ssd else 32
x = torch.randn(o.batch, 3, side, side)
if o.channels_last:
    model = model.to(memory_format=torch.channels_last)
    x = x.contiguous(memory_format=torch.channels_last)
if ssd:
    priors = 8732
    labels = torch.where(torch.rand(o.batch, priors) < 0.005, torch.randint(1, 81, (o.batch, priors)), 0)
    boxes = torch.randn(o.batch, 4, priors)
else:
    labels = torch.randint(0, 10, (o.batch,))
optimizer = torch.optim.SGD(model.parameters(), lr=1e-4, momentum=0.9, weight_decay=5e-4)
model.train(not o.inference)


def step():
    if o.inference:
        with torch.inference_mode():
            model(x)
        return
    optimizer.zero_grad(set_to_none=True)
    out = model(x)
    loss = ssd_loss(out, boxes, labels) if ssd else F.cross_entropy(out, labels)
    loss.backward()
    optimizer.step()
    loss.item()


for _ in range(2):
    step()
print("ready", flush=True)
for line in sys.stdin:
    if line.strip() == "peak":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, flush=True)
        continue
    times, began = [], time.perf_counter()
    while not times or time.perf_counter() - began < float(line):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(json.dumps(times), flush=True)
