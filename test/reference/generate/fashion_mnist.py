"""The size and SHA-256 of each file of Fashion-MNIST, decompressed, from a folder of its four .gz files."""

import gzip
import hashlib
import os
import pathlib

import numpy as np

NAMES = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", "train-images-idx3-ubyte", "train-labels-idx1-ubyte"]


def folder():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache")
    return pathlib.Path(os.environ.get("SIMDESCENT_DATA") or cache / "simdescent" / "fashion-mnist")


def file(name):
    data = gzip.decompress((folder() / f"{name}.gz").read_bytes())
    made = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if "labels" in name:
        counts = set(np.bincount(np.frombuffer(data, np.uint8, offset=8), minlength=10).tolist())
        assert len(counts) == 1, f"{name}: classes are not equally frequent"
        made["per_class"] = counts.pop()
    return made


def make():
    return {
        "made_by": {"numpy": np.__version__},
        "what": "Fashion-MNIST, the four IDX files after decompression",
        "license": "MIT (Zalando SE)",
        "files": {name: file(name) for name in NAMES},
    }
