"""What the scripts share: Keras over TensorFlow in a chosen precision, seeded inputs, and plain numbers for JSON."""

import os

# with its other backends Keras computes some operations on float64 in float32
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

from contextlib import contextmanager

import keras
import mpmath
import numpy as np
import tensorflow as tf

KERAS = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
MPMATH = {"mpmath": mpmath.__version__, "numpy": np.__version__}


@contextmanager
def precision(floatx):
    """Keras computes in `floatx` inside."""
    before = keras.config.floatx()
    use(floatx)
    try:
        yield
    finally:
        use(before)


def use(floatx):
    keras.config.set_floatx(floatx)
    keras.config.set_dtype_policy(floatx)


def sixteenths(seed, shape):
    """Normal numbers rounded to multiples of 1/16: sums of a few of their products are exact in float32."""
    return np.round(np.random.default_rng(seed).normal(size=shape) * 16) / 16 + 0.0


def exact(value):
    """TensorFlow takes plain floats for float32, and numpy's for what they are."""
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    return np.float64(value) if isinstance(value, float) else value


def plain(value):
    """Tensors, arrays and numpy's numbers as what JSON holds."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return np.asarray(value).tolist()
