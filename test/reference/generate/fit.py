"""
Losses of `fit` and the weights after it, in float32 and in float64: a learning rate that decays with every step, from
keras/src/optimizers/schedules/learning_rate_schedule_test.py, and two inputs, from keras/src/trainers/trainer_test.py.
"""

import common
import keras
import numpy as np


def decaying(floatx):
    with common.precision(floatx):
        given = common.exact if floatx == "float64" else dict
        rate = keras.optimizers.schedules.ExponentialDecay(
            **given(dict(initial_learning_rate=0.05, decay_steps=1, decay_rate=0.9))
        )
        optimizer = keras.optimizers.Adam(**given(dict(learning_rate=rate, beta_1=0.9, beta_2=0.999, epsilon=1e-7)))
        dense = keras.layers.Dense(2, kernel_initializer="ones", bias_initializer="ones")
        model = keras.Sequential([dense])
        model.compile(optimizer=optimizer, loss="mse")
        x = np.arange(32, dtype=floatx).reshape(16, 2)
        history = model.fit(x, x, epochs=3, batch_size=4, shuffle=False, verbose=0).history
        return history["loss"], [common.plain(weight) for weight in model.get_weights()], int(optimizer.iterations)


def two_inputs():
    with common.precision("float64"):
        inputs = [keras.Input([2]), keras.Input([3])]
        branches = [keras.layers.Dense(2, kernel_initializer="ones", use_bias=False)(one) for one in inputs]
        model = keras.Model(inputs, keras.layers.add(branches))
        model.compile(optimizer=keras.optimizers.SGD(**common.exact(dict(learning_rate=0.01))), loss="mse")
        x, y = [np.ones([3, 2]), np.ones([3, 3])], np.ones([3, 2])
        fitted = model.fit(x, y, verbose=0).history["loss"][0]
        return [float(fitted), float(model.train_on_batch(x, y)), float(model.evaluate(x, y, verbose=0))]


def make():
    loss, _, iterations = decaying("float32")
    exact, (kernel, bias), _ = decaying("float64")
    return {
        "made_by": common.KERAS,
        "cases": [
            {
                "id": "adam_exponential_decay",
                "model": "Dense(2), all weights 1",
                "x": "arange(32).reshape(16, 2), y the same",
                "optimizer": "Adam(ExponentialDecay(0.05, decay_steps=1, decay_rate=0.9))",
                "loss": "mse",
                "epochs": 3,
                "batch_size": 4,
                "shuffle": False,
                "iterations_after": iterations,
                "float32_history_loss": loss,
                "float64_history_loss": exact,
                "float64_final_kernel": kernel,
                "float64_final_bias": bias,
            },
            {
                "id": "nested_inputs_sgd",
                "model": "two Dense(2) without bias, all weights 1, added",
                "x": "ones(3, 2) and ones(3, 3), y ones(3, 2)",
                "optimizer": "SGD(0.01)",
                "loss": "mse",
                "fit_train_evaluate": two_inputs(),
            },
        ],
    }
