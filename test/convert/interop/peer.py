"""Keras, for test:interop: loads the models of a folder, predicts, and writes each again in its own formats.

NAME.keras and NAME.json ({"shape": [...], "x": [...]}) become NAME.out.json, NAME.back.keras, NAME.back.h5 and NAME.back.weights.h5.
"""

import json
import os
import pathlib
import sys
import warnings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# float32 throughout: oneDNN's products round otherwise
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
warnings.filterwarnings("ignore")

import keras  # noqa: E402
import numpy as np  # noqa: E402

for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    name = path.stem
    case = json.loads(path.read_text())
    x = np.array(case["x"], dtype="float32").reshape(case["shape"])
    try:
        model = keras.models.load_model(path.with_name(f"{name}.keras"))
        y = model(x, training=False)
        outputs = y if isinstance(y, (list, tuple)) else [y]
        numbers = [np.asarray(one).ravel().tolist() for one in outputs]
        for ending in ("keras", "h5"):
            model.save(path.with_name(f"{name}.back.{ending}"))
        model.save_weights(path.with_name(f"{name}.back.weights.h5"))
        result = {"outputs": numbers}
    except Exception as error:  # the test reports it with the model
        result = {"error": str(error)[:2000]}
    path.with_name(f"{name}.out.json").write_text(json.dumps(result))
    keras.backend.clear_session()
