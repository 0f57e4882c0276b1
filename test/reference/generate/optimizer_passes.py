"""
Weights after each of 30 steps of optimizers whose updates need norms of whole weights, in float64: Keras' own, optax' where Keras has none, and the authors' code.
Two settings each, none of them the default.
"""

from importlib.metadata import version

import common
import jax
import keras
import numpy as np
import optax
import torch
from dadaptation import DAdaptAdam
from optimizer_trajectories import camel, defaults
from prodigyopt import Prodigy

jax.config.update("jax_enable_x64", True)

STEPS = 30
SHAPES = [(5, 3), (3,), (2, 3, 4), (2, 4)]
START = [common.sixteenths(51 + i, shape) for i, shape in enumerate(SHAPES)]
GRADIENTS = [common.sixteenths(61 + i, (STEPS, *shape)) for i, shape in enumerate(SHAPES)]

KERAS = [
    ("Lamb", dict(learning_rate=0.125, beta_1=0.8, beta_2=0.75, epsilon=1e-2)),
    ("Lamb", dict(learning_rate=0.0625, beta_1=0.5, beta_2=0.9, epsilon=1e-4, weight_decay=0.125)),
    ("Adafactor", dict(learning_rate=0.125, beta_2_decay=-0.5, epsilon_1=1e-4, epsilon_2=1e-2, clip_threshold=0.75)),
    ("Adafactor", dict(learning_rate=0.0625, beta_2_decay=-0.75, epsilon_1=1e-6, epsilon_2=1e-3, clip_threshold=1.5, weight_decay=0.125)),
    ("Muon", dict(learning_rate=0.125, momentum=0.75, adam_beta_1=0.8, adam_beta_2=0.75, epsilon=1e-2, weight_decay=0.0625, adam_weight_decay=0.125, adam_lr_ratio=0.5)),
    ("Muon", dict(learning_rate=0.0625, nesterov=False, momentum=0.5, ns_steps=3, muon_a=3.0, muon_b=-4.0, muon_c=1.75, rms_rate=None, weight_decay=0.0, adam_weight_decay=0.0)),
]
OPTAX = [
    ("lars", dict(learningRate=2.0, momentum=0.75, trustCoefficient=0.0625, l2RegularizationStrength=0.125, epsilon=1e-3), lambda: optax.lars(2.0, 0.125, trust_coefficient=0.0625, eps=1e-3, momentum=0.75)),
    ("lars", dict(learningRate=1.0, momentum=0.5, nesterov=True, trustCoefficient=0.03), lambda: optax.lars(1.0, 0.0, trust_coefficient=0.03, momentum=0.5, nesterov=True)),
    ("novograd", dict(learningRate=0.0625, beta1=0.8, beta2=0.5, epsilon=1e-3, epsilonRoot=1e-2, l2RegularizationStrength=0.125), lambda: optax.novograd(0.0625, 0.8, 0.5, 1e-3, 1e-2, 0.125)),
    ("novograd", dict(learningRate=0.03, beta1=0.5, beta2=0.9, epsilon=1e-2), lambda: optax.novograd(0.03, 0.5, 0.9, 1e-2)),
]
TORCH = [
    ("prodigy", dict(learningRate=0.5, beta1=0.8, beta2=0.75, epsilon=1e-2, d0=0.125, dCoefficient=0.75), lambda w: Prodigy(w, 0.5, (0.8, 0.75), eps=1e-2, d0=0.125, d_coef=0.75)),
    ("prodigy", dict(learningRate=0.75, beta1=0.5, beta2=0.9, beta3=0.8, epsilon=1e-3, d0=0.0625, dCoefficient=2.0, growthRate=1.125, useBiasCorrection=True, safeguardWarmup=True, weightDecay=0.125), lambda w: Prodigy(w, 0.75, (0.5, 0.9), 0.8, 1e-3, 0.125, True, True, True, 0.0625, 2.0, 1.125)),
    ("dAdaptAdam", dict(learningRate=0.5, beta1=0.8, beta2=0.75, epsilon=1e-2, d0=0.125), lambda w: DAdaptAdam(w, 0.5, (0.8, 0.75), 1e-2, d0=0.125)),
    ("dAdaptAdam", dict(learningRate=0.75, beta1=0.5, beta2=0.9, epsilon=1e-3, d0=0.0625, growthRate=1.25, useBiasCorrection=True, weightDecay=0.125), lambda w: DAdaptAdam(w, 0.75, (0.5, 0.9), 1e-3, 0.125, decouple=True, use_bias_correction=True, d0=0.0625, growth_rate=1.25)),
]


def plain(weights):
    return [common.plain(np.asarray(weight).ravel()) for weight in weights]


def keras_case(kind, constructor):
    with common.precision("float64"):
        optimizer = getattr(keras.optimizers, kind)(**common.exact({**defaults(kind), **constructor}))
        weights = [keras.Variable(value, name=f"weight{i}", dtype="float64") for i, value in enumerate(START)]
        steps = []
        for k in range(STEPS):
            optimizer.apply([keras.ops.convert_to_tensor(of[k]) for of in GRADIENTS], weights)
            steps.append(plain([weight.numpy() for weight in weights]))
    options = {camel(key): value for key, value in constructor.items()}
    if "adam_lr_ratio" in constructor:
        options["adamLearningRateRatio"] = options.pop("adamLrRatio")
    if "rms_rate" in constructor:
        options["rmsRate"] = constructor["rms_rate"] or 0.0
    return {"name": kind.lower(), "source": f"keras.optimizers.{kind}", "options": options, "weights": steps}


def optax_case(name, options, make):
    optimizer = make()
    weights = [jax.numpy.array(value) for value in START]
    state = optimizer.init(weights)
    steps = []
    for k in range(STEPS):
        updates, state = optimizer.update([jax.numpy.array(of[k]) for of in GRADIENTS], state, weights)
        weights = optax.apply_updates(weights, updates)
        steps.append(plain(weights))
    return {"name": name, "source": "optax", "options": options, "weights": steps}


def torch_case(name, options, make):
    weights = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in START]
    optimizer = make(weights)
    steps = []
    for k in range(STEPS):
        for weight, of in zip(weights, GRADIENTS):
            weight.grad = torch.tensor(of[k], dtype=torch.float64)
        optimizer.step()
        steps.append(plain([weight.detach().numpy() for weight in weights]))
    return {"name": name, "source": type(optimizer).__module__.split(".")[0], "options": options, "weights": steps}


def make():
    return {
        "made_by": {**common.KERAS, "optax": optax.__version__, "jax": jax.__version__, **{name: version(name) for name in ("torch", "prodigyopt", "dadaptation")}},
        "shapes": [list(shape) for shape in SHAPES],
        "start": plain(START),
        "gradients": [[common.plain(one.ravel()) for one in of] for of in GRADIENTS],
        "cases": [keras_case(*one) for one in KERAS] + [optax_case(*one) for one in OPTAX] + [torch_case(*one) for one in TORCH],
    }
