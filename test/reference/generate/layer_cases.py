"""
Keras' layers beyond dense ones, in float64: outputs, gradients by the input and by each weight that is trained, weights after a call that is
one of training, and three steps of training of small models. Inputs are multiples of 1/16, which float32 holds exactly.
Kinds and options have this library's names; Keras' follow from them.
"""

import re

import common
import keras
import numpy as np
import tensorflow as tf


def snake(name):
    return re.sub(r"([A-Z])", lambda found: "_" + found[1].lower(), re.sub(r"(\d)d$", r"\1D", name))


def keras_constraint(config):
    name, options = config["className"], config["config"]
    named = {snake(key): value for key, value in options.items()}
    return getattr(keras.constraints, name[0].upper() + name[1:])(**common.exact(named))


def keras_layer(kind, options):
    name = {"prelu": "PReLU", "elu": "ELU"}.get(kind) or re.sub(r"(\d)d$", r"\1D", kind[0].upper() + kind[1:])
    named = {
        snake(key): keras_constraint(value) if key.endswith("Constraint") else value for key, value in options.items()
    }
    return getattr(keras.layers, name)(**common.exact(named))


def start_of(layer, seed):
    """Numbers for its weights: what is a variance is positive."""
    made = []
    for i, weight in enumerate(layer.weights):
        numbers = common.sixteenths(seed + i, tuple(weight.shape))
        made.append(np.abs(numbers) + 0.25 if "variance" in weight.name else numbers)
    layer.set_weights(made)
    return made


def case(kind, shape, seed, training=False, **options):
    layer = keras_layer(kind, options)
    x = common.sixteenths(seed, shape)
    layer.build(x.shape)
    weights = start_of(layer, seed + 100)
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = layer(given, training=training)
        dy = common.sixteenths(seed + 50, tuple(y.shape))
        total = tf.reduce_sum(y * dy)
    trained = [weight.value for weight in layer.trainable_weights]
    dx, *others = tape.gradient(total, [given, *trained])
    return dict(
        kind=kind,
        options=options,
        training=training,
        x=x,
        shape=list(shape),
        weights=weights,
        y=y.numpy(),
        output_shape=list(y.shape),
        dy=dy,
        dx=dx.numpy(),
        trained=[weight.name for weight in layer.trainable_weights],
        dweights=[one.numpy() for one in others],
        after=[weight.numpy() for weight in layer.weights],
    )


def both(kind, shape, seed, **options):
    """In prediction and in training."""
    return [case(kind, shape, seed, **options), case(kind, shape, seed, True, **options)]


CASES = [
    lambda: both("batchNormalization", (5, 3), 100),
    lambda: both("batchNormalization", (2, 3, 4, 6), 200, momentum=0.75, epsilon=0.01),
    lambda: both("batchNormalization", (3, 5, 9), 300, center=False),
    lambda: both("batchNormalization", (3, 2, 5), 400, scale=False, axis=1),
    lambda: both("batchNormalization", (4, 2, 3, 17), 500, center=False, scale=False, axis=-1),
    lambda: [case("layerNormalization", (3, 5), 600)],
    lambda: [case("layerNormalization", (2, 3, 4), 700, axis=[1, 2], epsilon=1e-5)],
    lambda: [case("layerNormalization", (2, 3, 4, 2), 800, axis=[-1, 1], center=False)],
    lambda: [case("layerNormalization", (2, 3, 4), 900, axis=1, scale=False)],
    lambda: [case("groupNormalization", (2, 3, 4, 6), 1000, groups=3)],
    lambda: [case("groupNormalization", (3, 8), 1100, groups=2, epsilon=1e-4, scale=False)],
    lambda: [case("groupNormalization", (2, 4, 3), 1200, groups=-1, center=False)],
    lambda: [case("groupNormalization", (2, 4, 3, 5), 1300, groups=2, axis=1)],
    lambda: [case("unitNormalization", (3, 5), 1400)],
    lambda: [case("unitNormalization", (2, 3, 4), 1500, axis=[1, 2])],
    lambda: [case("unitNormalization", (2, 3, 4), 1600, axis=1)],
]


CASES += [
    lambda: [case("zeroPadding1d", (2, 3, 2), 2000, padding=[2, 1])],
    lambda: [case("zeroPadding2d", (2, 3, 2, 3), 2010)],
    lambda: [case("zeroPadding2d", (2, 3, 2, 2), 2020, padding=[1, 0])],
    lambda: [case("zeroPadding2d", (1, 2, 3, 1), 2030, padding=[[1, 0], [2, 3]])],
    lambda: [case("cropping1d", (2, 5, 2), 2040, cropping=[2, 1])],
    lambda: [case("cropping1d", (2, 4, 3), 2050)],
    lambda: [case("cropping2d", (2, 4, 5, 2), 2060, cropping=[[1, 0], [2, 1]])],
    lambda: [case("cropping2d", (2, 4, 5, 1), 2070, cropping=1)],
    lambda: [case("upSampling1d", (2, 3, 2), 2080, size=3)],
    lambda: [case("upSampling2d", (2, 2, 3, 2), 2090)],
    lambda: [case("upSampling2d", (1, 2, 3, 5), 2100, size=[3, 2])],
    lambda: [case("upSampling2d", (2, 3, 4, 2), 2110, size=[2, 3], interpolation="bilinear")],
    lambda: [case("upSampling2d", (1, 4, 3, 5), 2120, interpolation="bilinear")],
    lambda: [case("permute", (2, 3, 4), 2130, dims=[2, 1])],
    lambda: [case("permute", (2, 3, 4, 2), 2140, dims=[3, 1, 2])],
    lambda: [case("repeatVector", (3, 4), 2150, n=3)],
    lambda: [case("prelu", (3, 4), 2160)],
    lambda: [case("prelu", (2, 3, 4, 2), 2170, sharedAxes=[1, 2])],
    lambda: [case("reLU", (3, 7), 2180)],
    lambda: [case("reLU", (3, 7), 2190, negativeSlope=0.25)],
    lambda: [case("reLU", (3, 7), 2200, maxValue=1.03)],
    lambda: [case("reLU", (3, 7), 2210, maxValue=1.03, negativeSlope=0.25, threshold=0.27)],
    lambda: [case("reLU", (3, 7), 2220, threshold=0.27)],
    lambda: [case("leakyReLU", (3, 7), 2230)],
    lambda: [case("elu", (3, 7), 2240, alpha=0.5)],
    lambda: [case("softmax", (3, 5), 2250)],
    lambda: [case("softmax", (2, 3, 4), 2260, axis=1)],
    lambda: [case("softmax", (2, 3, 2, 3), 2270, axis=-2)],
    lambda: [case("rescaling", (2, 3, 2), 2280, scale=0.25, offset=-1.5)],
    lambda: [case("rescaling", (2, 3, 2), 2290, scale=[0.5, 2.0], offset=[1.0, -3.0])],
    *[
        lambda kind=kind, keepdims=keepdims: [
            case(kind, (2, 3, 4) if kind.endswith("1d") else (2, 3, 4, 3), 2300, keepdims=keepdims)
        ]
        for kind in ("globalMaxPooling1d", "globalMaxPooling2d", "globalAveragePooling1d", "globalAveragePooling2d")
        for keepdims in (False, True)
    ],
]


def adapted(shape, seed, **options):
    """Statistics of a data set, and what the layer makes of other numbers."""
    data, x = common.sixteenths(seed, shape) * 3 + 2, common.sixteenths(seed + 1, (4, *shape[1:]))
    layer = keras_layer("normalization", options)
    layer.adapt(data)
    return dict(
        options=options,
        shape=list(shape),
        data=data,
        mean=layer.adapt_mean.numpy(),
        variance=layer.adapt_variance.numpy(),
        x=x,
        y=layer(x).numpy(),
    )


ADAPTED = [
    lambda: adapted((7, 3), 3000),
    lambda: adapted((5, 2, 3), 3100, axis=[1, -1]),
    lambda: adapted((5, 2, 3), 3200, axis=1, invert=True),
    lambda: adapted((9, 4), 3300, axis=None),
]


def dense(units, **options):
    return ("dense", dict(units=units, **options))


ROWS, BATCH = 11, 4

# no weight whose gradient is 0 but for rounding, which Adam would enlarge: a bias before batch normalization
def constraint(name, **options):
    return dict(className=name, config=options)


MODELS = {
    "constraints": [
        (6,),
        dense(
            5,
            activation="tanh",
            kernelConstraint=constraint("maxNorm", maxValue=0.8),
            biasConstraint=constraint("nonNeg"),
        ),
        ("batchNormalization", dict(gammaConstraint=constraint("maxNorm", maxValue=0.5), betaConstraint=constraint("nonNeg"))),
        dense(4, kernelConstraint=constraint("unitNorm", axis=1)),
        ("prelu", dict(alphaConstraint=constraint("nonNeg"))),
        dense(3, kernelConstraint=constraint("minMaxNorm", minValue=0.5, maxValue=1.2, rate=0.7, axis=-2)),
        dense(2, kernelConstraint=constraint("minMaxNorm", axis=[0, 1])),
    ],
    "batch normalization": [
        (6,),
        dense(7, useBias=False),
        ("batchNormalization", {}),
        ("activation", dict(activation="tanh")),
        dense(5, useBias=False),
        ("batchNormalization", dict(momentum=0.5, axis=1)),
        dense(2),
    ],
    "frozen batch normalization": [
        (6,),
        dense(5),
        ("batchNormalization", dict(trainable=False)),
        ("activation", dict(activation="relu")),
        dense(2),
    ],
    "images": [
        (3, 4, 2),
        ("upSampling2d", dict(size=[2, 1], interpolation="bilinear")),
        ("cropping2d", dict(cropping=[[1, 2], [0, 0]])),
        dense(8),
        ("prelu", dict(sharedAxes=[1, 2])),
        ("groupNormalization", dict(groups=4)),
        ("activation", dict(activation="tanh")),
        ("batchNormalization", dict(momentum=0.9)),
        dense(6, activation="tanh"),
        ("layerNormalization", {}),
        ("unitNormalization", {}),
        ("globalAveragePooling2d", {}),
        dense(2),
    ],
}
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(**common.exact(dict(learning_rate=0.1))),
    "adam": lambda: keras.optimizers.Adam(
        **common.exact(dict(learning_rate=0.01, beta_1=0.9, beta_2=0.999, epsilon=1e-7))
    ),
}


def steps(name, optimizer, seed):
    shape, *described = MODELS[name]
    keras.utils.clear_session()
    stack = [keras_layer(kind, options) for kind, options in described]
    model = keras.Sequential([keras.Input(shape), *stack])
    for i, layer in enumerate(stack):
        start_of(layer, seed + 10 * i)
    start = [weight.numpy() for weight in model.weights]
    x = common.sixteenths(seed + 500, (ROWS, *shape))
    y = common.sixteenths(seed + 600, (ROWS, *model.output_shape[1:]))
    model.compile(optimizer=OPTIMIZERS[optimizer](), loss="mse", run_eagerly=True)
    history = model.fit(x, y, batch_size=BATCH, epochs=1, shuffle=False, verbose=0).history
    return dict(
        model=name,
        optimizer=optimizer,
        input_shape=list(shape),
        layers=[dict(kind=kind, options=options) for kind, options in described],
        x=x,
        y=y,
        output_shape=list(model.output_shape[1:]),
        start=start,
        loss=history["loss"],
        evaluated=float(model.evaluate(x, y, verbose=0)),
        end=[weight.numpy() for weight in model.weights],
    )


def short(value):
    """Ten digits are more than a comparison with float32 needs; arrays become lists of numbers, whatever their shape."""
    if isinstance(value, dict):
        return {key: short(one) for key, one in value.items()}
    if isinstance(value, list):
        return [short(one) for one in value]
    if isinstance(value, np.ndarray):
        return [float(f"{one:.10g}") for one in value.reshape(-1)]
    return value


def make():
    with common.precision("float64"):
        known = [one() for one in ADAPTED]
        cases = [one for group in CASES for one in group()]
        trained = [steps(name, optimizer, 7500 + 1000 * i) for i, name in enumerate(MODELS) for optimizer in OPTIMIZERS]
    return {"made_by": common.KERAS, "rows": ROWS, "batch_size": BATCH, **common.plain(short(dict(cases=cases, adapted=known, models=trained)))}
