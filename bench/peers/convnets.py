"""PyTorch and Keras, in the language of convnets-serve.js. `python3 convnets.py pytorch|keras DIR`."""

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

NAME, DIR = sys.argv[1], Path(sys.argv[2])
META = json.loads((DIR / "meta.json").read_text())
BATCH, OPTIMIZER, RATES, LAYERS, THREADS = (META[k] for k in ("batchSize", "optimizer", "rates", "layers", "threads"))
X = (np.fromfile(DIR / "images.bin", np.uint8).astype(np.float32) / 255).reshape(-1, BATCH, 28, 28, 1)
Y = np.fromfile(DIR / "labels.bin", np.uint8).astype(np.int64).reshape(-1, BATCH)
WEIGHTS = [np.fromfile(DIR / f"weight{i}.bin", np.float32).reshape(shape) for i, shape in enumerate(META["weights"])]


class PyTorch:
    def __init__(self):
        import torch

        torch.set_num_threads(THREADS)
        self.torch = torch
        self.about = f"PyTorch {torch.__version__}, threads {THREADS}"

    def make(self):
        torch, nn = self.torch, self.torch.nn
        parts, weights, side, channels, turned = [], iter(WEIGHTS), 28, 1, None
        for layer in [*LAYERS, {"kind": "dense", "units": 10, "last": True}]:
            kind = layer["kind"]
            if kind == "pool":
                parts.append(nn.MaxPool2d(2))
                side //= 2
            elif kind == "flatten":
                parts.append(nn.Flatten())
                turned = (side, side, channels)
            else:
                kernel, bias = next(weights), next(weights)
                if kind == "conv":
                    part = nn.Conv2d(channels, layer["filters"], layer["kernel"])
                    kernel = kernel.transpose(3, 2, 0, 1)
                    side, channels = side - layer["kernel"] + 1, layer["filters"]
                else:
                    part = nn.Linear(*kernel.shape)
                    if turned is not None:
                        kernel = kernel.reshape(*turned, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
                        turned = None
                    kernel = kernel.T
                with torch.no_grad():
                    part.weight.copy_(torch.from_numpy(kernel.copy()))
                    part.bias.copy_(torch.from_numpy(bias.copy()))
                parts.append(part)
                if "last" not in layer:
                    parts.append(nn.ReLU())
        model, criterion = nn.Sequential(*parts), nn.CrossEntropyLoss()
        if OPTIMIZER == "sgd":
            rule = torch.optim.SGD(model.parameters(), RATES["sgd"])
        else:
            rule = torch.optim.Adam(model.parameters(), RATES["adam"], eps=1e-7)
        x, y = torch.from_numpy(X).permute(0, 1, 4, 2, 3).contiguous(), torch.from_numpy(Y)

        def step(i):
            rule.zero_grad()
            criterion(model(x[i]), y[i]).backward()
            rule.step()

        def loss(i):
            with torch.no_grad():
                return criterion(model(x[i]), y[i]).item()

        return step, loss


class Keras:
    def __init__(self):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        import keras

        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            tf.config.threading.set_intra_op_parallelism_threads(THREADS)
        self.keras = keras
        self.about = f"Keras {keras.__version__} on {keras.backend.backend()}, threads {THREADS}"

    def make(self):
        keras, make = self.keras, self.keras.layers
        parts = [keras.Input((28, 28, 1))]
        for layer in LAYERS:
            kind = layer["kind"]
            if kind == "pool":
                parts.append(make.MaxPooling2D())
            elif kind == "flatten":
                parts.append(make.Flatten())
            elif kind == "conv":
                parts.append(make.Conv2D(layer["filters"], layer["kernel"], activation="relu"))
            else:
                parts.append(make.Dense(layer["units"], activation="relu"))
        model = keras.Sequential([*parts, make.Dense(10, activation="softmax")])
        rule = keras.optimizers.SGD(RATES["sgd"]) if OPTIMIZER == "sgd" else keras.optimizers.Adam(RATES["adam"])
        model.compile(rule, "sparse_categorical_crossentropy")
        model.set_weights(WEIGHTS)

        def step(i):
            model.train_on_batch(X[i], Y[i])

        def loss(i):
            return float(model.evaluate(X[i], Y[i], batch_size=BATCH, verbose=0))

        return step, loss


peer = PyTorch() if NAME == "pytorch" else Keras()
training, done = None, 0


def answer(request):
    global training, done
    if request["do"] == "about":
        return {"about": peer.about}
    if request["do"] == "loss":
        step, loss = peer.make()
        batches = [i % len(X) for i in range(request["steps"])]
        for i in batches:
            step(i)
        return {"loss": float(np.mean([loss(i) for i in batches]))}
    training = training or peer.make()[0]
    start, first = time.perf_counter(), done
    while True:
        training(done % len(X))
        done += 1
        took = (time.perf_counter() - start) * 1000
        if took >= request["milliseconds"]:
            return {"milliseconds": took / (done - first)}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the comparison goes on without what this peer cannot do
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
