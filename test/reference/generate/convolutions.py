"""
Convolutional and pooling layers in float64, each behind a 1x1 convolution whose weights show the gradient of the layer's input:
three steps of SGD on the mean squared error, the weights after them and what the model then predicts.
"""

import common
import keras
import numpy as np

COUNT, STEPS, RATE = 3, 3, 0.05

CASES = [
    ("conv2d", [6, 5, 2], dict(filters=3, kernel_size=3, activation="relu")),
    ("conv2d", [6, 5, 2], dict(filters=3, kernel_size=[2, 3], padding="same", use_bias=False)),
    ("conv2d", [7, 6, 2], dict(filters=4, kernel_size=3, strides=2, padding="same", activation="tanh")),
    ("conv2d", [7, 8, 2], dict(filters=2, kernel_size=[3, 2], strides=[3, 2])),
    ("conv2d", [8, 7, 2], dict(filters=3, kernel_size=[2, 3], dilation_rate=2, padding="same")),
    ("conv2d", [5, 5, 4], dict(filters=6, kernel_size=2, groups=2, kernel_regularizer={"l2": 0.01}, padding="same")),
    ("conv1d", [9, 3], dict(filters=4, kernel_size=3, padding="causal", activation="relu")),
    ("conv1d", [9, 3], dict(filters=2, kernel_size=2, padding="causal", dilation_rate=3)),
    ("conv1d", [10, 2], dict(filters=3, kernel_size=4, strides=3, padding="same", bias_regularizer={"l1": 0.02})),
    ("depthwise_conv2d", [6, 5, 3], dict(kernel_size=3, padding="same", activation="relu")),
    ("depthwise_conv2d", [6, 7, 2], dict(kernel_size=2, strides=2, depth_multiplier=3)),
    ("depthwise_conv1d", [8, 3], dict(kernel_size=3, dilation_rate=2)),
    ("separable_conv2d", [6, 5, 3], dict(filters=4, kernel_size=3, padding="same", depth_multiplier=2, activation="relu")),
    ("separable_conv1d", [8, 3], dict(filters=2, kernel_size=3, strides=2)),
    ("conv2d_transpose", [3, 4, 2], dict(filters=3, kernel_size=3, strides=2, padding="same", activation="relu")),
    ("conv2d_transpose", [3, 3, 2], dict(filters=2, kernel_size=[3, 2], strides=[2, 1])),
    ("conv2d_transpose", [3, 3, 2], dict(filters=2, kernel_size=2, strides=3)),
    ("conv2d_transpose", [4, 4, 2], dict(filters=2, kernel_size=4, padding="same")),
    ("conv1d_transpose", [5, 2], dict(filters=3, kernel_size=4, strides=2, padding="same")),
    ("max_pooling2d", [6, 5, 3], dict()),
    ("max_pooling2d", [6, 5, 2], dict(pool_size=3, strides=2, padding="same")),
    ("max_pooling1d", [9, 2], dict(pool_size=3, strides=2)),
    ("average_pooling2d", [6, 5, 3], dict(pool_size=2)),
    ("average_pooling2d", [7, 5, 2], dict(pool_size=[3, 2], strides=2, padding="same")),
    ("average_pooling1d", [9, 2], dict(pool_size=4, padding="same")),
    ("conv2d_transpose", [3, 4, 2], dict(filters=2, kernel_size=3, strides=[2, 3], padding="same", output_padding=[1, 2])),
    ("conv2d_transpose", [3, 2, 2], dict(filters=3, kernel_size=[4, 3], strides=2, padding="same", output_padding=[1, 0])),
    ("conv2d_transpose", [2, 3, 2], dict(filters=2, kernel_size=3, strides=[3, 2], output_padding=1, activation="relu")),
    ("conv1d_transpose", [4, 3], dict(filters=2, kernel_size=2, strides=3, output_padding=2)),
]

CLASSES = {
    "conv2d": "Conv2D",
    "conv1d": "Conv1D",
    "depthwise_conv2d": "DepthwiseConv2D",
    "depthwise_conv1d": "DepthwiseConv1D",
    "separable_conv2d": "SeparableConv2D",
    "separable_conv1d": "SeparableConv1D",
    "conv2d_transpose": "Conv2DTranspose",
    "conv1d_transpose": "Conv1DTranspose",
    "max_pooling2d": "MaxPooling2D",
    "max_pooling1d": "MaxPooling1D",
    "average_pooling2d": "AveragePooling2D",
    "average_pooling1d": "AveragePooling1D",
}


def made(kind, options):
    def argument(value):
        if not isinstance(value, dict):
            return value
        return keras.regularizers.L1L2(**common.exact({"l1": 0.0, "l2": 0.0, **value}))

    return getattr(keras.layers, CLASSES[kind])(**{key: argument(value) for key, value in options.items()})


def case(seed, kind, shape, options):
    random = np.random.default_rng(seed)
    with common.precision("float64"):
        keras.utils.clear_session()
        first = keras.layers.Conv2D if len(shape) == 3 else keras.layers.Conv1D
        model = keras.Sequential([keras.Input(shape), first(shape[-1], 1), made(kind, options)])
        model.set_weights([np.round(random.normal(size=weight.shape), 2) * 0.5 for weight in model.get_weights()])
        start = [common.plain(weight) for weight in model.get_weights()]
        x = np.round(random.normal(size=[COUNT, *shape]), 2)
        y = np.round(random.normal(size=[COUNT, *model.output_shape[1:]]), 2)
        model.compile(optimizer=keras.optimizers.SGD(**common.exact(dict(learning_rate=RATE))), loss="mse")
        losses = [float(model.train_on_batch(x, y)) for _ in range(STEPS)]
        return {
            "layer": kind,
            "options": options,
            "input_shape": shape,
            "output_shape": list(model.output_shape[1:]),
            "start": start,
            "x": common.plain(x),
            "y": common.plain(y),
            "losses": losses,
            "end": [common.plain(weight) for weight in model.get_weights()],
            "predicted": common.plain(model.predict(x, verbose=0)),
        }


def make():
    return {
        "made_by": common.KERAS,
        "learning_rate": RATE,
        "cases": [case(seed, *one) for seed, one in enumerate(CASES)],
    }
