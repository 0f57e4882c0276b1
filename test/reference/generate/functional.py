"""
Functional models in float64: branches that merge, a shared layer, a model within the model, frozen layers, several outputs with
weights of losses and of samples. Histories, evaluations and weights after some epochs, for each optimizer.
"""

import common
import keras
import numpy as np

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(**common.exact(dict(learning_rate=0.05))),
    "momentum": lambda: keras.optimizers.SGD(**common.exact(dict(learning_rate=0.02, momentum=0.9))),
    "adam": lambda: keras.optimizers.Adam(
        **common.exact(dict(learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-7))
    ),
}
COUNT, BATCH, EPOCHS = 10, 4, 3


def numbers(random, *shape):
    return np.round(random.normal(size=shape), 3)


def dense(units, **rest):
    return keras.layers.Dense(units, **rest)


def residual():
    """x + f(x), concatenated with x, multiplied by a gate."""
    x = keras.Input([4], name="x")
    hidden = dense(4, activation="tanh", name="hidden")(x)
    joined = keras.layers.Concatenate()([keras.layers.Add()([x, hidden]), keras.layers.Subtract()([x, hidden])])
    gate = dense(8, activation="sigmoid", name="gate")(x)
    out = dense(2, name="out")(keras.layers.Multiply()([joined, gate]))
    return keras.Model(x, out), ["x"], ["out"]


def siamese():
    """One layer called on two inputs; the cosine of what comes out, the larger and the mean of both."""
    a, b = keras.Input([5], name="a"), keras.Input([5], name="b")
    shared = dense(3, activation="tanh", name="shared")
    left, right = shared(a), shared(b)
    parts = [
        keras.layers.Dot(axes=1, normalize=True)([left, right]),
        keras.layers.Maximum()([left, right]),
        keras.layers.Average()([left, right]),
    ]
    return keras.Model([a, b], dense(1, name="out")(keras.layers.Concatenate()(parts))), ["a", "b"], ["out"]


def nested():
    """A model called on two inputs of another one; its first layer is frozen."""
    inner_in = keras.Input([3])
    frozen = dense(4, activation="relu", name="frozen")
    inner = keras.Model(inner_in, dense(2, name="last")(frozen(inner_in)), name="inner")
    frozen.trainable = False
    a, b = keras.Input([3], name="a"), keras.Input([3], name="b")
    sums = keras.layers.Add()([inner(a), inner(b)])
    return keras.Model([a, b], [dense(1, name="p")(sums), dense(2, name="q")(sums)]), ["a", "b"], ["p", "q"]


MODELS = {"residual": residual, "siamese": siamese, "nested": nested}


def case(kind, optimizer, seed):
    random = np.random.default_rng(seed)
    with common.precision("float64"):
        keras.utils.clear_session()
        model, inputs, outputs = MODELS[kind]()
        model.set_weights([numbers(random, *weight.shape) * 0.5 for weight in model.get_weights()])
        start = [common.plain(weight) for weight in model.get_weights()]
        x = [numbers(random, COUNT, *one.shape[1:]) for one in model.inputs]
        y = [numbers(random, COUNT, *one.shape[1:]) for one in model.outputs]
        weights = np.round(random.uniform(0.5, 2, size=COUNT), 2)
        several = len(outputs) > 1
        model.compile(
            optimizer=OPTIMIZERS[optimizer](),
            loss=["mse", "mae"][: len(outputs)] if several else "mse",
            loss_weights=[0.3, 2.0] if several else None,
            metrics=[["mae"], ["mse"]] if several else ["mae"],
            # in TensorFlow's graphs alone Keras does not know how many rows a batch has, and weighs the outputs' losses of all batches alike
            run_eagerly=True,
        )
        one = lambda values: values if len(values) > 1 else values[0]
        rows = dict(batch_size=BATCH, verbose=0)
        history = model.fit(one(x), one(y), sample_weight=weights, epochs=EPOCHS, shuffle=False, **rows).history
        evaluated = model.evaluate(one(x), one(y), return_dict=True, **rows)
        predicted = model.predict(one(x), verbose=0)
        return {
            "model": kind,
            "optimizer": optimizer,
            "names": [weight.path for weight in model.weights],
            "shapes": [list(weight.shape) for weight in model.weights],
            "start": start,
            "x": [common.plain(values) for values in x],
            "y": [common.plain(values) for values in y],
            "sample_weight": common.plain(weights),
            "history": {key: [float(value) for value in values] for key, values in history.items()},
            "evaluated": {key: float(value) for key, value in evaluated.items()},
            "predicted": [common.plain(values) for values in (predicted if several else [predicted])],
            "end": [common.plain(weight) for weight in model.get_weights()],
        }


def make():
    return {
        "made_by": common.KERAS,
        "batch_size": BATCH,
        "epochs": EPOCHS,
        "cases": [
            case(kind, optimizer, 10 * i + j)
            for i, kind in enumerate(MODELS)
            for j, optimizer in enumerate(OPTIMIZERS)
        ],
    }
