"""Replays captured trainings in wasmtime, without JavaScript, and prints a digest of the memory after each number of steps.

In a checkout:  npm run build && npm run capture && pip install wasmtime
                python3 examples/replay.py build/captured 40

docs/core.md describes the core, the program that it runs, and the files of a capture.
"""

import ctypes
import hashlib
import json
import pathlib
import sys

import wasmtime

PAGE = 65536


def replay(engine, core, image, program, marks):
    """The SHA-256 of the whole memory after each number of steps."""
    store = wasmtime.Store(engine)
    linker = wasmtime.Linker(engine)
    # a module that is nothing but a shared memory, because wasmtime 50 cannot pass one that Python has made
    text = f'(module (memory (export "memory") {len(image) // PAGE} 65536 shared))'
    env = linker.instantiate(store, wasmtime.Module(engine, text))
    address = ctypes.addressof(env.exports(store)["memory"].data_ptr().contents)
    ctypes.memmove(address, image, len(image))
    # the core imports nothing else
    linker.define_instance(store, "env", env)
    run = linker.instantiate(store, core).exports(store)["run"]
    done = 0
    for steps in marks:
        # the address of the program, steps, no control block, one thread
        done += run(store, program, steps - done, 0, 1)
        if done != steps:
            raise SystemExit(f"{done} of {steps} steps")
        yield steps, hashlib.sha256(ctypes.string_at(address, len(image))).hexdigest()


def main(folder, most):
    folder = pathlib.Path(folder)
    config = wasmtime.Config()
    config.wasm_threads = True
    config.shared_memory = True
    engine = wasmtime.Engine(config)
    cores = {}
    for run in json.loads((folder / "captured.json").read_text()):
        name = run["core"]
        if name not in cores:
            cores[name] = wasmtime.Module(engine, (folder / name).read_bytes())
        marks = [int(steps) for steps in run["sha256"] if int(steps) <= most]
        image = (folder / run["memory"]).read_bytes()
        for steps, digest in replay(engine, cores[name], image, run["program"], marks):
            print(run["name"], steps, digest)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit("usage: replay.py FOLDER STEPS")
    main(sys.argv[1], int(sys.argv[2]))
