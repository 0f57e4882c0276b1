"""
Metrics over an epoch of three batches of different sizes, with and without sample weights: Keras' classes in float64, and scikit-learn's areas
over all predictions. Predictions are multiples of 1/1024 and weights of 1/16, so that float32 holds them and some are equal.
"""

import re

import common
import keras
import numpy as np
import sklearn
from sklearn.metrics import average_precision_score, roc_auc_score

BATCHES = [17, 17, 6]
ROWS = sum(BATCHES)


def steps(values):
    return (np.round(values * 1024) / 1024).tolist()


def data():
    rng = np.random.default_rng(15)
    binary = rng.integers(0, 2, ROWS)
    classes = rng.integers(0, 4, ROWS)
    chances = rng.dirichlet(np.ones(4), ROWS) * 0.75 + np.eye(4)[classes] * 0.25
    labels = rng.integers(0, 2, (ROWS, 3))
    numbers = common.sixteenths(16, (ROWS, 2))
    return {
        "binary": [binary[:, None].tolist(), steps((rng.random(ROWS) * 0.75 + binary * 0.25)[:, None])],
        "logits": [binary[:, None].tolist(), common.sixteenths(17, (ROWS, 1)).tolist()],
        "oneHot": [np.eye(4)[classes].tolist(), steps(chances)],
        "sparse": [classes.tolist(), steps(chances)],
        "multiLabel": [labels.tolist(), steps(rng.random((ROWS, 3)) * 0.75 + labels * 0.25)],
        "numbers": [numbers.tolist(), (numbers + common.sixteenths(18, (ROWS, 2)) / 2).tolist()],
        "positive": [rng.dirichlet(np.ones(3), ROWS).round(4).tolist(), steps(rng.dirichlet(np.ones(3), ROWS) + 1 / 1024)],
        "signs": [(labels * 2 - 1).tolist(), common.sixteenths(19, (ROWS, 3)).tolist()],
        "ids": [classes[:, None].tolist(), rng.integers(0, 4, (ROWS, 1)).tolist()],
    }


# our function, its options, the data; Keras' class has the same name and options but for these
CLASSES = {"meanIoU": "MeanIoU", "iou": "IoU", "binaryIoU": "BinaryIoU", "oneHotIoU": "OneHotIoU", "auc": "AUC"}
CLASSES |= {"oneHotMeanIoU": "OneHotMeanIoU", "fBetaScore": "FBetaScore", "f1Score": "F1Score", "r2Score": "R2Score"}
CLASSES |= {"klDivergence": "KLDivergence", "logCosh": "LogCoshError", "topKCategoricalAccuracy": "TopKCategoricalAccuracy"}
CLASSES |= {"sparseTopKCategoricalAccuracy": "SparseTopKCategoricalAccuracy"}
OPTIONS = {"sparseYTrue": "sparse_y_true", "sparseYPred": "sparse_y_pred", "topK": "top_k"}

CASES = [
    *((name, options, "binary") for name in ("truePositives", "trueNegatives", "falsePositives", "falseNegatives") for options in ({}, {"thresholds": 0.75})),
    *((name, options, kind) for name in ("precision", "recall") for options, kind in (
        ({}, "binary"),
        ({"thresholds": 0.625}, "multiLabel"),
        ({"classId": 2}, "oneHot"),
        ({"topK": 2}, "oneHot"),
        ({"topK": 2, "classId": 1, "thresholds": 0.25}, "oneHot"),
    )),
    *(("auc", {"curve": curve, "summationMethod": method}, "binary") for curve in ("ROC", "PR", "PRGAIN") for method in ("interpolation", "minoring", "majoring")),
    ("auc", {"numThresholds": 20}, "multiLabel"),
    ("auc", {"thresholds": [0.75, 0.125, 0.3]}, "binary"),
    ("auc", {"multiLabel": True}, "multiLabel"),
    ("auc", {"multiLabel": True, "labelWeights": [1, 2, 0.5], "curve": "PR"}, "multiLabel"),
    ("auc", {"labelWeights": [1, 2, 0.5]}, "multiLabel"),
    ("auc", {"fromLogits": True}, "logits"),
    *((name, {option: share, **more}, "binary") for name, option in (
        ("sensitivityAtSpecificity", "specificity"),
        ("specificityAtSensitivity", "sensitivity"),
        ("precisionAtRecall", "recall"),
        ("recallAtPrecision", "precision"),
    ) for share, more in ((0.5, {}), (0.8, {"numThresholds": 7}), (0.6, {"numThresholds": 1}))),
    ("sensitivityAtSpecificity", {"specificity": 0.5, "classId": 1}, "multiLabel"),
    *(("f1Score", {"average": average}, "oneHot") for average in ("micro", "macro", "weighted")),
    ("f1Score", {"average": "weighted", "threshold": 0.5}, "multiLabel"),
    ("fBetaScore", {"average": "macro", "beta": 2.0, "threshold": 0.25}, "multiLabel"),
    ("binaryAccuracy", {}, "binary"),
    ("binaryAccuracy", {"threshold": 0.75}, "multiLabel"),
    ("categoricalAccuracy", {}, "oneHot"),
    ("sparseCategoricalAccuracy", {}, "sparse"),
    ("topKCategoricalAccuracy", {"k": 2}, "oneHot"),
    ("sparseTopKCategoricalAccuracy", {"k": 2}, "sparse"),
    ("meanIoU", {"numClasses": 4}, "ids"),
    ("meanIoU", {"numClasses": 4, "ignoreClass": 2}, "ids"),
    ("meanIoU", {"numClasses": 4, "sparseYPred": False}, "sparse"),
    ("iou", {"numClasses": 4, "targetClassIds": [0, 3]}, "ids"),
    ("oneHotIoU", {"numClasses": 4, "targetClassIds": [1]}, "oneHot"),
    ("oneHotMeanIoU", {"numClasses": 4}, "oneHot"),
    ("binaryIoU", {"threshold": 0.625}, "binary"),
    ("r2Score", {}, "numbers"),
    ("r2Score", {"classAggregation": "variance_weighted_average", "numRegressors": 3}, "numbers"),
    ("meanSquaredError", {}, "numbers"),
    ("meanAbsoluteError", {}, "numbers"),
    ("rootMeanSquaredError", {}, "numbers"),
    ("binaryCrossentropy", {"labelSmoothing": 0.125}, "multiLabel"),
    ("binaryCrossentropy", {"fromLogits": True}, "logits"),
    ("categoricalCrossentropy", {}, "oneHot"),
    ("sparseCategoricalCrossentropy", {}, "sparse"),
    ("meanAbsolutePercentageError", {}, "positive"),
    ("meanSquaredLogarithmicError", {}, "positive"),
    ("klDivergence", {}, "positive"),
    ("poisson", {}, "positive"),
    ("logCosh", {}, "numbers"),
    ("cosineSimilarity", {}, "numbers"),
    ("hinge", {}, "signs"),
    ("squaredHinge", {}, "signs"),
    ("categoricalHinge", {}, "oneHot"),
]


def snake(name):
    return OPTIONS.get(name) or re.sub(r"[A-Z]", lambda found: "_" + found[0].lower(), name)


def metric(name, options):
    cls = getattr(keras.metrics, CLASSES.get(name, name[0].upper() + name[1:]))
    # sums of counts are whole numbers in some of them by default
    return cls(**{snake(key): value for key, value in options.items()}, dtype="float64")


def value(name, options, y_true, y_pred, weights):
    if name == "exactAuc":
        score = average_precision_score if options["curve"] == "PR" else roc_auc_score
        return score(np.ravel(y_true), np.ravel(y_pred), sample_weight=weights)
    made = metric(name, options)
    # TensorFlow finds the largest of float32 only
    y_pred = np.array(y_pred, "float32" if "opK" in name else "float64")
    at = 0
    for rows in BATCHES:
        part = slice(at, at + rows)
        made.update_state(np.array(y_true)[part], y_pred[part], None if weights is None else np.array(weights)[part])
        at += rows
    return float(made.result())


def make():
    sets = data()
    weights = (np.random.default_rng(20).integers(0, 33, ROWS) / 16).tolist()
    keys = {}

    def case(name, options, kind):
        if name != "exactAuc":
            # Keras numbers the names of further objects of a class
            keys.setdefault(name, re.sub(r"_\d+$", "", metric(name, options).name))
        plain, weighted = (value(name, options, *sets[kind], own) for own in (None, weights))
        return {"name": name, "options": options, "data": kind, "key": keys.get(name), "value": plain, "weighted": weighted}

    with common.precision("float64"):
        exact = [("exactAuc", {"curve": curve}, kind) for curve in ("ROC", "PR") for kind in ("binary", "logits")]
        return {
            "made_by": {**common.KERAS, "scikit-learn": sklearn.__version__},
            "batches": BATCHES,
            "data": {kind: {"yTrue": y, "yPred": p} for kind, (y, p) in sets.items()},
            "weights": weights,
            "cases": [case(*one) for one in [*CASES, *exact]],
        }
