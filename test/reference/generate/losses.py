"""
Keras' losses of single samples and their means, in float64 unless a case says otherwise. Predictions and targets are those of
keras/src/losses/losses_test.py.
"""

import common
import keras
import numpy as np
import tensorflow as tf

THREE = [0, 1, 2]
PROBABILITIES = [[0.9, 0.05, 0.05], [0.5, 0.89, 0.6], [0.05, 0.01, 0.94]]
LOGITS = [[8.0, 1.0, 1.0], [0.0, 9.0, 1.0], [2.0, 3.0, 5.0]]
REAL = dict(y_true=[[1, 9, 2], [-5, -2, 6]], y_pred=[[4, 8, 12], [8, 1, 3]])
WEIGHTS = [[1.2], [3.4]]
SIGNS = dict(y_true=[[0, 1], [0, 0]], y_pred=[[0.6, 0.4], [0.4, 0.6]])

CASES = [
    dict(
        loss="sparse_categorical_crossentropy",
        from_logits=False,
        y_true=THREE,
        y_pred=PROBABILITIES,
        note="rows do not sum to 1: Keras divides them by their sum",
    ),
    dict(loss="sparse_categorical_crossentropy", from_logits=True, y_true=THREE, y_pred=LOGITS),
    dict(
        loss="sparse_categorical_crossentropy",
        from_logits=True,
        y_true=THREE,
        y_pred=LOGITS,
        sample_weight=[1.2, 3.4, 5.6],
        note="the mean divides by the number of samples, not by the sum of weights",
    ),
    dict(
        loss="sparse_categorical_crossentropy",
        from_logits=True,
        ignore_class=-1,
        reduction=None,
        y_true=[[-1, 2]],
        y_pred=[[[0.854, 0.698, 0.598], [0.088, 0.86, 0.018]]],
    ),
    dict(
        loss="categorical_crossentropy",
        from_logits=True,
        label_smoothing=0.1,
        y_true=[[1, 0, 0]],
        y_pred=[[100.0, -100.0, -100.0]],
    ),
    dict(
        loss="binary_crossentropy",
        from_logits=False,
        y_true=[[1, 0, 0], [0, 1, 0], [0, 0, 1]],
        y_pred=[[0.9, 0.1, 0.2], [0.3, 0.8, 0.1], [0.1, 0.2, 0.7]],
    ),
    dict(
        loss="binary_crossentropy",
        from_logits=False,
        y_true=[[1, 0], [1, 0]],
        y_pred=[[1.0, 1.0], [1.0, 0.0]],
        dtype="float32",
        note="1 - 1e-7 is 1 - 2^-23 in float32, so that a clipped loss is 23 ln 2; in float64 the mean would be 4.0295",
    ),
    dict(
        loss="binary_crossentropy",
        from_logits=True,
        y_true=[[1, 0, 1], [0, 1, 1]],
        y_pred=[[10.0, -10.0, 10.0], [10.0, 10.0, -10.0]],
    ),
    dict(
        loss="binary_crossentropy",
        from_logits=True,
        label_smoothing=0.1,
        y_true=[[1, 0, 1]],
        y_pred=[[10.0, -10.0, -10.0]],
    ),
    dict(loss="mean_squared_error", **REAL),
    dict(loss="mean_squared_error", sample_weight=WEIGHTS, **REAL),
    dict(loss="mean_squared_error", reduction="mean_with_sample_weight", sample_weight=WEIGHTS, **REAL),
    dict(loss="mean_absolute_error", **REAL),
    dict(loss="huber", delta=1.0, y_true=[[1, 0, 1], [1, 0, 0]], y_pred=[[0.9, 0.2, 0.2], [0.8, 0.4, 0.6]]),
    dict(loss="log_cosh", **REAL),
    dict(
        loss="kl_divergence",
        y_true=[[0.5, 0.8, 0.12], [0.7, 0.43, 0.8]],
        y_pred=[[0.4, 0.9, 0.12], [0.36, 0.3, 0.4]],
    ),
    dict(loss="poisson", y_true=[[4, 8, 12], [8, 1, 3]], y_pred=[[1, 9, 2], [5, 2, 6]]),
    dict(loss="hinge", note="targets 0 and 1 count as -1 and 1", **SIGNS),
    dict(loss="squared_hinge", **SIGNS),
]

CLASSES = dict(
    sparse_categorical_crossentropy=keras.losses.SparseCategoricalCrossentropy,
    categorical_crossentropy=keras.losses.CategoricalCrossentropy,
    binary_crossentropy=keras.losses.BinaryCrossentropy,
    mean_squared_error=keras.losses.MeanSquaredError,
    mean_absolute_error=keras.losses.MeanAbsoluteError,
    huber=keras.losses.Huber,
    log_cosh=keras.losses.LogCosh,
    kl_divergence=keras.losses.KLDivergence,
    poisson=keras.losses.Poisson,
    hinge=keras.losses.Hinge,
    squared_hinge=keras.losses.SquaredHinge,
)
OPTIONS = ("from_logits", "label_smoothing", "ignore_class", "delta")


def case(one):
    floatx = one.get("dtype", "float64")
    sparse = one["loss"].startswith("sparse")
    with common.precision(floatx):
        options = common.exact({key: one[key] for key in OPTIONS if key in one})
        y_true = np.array(one["y_true"], "int32" if sparse else floatx)
        y_pred = np.array(one["y_pred"], floatx)
        made = CLASSES[one["loss"]]
        each = made(**options, reduction=None, dtype=floatx)(y_true, y_pred)
        result = {**one, "per_sample": common.plain(each)}
        reduction = one.get("reduction", "sum_over_batch_size")
        if reduction is not None:
            weights = one.get("sample_weight")
            weights = None if weights is None else np.array(weights, floatx)
            mean = made(**options, reduction=reduction, dtype=floatx)(y_true, y_pred, sample_weight=weights)
            result["mean"] = float(mean)
        return result


def softmax_cross_entropy():
    logits = [*LOGITS, [1000.0, 0.0, -1000.0], [0.0, 0.0, 0.0], [-10000.0, 10000.0, 0.0]]
    labels = [0, 1, 2, 2, 1, 0]
    with common.precision("float64"), tf.GradientTape() as tape:
        given = tf.constant(np.array(logits))
        tape.watch(given)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction=None, dtype="float64")(
            np.array(labels), given
        )
    return {
        "logits": logits,
        "labels": labels,
        "softmax": common.plain(keras.ops.softmax(given)),
        "loss": common.plain(loss),
        "gradient": common.plain(tape.gradient(loss, given)),
    }


def make():
    return {
        "made_by": common.KERAS,
        "cases": [case(one) for one in CASES],
        "softmax_cross_entropy": softmax_cross_entropy(),
    }
