"""
Weights after each of 30 steps of pytorch-optimizer's SOAP, in float64, without decay, which it does after a step. Longer axes than `max_precondition_dim` have no basis; neither have arrays of more than
two axes here, where the package would give them one. The first gradient of a matrix gives a basis that is unique only where no axis is longer than the other.
"""

import types
from importlib.metadata import version

import common
import numpy as np
import torch
from pytorch_optimizer import SOAP
from pytorch_optimizer.optimizer import soap

# it makes orthogonal factors in float32, whatever the precision
soap.torch = types.SimpleNamespace(**{**vars(torch), "float32": torch.float64})

STEPS = 30
SHAPES = [(4, 4), (5, 3), (3,), (2, 3, 4), (2, 6)]
START = [common.sixteenths(101 + i, shape) for i, shape in enumerate(SHAPES)]
GRADIENTS = [common.sixteenths(111 + i, (STEPS, *shape)) for i, shape in enumerate(SHAPES)]
# the longest axis of each
LARGEST = 4

CASES = [
    dict(learningRate=0.125, beta1=0.75, beta2=0.875, epsilon=1e-3, preconditionFrequency=3, maxPreconditionDim=LARGEST),
    dict(learningRate=0.0625, beta1=0.5, beta2=0.75, beta3=0.9375, epsilon=1e-2, preconditionFrequency=1, maxPreconditionDim=LARGEST),
]


def steps(options):
    weights = [torch.tensor(value, requires_grad=True) for value in START]
    flat = [w for w in weights if w.dim() != 2]
    matrices = [w for w in weights if w.dim() == 2]
    optimizer = SOAP(
        [{"params": matrices}, {"params": flat, "max_precondition_dim": 1}],
        lr=options["learningRate"],
        betas=(options["beta1"], options["beta2"]),
        shampoo_beta=options.get("beta3"),
        weight_decay=0.0,
        precondition_frequency=options["preconditionFrequency"],
        max_precondition_dim=options["maxPreconditionDim"],
        eps=options["epsilon"],
    )
    kept = []
    for k in range(STEPS):
        for weight, of in zip(weights, GRADIENTS):
            weight.grad = torch.tensor(of[k])
        optimizer.step()
        kept.append([common.plain(weight.detach().numpy().ravel()) for weight in weights])
    return {"options": {**options, "weightDecay": 0.0}, "weights": kept}


def make():
    return {
        "made_by": {"torch": torch.__version__.split("+")[0], "pytorch-optimizer": version("pytorch-optimizer"), "numpy": np.__version__},
        "shapes": [list(shape) for shape in SHAPES],
        "start": [common.plain(value.ravel()) for value in START],
        "gradients": [[common.plain(one.ravel()) for one in of] for of in GRADIENTS],
        "cases": [steps(options) for options in CASES],
    }
