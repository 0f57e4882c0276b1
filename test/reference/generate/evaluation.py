"""
What scikit-learn says of random labels and numbers: confusion matrices, reports and scalers. NumPy's files are kept as text, for what reads and
writes them.
"""

import base64
import io

import numpy as np
import sklearn
from sklearn import metrics, preprocessing


def reports():
    rng = np.random.default_rng(15)
    for classes, rows, weighted in [(2, 40, False), (3, 60, True), (5, 200, False), (4, 12, True)]:
        truth = rng.integers(0, classes, rows)
        # right in about two of three, and the last class is never predicted
        predicted = np.minimum(np.where(rng.random(rows) < 0.66, truth, rng.integers(0, classes, rows)), max(1, classes - 2))
        weight = np.round(rng.random(rows) * 4, 2) if weighted else None
        report = metrics.classification_report(
            truth, predicted, labels=list(range(classes)), sample_weight=weight, output_dict=True, zero_division=0
        )
        matrix = metrics.confusion_matrix(truth, predicted, labels=list(range(classes)), sample_weight=weight)
        yield {
            "classes": classes,
            "truth": truth.tolist(),
            "predicted": predicted.tolist(),
            "weight": None if weight is None else weight.tolist(),
            "matrix": matrix.tolist(),
            # with the micro average in place of the accuracy where a class is missing
            "accuracy": float(metrics.accuracy_score(truth, predicted, sample_weight=weight)),
            "report": {key: value for key, value in report.items() if isinstance(value, dict)},
        }


def scalers():
    rng = np.random.default_rng(16)
    x = np.round(rng.normal(size=(30, 4)) * [1, 100, 1e-3, 0] + [0, 50, 7, 3], 6)
    other = np.round(rng.normal(size=(3, 4)), 6)
    made = {
        "standardize": preprocessing.StandardScaler(),
        "minMax": preprocessing.MinMaxScaler(),
        "minMax of [-1, 2]": preprocessing.MinMaxScaler((-1, 2)),
    }
    scaled = {name: scaler.fit(x).transform(other).tolist() for name, scaler in made.items()}
    return {"x": x.tolist(), "other": other.tolist(), "scaled": scaled}


def text(write):
    file = io.BytesIO()
    write(file)
    return base64.b64encode(file.getvalue()).decode()


def arrays():
    grid = np.arange(6).reshape(2, 3)
    kinds = ["<f4", "<f8", ">f4", ">i2", "<f2", "<i8", "<u8", "|b1", "|i1", "|u1", "<u2", "<u4", "<i4", ">f8"]
    for kind in kinds:
        for order in ["C", "F"]:
            array = np.array(grid, dtype=kind, order=order)
            yield {"name": f"{kind} {order}", "file": text(lambda file: np.save(file, array)), "data": [int(x) for x in array.ravel()], "shape": [2, 3]}
    cube = np.asfortranarray(np.arange(24, dtype="<i4").reshape(2, 3, 4))
    yield {"name": "cube F", "file": text(lambda file: np.save(file, cube)), "data": list(range(24)), "shape": [2, 3, 4]}
    yield {"name": "number", "file": text(lambda file: np.save(file, np.float32(7))), "data": [7], "shape": []}
    yield {"name": "list", "file": text(lambda file: np.save(file, np.arange(3.0))), "data": [0, 1, 2], "shape": [3]}
    yield {"name": "empty", "file": text(lambda file: np.save(file, np.zeros((0, 2)))), "data": [], "shape": [0, 2]}


def refused():
    yield {"name": "U", "file": text(lambda file: np.save(file, np.array(["a"])))}
    yield {"name": "complex", "file": text(lambda file: np.save(file, np.array([1j])))}
    yield {"name": "objects", "file": text(lambda file: np.save(file, np.array([{}], dtype=object)))}
    yield {"name": "records", "file": text(lambda file: np.save(file, np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")])))}
    yield {"name": "dates", "file": text(lambda file: np.save(file, np.array(["2026-01-01"], dtype="datetime64[D]")))}
    yield {"name": "wide", "file": text(lambda file: np.save(file, np.array([2**60])))}


def archives():
    x, y = np.arange(6, dtype="<f4").reshape(2, 3), np.array([7, 8], dtype="|u1")
    return {
        "stored": text(lambda file: np.savez(file, x=x, y=y)),
        "compressed": text(lambda file: np.savez_compressed(file, x=x, y=y)),
    }


def make():
    return {
        "made_by": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        "reports": list(reports()),
        "scalers": scalers(),
        "npy": list(arrays()),
        "refused": list(refused()),
        "npz": archives(),
    }
