"""200 random graphs of operations: branches, shared values, broadcasts, several outputs. The loss is the sum of the outputs' mean squares; its value and gradients are TensorFlow's, in float64."""

import json

import numpy as np

from common import KERAS, tf

ROWS = 3
COUNT = 200


class Graph:
    """Values, and whether each has a row for each of the batch (its first axis then stays)."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.values, self.rows, self.inputs, self.steps = [], [], [], []

    def pick(self, items):
        return items[int(self.random.integers(len(items)))]

    def input(self, rows, shape):
        numbers = np.round(self.random.normal(size=([ROWS] if rows else []) + shape), 3)
        self.inputs.append({"rows": rows, "shape": shape, "numbers": numbers.ravel().tolist()})
        self.values.append(tf.constant(numbers, tf.float64))
        self.rows.append(rows)

    def step(self, name, operands, value, rows, *rest):
        self.steps.append([name, operands, *rest])
        self.values.append(value)
        self.rows.append(rows)

    def broadcasts(self, a, b):
        """The result's kind, or None where the operands do not go together."""
        x, y = self.values[a], self.values[b]
        try:
            shape = np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            return None
        for value, rows in ((x, self.rows[a]), (y, self.rows[b])):
            if rows and len(shape) != len(value.shape):
                return None
            # a fixed axis of the size of the batch would fit by chance
            if not rows and (self.rows[a] or self.rows[b]) and len(value.shape) == len(shape) and value.shape[0] != 1:
                return None
        return None if np.prod(shape) > 60 else self.rows[a] or self.rows[b]

    def binary(self):
        a, b = (int(i) for i in self.random.integers(len(self.values), size=2))
        rows = self.broadcasts(a, b)
        if rows is None:
            return
        x, y = self.values[a], self.values[b]
        name = self.pick(["add", "subtract", "multiply", "maximum", "minimum", "divide", "where"])
        if name in ("maximum", "minimum", "where") and a != b and np.any(np.equal(x, y)):
            # at a kink
            return
        if name == "divide":
            return self.step(name, [a, b], x / (1 + y * y), rows)
        if name == "where":
            return self.step(name, [a, b], tf.where(x > y, x * y, x - y), rows)
        self.step(name, [a, b], getattr(tf, name)(x, y), rows)

    def unary(self):
        a = int(self.random.integers(len(self.values)))
        x = self.values[a]
        functions = {
            "tanh": tf.tanh,
            "sigmoid": tf.sigmoid,
            "softplus": tf.math.softplus,
            "sin": tf.sin,
            "cos": tf.cos,
            "erf": tf.math.erf,
            "silu": tf.nn.silu,
            "elu": tf.nn.elu,
            "relu": tf.nn.relu,
            "expm1": lambda x: tf.math.expm1(tf.tanh(x)),
            "log1p": lambda x: tf.math.log1p(x * x),
            "rsqrt": lambda x: tf.math.rsqrt(1 + x * x),
            "softmax": tf.nn.softmax,
            "logSoftmax": tf.nn.log_softmax,
        }
        name = self.pick(sorted(functions))
        if name.endswith("oftmax") and len(x.shape) - self.rows[a] == 0:
            return
        self.step(name, [a], functions[name](x), self.rows[a])

    def reduction(self):
        a = int(self.random.integers(len(self.values)))
        x = self.values[a]
        rank = len(x.shape)
        if rank == 0:
            return
        axes = sorted({int(i) for i in self.random.integers(rank, size=int(self.random.integers(1, 3)))})
        keepdims = bool(self.random.integers(2))
        functions = {
            "sum": tf.reduce_sum,
            "mean": tf.reduce_mean,
            "max": tf.reduce_max,
            "variance": tf.math.reduce_variance,
            "logSumExp": tf.reduce_logsumexp,
        }
        name = self.pick(sorted(functions))
        rows = self.rows[a] and 0 not in axes
        self.step(name, [a], functions[name](x, axes, keepdims=keepdims), rows, axes, keepdims)

    def matmul(self):
        pairs = []
        for a, x in enumerate(self.values):
            for b, y in enumerate(self.values):
                for flags in ((False, False), (True, False), (False, True)):
                    own = [len(v.shape) - self.rows[i] for i, v in ((a, x), (b, y))]
                    # matrices, or rows of a batch on the left
                    left = own[0] >= 2 or (own[0] == 1 and self.rows[a] and not flags[0] and not self.rows[b])
                    if not left or own[1] < 2 or (own[0] == 1 and own[1] > 2):
                        continue
                    if self.rows[a] and self.rows[b] and own[0] != own[1]:
                        continue
                    if self.rows[a] != self.rows[b] and max(own) > 2 and own[0] != 1:
                        continue
                    try:
                        z = tf.matmul(x, y, transpose_a=flags[0], transpose_b=flags[1])
                    except Exception:
                        continue
                    if np.prod(z.shape) <= 60:
                        pairs.append((a, b, flags, z))
        if pairs:
            a, b, flags, z = self.pick(pairs)
            self.step("matmul", [a, b], z, self.rows[a] or self.rows[b], *flags)

    def shape(self):
        a = int(self.random.integers(len(self.values)))
        x, rows = self.values[a], self.rows[a]
        rank, first = len(x.shape), int(rows)
        name = self.pick(["transpose", "reshape", "concatenate", "slice", "pad", "tile", "repeat", "cumsum", "take"])
        if rank - first < 1:
            return
        axis = int(self.random.integers(first, rank))
        size = int(x.shape[axis])
        if name == "transpose":
            order = list(range(first)) + [int(i) for i in first + self.random.permutation(rank - first)]
            return self.step(name, [a], tf.transpose(x, order), rows, order)
        if name == "reshape":
            sizes = ([ROWS] if rows else []) + [int(np.prod(x.shape[first:]))]
            return self.step(name, [a], tf.reshape(x, sizes), rows, [None, -1] if rows else [-1])
        if name == "concatenate":
            y = tf.sin(x)
            return self.step(name, [a], tf.concat([x, y, x], axis), rows, axis)
        if name == "slice" and size > 1:
            start, count = [0] * rank, [-1] * rank
            start[axis], count[axis] = 1, size - 1
            return self.step(name, [a], tf.slice(x, start, count), rows, start, count)
        if name == "pad":
            width = [[0, 0]] * rank
            width[axis] = [1, 2]
            return self.step(name, [a], tf.pad(x, width, constant_values=0.5), rows, width)
        if name == "tile":
            times = [1] * rank
            times[axis] = 2
            return self.step(name, [a], tf.tile(x, times), rows, times)
        if name == "repeat":
            return self.step(name, [a], tf.repeat(x, 2, axis), rows, axis)
        if name == "cumsum":
            return self.step(name, [a], tf.cumsum(x, axis), rows, axis)
        if name == "take" and not rows:
            indices = [int(i) for i in self.random.integers(size, size=3)]
            return self.step(name, [a], tf.gather(x, indices, axis=axis), rows, indices, axis)


def graph(seed):
    g = Graph(seed)
    for _ in range(int(g.random.integers(3, 5))):
        rows = bool(g.random.integers(2))
        g.input(rows, [g.pick([1, 2, 3]) for _ in range(int(g.random.integers(0 if rows else 1, 3)))])
    with tf.GradientTape() as tape:
        variables = list(g.values)
        tape.watch(variables)
        while len(g.steps) < 12:
            getattr(g, g.pick(["binary", "binary", "unary", "unary", "reduction", "matmul", "shape"]))()
            if np.prod(g.values[-1].shape) > 60:
                # too large to go on with
                g.values.pop(), g.rows.pop(), g.steps.pop()
        used = {i for _, operands, *_ in g.steps for i in operands}
        outputs = [i for i in range(len(variables), len(g.values)) if i not in used]
        loss = tf.add_n([tf.reduce_mean(tf.square(g.values[i])) for i in outputs])
    gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
    plain = lambda x: [float(f"{v:.7g}") for v in np.asarray(tf.convert_to_tensor(x)).ravel()]
    return {
        "inputs": g.inputs,
        "steps": g.steps,
        "outputs": outputs,
        "loss": plain(loss)[0],
        "gradients": [plain(x) for x in gradients],
    }


def make():
    # one line for each, as text: indented numbers would take ten times the lines
    return {"made_by": KERAS, "rows": ROWS, "graphs": [json.dumps(graph(seed)) for seed in range(COUNT)]}
