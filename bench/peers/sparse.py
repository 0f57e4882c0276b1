"""PyTorch's EmbeddingBag with sparse gradients and SGD, in the language of step.py. `python3 sparse.py DIR`."""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch

DIR = Path(sys.argv[1])
META = json.loads((DIR / "meta.json").read_text())
torch.set_num_threads(META["threads"])
BATCH, BATCHES, EACH, COLUMNS, UNITS = (META[name] for name in ("batchSize", "steps", "each", "columns", "units"))


def load(name, dtype):
    return torch.from_numpy(np.fromfile(DIR / f"{name}.bin", dtype))


indices = load("indices", np.int32).long().reshape(BATCHES, BATCH * EACH)
values = load("values", np.float32).reshape(BATCHES, BATCH * EACH)
labels = load("labels", np.int32).long().reshape(BATCHES, BATCH)
offsets = torch.arange(0, BATCH * EACH, EACH)


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.bag = torch.nn.EmbeddingBag(COLUMNS, UNITS, mode="sum", sparse=True)
        self.bias = torch.nn.Parameter(load("weight1", np.float32))
        self.head = torch.nn.Linear(UNITS, META["classes"])
        with torch.no_grad():
            self.bag.weight.copy_(load("weight0", np.float32).reshape(COLUMNS, UNITS))
            self.head.weight.copy_(load("weight2", np.float32).reshape(UNITS, -1).T)
            self.head.bias.copy_(load("weight3", np.float32))

    def forward(self, i):
        return self.head(torch.relu(self.bag(indices[i], offsets, per_sample_weights=values[i]) + self.bias))


criterion = torch.nn.CrossEntropyLoss()


class Trainer:
    def __init__(self):
        self.model = Model()
        self.rule = torch.optim.SGD(self.model.parameters(), META["rate"])
        self.next = 0

    def run(self, n):
        for _ in range(n):
            i = self.next % BATCHES
            self.next += 1
            self.rule.zero_grad()
            criterion(self.model(i), labels[i]).backward()
            self.rule.step()

    def loss(self):
        with torch.no_grad():
            return float(np.mean([criterion(self.model(i), labels[i]).item() for i in range(BATCHES)]))


trainer = None


def answer(request):
    global trainer
    if request["do"] == "about":
        return {"name": "pytorch", "version": torch.__version__}
    if request["do"] == "loss":
        once = Trainer()
        once.run(BATCHES)
        return {"loss": once.loss()}
    trainer = trainer or Trainer()
    start, done = time.perf_counter(), 0
    while (time.perf_counter() - start) * 1000 < request["milliseconds"]:
        trainer.run(10)
        done += 10
    return {"milliseconds": (time.perf_counter() - start) * 1000 / done}


for line in sys.stdin:
    try:
        reply = answer(json.loads(line))
    except Exception as error:
        reply = {"error": repr(error)}
    print(json.dumps(reply), flush=True)
