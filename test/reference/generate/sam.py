"""
Weights and losses of a small network trained with sharpness-aware minimization, in float64: the steps of the PyTorch package `sam`
(github.com/davda54/sam), as its README writes them, with momentum or AdamW for the base; gradients are PyTorch's.
"""

import common
import numpy as np
import torch

X, Y = common.sixteenths(81, (8, 3)), common.sixteenths(82, (8, 2))
START = [common.sixteenths(83, (3, 5)) / 2, common.sixteenths(84, (5,)) / 4, common.sixteenths(85, (5, 2)) / 2, common.sixteenths(86, (2,)) / 4]
STEPS = 12

# the base, its options in PyTorch, the radius, whether it is adaptive, an L2 penalty of the first kernel
CASES = [
    ("momentum", dict(lr=0.125, momentum=0.75), 0.25, False, 0.0),
    ("adamw", dict(lr=0.03125, weight_decay=0.125, eps=1e-3), 0.125, False, 0.0625),
    ("momentum", dict(lr=0.0625, momentum=0.5), 1.0, True, 0.03125),
]


def loss_of(weights, penalty):
    a, b, c, d = weights
    y = torch.tanh(torch.tensor(X) @ a + b) @ c + d
    return ((y - torch.tensor(Y)) ** 2).mean() + penalty * (a**2).sum()


def steps(name, options, rho, adaptive, penalty):
    weights = [torch.tensor(value, requires_grad=True) for value in START]
    base = (torch.optim.SGD if name == "momentum" else torch.optim.AdamW)(weights, **options)
    losses, kept = [], []
    for _ in range(STEPS):
        base.zero_grad()
        loss = loss_of(weights, penalty)
        loss.backward()
        losses.append(loss.item())
        with torch.no_grad():
            norm = torch.sqrt(sum((((w.abs() if adaptive else 1.0) * w.grad) ** 2).sum() for w in weights))
            old = [w.clone() for w in weights]
            for w in weights:
                w.add_((w**2 if adaptive else 1.0) * w.grad * (rho / (norm + 1e-12)))
        base.zero_grad()
        loss_of(weights, penalty).backward()
        with torch.no_grad():
            for w, before in zip(weights, old):
                w.copy_(before)
        base.step()
        kept.append([common.plain(w.detach().numpy().ravel()) for w in weights])
    return {"base": name, "options": options, "rho": rho, "adaptive": adaptive, "l2": penalty, "losses": losses, "weights": kept}


def make():
    return {
        "made_by": {"torch": torch.__version__.split("+")[0], "numpy": np.__version__},
        "x": common.plain(X),
        "y": common.plain(Y),
        "start": [common.plain(value) for value in START],
        "cases": [steps(*one) for one in CASES],
    }
