"""PyTorch and Keras, if installed, in the language of serve.js. `python3 step.py pytorch|keras DIR`."""

import json
import sys
import time
from pathlib import Path

import numpy as np

NAME, DIR = sys.argv[1], Path(sys.argv[2])
META = json.loads((DIR / "meta.json").read_text())
BATCH, BATCHES, RATES = META["batchSize"], META["steps"], META["rates"]
X = (np.fromfile(DIR / "images.bin", np.uint8).astype(np.float32) / 255).reshape(BATCHES, BATCH, 784)
Y = np.fromfile(DIR / "labels.bin", np.uint8).astype(np.int64).reshape(BATCHES, BATCH)
WEIGHTS = [np.fromfile(DIR / f"weight{i}.bin", np.float32).reshape(shape) for i, shape in enumerate(META["weights"])]
MATRIX = np.fromfile(DIR / "matrix.bin", np.float32)


class PyTorch:
    def __init__(self):
        import torch

        torch.set_num_threads(META["threads"])
        self.torch = torch
        self.about = {"name": NAME, "version": torch.__version__, "threads": META["threads"], "backend": "native"}

    def model(self):
        torch = self.torch
        nn = torch.nn
        parts = [part for w in WEIGHTS if w.ndim == 2 for part in (nn.Linear(*w.shape), nn.ReLU())]
        model = nn.Sequential(*parts[:-1])
        with torch.no_grad():
            for parameter, w in zip(model.parameters(), WEIGHTS):
                parameter.copy_(torch.from_numpy(w.T.copy() if w.ndim == 2 else w))
        return model

    def trainer(self, optimizer, most):
        torch, nn, model = self.torch, self.torch.nn, self.model()
        rule = {
            "sgd": lambda: torch.optim.SGD(model.parameters(), RATES["sgd"]),
            "adam": lambda: torch.optim.Adam(model.parameters(), RATES["adam"], eps=1e-7),
            "nadam": lambda: torch.optim.NAdam(model.parameters(), RATES["nadam"], eps=1e-7),
        }[optimizer]()
        x, y, criterion = torch.from_numpy(X), torch.from_numpy(Y), nn.CrossEntropyLoss()
        state = {"next": 0}

        def run(n):
            for _ in range(n):
                i = state["next"] % most
                state["next"] += 1
                rule.zero_grad()
                criterion(model(x[i]), y[i]).backward()
                rule.step()
            return n

        def loss():
            with torch.no_grad():
                return float(np.mean([criterion(model(x[i]), y[i]).item() for i in range(most)]))

        return run, loss

    def predictor(self, rows):
        torch, model = self.torch, self.model()
        x = torch.from_numpy(X.reshape(-1, 784)[:rows])

        def run(times):
            with torch.inference_mode():
                for _ in range(times):
                    torch.softmax(model(x), 1)
            return times

        return run

    def product(self, request):
        m, n, k, a_s = request["m"], request["n"], request["k"], request["as"]
        a = self.torch.from_numpy(MATRIX[: m * k].reshape((k, m) if a_s == "TN" else (m, k)).copy())
        b = self.torch.from_numpy(MATRIX[: n * k].reshape((n, k) if a_s == "NT" else (k, n)).copy())
        out = self.torch.empty(m, n)

        def run(times):
            for _ in range(times):
                self.torch.matmul(a.T if a_s == "TN" else a, b.T if a_s == "NT" else b, out=out)
            return times

        return run


class Keras:
    def __init__(self):
        import keras

        self.keras = keras
        self.about = {"name": NAME, "version": keras.__version__, "backend": keras.backend.backend()}

    def trainer(self, optimizer, most):
        keras = self.keras
        widths = [w.shape[0] for w in WEIGHTS if w.ndim == 1]
        dense = [keras.layers.Dense(units, "relu" if i < len(widths) - 1 else "softmax") for i, units in enumerate(widths)]
        model = keras.Sequential([keras.Input((784,)), *dense])
        rules = {"sgd": keras.optimizers.SGD, "adam": keras.optimizers.Adam, "nadam": keras.optimizers.Nadam}
        rule = rules[optimizer](RATES[optimizer])
        model.compile(rule, "sparse_categorical_crossentropy")
        model.set_weights(WEIGHTS)
        x, y = X[:most].reshape(-1, 784), Y[:most].reshape(-1)

        def run(n):
            epochs = -(-n // most)
            model.fit(x, y, batch_size=BATCH, epochs=epochs, shuffle=False, verbose=0)
            return epochs * most

        return run, lambda: float(model.evaluate(x, y, batch_size=BATCH, verbose=0))

    def predictor(self, _rows):
        raise NotImplementedError("Keras is measured by its step")

    product = predictor


peer = PyTorch() if NAME == "pytorch" else Keras()
running = {}


def measure(request):
    key = json.dumps([request.get(name) for name in ("do", "optimizer", "rows", "as", "m", "n", "k")])
    if request.get("fresh") or key not in running:
        make = {
            "step": lambda: peer.trainer(request["optimizer"], BATCHES)[0],
            "predict": lambda: peer.predictor(request["rows"]),
            "product": lambda: peer.product(request),
        }
        running[key] = make[request["do"]]()
        running[key](1)
    start, done, n, limit = time.perf_counter(), 0, 1, request["milliseconds"]
    while True:
        done += running[key](n)
        took = (time.perf_counter() - start) * 1000
        if took >= limit or done >= request.get("calls", float("inf")):
            return {"milliseconds": took / done, "calls": done}
        n = max(1, min(done, int((limit - took) * done / took) + 1))


def answer(request):
    if request["do"] == "about":
        return peer.about
    if request["do"] == "loss":
        run, loss = peer.trainer(request["optimizer"], request["steps"])
        run(request["steps"])
        return {"loss": loss()}
    return measure(request)


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the comparison goes on without what this peer cannot do
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
