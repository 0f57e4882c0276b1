"""
What EarlyStopping, ReduceLROnPlateau and ModelCheckpoint do about watched values that are made up, infinite and NaN among them: those that
are named, and many at random. Values are text, for JSON knows no infinity.
"""

import random

import common
import keras

SHOWN = ["inf inf 2 3 4 5 6", "inf inf inf 1 1 1", "nan nan nan nan nan", "nan 5 4 3 2", "3 inf 2 nan 1 1 1"]
RANDOM = 60
NAMES = {"minDelta": "min_delta", "restoreBestWeights": "restore_best_weights", "startFromEpoch": "start_from_epoch"}


def python_options(options):
    return {NAMES.get(key, key): value for key, value in options.items()}


class Model:
    """Counts epochs as its weights."""

    def __init__(self, rate):
        self.stop_training = False
        self.optimizer = keras.optimizers.SGD(rate)
        self.epoch = -1
        self.saved = []

    def get_weights(self):
        return self.epoch

    def set_weights(self, epoch):
        self.epoch = epoch

    def save(self, filepath, overwrite):
        self.saved.append(self.epoch)


def train(callback, values):
    model = Model(1.0)
    rates = []
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, text in enumerate(values):
        model.epoch = epoch
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {"score": float(text)})
        rates.append(float(model.optimizer.learning_rate))
        if model.stop_training:
            break
    callback.on_train_end()
    return model, rates


def early_stopping(values, options):
    callback = keras.callbacks.EarlyStopping("score", **python_options(options))
    model, rates = train(callback, values)
    return {
        "epochs": len(rates),
        "best": repr(float(callback.best)) if callback.best is not None else None,
        "bestEpoch": callback.best_epoch,
        "kept": model.epoch,
    }


def reduce_lr(values, options):
    return train(keras.callbacks.ReduceLROnPlateau("score", **python_options(options)), values)[1]


def checkpoint(values, mode):
    # ours goes on to save where a NaN is followed by a number
    callback = keras.callbacks.ModelCheckpoint("x.keras", "score", save_best_only=True, mode=mode)
    return train(callback, values)[0].saved


def make():
    rng = random.Random(15)
    sequences = [line.split() for line in SHOWN]
    for _ in range(RANDOM):
        numbers = ["inf", "-inf", "nan"] + [str(rng.randint(0, 8) / 2) for _ in range(rng.randint(3, 20))]
        sequences.append(rng.choices(numbers, k=rng.randint(3, 9)))
    cases = []
    for values in sequences:
        mode = rng.choice(["min", "min", "max"])
        stop = {"mode": mode, "patience": rng.choice([0, 1, 2, 2, 3])}
        stop |= rng.choice([{}, {}, {"minDelta": 0.5}, {"baseline": 2.0}, {"startFromEpoch": 2}])
        stop |= {"restoreBestWeights": rng.random() < 0.5}
        reduce = {"mode": mode, "patience": rng.choice([1, 2, 2]), "factor": 0.5, "cooldown": rng.choice([0, 0, 1])}
        cases.append(
            {
                "values": values,
                "earlyStopping": [stop, early_stopping(values, stop)],
                "reduceLROnPlateau": [reduce, reduce_lr(values, reduce)],
                "modelCheckpoint": [{"mode": mode}, checkpoint([value for value in values if value != "nan"], mode)],
            }
        )
    return {"made_by": common.KERAS, "cases": cases}
