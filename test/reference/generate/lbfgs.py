"""
Weights, losses and evaluations of 30 steps of PyTorch's L-BFGS with a strong Wolfe line search, one iteration a step, in float64: of a function of eight numbers that is not
quadratic, and of a small network.
"""

import functools
import importlib
from unittest import mock

import common
import numpy as np
import torch

# torch.optim hides it
lbfgs = importlib.import_module("torch.optim.lbfgs")

STEPS = 30
SCALES = 2.0 ** np.arange(8)
POINT = common.sixteenths(91, (8,))
X, Y = common.sixteenths(81, (8, 3)), common.sixteenths(82, (8, 2))
START = [common.sixteenths(83, (3, 5)) / 2, common.sixteenths(84, (5,)) / 4, common.sixteenths(85, (5, 2)) / 2, common.sixteenths(86, (2,)) / 4]

# options of optimizers.lbfgs, none of them a default
CASES = [
    dict(learningRate=0.5, historySize=4, toleranceGradient=1e-9, toleranceChange=1e-12, sufficientDecrease=1e-3, curvature=0.5, maxSearchSteps=12),
    dict(learningRate=2.0, historySize=7, toleranceGradient=1e-8, toleranceChange=1e-11, sufficientDecrease=0.125, curvature=0.25, maxSearchSteps=20),
    # few evaluations: searches end with the better of two points
    dict(learningRate=8.0, historySize=3, toleranceGradient=1e-9, toleranceChange=1e-12, sufficientDecrease=0.0625, curvature=0.0625, maxSearchSteps=2),
]


def function(weights):
    (w,) = weights
    return (torch.tensor(SCALES) * w**2).sum() / 16 + (w**4).sum() / 4 + (w[:-1] * w[1:] ** 2).sum() / 8


def network(weights):
    a, b, c, d = weights
    y = torch.tanh(torch.tensor(X) @ a + b) @ c + d
    return ((y - torch.tensor(Y)) ** 2).mean() + (a**2).sum() / 16


def steps(name, loss_of, start, options):
    weights = [torch.tensor(value, requires_grad=True) for value in start]
    search = functools.partial(
        lbfgs._strong_wolfe,
        c1=options["sufficientDecrease"],
        c2=options["curvature"],
        tolerance_change=options["toleranceChange"],
        max_ls=options["maxSearchSteps"],
    )
    optimizer = torch.optim.LBFGS(
        weights,
        lr=options["learningRate"],
        max_iter=1,
        tolerance_grad=options["toleranceGradient"],
        tolerance_change=options["toleranceChange"],
        history_size=options["historySize"],
        line_search_fn="strong_wolfe",
    )

    def closure():
        optimizer.zero_grad()
        loss = loss_of(weights)
        loss.backward()
        return loss

    losses, kept = [], []
    with mock.patch.object(lbfgs, "_strong_wolfe", search):
        for _ in range(STEPS):
            losses.append(optimizer.step(closure).item())
            kept.append([common.plain(w.detach().numpy().ravel()) for w in weights])
    evaluations = optimizer.state[weights[0]]["func_evals"]
    return {"of": name, "options": options, "losses": losses, "evaluations": evaluations, "weights": kept}


def make():
    return {
        "made_by": {"torch": torch.__version__.split("+")[0], "numpy": np.__version__},
        "scales": common.plain(SCALES),
        "point": common.plain(POINT),
        "x": common.plain(X),
        "y": common.plain(Y),
        "start": [common.plain(value) for value in START],
        "cases": [
            steps(name, loss_of, start, options)
            for options in CASES
            for name, loss_of, start in [("function", function, [POINT]), ("network", network, START)]
        ],
    }
