"""Elementary functions of float32 numbers, correctly rounded to float32: [bits of x, bits of f(x), x, f(x)]."""

import common
import mpmath
import numpy as np
from mpmath import mpf

POINTS = {
    "exp": [-104.0, -88.0, -20.0, -1.0, -0.001, 0.0, 0.001, 0.5, 5.0, 50.0, 88.72283],
    "log": [1e-45, 1e-7, 0.1, 0.70710677, 0.99999994, 1.0000001, 1.4142135, 3.0, 1e5],
    "tanh": [-20.0, -5.0, -0.625, -0.001, 0.001, 0.5, 0.7, 2.0, 8.0, 20.0],
    "erf": [-4.0, -1.0, -0.001, 0.1, 0.9, 1.5, 3.0],
    "sigmoid": [-100.0, -20.0, -1.0, 0.0, 1.0, 16.0],
    "softplus": [-100.0, -5.0, -0.001, 0.001, 5.0, 100.0],
    "sqrt": [0.0, 1e-7, 2.0, 1e10],
}
FUNCTIONS = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)),
    "sqrt": mpmath.sqrt,
}
# how far the kernels may be from these, in units in the last place
ULP = dict(exp=1, log=1, tanh=2, erf=3, sigmoid=3, softplus=2, sqrt=0)


def rounded(exact):
    """The float32 nearest to a number of many digits, without rounding it to float64 first."""
    middle = np.float32(float(exact))
    near = [np.nextafter(middle, np.float32(-np.inf)), middle, np.nextafter(middle, np.float32(np.inf))]
    return min(near, key=lambda one: abs(mpf(float(one)) - exact) if np.isfinite(one) else mpmath.inf)


def bits(value):
    return f"0x{np.float32(value).view(np.uint32):08X}"


def make():
    mpmath.mp.dps = 60
    made = {"made_by": common.MPMATH, "format": "[x_hex, f(x)_hex, x, f(x)]", "suggested_max_ulp": ULP}
    for name, points in POINTS.items():
        rows = []
        for x in map(np.float32, points):
            y = rounded(FUNCTIONS[name](mpf(float(x))))
            rows.append([bits(x), bits(y), float(x), float(y)])
        made[name] = rows
    return made
