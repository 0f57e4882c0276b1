"""Rates of PyTorch's and optax' schedules at some steps, and of the Transformer's formula, in float64."""

import math
import os

os.environ["JAX_ENABLE_X64"] = "1"

import optax
import torch

TORCH = torch.optim.lr_scheduler

# the library's name, its options, the scheduler of PyTorch, its arguments beside the first rate, and how many steps
CASES = [
    ("step", dict(initialLearningRate=0.05, stepSize=30), "StepLR", dict(step_size=30), 100),
    ("step", dict(initialLearningRate=0.2, stepSize=7, gamma=0.5), "StepLR", dict(step_size=7, gamma=0.5), 40),
    ("oneCycle", dict(maxLearningRate=0.1, totalSteps=100), "OneCycleLR", dict(max_lr=0.1, total_steps=100), 100),
    (
        "oneCycle",
        dict(maxLearningRate=0.01, totalSteps=57, pctStart=0.21, annealStrategy="linear", divFactor=10, finalDivFactor=100),
        "OneCycleLR",
        dict(max_lr=0.01, total_steps=57, pct_start=0.21, anneal_strategy="linear", div_factor=10, final_div_factor=100),
        57,
    ),
    (
        "oneCycle",
        dict(maxLearningRate=1, totalSteps=83, pctStart=0.4, threePhase=True),
        "OneCycleLR",
        dict(max_lr=1, total_steps=83, pct_start=0.4, three_phase=True),
        83,
    ),
    # the rise has no step
    (
        "oneCycle",
        dict(maxLearningRate=1, totalSteps=10, pctStart=0.05),
        "OneCycleLR",
        dict(max_lr=1, total_steps=10, pct_start=0.05),
        10,
    ),
    (
        "cyclical",
        dict(baseLearningRate=0.001, maxLearningRate=0.01, stepSizeUp=20),
        "CyclicLR",
        dict(base_lr=0.001, max_lr=0.01, step_size_up=20),
        130,
    ),
    (
        "cyclical",
        dict(baseLearningRate=0.001, maxLearningRate=0.01, stepSizeUp=5, stepSizeDown=11, mode="triangular2"),
        "CyclicLR",
        dict(base_lr=0.001, max_lr=0.01, step_size_up=5, step_size_down=11, mode="triangular2"),
        130,
    ),
    (
        "cyclical",
        dict(baseLearningRate=0.1, maxLearningRate=0.5, stepSizeUp=8, mode="expRange", gamma=0.99),
        "CyclicLR",
        dict(base_lr=0.1, max_lr=0.5, step_size_up=8, mode="exp_range", gamma=0.99),
        100,
    ),
]

DECAY = {"className": "exponentialDecay", "config": dict(initialLearningRate=0.1, decaySteps=10, decayRate=0.5)}
COSINE = {"className": "cosineDecay", "config": dict(initialLearningRate=0.3, decaySteps=25)}
RISE = {"className": "linear", "config": dict(initialLearningRate=0.0, endLearningRate=0.1, transitionSteps=20)}
decay = optax.exponential_decay(0.1, 10, 0.5)
cosine = optax.cosine_decay_schedule(0.3, 25)
rise = optax.linear_schedule(0.0, 0.1, 20)


def warm(schedule, steps, initial=0.0):
    return optax.join_schedules([optax.linear_schedule(initial, schedule(0), steps), schedule], [steps])


def noam(step, size, steps, factor):
    """Vaswani et al. 2017, section 5.3, with steps counted from 0."""
    return factor * size**-0.5 * min((step + 1) ** -0.5, (step + 1) * steps**-1.5)


# options of the library, and the same in optax
COMPOSED = [
    ("linear", RISE["config"], rise, 30),
    ("linear", dict(initialLearningRate=0.1, endLearningRate=0.04, transitionSteps=7), optax.linear_schedule(0.1, 0.04, 7), 10),
    ("warmup", dict(schedule=DECAY, warmupSteps=15), warm(decay, 15), 60),
    ("warmup", dict(schedule=COSINE, warmupSteps=6, initialLearningRate=0.05), warm(cosine, 6, 0.05), 40),
    ("warmup", dict(schedule=0.2, warmupSteps=8), warm(optax.constant_schedule(0.2), 8), 12),
    (
        "joinSchedules",
        dict(schedules=[RISE, 0.1, COSINE], boundaries=[20, 33]),
        optax.join_schedules([rise, optax.constant_schedule(0.1), cosine], [20, 33]),
        70,
    ),
    ("noam", dict(modelSize=512), lambda step: noam(step, 512, 4000, 1), 9000),
    ("noam", dict(modelSize=64, warmupSteps=100, factor=2), lambda step: noam(step, 64, 100, 2), 400),
]


def of_torch(kind, options, scheduler, arguments, steps):
    rate = options.get("initialLearningRate", 1.0)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    more = {"cycle_momentum": False} if scheduler in ("OneCycleLR", "CyclicLR") else {}
    schedule = getattr(TORCH, scheduler)(optimizer, **arguments, **more)
    rates = []
    for step in range(steps):
        rates.append([step, float(schedule.get_last_lr()[0])])
        optimizer.step()
        if step + 1 < steps:
            schedule.step()
    return {"name": kind, "options": options, "rates": rates}


def of_optax(kind, options, schedule, steps):
    at = range(steps) if steps <= 100 else [math.floor(step * steps / 100) for step in range(100)]
    return {"name": kind, "options": options, "rates": [[step, float(schedule(step))] for step in at]}


def make():
    versions = {"torch": torch.__version__.split("+")[0], "optax": optax.__version__}
    return {"made_by": versions, "cases": [of_torch(*one) for one in CASES] + [of_optax(*one) for one in COMPOSED]}
