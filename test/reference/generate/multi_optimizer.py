"""
Weights after each epoch of a model whose layers have different optimizers, with clipping by the norm of a part, decay, an average of
weights, accumulation and a schedule; and how many numbers the optimizers have. In float64.
"""

import common
import keras
import numpy as np

SHAPES = {"first": (3, 4), "second": (4, 4), "output": (4, 2)}
START = [common.sixteenths(51 + i, part) / 2 for i, shape in enumerate(SHAPES.values()) for part in (shape, shape[1:])]
X, Y = common.sixteenths(61, (9, 3)), common.sixteenths(62, (9, 2))
SGD = dict(learning_rate=0.25, momentum=0.75, global_clipnorm=0.125, weight_decay=0.0625)
ADAM = dict(learning_rate=0.03125, use_ema=True, ema_momentum=0.75, gradient_accumulation_steps=2)
RMSPROP = dict(initial_learning_rate=0.0625, decay_steps=4, decay_rate=0.5)


def optimizer_of(kind, given):
    defaults = {k: v for k, v in getattr(keras.optimizers, kind)().get_config().items() if k not in ("name", "learning_rate")}
    return getattr(keras.optimizers, kind)(**common.exact({**defaults, **given}))


def optimizers():
    schedule = keras.optimizers.schedules.ExponentialDecay(**common.exact(RMSPROP))
    default = optimizer_of("RMSprop", dict(learning_rate=schedule))
    sgd, adam = optimizer_of("SGD", SGD), optimizer_of("Adam", ADAM)
    # the first layer and the last bias are clipped together
    return keras.optimizers.OptimizerMap(default, {".*first/.*": sgd, ".*output/bias": sgd, ".*output/kernel": adam})


def make():
    with common.precision("float64"):
        layers = [keras.layers.Dense(shape[1], activation=a, name=name) for (name, shape), a in zip(SHAPES.items(), ["tanh", "tanh", None])]
        model = keras.Sequential([keras.Input((3,)), *layers])
        model.set_weights(START)
        optimizer = keras.optimizers.MultiOptimizer(optimizers())
        model.compile(optimizer=optimizer, loss="mse")
        epochs = []
        for _ in range(5):
            # the average becomes the weights at the end of each
            model.fit(X, Y, batch_size=2, epochs=1, shuffle=False, verbose=0)
            epochs.append([common.plain(w) for w in model.get_weights()])
        return {
            "made_by": common.KERAS,
            "x": common.plain(X),
            "y": common.plain(Y),
            "start": [common.plain(w) for w in START],
            "sgd": SGD,
            "adam": ADAM,
            "schedule": RMSPROP,
            "weights": epochs,
            "iterations": int(optimizer.iterations),
            "part_iterations": [int(one.iterations) for one in optimizer.optimizers],
            "optimizer_params": int(sum(np.prod(v.shape) for v in optimizer.variables)),
        }
