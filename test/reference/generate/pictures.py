"""
Keras' layers that resize pictures or move them, in float32 (Keras turns no others): outputs, and gradients by the input. Ranges of one number leave nothing to chance.
Inputs are multiples of 1/16. Options have this library's names; Keras' follow from them.

The gradient is that of the sum of the output times dy: how much each pixel by itself adds to it. TensorFlow's own gradient of an affine
transform is another transform, not this one.
"""

import common
import keras
import layer_cases
import numpy as np


def keras_layer(kind, options):
    named = {layer_cases.snake(key): value for key, value in options.items()}
    return getattr(keras.layers, kind[0].upper() + kind[1:])(**named)


MODES = ("constant", "nearest", "reflect", "wrap")


def case(kind, shape, seed, training=True, **options):
    layer = keras_layer(kind, options)
    x = common.sixteenths(seed, shape)
    rows, sample = shape[0], shape[1:]
    y = layer(x, training=training).numpy()
    dy = common.sixteenths(seed + 50, y.shape)
    units = np.eye(int(np.prod(sample))).reshape(-1, *sample)
    zero = layer(np.zeros((1, *sample)), training=training).numpy()
    by = layer(units, training=training).numpy() - zero
    return dict(
        kind=kind,
        options=options,
        training=training,
        shape=list(shape),
        x=x,
        y=y,
        output_shape=list(y.shape),
        dy=dy,
        dx=np.tensordot(dy.reshape(rows, -1), by.reshape(len(units), -1), axes=(1, 1)),
    )


def everywhere(kind, shape, seed, **options):
    """Read in both ways, with all that may lie beyond the edge."""
    return [
        case(kind, shape, seed + i, interpolation=how, fillMode=mode, fillValue=0.75, **options)
        for i, (how, mode) in enumerate((how, mode) for how in ("nearest", "bilinear") for mode in MODES)
    ]


CASES = [
    lambda: everywhere("randomTranslation", (2, 4, 5, 2), 100, heightFactor=[0.28, 0.28], widthFactor=[-0.53, -0.53]),
    lambda: everywhere("randomTranslation", (1, 3, 4, 5), 200, heightFactor=[-1.0, -1.0], widthFactor=[0.9, 0.9]),
    lambda: everywhere("randomRotation", (2, 4, 5, 2), 300, factor=[0.1, 0.1]),
    lambda: everywhere("randomRotation", (1, 5, 4, 1), 400, factor=[-0.37, -0.37]),
    lambda: everywhere("randomZoom", (2, 4, 5, 2), 500, heightFactor=[-0.31, -0.31], widthFactor=[0.43, 0.43]),
    lambda: everywhere("randomZoom", (1, 4, 3, 5), 600, heightFactor=[0.9, 0.9]),
    lambda: [case("randomRotation", (1, 4, 4, 2), 700, factor=[0.25, 0.25], interpolation="nearest")],
    lambda: [case("randomTranslation", (1, 3, 4, 2), 710, False, heightFactor=0.5, widthFactor=0.5)],
    *[
        lambda how=how, training=training: [
            case("resizing", (2, 3, 4, 2), 800, training, height=5, width=6, interpolation=how),
            case("resizing", (1, 7, 5, 3), 810, training, height=3, width=4, interpolation=how),
            case("resizing", (1, 7, 4, 2), 820, training, height=2, width=3, interpolation=how, cropToAspectRatio=True),
            case("resizing", (1, 3, 8, 1), 830, training, height=5, width=4, interpolation=how, cropToAspectRatio=True),
            case("resizing", (1, 6, 3, 2), 840, training, height=4, width=4, interpolation=how, padToAspectRatio=True),
            case(
                "resizing",
                (1, 2, 7, 1),
                850,
                training,
                height=4,
                width=6,
                interpolation=how,
                padToAspectRatio=True,
                fillValue=-0.5,
            ),
        ]
        for how, training in (("nearest", False), ("bilinear", True))
    ],
    lambda: [case("centerCrop", (2, 5, 6, 2), 900, height=2, width=3)],
    lambda: [case("centerCrop", (1, 3, 6, 2), 910, False, height=4, width=5)],
]


def make():
    with common.precision("float32"):
        cases = [one for group in CASES for one in group()]
    return {"made_by": common.KERAS, "cases": common.plain(layer_cases.short(cases))}
