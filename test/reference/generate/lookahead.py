"""Weights after each of 20 steps of optax' lookahead around several optimizers, in float64. Gradients are sixteenths."""

import common
import jax
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

STEPS = 20
START = common.sixteenths(71, (2, 3))
GRADIENTS = common.sixteenths(72, (STEPS, 2, 3))

# name in optimizers, its options, those of lookahead, the optimizer of optax
CASES = [
    ("sgd", dict(learningRate=0.25), dict(syncPeriod=3, slowStepSize=0.25), lambda: optax.sgd(0.25)),
    ("adam", dict(learningRate=0.125, beta1=0.75, epsilonMode="paper"), dict(syncPeriod=5, slowStepSize=0.75), lambda: optax.adam(0.125, b1=0.75, eps=1e-7)),
    ("lion", dict(learningRate=0.0625, beta1=0.75), dict(syncPeriod=1, slowStepSize=0.5), lambda: optax.lion(0.0625, b1=0.75, weight_decay=0.0)),
]


def trajectory(name, options, around, make_fast):
    optimizer = optax.lookahead(make_fast(), around["syncPeriod"], around["slowStepSize"])
    params = optax.LookaheadParams.init_synced(jax.numpy.asarray(START))
    state = optimizer.init(params)
    weights = []
    for gradient in GRADIENTS:
        updates, state = optimizer.update(jax.numpy.asarray(gradient), state, params)
        params = optax.apply_updates(params, updates)
        weights.append(common.plain(params.fast.ravel()))
    return {"name": name, "options": options, "lookahead": around, "weights": weights}


def make():
    return {
        "made_by": {"optax": optax.__version__, "jax": jax.__version__, "numpy": np.__version__},
        "start": common.plain(START),
        "gradients": common.plain(GRADIENTS),
        "cases": [trajectory(*one) for one in CASES],
    }
