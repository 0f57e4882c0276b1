"""
Weights after each step of Keras' optimizers, in float32 and in float64. Settings and gradients are those of Keras' own tests
(keras/src/optimizers/NAME_test.py), which compare with four decimals.
"""

import common
import keras
import numpy as np

CLASSES = "SGD Adam AdamW Nadam Adamax Adagrad RMSprop Adadelta Ftrl Lion Lamb Adafactor Muon".split()

ONE_STEP = [[1.0, 2.0, 3.0, 4.0], [[1.0, 6.0, 7.0, 2.0]]]
RISING = np.arange(0.1, 1.1, 0.1).tolist()
FIVE_STEPS = [[1.0] * 10, [[0.01] * 10] + [RISING] * 4]
SQUARE = [[[1.0, 2.0], [3.0, 4.0]], [[[1.0, 6.0], [7.0, 2.0]]]]

# class, constructor, where the weights start and the gradients of each step
CASES = [
    *[(name, dict(learning_rate=0.5), ONE_STEP) for name in CLASSES if name != "Muon"],
    ("SGD", dict(nesterov=True), FIVE_STEPS),
    ("SGD", dict(learning_rate=0.1, momentum=0.9), FIVE_STEPS),
    ("SGD", dict(learning_rate=0.1, momentum=0.9, nesterov=True), FIVE_STEPS),
    ("Adam", dict(amsgrad=True), FIVE_STEPS),
    ("AdamW", dict(learning_rate=1.0, weight_decay=0.5, epsilon=2), FIVE_STEPS),
    ("Nadam", dict(learning_rate=0.5, beta_1=0.5, beta_2=0.67, epsilon=1e-5), FIVE_STEPS),
    ("Adamax", dict(learning_rate=0.2, beta_1=0.85, beta_2=0.95, epsilon=1e-6), FIVE_STEPS),
    ("Adagrad", dict(learning_rate=0.2, initial_accumulator_value=0.3, epsilon=1e-6), FIVE_STEPS),
    ("RMSprop", dict(centered=True), FIVE_STEPS),
    ("Adadelta", dict(learning_rate=1.0, rho=0.8, epsilon=1e-6), FIVE_STEPS),
    (
        "Ftrl",
        dict(
            learning_rate=0.05,
            learning_rate_power=-0.2,
            initial_accumulator_value=0.4,
            l1_regularization_strength=0.05,
            l2_regularization_strength=0.15,
            l2_shrinkage_regularization_strength=0.01,
            beta=0.3,
        ),
        FIVE_STEPS,
    ),
    ("Lion", dict(), FIVE_STEPS),
    ("Lamb", dict(), FIVE_STEPS),
    ("Adafactor", dict(learning_rate=0.5), SQUARE),
    (
        "Adafactor",
        dict(
            learning_rate=0.5,
            beta_2_decay=-0.65,
            epsilon_1=1e-15,
            epsilon_2=1e-4,
            clip_threshold=0.9,
            relative_step=False,
        ),
        FIVE_STEPS,
    ),
    ("Muon", dict(learning_rate=0.5, weight_decay=0, adam_weight_decay=0), ONE_STEP),
    ("Muon", dict(learning_rate=0.5, weight_decay=0, adam_weight_decay=0), SQUARE),
]


def after_steps(kind, constructor, start, gradients, floatx):
    with common.precision(floatx):
        options = common.exact({**defaults(kind), **constructor}) if floatx == "float64" else constructor
        optimizer = getattr(keras.optimizers, kind)(**options)
        weights = keras.Variable(np.array(start, floatx), name="weights")
        steps = []
        for gradient in gradients:
            optimizer.apply([keras.ops.convert_to_tensor(np.array(gradient, floatx))], [weights])
            steps.append(common.plain(weights.numpy()))
        return steps


def case(kind, constructor, given):
    start, gradients = given
    settings = ", ".join(f"{key}={value}" for key, value in constructor.items())
    return {
        "id": f"{kind}({settings}), {len(gradients)} step{'s' if len(gradients) > 1 else ''} of {np.shape(start)}",
        "class": kind,
        "constructor": constructor,
        "initial_x": start,
        "gradients_per_step": gradients,
        "float32_after_step": after_steps(kind, constructor, start, gradients, "float32"),
        "float64_after_step": after_steps(kind, constructor, start, gradients, "float64"),
    }


def defaults(kind):
    config = getattr(keras.optimizers, kind)().get_config()
    return {key: value for key, value in config.items() if key != "name"}


def make():
    return {
        "made_by": common.KERAS,
        "constructor_defaults": common.plain({kind: defaults(kind) for kind in CLASSES}),
        "cases": [case(*one) for one in CASES],
    }
