"""
Weights after each of 30 steps of optimizers that update each element by itself, in float64: Keras' own, optax' where Keras has none, and PyTorch's or
pytorch-optimizer's where neither has one. Two settings each, none of
them the default. Gradients are sixteenths; the first weight's gradient is often zero, the second's never changes its sign.
"""

from importlib.metadata import version

import common
import jax
import keras
import numpy as np
import optax
import torch
from pytorch_optimizer import AdaBound, SophiaH

jax.config.update("jax_enable_x64", True)
# ASGD has its rate in the default precision
torch.set_default_dtype(torch.float64)

STEPS = 30
SHAPE = (2, 3)


def gradients():
    g = common.sixteenths(7, (STEPS, *SHAPE))
    g[::3, 0, 0] = 0
    g[:, 0, 1] = np.abs(g[:, 0, 1]) + 1 / 16
    g[:, 1, 2] *= 32
    return g


START = common.sixteenths(8, SHAPE)
GRADIENTS = gradients()

# class of Keras, options, and the name in optimizers where it is another
KERAS = [
    ("SGD", dict(learning_rate=0.125), "sgd"),
    ("SGD", dict(learning_rate=0.0625, weight_decay=0.125), "sgd"),
    ("SGD", dict(learning_rate=0.125, momentum=0.75), "momentum"),
    ("SGD", dict(learning_rate=0.0625, momentum=0.5, weight_decay=0.125), "momentum"),
    ("SGD", dict(learning_rate=0.125, momentum=0.75, nesterov=True), "nesterov"),
    ("SGD", dict(learning_rate=0.0625, momentum=0.5, nesterov=True, weight_decay=0.125), "nesterov"),
    ("Adagrad", dict(learning_rate=0.5, initial_accumulator_value=0.5, epsilon=1e-3)),
    ("Adagrad", dict(learning_rate=0.25, initial_accumulator_value=0.0625, epsilon=1e-5, weight_decay=0.125)),
    ("RMSprop", dict(learning_rate=0.125, rho=0.75, momentum=0.5, epsilon=1e-2, centered=True), "rmsprop"),
    ("RMSprop", dict(learning_rate=0.0625, rho=0.5, epsilon=1e-4, weight_decay=0.125), "rmsprop"),
    ("Adam", dict(learning_rate=0.125, beta_1=0.8, beta_2=0.75, epsilon=1e-2)),
    ("Adam", dict(learning_rate=0.0625, beta_1=0.5, beta_2=0.9, epsilon=1e-4, amsgrad=True)),
    ("AdamW", dict(learning_rate=0.125, beta_1=0.8, beta_2=0.75, epsilon=1e-2, weight_decay=0.0625), "adamw"),
    ("AdamW", dict(learning_rate=0.0625, beta_1=0.5, beta_2=0.9, epsilon=1e-4, weight_decay=0.125), "adamw"),
    ("Nadam", dict(learning_rate=0.125, beta_1=0.8, beta_2=0.75, epsilon=1e-2)),
    ("Nadam", dict(learning_rate=0.0625, beta_1=0.5, beta_2=0.9, epsilon=1e-4, weight_decay=0.125)),
    ("Adadelta", dict(learning_rate=0.5, rho=0.8, epsilon=1e-3)),
    ("Adadelta", dict(learning_rate=1.0, rho=0.9, epsilon=1e-5, weight_decay=0.125)),
    ("Adamax", dict(learning_rate=0.125, beta_1=0.8, beta_2=0.75, epsilon=1e-2)),
    ("Adamax", dict(learning_rate=0.0625, beta_1=0.5, beta_2=0.9, epsilon=1e-4, weight_decay=0.125)),
    ("Lion", dict(learning_rate=0.0625, beta_1=0.75, beta_2=0.875)),
    ("Lion", dict(learning_rate=0.03, beta_1=0.5, beta_2=0.9, weight_decay=0.25)),
    ("Ftrl", dict(learning_rate=0.5, initial_accumulator_value=0.5, l1_regularization_strength=0.25, l2_regularization_strength=0.125, beta=0.5)),
    ("Ftrl", dict(learning_rate=0.25, learning_rate_power=-0.75, l2_shrinkage_regularization_strength=0.0625)),
]



def schedule_free_adamw(rate, b1, b2, eps, warmup):
    """As Keras writes it. Keras itself, over TensorFlow, reads a variable that it has already changed: `momentum_old` is the new one."""
    schedule = lambda count: rate * jax.numpy.minimum((count + 1) / max(warmup, 1), 1.0)
    scaling = optax.scale_by_rms(decay=b2, eps=eps, eps_in_sqrt=False, bias_correction=True)
    base = optax.chain(scaling, optax.scale_by_learning_rate(schedule))
    return optax.contrib.schedule_free(base, schedule, b1=b1, weight_lr_power=0.0)


# name in optimizers, optax' optimizer
OPTAX = [
    ("scheduleFreeAdamW", dict(learningRate=0.125, beta1=0.75, beta2=0.9, epsilon=1e-3, warmupSteps=8), lambda: schedule_free_adamw(0.125, 0.75, 0.9, 1e-3, 8)),
    ("scheduleFreeAdamW", dict(learningRate=0.0625, beta1=0.5, beta2=0.99, epsilon=1e-2), lambda: schedule_free_adamw(0.0625, 0.5, 0.99, 1e-2, 0)),
    ("scheduleFreeSgd", dict(learningRate=0.25, beta1=0.75), lambda: optax.contrib.schedule_free_sgd(0.25, b1=0.75)),
    ("scheduleFreeSgd", dict(learningRate=0.0625, beta1=0.5), lambda: optax.contrib.schedule_free_sgd(0.0625, b1=0.5)),
    ("radam", dict(learningRate=0.125, beta1=0.8, beta2=0.9, epsilon=1e-3), lambda: optax.radam(0.125, 0.8, 0.9, 1e-3)),
    ("radam", dict(learningRate=0.0625, beta1=0.5, beta2=0.99, epsilon=1e-2), lambda: optax.radam(0.0625, 0.5, 0.99, 1e-2)),
    ("adabelief", dict(learningRate=0.125, beta1=0.8, beta2=0.9, epsilon=1e-3, epsilonRoot=1e-4), lambda: optax.adabelief(0.125, 0.8, 0.9, 1e-3, 1e-4)),
    ("adabelief", dict(learningRate=0.0625, beta1=0.5, beta2=0.99, epsilon=1e-2, epsilonRoot=1e-6), lambda: optax.adabelief(0.0625, 0.5, 0.99, 1e-2, 1e-6)),
    ("yogi", dict(learningRate=0.125, beta1=0.8, beta2=0.9, epsilon=1e-2), lambda: optax.yogi(0.125, 0.8, 0.9, 1e-2)),
    ("yogi", dict(learningRate=0.0625, beta1=0.5, beta2=0.99, epsilon=1e-4), lambda: optax.yogi(0.0625, 0.5, 0.99, 1e-4)),
    ("adan", dict(learningRate=0.125, beta1=0.9, beta2=0.75, beta3=0.8, epsilon=1e-3, epsilonRoot=1e-4), lambda: optax.adan(0.125, 0.9, 0.75, 0.8, 1e-3, 1e-4)),
    ("adan", dict(learningRate=0.0625, beta1=0.5, beta2=0.9, beta3=0.95, epsilon=1e-2, epsilonRoot=0.0), lambda: optax.adan(0.0625, 0.5, 0.9, 0.95, 1e-2, 0.0)),
    ("ademamix", dict(learningRate=0.125, beta1=0.8, beta2=0.9, beta3=0.95, alpha=2.0, epsilon=1e-3), lambda: optax.contrib.ademamix(0.125, 0.8, 0.9, 0.95, 2.0, eps=1e-3)),
    ("ademamix", dict(learningRate=0.0625, beta1=0.5, beta2=0.99, beta3=0.999, alpha=8.0, epsilon=1e-2), lambda: optax.contrib.ademamix(0.0625, 0.5, 0.99, 0.999, 8.0, eps=1e-2)),
    ("signSgd", dict(learningRate=0.125), lambda: optax.sign_sgd(0.125)),
    ("signSgd", dict(learningRate=0.03), lambda: optax.sign_sgd(0.03)),
]


def adabound(params, lr, ratio, **options):
    """As the authors': pytorch-optimizer adds 1e-15 under the root."""
    apply = AdaBound.apply_ams_bound
    optimizer = AdaBound(params, lr=lr, final_lr=ratio * lr, foreach=False, **options)
    optimizer.apply_ams_bound = lambda **given: apply(exp_avg_sq_eps=0.0, **given)
    return optimizer


class Sophia(SophiaH):
    """SophiaH with squared gradients as its Hessian; the clipping stands outside of its quotient, m / (c h), which SophiaH has as 1 / c m / h."""

    def __init__(self, params, lr, b1, b2, eps, factor, interval, decay=0.0):
        super().__init__(params, lr=lr / factor, betas=(b1, b2), p=factor, eps=eps / factor, weight_decay=decay * factor, update_period=interval, foreach=False)

    def step(self):
        (parameter,) = self.param_groups[0]["params"]
        estimates = self.param_groups[0].get("step", 0) % self.update_period == 0
        super().step(hessian=[parameter.grad**2] if estimates else None)


# name in optimizers, options, PyTorch's optimizer of some parameters
TORCH = [
    ("rprop", dict(learningRate=0.125, etaMinus=0.25, etaPlus=1.5, stepSizeMin=0.0625, stepSizeMax=0.5), lambda w: torch.optim.Rprop(w, 0.125, (0.25, 1.5), (0.0625, 0.5))),
    ("rprop", dict(learningRate=0.03, etaMinus=0.75, etaPlus=1.125, stepSizeMin=0.001, stepSizeMax=2), lambda w: torch.optim.Rprop(w, 0.03, (0.75, 1.125), (0.001, 2))),
    ("asgd", dict(learningRate=0.125, lambd=0.0625, decayPower=0.5, t0=4), lambda w: torch.optim.ASGD(w, 0.125, 0.0625, 0.5, 4)),
    ("asgd", dict(learningRate=0.25, lambd=0.01, decayPower=1, t0=0), lambda w: torch.optim.ASGD(w, 0.25, 0.01, 1.0, 0)),
    ("adabound", dict(learningRate=0.0625, beta1=0.8, beta2=0.9, epsilon=1e-2, finalLearningRateRatio=4, gamma=0.125), lambda w: adabound(w, 0.0625, 4, betas=(0.8, 0.9), gamma=0.125, eps=1e-2)),
    ("adabound", dict(learningRate=0.03, beta1=0.5, beta2=0.99, epsilon=1e-3, finalLearningRateRatio=8, gamma=0.03125, amsgrad=True, weightDecay=0.125), lambda w: adabound(w, 0.03, 8, betas=(0.5, 0.99), gamma=0.03125, eps=1e-3, ams_bound=True, weight_decay=0.125)),
    ("sophia", dict(learningRate=0.125, beta1=0.8, beta2=0.75, epsilon=1e-2, hessianFactor=4, updateInterval=3, weightDecay=0.125), lambda w: Sophia(w, 0.125, 0.8, 0.75, 1e-2, 4, 3, 0.125)),
    ("sophia", dict(learningRate=0.0625, beta1=0.5, beta2=0.9, epsilon=1e-4, hessianFactor=2, updateInterval=1, weightDecay=0), lambda w: Sophia(w, 0.0625, 0.5, 0.9, 1e-4, 2, 1)),
]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() if word.isalpha() else word for word in rest)


def keras_case(kind, constructor, name=None):
    with common.precision("float64"):
        optimizer = getattr(keras.optimizers, kind)(**common.exact({**defaults(kind), **constructor}))
        weights = keras.Variable(START, name="weights", dtype="float64")
        steps = []
        for gradient in GRADIENTS:
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
            steps.append(common.plain(weights.numpy().ravel()))
    return {
        "name": name or kind[0].lower() + kind[1:],
        "source": f"keras.optimizers.{kind}",
        # nesterov has a name of its own
        "options": {camel(key): value for key, value in constructor.items() if key != "nesterov"},
        "weights": steps,
    }


def defaults(kind):
    config = getattr(keras.optimizers, kind)().get_config()
    return {key: value for key, value in config.items() if key != "name"}


def optax_case(name, options, make):
    optimizer = make()
    weights = jax.numpy.array(START)
    state = optimizer.init(weights)
    steps = []
    for gradient in GRADIENTS:
        updates, state = optimizer.update(jax.numpy.array(gradient), state, weights)
        weights = optax.apply_updates(weights, updates)
        steps.append(common.plain(np.asarray(weights).ravel()))
    return {"name": name, "source": "optax", "options": options, "weights": steps}


def torch_case(name, options, make):
    weights = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([weights])
    steps = []
    for gradient in GRADIENTS:
        weights.grad = torch.tensor(gradient, dtype=torch.float64)
        optimizer.step()
        steps.append(common.plain(weights.detach().numpy().ravel()))
    return {"name": name, "source": "torch.optim" if hasattr(torch.optim, type(optimizer).__name__) else "pytorch-optimizer", "options": options, "weights": steps}


def make():
    return {
        "made_by": {**common.KERAS, "optax": optax.__version__, "jax": jax.__version__, **{name: version(name) for name in ("torch", "pytorch-optimizer")}},
        "shape": list(SHAPE),
        "start": common.plain(START.ravel()),
        "gradients": common.plain(GRADIENTS.reshape(STEPS, -1)),
        "cases": [keras_case(*one) for one in KERAS] + [optax_case(*one) for one in OPTAX] + [torch_case(*one) for one in TORCH],
    }
