"""Makes the JSON files of test/reference, or says how far new numbers are from those that are kept. README.md says how to run it."""

import argparse
import importlib
import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
# a script for each JSON file: `make` returns what it holds
NAMES = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in ("__main__", "common"))


def difference(kept, new, where=""):
    """The largest relative difference of numbers and where it is; infinite where the two are built differently."""
    if isinstance(kept, dict) and isinstance(new, dict) and kept.keys() == new.keys():
        parts = [(kept[key], new[key], f"{where}.{key}") for key in kept]
    elif isinstance(kept, list) and isinstance(new, list) and len(kept) == len(new):
        parts = [(a, b, f"{where}[{i}]") for i, (a, b) in enumerate(zip(kept, new))]
    elif isinstance(kept, float) and isinstance(new, (float, int)):
        return abs(kept - new) / max(1.0, abs(kept)), where
    else:
        return (0.0 if kept == new else math.inf), where
    return max((difference(*part) for part in parts), default=(0.0, where), key=lambda found: found[0])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"which files: {', '.join(NAMES)}")
    parser.add_argument("--write", action="store_true", help="keep the new numbers")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(NAMES)}")
    far = False
    for name in options.names or NAMES:
        made = importlib.import_module(name).make()
        versions = made["made_by"]
        new = json.loads(json.dumps({**made, "made_by": {"script": f"test/reference/generate/{name}.py", **versions}}))
        path = HERE.parent / f"{name}.json"
        kept = json.loads(path.read_text()) if path.exists() else None
        largest, where = difference(kept, new)
        how = f"differs by up to {largest:.1e}" if math.isfinite(largest) else "is built differently"
        print(f"{name}: " + ("as it is kept" if largest == 0 else f"{how}, at {where or 'its top'}"))
        far = far or largest > 1e-6
        if options.write and largest > 0:
            path.write_text(json.dumps(new, indent=1) + "\n")
    sys.exit(1 if far and not options.write else 0)


main()
