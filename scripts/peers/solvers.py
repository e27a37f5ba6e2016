# SPDX-License-Identifier: Apache-2.0
"""Subset selectors of Thresh beside numpy and submodlib, in turns, on the same inputs.

Called by `scripts/bench selector-peers`. Each run is a process of its own, so that its peak resident
size less what it held before solving is the memory of the solver. Inputs are synthetic: ReLU embeddings
and the residuals of a random softmax layer.

omp                per-gradient matching pursuit without weights' penalty, n = 5000, d = 5130, k = 500.
                   Peer: the form of CORDS in numpy, on the gradients themselves.
craig              facility location of max(D) - D, D = ||r_i - r_j||², by class. Peer: submodlib, lazy.
facility_location  of (1 + cosine) / 2 of the embeddings, by class. Peer: submodlib, lazy.
k_center           farthest first from candidate 0, k = 1000. Peer: numpy, one row of distances a pick.
glister            15 rounds, 5000 held-out examples. Peer: numpy, the form of CORDS."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROBLEMS = {"omp": 5000, "craig": 50000, "facility_location": 50000, "k_center": 50000, "glister": 50000}
C, E = 10, 512


def softmax(x):
    x = np.exp(x - x.max(1, keepdims=True))
    return x / x.sum(1, keepdims=True)


def picks_of(problem, n):
    return {"omp": 500, "k_center": 1000}.get(problem, n // 10)


def make(folder, n):
    random = np.random.default_rng(1)
    labels = random.integers(0, C, n)
    logits = random.standard_normal((n, C)).astype(np.float32)
    residuals = softmax(logits)
    residuals[np.arange(n), labels] -= 1
    centres = random.standard_normal((C, E)).astype(np.float32)
    embeddings = np.maximum(random.standard_normal((n, E)).astype(np.float32) + centres[labels], 0)
    for name, values in {"labels": labels, "logits": logits, "residuals": residuals,
                         "embeddings": embeddings}.items():
        np.save(folder / f"{name}.npy", values)


# The peers: each gives its picks.


def omp(x, k):
    """Orthogonal matching pursuit on gradients that are formed, a least-squares solution each pick."""
    r, h = x["residuals"], x["embeddings"]
    a = np.concatenate([np.ones((len(h), 1), np.float32), h], 1)
    g = (r[:, :, None] * a[:, None, :]).reshape(len(r), -1)  # (n, d)
    target = g.sum(0, dtype=np.float64).astype(np.float32)
    chosen, residual, left = [], target, np.ones(len(g), bool)
    for _ in range(k):
        scores = np.where(left, g @ residual, -np.inf)
        chosen.append(int(scores.argmax()))
        left[chosen[-1]] = False
        own = g[chosen]
        weights = np.linalg.solve(own @ own.T, own @ target)
        while (weights < 0).any() and len(chosen) > 1:  # What is negative goes for good.
            chosen = [i for i, w in zip(chosen, weights) if w >= 0]
            own = g[chosen]
            weights = np.linalg.solve(own @ own.T, own @ target)
        residual = target - weights @ own
    return np.array(chosen)


def by_class(x, k, similarity):
    from submodlib import FacilityLocationFunction

    picks = []
    for own, budget in shares(x["labels"], k):
        f = FacilityLocationFunction(
            n=len(own), mode="dense", sijs=similarity(own), separate_rep=False)
        found = f.maximize(budget=budget, optimizer="LazyGreedy", show_progress=False)
        picks += [own[i] for i, _ in found]
    return np.array(picks)


def shares(labels, k):
    """The members of each class and its part of k, by largest remainder."""
    counts = np.bincount(labels, minlength=C)
    exact = counts * k / len(labels)
    budgets = np.floor(exact).astype(int)
    for c in np.argsort(-(exact - budgets), kind="stable")[: k - budgets.sum()]:
        budgets[c] += 1
    return [(np.flatnonzero(labels == c), int(budgets[c])) for c in range(C)]


def distances(x):
    norms = (x * x).sum(1)
    return np.maximum(norms[:, None] + norms[None] - 2 * x @ x.T, 0)


def craig(x, k):
    def similarity(own):
        d = distances(x["residuals"][own])
        return d.max() - d

    return by_class(x, k, similarity)


def cosines(x):
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    return (1 + x @ x.T) / 2


def facility_location(x, k):
    return by_class(x, k, lambda own: cosines(x["embeddings"][own]))


def k_center(x, k):
    h = x["embeddings"]
    norms = (h * h).sum(1)
    nearest, pick, picks = np.full(len(h), np.inf, np.float32), 0, [0]
    while len(picks) < k:
        np.minimum(nearest, norms + norms[pick] - 2 * (h @ h[pick]), out=nearest)
        nearest[pick] = -1
        pick = int(nearest.argmax())
        picks.append(pick)
    return np.array(picks)


def glister(x, k):
    r, h = x["residuals"], x["embeddings"]
    m, rounds, eta = len(h) // 10, 15, 0.01
    ones = lambda a: np.concatenate([np.ones((len(a), 1), np.float32), a], 1)  # noqa: E731
    a, held, labels = ones(h), ones(h[:m]), x["labels"][:m]
    total, left, picks = np.zeros((C, E + 1), np.float32), np.ones(len(h), bool), []
    size = (k - 1) // rounds + 1
    while len(picks) < k:
        p = softmax(x["logits"][:m] - eta * held @ total.T)
        p[np.arange(m), labels] -= 1
        direction = p.T @ held / m  # (C, E + 1)
        gains = np.where(left, (r * (a @ direction.T)).sum(1), -np.inf)
        found = np.argsort(-gains, kind="stable")[: min(size, k - len(picks))]
        left[found] = False
        picks += found.tolist()
        total += r[found].T @ a[found]
    return np.array(picks)


PEERS = {"omp": ("numpy", omp), "craig": ("submodlib", craig),
         "facility_location": ("submodlib", facility_location), "k_center": ("numpy", k_center),
         "glister": ("numpy", glister)}


def worth(problem, x, picks, k):
    """What the picks are worth, by the problem's own measure: the larger the better."""
    r, h = x["residuals"].astype(np.float64), x["embeddings"].astype(np.float64)
    if problem == "omp":
        a = np.concatenate([np.ones((len(h), 1)), h], 1)
        gram = (r[picks] @ r[picks].T) * (a[picks] @ a[picks].T)
        target = r.T @ a
        b = ((r[picks] @ target) * a[picks]).sum(1)
        # The share of ||sum g||² that the best weights reach.
        return float(b @ np.linalg.lstsq(gram, b, rcond=None)[0] / (target * target).sum())
    if problem == "k_center":
        # Minus the radius.
        nearest = np.full(len(h), np.inf)
        norms = (h * h).sum(1)
        for i in picks:
            np.minimum(nearest, norms + norms[i] - 2 * (h @ h[i]), out=nearest)
        return -float(np.sqrt(max(nearest.max(), 0)))
    if problem == "glister":
        return float(len(set(picks.tolist())))
    total = 0.0
    for own, _ in shares(x["labels"], k):
        inside = np.isin(own, picks)
        if problem == "craig":
            d = distances(r[own])
            s = d.max() - d[:, inside]
        else:
            s = cosines(h[own])[:, inside]
        total += s.max(1).sum()
    return float(total)


def peak(field):
    status = pathlib.Path("/proc/self/status").read_text()
    return int(status.split(field + ":")[1].split()[0]) / 1024


def run_peer(problem, folder, k):
    x = {name: np.load(folder / f"{name}.npy")
         for name in ("labels", "logits", "residuals", "embeddings")}
    if PEERS[problem][0] == "submodlib":
        import submodlib  # noqa: F401  not a part of solving
    before, start = peak("VmRSS"), time.perf_counter()
    picks = PEERS[problem][1](x, k)
    seconds = time.perf_counter() - start
    np.save(folder / "picks.npy", picks)
    print(json.dumps({"seconds": seconds, "mib": max(0, peak("VmHWM") - before)}))


def spread(values):
    return {"median": round(statistics.median(values), 4), "min": round(min(values), 4),
            "max": round(max(values), 4)}


def compare(problem, o, folder):
    n = o.n or PROBLEMS[problem]
    k = min(picks_of(problem, n), n)
    make(folder, n)
    x = {name: np.load(folder / f"{name}.npy")
         for name in ("labels", "logits", "residuals", "embeddings")}
    names = ["thresh", PEERS[problem][0]]
    commands = {
        names[0]: [o.thresh, str(HERE / "solvers.lua"), problem, str(folder), str(k), str(o.threads)],
        names[1]: [sys.executable, __file__, "--run", problem, "--folder", str(folder), "--k", str(k)],
    }
    threads = {v: str(o.threads) for v in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    results, values, picks = {name: [] for name in names}, {}, {}
    for _ in range(o.rounds):
        for name in names:
            done = subprocess.run(
                commands[name], check=True, stdout=subprocess.PIPE, text=True,
                env=os.environ | threads)
            results[name].append(json.loads(done.stdout.strip().splitlines()[-1]))
            picks[name] = np.load(folder / "picks.npy").reshape(-1).astype(int)
            values[name] = worth(problem, x, picks[name], k)
    line = {"bench": "selector-peers", "problem": problem, "data": "synthetic", "n": n, "classes": C,
            "width": E, "k": k, "threads": o.threads, "rounds": o.rounds}
    for name in names:
        line[name] = {"seconds": spread([r["seconds"] for r in results[name]]),
                      "mib": spread([r["mib"] for r in results[name]])["median"],
                      "value": float(f"{values[name]:.9g}")}
    ratios = [b["seconds"] / a["seconds"] for a, b in zip(results[names[0]], results[names[1]])]
    line["same_picks"] = round(len(np.intersect1d(picks[names[0]], picks[names[1]])) / k, 4)
    line["ratio"] = spread(ratios)
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench selector-peers")
    parser.add_argument("problems", nargs="*", help=f"of {', '.join(PROBLEMS)}; all unless given")
    parser.add_argument("--thresh")
    parser.add_argument("--n", type=int, help="candidates; 5000 for omp and 50000 for the others")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--k", type=int, help=argparse.SUPPRESS)
    o = parser.parse_args()
    if o.run:
        run_peer(o.run, pathlib.Path(o.folder), o.k)
        return
    for problem in o.problems or PROBLEMS:
        if problem not in PROBLEMS:
            sys.exit(f"selector-peers: there is no problem '{problem}'; one of {', '.join(PROBLEMS)}")
        with tempfile.TemporaryDirectory() as folder:
            compare(problem, o, pathlib.Path(folder))


if __name__ == "__main__":
    main()
