"""
Weights after each of 30 steps with the options that all of Keras' optimizers have: averages of weights, accumulation of gradients, weights without decay,
with a schedule and with clipping; and the weights that `fit` ends with. In float64.
"""

import common
import keras
import numpy as np

STEPS = 30
SHAPES = {"kernel": (2, 3), "bias": (3,)}
START = {name: common.sixteenths(21 + i, shape) for i, (name, shape) in enumerate(SHAPES.items())}
GRADIENTS = {name: common.sixteenths(31 + i, (STEPS, *shape)) for i, (name, shape) in enumerate(SHAPES.items())}

# class of Keras, its options, names without decay, a schedule
CASES = [
    ("SGD", dict(learning_rate=0.125, momentum=0.75, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=4), [], None),
    ("Adam", dict(use_ema=True, ema_momentum=0.9, weight_decay=0.125), ["bias"], dict(initial_learning_rate=0.0625, decay_steps=5, decay_rate=0.5)),
    ("Nadam", dict(learning_rate=0.0625, gradient_accumulation_steps=3, clipnorm=0.5, weight_decay=0.25), ["kernel"], None),
    ("Adam", dict(gradient_accumulation_steps=4, use_ema=True, ema_momentum=0.75, ema_overwrite_frequency=2, global_clipnorm=1.0), [], dict(initial_learning_rate=0.125, decay_steps=8, decay_rate=0.5)),
    ("Lion", dict(learning_rate=0.03, gradient_accumulation_steps=2, use_ema=True, ema_momentum=0.5, weight_decay=0.5), ["bias"], None),
]


def plain(values):
    return {name: common.plain(value.numpy().ravel()) for name, value in values.items()}


def optimizer_of(kind, constructor, excluded, schedule):
    given = common.exact(constructor)
    if schedule is not None:
        given["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(**common.exact(schedule))
    defaults = {k: v for k, v in getattr(keras.optimizers, kind)().get_config().items() if k not in ("name", "learning_rate")}
    optimizer = getattr(keras.optimizers, kind)(**common.exact({**defaults, **given}))
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    return optimizer


def trajectory(kind, constructor, excluded, schedule):
    optimizer = optimizer_of(kind, constructor, excluded, schedule)
    weights = {name: keras.Variable(value, name=name, dtype="float64") for name, value in START.items()}
    steps = []
    for k in range(STEPS):
        optimizer.apply([keras.ops.convert_to_tensor(GRADIENTS[name][k]) for name in weights], list(weights.values()))
        steps.append(plain(weights))
    optimizer.finalize_variable_values(list(weights.values()))
    return {
        "class": kind,
        "constructor": constructor,
        "excluded": excluded,
        "schedule": schedule,
        "iterations": int(optimizer.iterations),
        "weights": steps,
        "finalized": plain(weights),
    }


def fitted():
    x, y = common.sixteenths(41, (7, 2)), common.sixteenths(42, (7, 3))
    constructor = dict(learning_rate=0.125, use_ema=True, ema_momentum=0.75, gradient_accumulation_steps=2)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, name="dense")])
    model.set_weights([START["kernel"], START["bias"]])
    model.compile(optimizer=optimizer_of("SGD", constructor, [], None), loss="mse")
    model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
    return {
        "class": "SGD",
        "constructor": constructor,
        "x": common.plain(x),
        "y": common.plain(y),
        "batch_size": 2,
        "epochs": 3,
        "weights": plain({w.name: w for w in model.weights}),
    }


def make():
    with common.precision("float64"):
        return {
            "made_by": common.KERAS,
            "start": {name: common.plain(value) for name, value in START.items()},
            "gradients": {name: common.plain(value) for name, value in GRADIENTS.items()},
            "cases": [trajectory(*one) for one in CASES],
            "fit": fitted(),
        }
