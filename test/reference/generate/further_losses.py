"""Losses that the library makes of operations: Keras' losses of vectors in float64, and the gradient of their weighted mean by the predictions."""

import re

import common
import keras
import numpy as np
import tensorflow as tf

ROWS, COLS = 7, 3
CLASSES = {"klDivergence": "KLDivergence"}


def data():
    rng = np.random.default_rng(21)
    numbers = common.sixteenths(22, (ROWS, COLS))
    counts = rng.integers(0, 5, (ROWS, COLS)).astype(float)
    chances = np.round(rng.random((ROWS, COLS)) * 60 + 2) / 64
    labels = rng.integers(0, COLS, ROWS)
    return {
        "numbers": (numbers, numbers + common.sixteenths(23, (ROWS, COLS)) / 2 + 1 / 64),
        "counts": (counts, counts / 2 + np.round(rng.random((ROWS, COLS)) * 64) / 64 + 1 / 32),
        "chances": (np.round(rng.random((ROWS, COLS)) * 60 + 2) / 64, chances),
        "oneHot": (np.eye(COLS)[labels], chances),
        "bits": (rng.integers(0, 2, (ROWS, COLS)).astype(float), chances),
        "bitsOfLogits": (rng.integers(0, 2, (ROWS, COLS)).astype(float), common.sixteenths(24, (ROWS, COLS))),
        "oneHotOfLogits": (np.eye(COLS)[labels], common.sixteenths(25, (ROWS, COLS))),
        "signs": (rng.integers(0, 2, (ROWS, COLS)) * 2.0 - 1, common.sixteenths(26, (ROWS, COLS))),
    }


CASES = [
    ("meanAbsolutePercentageError", {}, "numbers"),
    ("meanSquaredLogarithmicError", {}, "counts"),
    ("logCosh", {}, "numbers"),
    ("poisson", {}, "counts"),
    ("klDivergence", {}, "chances"),
    ("cosineSimilarity", {}, "numbers"),
    ("hinge", {}, "signs"),
    ("hinge", {}, "bitsOfLogits"),
    ("squaredHinge", {}, "signs"),
    ("categoricalHinge", {}, "oneHotOfLogits"),
    ("binaryFocalCrossentropy", {}, "bits"),
    ("binaryFocalCrossentropy", {"applyClassBalancing": True, "alpha": 0.75, "gamma": 1.5, "labelSmoothing": 0.125}, "bits"),
    ("binaryFocalCrossentropy", {"fromLogits": True, "gamma": 3.0}, "bitsOfLogits"),
    ("categoricalFocalCrossentropy", {}, "oneHot"),
    ("categoricalFocalCrossentropy", {"alpha": 0.5, "gamma": 1.5, "labelSmoothing": 0.125}, "oneHot"),
    ("categoricalFocalCrossentropy", {"fromLogits": True}, "oneHotOfLogits"),
    ("dice", {}, "bits"),
    ("dice", {"axis": [1]}, "bits"),
    ("tversky", {"alpha": 0.25, "beta": 0.75}, "bits"),
    ("tversky", {"axis": [1]}, "bits"),
]


def snake(name):
    return re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)


def case(name, options, kind, sets, weights):
    y_true, y_pred = sets[kind]
    cls = getattr(keras.losses, CLASSES.get(name, name[0].upper() + name[1:]))
    given = {snake(key): tuple(value) if isinstance(value, list) else value for key, value in options.items()}
    predictions = tf.Variable(y_pred, dtype="float64")
    values = cls(reduction=None, **given)(y_true, y_pred)
    with tf.GradientTape() as tape:
        total = cls(**given)(tf.constant(y_true, "float64"), predictions, tf.constant(weights, "float64"))
    return {
        "name": name,
        "options": options,
        "data": kind,
        "key": cls().name,
        "values": np.broadcast_to(np.asarray(values), (ROWS,)).tolist(),
        "total": float(total),
        "gradient": tape.gradient(total, predictions).numpy().tolist(),
    }


def make():
    with common.precision("float64"):
        sets = data()
        weights = (np.random.default_rng(27).integers(1, 33, ROWS) / 16).tolist()
        return {
            "made_by": common.KERAS,
            "weights": weights,
            "data": {kind: {"yTrue": y.tolist(), "yPred": p.tolist()} for kind, (y, p) in sets.items()},
            "cases": [case(*one, sets, weights) for one in CASES],
        }
