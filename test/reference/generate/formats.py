"""
Numbers as Python's `format` writes them, for names of checkpoints: specifications at random, over values that are exactly between two
roundings, that need an exponent, or are none. An answer of null: Python refuses the specification for such a value.
"""

import platform
import random

# floats and integers, as text: JSON knows no infinity
FLOATS = """0.0 -0.0 0.5 1.5 2.5 0.125 0.375 -0.375 1.0 12.0 123.0 0.1 1e-05 0.00012345 0.69314718 15.378 99.995 999.5 1000000.0 1234567.0
1e16 9999999999999998.0 123456789012345680.0 1e22 1.7976931348623157e308 5e-324 2.2250738585072014e-308 4.35 -17.25 inf -inf nan""".split()
INTEGERS = "1 2 7 10 99 100 12345".split()
COMMON = [".2f", ".4f", ".2e", ".2", ".3", "8.3f", "", "d", "3d", "03d", "3", "<4d", ".3d", ".1%", "+.2f", "g", "G", "E", ".0f", ".0e", "x", "08.2f", ".17g"]


def specification(rng):
    align = rng.choice(["", "", "", "<", ">", "^", "="])
    fill = rng.choice(["", "*", "0", "<"]) if align else ""
    sign = rng.choice(["", "", "+", "-", " "])
    width = rng.choice(["", "", "1", "6", "10", "06", "012"])
    precision = rng.choice(["", "", ".0", ".1", ".2", ".3", ".5", ".17", ".20"])
    return fill + align + sign + width + precision + rng.choice(["", "", "d", "e", "E", "f", "F", "g", "G", "%"])


def answer(value, spec):
    try:
        return format(value, spec)
    except ValueError:
        return None


def make():
    rng = random.Random(20260728)
    cases = []
    for spec in COMMON + [specification(rng) for _ in range(150)]:
        floats = {text: answer(float(text), spec) for text in rng.sample(FLOATS, 14 if spec in COMMON else 3)}
        integers = {text: answer(int(text), spec) for text in rng.sample(INTEGERS, 4 if spec in COMMON else 1)}
        cases.append({"spec": spec, "floats": floats, "integers": integers})
    return {"made_by": {"python": platform.python_version()}, "cases": cases}
