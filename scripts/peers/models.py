# SPDX-License-Identifier: Apache-2.0
"""The models of `scripts/bench step` in PyTorch: the same layers in the same order.

CIFAR models take 3x32x32 images and have 10 classes; SSD300 takes 3x300x300 and has 81.
"""

import torch
from torch import nn
from torch.nn import functional as F


def conv_bn(c, k, size, stride=1, groups=1):
    return nn.Sequential(
        nn.Conv2d(c, k, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(k))


class BasicBlock(nn.Module):
    """He et al. 2016; `projection`: a 1x1 convolution beside it, else zero-padded channels."""

    def __init__(self, c, k, stride, projection):
        super().__init__()
        self.a, self.b = conv_bn(c, k, 3, stride), conv_bn(k, k, 3)
        self.changes = stride != 1 or c != k
        self.shortcut = conv_bn(c, k, 1, stride) if projection and self.changes else None
        self.stride, self.pad = stride, (k - c) // 2

    def forward(self, x):
        y = self.b(F.relu(self.a(x), inplace=True))
        if self.shortcut is not None:
            x = self.shortcut(x)
        elif self.changes:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.pad, self.pad))
        return F.relu(y + x, inplace=True)


class Bottleneck(nn.Module):
    def __init__(self, c, width, stride):
        super().__init__()
        self.a, self.b = conv_bn(c, width, 1), conv_bn(width, width, 3, stride)
        self.c = conv_bn(width, 4 * width, 1)
        self.shortcut = conv_bn(c, 4 * width, 1, stride) if stride != 1 or c != 4 * width else None

    def forward(self, x):
        y = F.relu(self.a(x), inplace=True)
        y = self.c(F.relu(self.b(y), inplace=True))
        return F.relu(y + (x if self.shortcut is None else self.shortcut(x)), inplace=True)


class InvertedResidual(nn.Module):
    def __init__(self, c, k, expansion, stride):
        super().__init__()
        m = c * expansion
        self.a, self.b = conv_bn(c, m, 1), conv_bn(m, m, 3, stride, m)
        self.c = conv_bn(m, k, 1)
        self.residual = stride == 1
        self.shortcut = conv_bn(c, k, 1) if stride == 1 and c != k else None

    def forward(self, x):
        y = self.c(F.relu(self.b(F.relu(self.a(x), inplace=True)), inplace=True))
        if not self.residual:
            return y
        return y + (x if self.shortcut is None else self.shortcut(x))


class GlobalMean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def cifar_resnet(widths, blocks, projection):
    layers, c = [conv_bn(3, widths[0], 3), nn.ReLU(inplace=True)], widths[0]
    for stage, (k, count) in enumerate(zip(widths, blocks)):
        for i in range(count):
            layers.append(BasicBlock(c, k, 2 if stage > 0 and i == 0 else 1, projection))
            c = k
    return nn.Sequential(*layers, GlobalMean(), nn.Linear(c, 10))


def mobilenetv2():
    layers, c = [conv_bn(3, 32, 3), nn.ReLU(inplace=True)], 32
    for expansion, k, count, stride in [
            (1, 16, 1, 1), (6, 24, 2, 1), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
            (6, 160, 3, 2), (6, 320, 1, 1)]:
        for i in range(count):
            layers.append(InvertedResidual(c, k, expansion, stride if i == 0 else 1))
            c = k
    return nn.Sequential(
        *layers, conv_bn(c, 1280, 1), nn.ReLU(inplace=True), GlobalMean(), nn.Linear(1280, 10))


def lenet():
    return nn.Sequential(
        nn.Conv2d(3, 6, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(inplace=True), nn.Linear(120, 84), nn.ReLU(inplace=True),
        nn.Linear(84, 10))


def mlp():
    return nn.Sequential(
        nn.Flatten(), nn.Linear(3072, 256), nn.ReLU(inplace=True), nn.Linear(256, 128),
        nn.ReLU(inplace=True), nn.Linear(128, 10))


class SSD300(nn.Module):
    """A ResNet-50 trunk to stage 3 at stride 1, five extra blocks, 8,732 priors."""

    classes = 81

    def __init__(self):
        super().__init__()
        layers, c = [conv_bn(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)], 64
        for width, count, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 1)]:
            for i in range(count):
                layers.append(Bottleneck(c, width, stride if i == 0 else 1))
                c = 4 * width
        self.trunk = nn.Sequential(*layers)
        channels, middles = [1024, 512, 512, 256, 256, 256], [256, 256, 128, 128, 128]
        self.extras = nn.ModuleList()
        for i, (c, k, m) in enumerate(zip(channels, channels[1:], middles)):
            last = nn.Conv2d(m, k, 3, 2, 1, bias=False) if i < 3 else nn.Conv2d(m, k, 3, bias=False)
            self.extras.append(nn.Sequential(
                conv_bn(c, m, 1), nn.ReLU(inplace=True), last, nn.BatchNorm2d(k), nn.ReLU(inplace=True)))
        boxes = [4, 6, 6, 6, 4, 4]
        self.loc = nn.ModuleList(nn.Conv2d(c, 4 * d, 3, padding=1) for c, d in zip(channels, boxes))
        self.conf = nn.ModuleList(
            nn.Conv2d(c, self.classes * d, 3, padding=1) for c, d in zip(channels, boxes))

    def forward(self, x):
        maps = [self.trunk(x)]
        for extra in self.extras:
            maps.append(extra(maps[-1]))
        n = len(x)
        loc = torch.cat([f(m).reshape(n, 4, -1) for f, m in zip(self.loc, maps)], 2)
        conf = torch.cat([f(m).reshape(n, self.classes, -1) for f, m in zip(self.conf, maps)], 2)
        return loc, conf


def ssd_loss(output, boxes, labels):
    """Smooth L1 over positives, cross-entropy over positives and the hardest three times as many."""
    loc, conf = output
    positive = labels > 0
    count = positive.sum(1)
    loc_loss = (F.smooth_l1_loss(loc, boxes, reduction="none").sum(1) * positive).sum(1)
    each = F.cross_entropy(conf, labels, reduction="none")
    rank = each.detach().masked_fill(positive, 0).argsort(1, descending=True).argsort(1)
    hard = rank < (3 * count).clamp(max=labels.shape[1])[:, None]
    conf_loss = (each * (positive | hard)).sum(1)
    return ((loc_loss + conf_loss) / count.clamp(min=1)).mean()


MODELS = {
    "resnet18": lambda: cifar_resnet((64, 128, 256, 512), (2, 2, 2, 2), True),
    "resnet20": lambda: cifar_resnet((16, 32, 64), (3, 3, 3), False),
    "mobilenetv2": mobilenetv2, "lenet": lenet, "mlp": mlp, "ssd300": SSD300,
}
