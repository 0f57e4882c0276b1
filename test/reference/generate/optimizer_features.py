"""
What Keras' base optimizer does with gradients and weights besides the rule: clipping, decay, averages, accumulation. Most cases
are those of keras/src/optimizers/optimizer_test.py; values in float64.
"""

import common
import keras
import numpy as np


def variable(value):
    return keras.Variable(np.array(value, "float64"))


def tensor(value):
    return keras.ops.convert_to_tensor(np.array(value, "float64"))


def optimizer(kind, constructor):
    return getattr(keras.optimizers, kind)(**common.exact(constructor))


def clipped(name, constructor, gradients):
    """What a step of size 1 takes off zeros."""
    weights = [variable(np.zeros_like(gradient)) for gradient in gradients]
    optimizer("SGD", dict(learning_rate=1.0, **constructor)).apply([tensor(one) for one in gradients], weights)
    taken = [common.plain(0 - weight.numpy()) for weight in weights]
    return {"id": name, "class": "SGD", "constructor": constructor, "gradients": gradients, "clipped": taken}


def weight_decay():
    sgd = optimizer("SGD", dict(learning_rate=1.0, weight_decay=0.004))
    weight = variable(2.0)
    for _ in range(3):
        sgd.apply([tensor(0.0)], [weight])
    return {
        "id": "weight_decay",
        "learning_rate": 1.0,
        "weight_decay": 0.004,
        "gradient": 0.0,
        "initial": 2.0,
        "applications": 3,
        "expected": float(weight.numpy()),
    }


def averaged():
    constructor = dict(learning_rate=1.0, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3)
    sgd = optimizer("SGD", constructor)
    start, gradient = [[3.0, 4.0], [5.0, 6.0]], [[1.0, 1.0], [1.0, 1.0]]
    weight = variable(start)
    steps, averages = [], []
    for _ in range(3):
        sgd.apply([tensor(gradient)], [weight])
        steps.append(common.plain(weight.numpy()))
        averages.append(common.plain(sgd._model_variables_moving_average[0].numpy()))
    return {
        "id": "ema_overwrite",
        "class": "SGD",
        "constructor": constructor,
        "initial_x": start,
        "gradient_each_step": gradient,
        "variable_after_step": steps,
        "average_after_step": averages,
    }


def accumulated():
    constructor = dict(learning_rate=1.0, gradient_accumulation_steps=3)
    sgd = optimizer("SGD", constructor)
    start, gradient = [[1.0, 2.0], [3.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]
    weight = variable(start)
    steps, sums, iterations = [], [], []
    for _ in range(4):
        sgd.apply([tensor(gradient)], [weight])
        steps.append(common.plain(weight.numpy()))
        sums.append(float(sgd._accumulated_gradients[0].numpy()[0][0]))
        iterations.append(int(sgd.iterations))
    return {
        "id": "gradient_accumulation",
        "class": "SGD",
        "constructor": constructor,
        "initial_x": start,
        "gradient_each_step": gradient,
        "variable_after_step": steps,
        "accumulator_after_step": sums,
        "iterations": iterations,
    }


def one_step(name, kind, constructor, start, gradient):
    weight = variable(start)
    optimizer(kind, constructor).apply([tensor(gradient)], [weight])
    return {
        "id": name,
        "class": kind,
        "constructor": constructor,
        "initial_x": start,
        "gradient": gradient,
        "expected": common.plain(weight.numpy()),
    }


def make():
    two = [[3.0, 0.0], [0.0, 4.0]]
    square = [[1.0, 2.0], [3.0, 4.0]]
    scaled = [[1024.0, 2048.0], [3072.0, 4096.0]]
    with common.precision("float64"):
        cases = [
            clipped("clipnorm", dict(clipnorm=1.0), [[100.0, 100.0]]),
            clipped("clipvalue", dict(clipvalue=1.0), [[100.0, 100.0]]),
            clipped("global_clipnorm", dict(global_clipnorm=1.0), [[50.0, 100.0]]),
            clipped("global_clipnorm_two_tensors", dict(global_clipnorm=2.5), two),
            clipped("global_clipnorm_noop", dict(global_clipnorm=10.0), two),
            weight_decay(),
            averaged(),
            accumulated(),
            one_step("loss_scale", "SGD", dict(learning_rate=1.0, loss_scale_factor=1024.0), square, scaled),
            # the example in its documentation
            one_step("rmsprop_docstring", "RMSprop", dict(learning_rate=0.1), 10.0, 10.0),
        ]
    return {"made_by": common.KERAS, "cases": cases}
