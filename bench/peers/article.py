"""Keras in the comparison of article.js, on the backend that KERAS_BACKEND names. `python3 article.py DIR`, in the language of article-serve.js."""

import json
import os
import sys
import time
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np

DIR = Path(sys.argv[1])
WEIGHTS = [
    np.fromfile(DIR / f"weight{i}.bin", np.float32).reshape(shape)
    for i, shape in enumerate(json.loads((DIR / "weights.json").read_text()))
]


def data(part):
    images = np.fromfile(DIR / f"{part}-images.bin", np.uint8).reshape(-1, 28, 28).astype(np.float32) / 255
    return images, np.fromfile(DIR / f"{part}-labels.bin", np.uint8)


(X, Y), TEST = data("train"), data("test")
model = None


def answer(request):
    global model
    if request["do"] == "about":
        return {"about": f"Keras {keras.__version__} on {keras.backend.backend()}"}
    if model is None:
        model = keras.Sequential(
            [
                keras.Input((28, 28)),
                keras.layers.Flatten(),
                keras.layers.Dense(300, activation="relu"),
                keras.layers.Dense(100, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )
        model.compile(request["optimizer"], "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.set_weights(WEIGHTS)
    start = time.perf_counter()
    history = model.fit(X, Y, epochs=1, batch_size=32, validation_data=TEST, verbose=0).history
    return {
        "seconds": time.perf_counter() - start,
        "loss": history["loss"][0],
        "accuracy": history["val_accuracy"][0],
    }


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:  # the comparison goes on without what this peer cannot do
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
