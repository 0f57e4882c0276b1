"""Rates of Keras' schedules at some steps, in float64. The settings are those of Keras' learning_rate_schedule_test.py."""

import common
import keras

CASES = [
    ("ExponentialDecay", dict(initial_learning_rate=0.05, decay_steps=10, decay_rate=0.96), [0, 5, 10, 37]),
    (
        "ExponentialDecay",
        dict(initial_learning_rate=0.1, decay_steps=3, decay_rate=0.96, staircase=True),
        [0, 1, 2, 3, 100],
    ),
    (
        "PiecewiseConstantDecay",
        dict(boundaries=[100, 110, 120], values=[1.0, 0.1, 0.01, 0.001]),
        [-999, 100, 101, 105, 110, 111, 120, 121, 999],
    ),
    (
        "PolynomialDecay",
        dict(initial_learning_rate=0.05, decay_steps=10, end_learning_rate=0.001),
        [0, 5, 10, 15],
    ),
    (
        "PolynomialDecay",
        dict(initial_learning_rate=0.05, decay_steps=10, end_learning_rate=0.001, power=0.5, cycle=True),
        [0, 5, 10, 11, 15, 20, 25],
    ),
    ("InverseTimeDecay", dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.96), list(range(11))),
    (
        "InverseTimeDecay",
        dict(initial_learning_rate=0.1, decay_steps=10, decay_rate=0.96, staircase=True),
        [0, 9, 10, 25],
    ),
    (
        "CosineDecay",
        dict(initial_learning_rate=1.0, decay_steps=1000, alpha=0.1),
        [0, 250, 500, 750, 1000, 1250],
    ),
    (
        "CosineDecay",
        dict(initial_learning_rate=0.0, decay_steps=1000, warmup_target=10.0, warmup_steps=2000),
        list(range(0, 3001, 250)),
    ),
    (
        "CosineDecayRestarts",
        dict(initial_learning_rate=1.0, first_decay_steps=1000, m_mul=0.9, alpha=0.1),
        [0, 250, 500, 999, 1000, 1250, 2999, 3000, 3500],
    ),
    (
        "CosineDecayRestarts",
        dict(initial_learning_rate=1.0, first_decay_steps=1000, t_mul=1.0),
        [0, 250, 999, 1000, 1250],
    ),
]


def case(kind, constructor, steps):
    schedule = getattr(keras.optimizers.schedules, kind)(**common.exact(constructor))
    rates = [[step, float(schedule(step))] for step in steps]
    return {"class": kind, "constructor": constructor, "step_to_lr": rates}


def make():
    with common.precision("float64"):
        return {"made_by": common.KERAS, "cases": [case(*one) for one in CASES]}
