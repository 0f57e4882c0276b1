"""Limits and standard deviations of Keras' initializers, for kernels of some shapes."""

import common
import keras
import mpmath
import numpy as np
from keras.src.initializers.random_initializers import compute_fans

SHAPES = [(784, 300), (3, 3, 16, 32), (10,), ()]
NAMES = ("glorot", "he", "lecun")


def left_of_normal():
    """The standard deviation of a standard normal distribution that is cut at 2."""
    mpmath.mp.dps = 30
    inside = mpmath.erf(mpmath.sqrt(2))
    return float(mpmath.sqrt(1 - 4 * mpmath.npdf(2) / inside))


def scale(name, fans):
    fan_in, fan_out = fans
    return {"glorot": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}[name]


def sampled(name, distribution, shape):
    return np.abs(np.asarray(keras.initializers.get(f"{name}_{distribution}")(shape)))


def case(shape, cut):
    fans = compute_fans(shape)
    made = {"shape": list(shape), "fans": common.plain(fans)}
    if len(shape) < 2:
        return made
    keras.utils.set_random_seed(1)
    for name in NAMES:
        limit = float(np.sqrt(3 * scale(name, fans)))
        stddev = float(np.sqrt(scale(name, fans))) / cut
        # Keras keeps both to itself, but fills what they say
        for distribution, most in (("uniform", limit), ("normal", 2 * stddev)):
            largest = sampled(name, distribution, shape).max()
            assert 0.99 * most < largest <= np.float32(most) * (1 + 2**-22), (name, distribution, largest, most)
        made[f"{name}_uniform_limit"] = limit
        made[f"{name}_normal_sampling_stddev"] = stddev
    return made


def make():
    cut = left_of_normal()
    return {
        "made_by": {**common.KERAS, **common.MPMATH},
        "truncation_constant": cut,
        "cases": [case(shape, cut) for shape in SHAPES],
        "note": "normal samples lie within 2 sampling_stddev and have a standard deviation of truncation_constant of it",
    }
