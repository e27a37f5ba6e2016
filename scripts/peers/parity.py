# SPDX-License-Identifier: Apache-2.0
"""Gradients and loss curves of Thresh against PyTorch's, from the same weights and the same batches.

Called by `scripts/bench parity`. Gradients: the relative L2 error of each parameter tensor against
PyTorch in float64 on the same float32 weights and images; ours in float32 with Winograd's form where
the engine chooses it ("auto"), in float32 with direct convolutions, in float64; PyTorch's own in float32
(its default, NCHW, and channels-last). Tensors whose gradient is nothing but rounding (a bias in front
of a normalisation: norm below 1e-6 of the largest) are left out and counted.

A value that rounding moves across ReLU's kink, or past its rival in a maximum pool, changes gradients
by far more than rounding does; about one in a million does, on either side, so that errors are of 1e-3
in one batch and of 1e-6 in the next. So errors are taken over many batches in two ways: by their mean
square, which compares where most batches have such values and is one event's where hardly any has, and
by their median, the other way round. A ratio to PyTorch is the lesser of both; those by the mean square
stand beside it. --smooth keeps values away from ReLU's kink by a large bias of every normalisation.

curve: the losses of ResNet-20's first training steps against five runs of PyTorch that differ in
threads, layout and library alone."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from torch.nn import functional as F

from models import ssd_loss

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "fixtures"))
import torch_models as named  # noqa: E402  the models with the names of their parameters

named.relu, named.relu6 = F.relu, F.relu6  # which keep no margins

MODELS = {
    "mlp": named.MLP, "lenet": named.LeNet,
    "resnet20": lambda: named.ResNet((16, 32, 64), (3, 3, 3), "A", "linear"),
    "resnet18": lambda: named.imagenet_resnet(18, stem="cifar", classes=10),
    "resnet34": lambda: named.imagenet_resnet(34, stem="cifar", classes=10),
    "mobilenetv2": named.MobileNetV2,
    "vgg11_bn": lambda: named.VGG(11, stem="cifar", classes=10),
    "vgg16_bn": lambda: named.VGG(16, stem="cifar", classes=10),
    "resnet50": lambda: named.imagenet_resnet(50, stem="cifar", classes=10),
    "resnet101": lambda: named.imagenet_resnet(101, stem="cifar", classes=10),
    "ssd300": named.SSD300,
}
SHIFT = 8  # standard deviations of a normalised value
NOTHING = 1e-6  # of the largest norm
FORMS = ["auto", "direct", "float64"]


def cifar(folder, count, seed):
    """`count` images of CIFAR-10's binary files, as the usual normalised floats, and their labels."""
    files = sorted(pathlib.Path(folder).glob("data_batch_*.bin"))
    rows = np.concatenate([np.fromfile(f, np.uint8).reshape(-1, 3073) for f in files])
    random = np.random.default_rng(seed)
    epochs = [random.permutation(len(rows)) for _ in range(0, count, len(rows))]
    rows = rows[np.concatenate(epochs)[:count]]
    mean, deviation = ([[v] for v in vs] for vs in ((125.3, 123.0, 113.9), (63.0, 62.1, 66.7)))
    x = (rows[:, 1:].reshape(-1, 3, 1024) - np.array(mean)) / np.array(deviation)
    return x.reshape(-1, 3, 32, 32).astype(np.float32), rows[:, 0].astype(np.int64)


def synthetic(count, seed, size=32):
    """Ten classes of smooth random patterns under noise of the same size."""
    random = np.random.default_rng(seed)
    coarse = random.standard_normal((10, 3, 4, 4)).repeat(size // 4, 2).repeat(size // 4, 3)
    y = random.integers(0, 10, count)
    x = coarse[y] + random.standard_normal((count, 3, size, size))
    return x.astype(np.float32), y


def images(o, count, seed):
    return cifar(o.data, count, seed) if o.data else synthetic(count, seed)


def load_file(path):
    """The float tensors of a safetensors file, by name."""
    data = path.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    types = {"F32": np.float32, "F64": np.float64}
    tensors = {}
    for name, entry in json.loads(data[8:begin]).items():
        if name != "__metadata__":
            first, last = (begin + offset for offset in entry["data_offsets"])
            values = np.frombuffer(data[first:last], types[entry["dtype"]])
            tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def thresh(o, *words):
    subprocess.run([o.thresh, str(HERE / "parity.lua"), *map(str, words)], check=True)


def build(name, state, dtype=torch.float32, layout=torch.contiguous_format):
    model = MODELS[name]()
    report = model.load_state_dict(state, strict=False)
    missing = [n for n in report.missing_keys if not n.endswith("num_batches_tracked")]
    if missing or report.unexpected_keys:
        sys.exit(f"parity: {name}'s states differ: {missing} {report.unexpected_keys}")
    return model.to(dtype).to(memory_format=layout).train()


def torch_gradients(name, state, batch, dtype, layout=torch.contiguous_format):
    model = build(name, state, dtype, layout)
    out = model(torch.from_numpy(batch["x"]).to(dtype).contiguous(memory_format=layout))
    y = torch.from_numpy(batch["y"])
    if name == "ssd300":
        loss = ssd_loss(out, torch.from_numpy(batch["boxes"]).to(dtype), y)
    else:
        loss = F.cross_entropy(out, y)
    loss.backward()
    return {n: p.grad.double() for n, p in model.named_parameters()}


def batch_of(name, o, seed):
    if name != "ssd300":
        x, y = images(o, o.batch or 32, seed)
        return {"x": x, "y": y}
    random, n = np.random.default_rng(seed), o.batch or 2
    x, _ = synthetic(n, seed, 300)
    objects = random.random((n, 8732)) < 0.005
    return {"x": x, "y": np.where(objects, random.integers(1, 81, objects.shape), 0),
            "boxes": random.standard_normal((n, 4, 8732)).astype(np.float32)}


def worst(errors):
    tensor = max(errors, key=errors.get)
    return {"worst": float(f"{errors[tensor]:.3g}"), "tensor": tensor}


def gradients(name, o, folder):
    batches = [batch_of(name, o, 100 + i) for i in range(o.batches)]
    for i, batch in enumerate(batches, 1):
        for key, value in batch.items():
            np.save(folder / f"{i}-{key}.npy", value)
    thresh(o, "gradients", name, folder, "--batches", o.batches, "--threads", o.threads,
           *(["--shift", SHIFT] if o.smooth else []))
    state = load_file(folder / "state.safetensors")
    forms = FORMS + ["torch", "torch_channels_last"]
    each, left_out = {form: {} for form in forms}, set()
    for i, batch in enumerate(batches, 1):
        exact = torch_gradients(name, state, batch, torch.float64)
        given = {f: load_file(folder / f"{i}-{f}.safetensors") for f in FORMS}
        given["torch"] = torch_gradients(name, state, batch, torch.float32)
        given["torch_channels_last"] = torch_gradients(
            name, state, batch, torch.float32, torch.channels_last)
        norms = {n: float(g.norm()) for n, g in exact.items()}
        left_out |= {n for n in norms if norms[n] <= NOTHING * max(norms.values())}
        for form in forms:
            for n, g in exact.items():
                error = float((given[form][n].double() - g).norm()) / (norms[n] or 1)
                each[form].setdefault(n, []).append(error)

    def over(batches_to_one):
        return {form: {n: float(batches_to_one(e)) for n, e in of.items() if n not in left_out}
                for form, of in each.items()}

    errors, medians = over(lambda e: np.sqrt(np.mean(np.square(e)))), over(np.median)
    line = {"bench": "parity", "model": name, "batch": len(batches[0]["x"]), "batches": o.batches,
            "data": "cifar10" if o.data and name != "ssd300" else "synthetic",
            "smooth": o.smooth, "tensors": len(errors["torch"]), "left_out_as_rounding": len(left_out)}
    for form in forms:
        line[form] = worst(errors[form])
        line[form]["median"] = float(f"{np.median(list(errors[form].values())):.3g}")
    for form in ("direct", "auto"):
        by_square, by_median = (
            {n: e / of["torch"][n] for n, e in of[form].items() if of["torch"][n]}
            for of in (errors, medians))
        ratios = {n: min(ratio, by_median.get(n, ratio)) for n, ratio in by_square.items()}
        line[form + "_to_torch"] = worst(ratios) | {
            "by_mean_square": worst(by_square),
            "median": float(f"{np.median(list(ratios.values())):.3g}"),
            "least": float(f"{min(ratios.values()):.3g}")}
    print(json.dumps(line), flush=True)
    if o.list:
        for n in errors["torch"]:
            print(f"{n:50}", *(f"{form} {errors[form][n]:.2e}" for form in forms))


# Threads, layout, whether oneDNN's kernels are used.
RUNS = [(1, torch.contiguous_format, True), (2, torch.contiguous_format, True),
        (1, torch.channels_last, True), (2, torch.channels_last, True),
        (2, torch.contiguous_format, False)]
SGD = {"lr": 0.05, "momentum": 0.9, "weight_decay": 5e-4}


def torch_curve(state, x, y, threads, layout, onednn):
    torch.set_num_threads(threads)
    torch.backends.mkldnn.enabled = onednn
    model = build("resnet20", state, layout=layout)
    optimizer = torch.optim.SGD(model.parameters(), **SGD)
    losses = []
    for images, labels in zip(torch.from_numpy(x), torch.from_numpy(y)):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(images.contiguous(memory_format=layout)), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    torch.backends.mkldnn.enabled = True
    return losses


def curve(o, folder):
    batch = o.batch or 64
    x, y = images(o, o.steps * batch, 7)
    x, y = x.reshape(o.steps, batch, 3, 32, 32), y.reshape(o.steps, batch)
    np.save(folder / "x.npy", x)
    np.save(folder / "y.npy", y)
    options = [w for key, value in SGD.items() for w in ("--" + key.replace("_", "-"), value)]
    thresh(o, "curve", "resnet20", folder, "--threads", o.threads, *options)
    state = load_file(folder / "state.safetensors")
    theirs = np.array([torch_curve(state, x, y, *run) for run in RUNS])
    np.save(folder / "torch.npy", theirs)

    def difference(a, b):
        return float(np.abs(a - b).mean())

    each = [difference(run, np.delete(theirs, i, 0).mean(0)) for i, run in enumerate(theirs)]
    line = {"bench": "parity", "model": "resnet20", "curve": True, "steps": o.steps, "batch": batch,
            "data": "cifar10" if o.data else "synthetic", **SGD,
            "loss": {"first": theirs[0][0], "last_20": round(float(theirs[:, -20:].mean()), 4)},
            "torch": [round(e, 6) for e in each], "torch_largest": round(max(each), 6)}
    for form in ("auto", "direct"):
        ours = np.load(folder / f"{form}.npy")
        d = difference(ours, theirs.mean(0))
        line[form] = {"difference": round(d, 6), "ratio": round(d / max(each), 3),
                      "last_20": round(float(ours[-20:].mean()), 4)}
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench parity")
    parser.add_argument("models", nargs="*", help=f"of {', '.join(MODELS)} and curve; all unless given")
    parser.add_argument("--thresh", required=True)
    parser.add_argument("--data", help="the folder of CIFAR-10's binary files; synthetic images without")
    parser.add_argument("--batch", type=int, default=0, help="32, 2 for ssd300, 64 for the curve")
    parser.add_argument("--batches", type=int, default=16, help="to take gradients of")
    parser.add_argument("--smooth", action="store_true", help="no values near ReLU's kink")
    parser.add_argument("--steps", type=int, default=200, help="of the curve")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--keep", help="a folder for the files of both sides")
    parser.add_argument("--list", action="store_true", help="the errors of every tensor too")
    o = parser.parse_args()
    torch.set_num_threads(o.threads)
    for name in o.models or [*MODELS, "curve"]:
        if name != "curve" and name not in MODELS:
            sys.exit(f"parity: there is no model '{name}'; one of {', '.join(MODELS)}, curve")
        with tempfile.TemporaryDirectory() as scratch:
            folder = pathlib.Path(o.keep or scratch, name)
            os.makedirs(folder, exist_ok=True)
            curve(o, folder) if name == "curve" else gradients(name, o, folder)


if __name__ == "__main__":
    main()
