"""Optuna on the space and the objective of this folder. Prints one line of JSON for each search and seed: the best loss after nine epochs.

python optuna_search.py NODE SEEDS BUDGET"""

import json
import pathlib
import subprocess
import sys

import optuna

here = pathlib.Path(__file__).parent
node, seeds, budget = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
EPOCHS = 9
space = json.loads((here / "space.json").read_text())
optuna.logging.set_verbosity(optuna.logging.ERROR)
program = subprocess.Popen(
    [node, str(here / "objective.js")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
)


def losses_of(settings):
    program.stdin.write(json.dumps(settings) + "\n")
    program.stdin.flush()
    return json.loads(program.stdout.readline())


def suggest(trial):
    settings = {}
    for name, given in space.items():
        if isinstance(given, list):
            settings[name] = trial.suggest_categorical(name, given)
            continue
        if any(settings.get(other) != value for other, value in given.get("when", {}).items()):
            continue
        if "integer" in given:
            settings[name] = trial.suggest_int(name, *given["integer"], log=given.get("log", False))
        elif "log" in given:
            settings[name] = trial.suggest_float(name, *given["log"], log=True)
        else:
            settings[name] = trial.suggest_float(name, *given["uniform"])
    return settings


class Spent(Exception):
    pass


def search(study_name, sampler, pruner):
    spent = 0

    def objective(trial):
        nonlocal spent
        if spent >= budget:
            raise Spent
        losses = losses_of(suggest(trial))
        for epoch, loss in enumerate(losses):
            spent += 1
            trial.report(loss, epoch + 1)
            if epoch + 1 < EPOCHS and trial.should_prune():
                raise optuna.TrialPruned
        return losses[-1]

    # the name decides the bracket of each trial
    study = optuna.create_study(study_name=study_name, sampler=sampler, pruner=pruner)
    try:
        study.optimize(objective, n_trials=100_000)
    except Spent:
        pass
    return study.best_value


for seed in range(seeds):
    hyperband = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=EPOCHS, reduction_factor=3)
    none = optuna.pruners.NopPruner()
    for name, sampler, pruner in [
        ("random", optuna.samplers.RandomSampler(seed=seed), none),
        ("TPE", optuna.samplers.TPESampler(seed=seed), none),
        ("Hyperband, random", optuna.samplers.RandomSampler(seed=seed), hyperband),
        ("Hyperband, TPE", optuna.samplers.TPESampler(seed=seed), hyperband),
    ]:
        print(json.dumps({"search": name, "seed": seed, "best": search(f"{name} {seed}", sampler, pruner)}), flush=True)
program.stdin.close()
