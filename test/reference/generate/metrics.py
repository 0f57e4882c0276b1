"""
Metrics of one evaluation: their keys, their values, and how batches of unequal size are averaged. A cross-entropy behind a softmax sees
its logits, which Keras does with TensorFlow only.
"""

import common
import keras
import numpy as np
from keras import losses

LOSSES = {
    "meanSquaredError": losses.MeanSquaredError,
    "meanAbsoluteError": losses.MeanAbsoluteError,
    "huber": losses.Huber,
    "categoricalCrossentropy": losses.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": losses.SparseCategoricalCrossentropy,
    "binaryCrossentropy": losses.BinaryCrossentropy,
}
OPTIONS = {"ignoreClass": "ignore_class", "reduction": "reduction", "delta": "delta"}
REDUCTIONS = {"sumOverBatchSize": "sum_over_batch_size", "meanWithSampleWeight": "mean_with_sample_weight"}


def made(config):
    """A name as it is, or the loss that a config of simdescent describes."""
    if isinstance(config, str):
        return config
    options = {OPTIONS[key]: REDUCTIONS.get(value, value) for key, value in config["config"].items()}
    return LOSSES[config["className"]](**options)


def loss(name, **config):
    return {"className": name, "config": config}


x = [[i / 8, 1 - i / 4] for i in range(10)]
kernel = [[1, -1, 0.5], [2, 0.25, -3]]
labels = [i % 3 for i in range(10)]
one_hot = np.eye(3)[labels].tolist()

CASES = [
    ("softmax", labels, "sparse_categorical_crossentropy", ["sparse_categorical_accuracy", "acc", "Accuracy"]),
    (
        "softmax",
        labels,
        loss("sparseCategoricalCrossentropy", reduction="sum"),
        [
            loss("sparseCategoricalCrossentropy", reduction="sum"),
            "sparse_categorical_crossentropy",
        ],
    ),
    ("softmax", labels, "sparse_categorical_crossentropy", [loss("sparseCategoricalCrossentropy", ignoreClass=1)]),
    (
        "softmax",
        one_hot,
        loss("categoricalCrossentropy"),
        ["mse", "MeanSquaredError", loss("meanSquaredError", reduction="sum"), loss("huber", delta=0.25)],
    ),
    (
        "softmax",
        one_hot,
        "mse",
        [loss("meanAbsoluteError", reduction="meanWithSampleWeight"), "MAE", loss("categoricalCrossentropy")],
    ),
    (
        "sigmoid",
        one_hot,
        "huber",
        ["binary_accuracy", "BCE", loss("binaryCrossentropy", reduction="sum"), loss("meanSquaredError")],
    ),
]


def evaluate(activation, y, loss, metrics):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation=activation)])
    model.set_weights([np.array(kernel), np.zeros(3)])
    model.compile("sgd", made(loss), metrics=[made(metric) for metric in metrics])
    logs = model.evaluate(np.array(x), np.array(y), batch_size=4, verbose=0, return_dict=True)
    return {"activation": activation, "y": y, "loss": loss, "metrics": metrics, "logs": logs}


def make():
    return {
        "made_by": common.KERAS,
        "x": x,
        "kernel": kernel,
        "batch_size": 4,
        "cases": [evaluate(*case) for case in CASES],
    }
