"""
Keras' activations and their derivatives at some points, by mpmath in 50 digits, rounded to float64: tails that float64 loses are
there. Keras itself must agree with them in float64. At a kink the derivative is that of the flat side, as Keras has it coded.
"""

import common
import keras
import mpmath
import numpy as np
from mpmath import mpf

# fmt: off
X = [-30.0, -10.0, -6.0, -3.5, -3.0, -2.5, -1.0, -0.5, -0.125, -0.0009765625, 0.0, 0.0009765625, 0.125, 0.5, 1.0, 2.5, 3.0, 3.5,
     5.0, 6.0, 7.0, 10.0, 30.0]
# fmt: on

exp, tanh, sqrt, log1p = mpmath.exp, mpmath.tanh, mpmath.sqrt, mpmath.log1p
sigmoid = lambda x: 1 / (1 + exp(-x))
softplus = lambda x: log1p(exp(x))
gelu_inner = lambda x: sqrt(2 / mpmath.pi) * (x + mpf("0.044715") * x**3)
SELU_ALPHA, SELU_SCALE = mpf("1.6732632423543772848170429916717"), mpf("1.0507009873554804934193349852946")


def slope(function):
    """The derivative of what is smooth."""
    return lambda x: mpmath.diff(function, x)


def smooth(function):
    return function, slope(function)


def hard_sigmoid(x):
    return min(max(x / 6 + mpf(1) / 2, mpf(0)), mpf(1))


# name: value, derivative, Keras' own
ACTIVATIONS = {
    "relu": (lambda x: max(x, mpf(0)), lambda x: mpf(x > 0), keras.activations.relu),
    "leaky_relu(0.2)": (
        lambda x: x if x > 0 else mpf("0.2") * x,
        lambda x: mpf(1) if x > 0 else mpf("0.2"),
        keras.activations.leaky_relu,
    ),
    "relu6": (lambda x: min(max(x, mpf(0)), mpf(6)), lambda x: mpf(0 < x < 6), keras.activations.relu6),
    "relu(negative_slope=0.1,max_value=4,threshold=1)": (
        lambda x: mpf(4) if x >= 4 else x if x > 1 else mpf("0.1") * (x - 1),
        lambda x: mpf(0) if x >= 4 else mpf(1) if x > 1 else mpf("0.1"),
        lambda x: keras.activations.relu(x, negative_slope=0.1, max_value=4, threshold=1),
    ),
    "elu(1)": (
        lambda x: x if x > 0 else mpmath.expm1(x),
        lambda x: mpf(1) if x > 0 else exp(x),
        keras.activations.elu,
    ),
    "selu": (
        lambda x: SELU_SCALE * (x if x > 0 else SELU_ALPHA * mpmath.expm1(x)),
        lambda x: SELU_SCALE * (1 if x > 0 else SELU_ALPHA * exp(x)),
        keras.activations.selu,
    ),
    "gelu(approximate=False)": (
        lambda x: x * mpmath.erfc(-x / sqrt(2)) / 2,
        lambda x: mpmath.erfc(-x / sqrt(2)) / 2 + x * mpmath.npdf(x),
        lambda x: keras.activations.gelu(x, approximate=False),
    ),
    "gelu(approximate=True)": (
        lambda x: x * sigmoid(2 * gelu_inner(x)),
        slope(lambda x: x * sigmoid(2 * gelu_inner(x))),
        lambda x: keras.activations.gelu(x, approximate=True),
    ),
    "sigmoid": (*smooth(sigmoid), keras.activations.sigmoid),
    "hard_sigmoid": (hard_sigmoid, lambda x: mpf(1) / 6 if -3 < x < 3 else mpf(0), keras.activations.hard_sigmoid),
    "tanh": (tanh, lambda x: 1 - tanh(x) ** 2, keras.activations.tanh),
    "softplus": (softplus, sigmoid, keras.activations.softplus),
    "softsign": (lambda x: x / (1 + abs(x)), lambda x: 1 / (1 + abs(x)) ** 2, keras.activations.softsign),
    "silu": (*smooth(lambda x: x * sigmoid(x)), keras.activations.silu),
    "mish": (*smooth(lambda x: x * tanh(softplus(x))), keras.activations.mish),
    "exponential": (exp, exp, keras.activations.exponential),
    "log_sigmoid": (lambda x: -softplus(-x), lambda x: sigmoid(-x), keras.activations.log_sigmoid),
    "hard_silu": (
        lambda x: x * hard_sigmoid(x),
        lambda x: mpf(0) if x <= -3 else mpf(1) if x >= 3 else x / 3 + mpf(1) / 2,
        keras.activations.hard_silu,
    ),
    "celu(alpha=2)": (
        lambda x: x if x > 0 else 2 * mpmath.expm1(x / 2),
        lambda x: mpf(1) if x > 0 else exp(x / 2),
        lambda x: keras.activations.celu(x, alpha=2),
    ),
    "hard_shrink": (
        lambda x: x if abs(x) > 0.5 else mpf(0),
        lambda x: mpf(abs(x) > 0.5),
        keras.activations.hard_shrink,
    ),
    "soft_shrink(threshold=0.4)": (
        lambda x: mpf(0) if abs(x) <= mpf("0.4") else x - mpf("0.4") * mpmath.sign(x),
        lambda x: mpf(abs(x) > mpf("0.4")),
        lambda x: keras.activations.soft_shrink(x, threshold=0.4),
    ),
    "tanh_shrink": (lambda x: x - tanh(x), lambda x: tanh(x) ** 2, keras.activations.tanh_shrink),
    "squareplus": (
        lambda x: (x + sqrt(x * x + 4)) / 2,
        lambda x: (1 + x / sqrt(x * x + 4)) / 2,
        keras.activations.squareplus,
    ),
    "sparse_plus": (
        lambda x: mpf(0) if x <= -1 else x if x >= 1 else (x + 1) ** 2 / 4,
        lambda x: mpf(0) if x <= -1 else mpf(1) if x >= 1 else (x + 1) / 2,
        keras.activations.sparse_plus,
    ),
    "sparse_sigmoid": (
        lambda x: min(max((x + 1) / 2, mpf(0)), mpf(1)),
        lambda x: mpf(1) / 2 if -1 <= x <= 1 else mpf(0),
        keras.activations.sparse_sigmoid,
    ),
    "hard_tanh": (
        lambda x: min(max(x, mpf(-1)), mpf(1)),
        lambda x: mpf(-1 < x < 1),
        keras.activations.hard_tanh,
    ),
}


def case(name):
    value, derivative, own = ACTIVATIONS[name]
    f = [float(value(mpf(x))) for x in X]
    # Keras has some constants in float32
    np.testing.assert_allclose(np.asarray(own(np.array(X))), f, rtol=1e-6, atol=1e-7, err_msg=name)
    return {"f": f, "df": [float(derivative(mpf(x))) for x in X]}


def make():
    mpmath.mp.dps = 50
    with common.precision("float64"):
        return {
            "made_by": {**common.KERAS, **common.MPMATH},
            "x": X,
            "kink_convention": "the derivative at a kink is that of the flat side, as Keras has it coded: relu 0 at 0, leaky_relu its slope at 0",
            "values": {name: case(name) for name in ACTIVATIONS},
        }
