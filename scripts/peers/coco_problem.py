# SPDX-License-Identifier: Apache-2.0
"""A COCO-shaped evaluation problem: 5000 images, 36,781 objects, 503,200 detections by default.

Only `random.Random(seed).random()` is drawn, whose stream is the same on every Python 3, so equal
arguments give byte-equal files. 80 of the 91 category ids with a long tail, some images without objects,
one object in 82 a crowd, scores of half of the detections rounded to 2 decimals (ties), 20 images with
160 detections of one class (beyond the limit of 100).
"""
import json
import math
import random

CATEGORIES = [i for i in range(1, 91) if i not in (12, 26, 29, 30, 45, 66, 68, 69, 71, 83)]
SIZES = [(640, 480), (480, 640), (640, 427), (427, 640), (500, 375), (640, 640), (612, 612)]


def cumulative():
    weights = [30.0] + [7.0 / (1 + 0.12 * i) for i in range(79)]
    total, sum_so_far, out = sum(weights), 0.0, []
    for w in weights:
        sum_so_far += w / total
        out.append(sum_so_far)
    return out


def pick(cdf, u):
    low, high = 0, len(cdf) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if cdf[middle] < u else (low, middle)
    return low


def random_box(r, width, height):
    side = math.exp(math.log(6) + r() * (math.log(420) - math.log(6)))
    ratio = math.exp((r() - 0.5) * 1.6)
    w = min(side * math.sqrt(ratio), width - 1.0)
    h = min(side / math.sqrt(ratio), height - 1.0)
    return [round(r() * (width - w), 2), round(r() * (height - h), 2), round(max(w, 1), 2), round(max(h, 1), 2)]


def jittered(r, box, s):
    x, y, w, h = box
    return [x + (r() - 0.5) * s * w, y + (r() - 0.5) * s * h, w * (1 + (r() - 0.5) * s), h * (1 + (r() - 0.5) * s)]


def generate(images=5000, objects=36781, detections=100, seed=20260101):
    r = random.Random(seed).random
    cdf = cumulative()
    ids, used = [], set()
    while len(ids) < images:
        i = 1 + int(r() * 581929)
        if i not in used:
            used.add(i)
            ids.append(i)
    records = []
    for i in ids:
        w, h = SIZES[int(r() * len(SIZES))]
        records.append({"id": i, "file_name": "%012d.jpg" % i, "width": w, "height": h})
    empty = max(1, images // 100)
    annotations, by_image = [], [[] for _ in range(images)]
    for k in range(objects):
        j = int(r() * r() * (images - empty)) if r() < 0.5 else int(r() * (images - empty))
        box = random_box(r, records[j]["width"], records[j]["height"])
        crowd = 1 if k % 82 == 81 else 0
        category = CATEGORIES[pick(cdf, r())]
        annotation = {
            "id": 1000 + 7 * k, "image_id": records[j]["id"], "category_id": category, "bbox": box,
            "area": round(box[2] * box[3] * (0.55 + 0.4 * r()), 4), "iscrowd": crowd,
        }
        annotations.append(annotation)
        by_image[j].append(annotation)
    results = []
    for j, image in enumerate(records):
        w, h, mine = image["width"], image["height"], []
        for a in by_image[j]:
            for _ in range(0 if r() < 0.15 else 1 + int(r() * 3)):
                if len(mine) >= detections:
                    break
                s = r() * r() * 0.45
                box = jittered(r, a["bbox"], s)
                category = a["category_id"] if r() < 0.9 else CATEGORIES[pick(cdf, r())]
                mine.append((category, box, 0.25 + 0.75 * r() * (1 - s)))
        while len(mine) < detections:
            mine.append((CATEGORIES[pick(cdf, r())], random_box(r, w, h), 0.05 + 0.6 * r() * r() * r()))
        if j % max(1, images // 20) == 0:
            category = CATEGORIES[pick(cdf, r())]
            mine += [(category, random_box(r, w, h), 0.05 + 0.9 * r()) for _ in range(160)]
        for category, box, score in mine:
            digits = 2 if r() < 0.5 else 6
            results.append({
                "image_id": image["id"], "category_id": category, "bbox": [round(v, 3) for v in box],
                "score": round(score, digits),
            })
    categories = [{"id": c, "name": "class%02d" % c, "supercategory": "s"} for c in CATEGORIES]
    truth = {"info": {"description": "synthetic"}, "images": records, "annotations": annotations, "categories": categories}
    return truth, results


def write(folder):
    for name, value in zip(("gt", "dt"), generate()):
        (folder / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")))
