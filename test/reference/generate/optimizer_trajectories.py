"""
Weights after each of 30 steps of optimizers beyond the first eight, in float64: Keras' own, and optax' where Keras has none. Two settings each, none of
them the default. Gradients are sixteenths; the first weight's gradient is often zero, the second's never changes its sign.
"""

import common
import jax
import keras
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

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

# class of Keras, options
KERAS = [
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


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() if word.isalpha() else word for word in rest)


def keras_case(kind, constructor):
    with common.precision("float64"):
        optimizer = getattr(keras.optimizers, kind)(**common.exact({**defaults(kind), **constructor}))
        weights = keras.Variable(START, name="weights", dtype="float64")
        steps = []
        for gradient in GRADIENTS:
            optimizer.apply([keras.ops.convert_to_tensor(gradient)], [weights])
            steps.append(common.plain(weights.numpy().ravel()))
    return {
        "name": kind[0].lower() + kind[1:],
        "source": f"keras.optimizers.{kind}",
        "options": {camel(key): value for key, value in constructor.items()},
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


def make():
    return {
        "made_by": {**common.KERAS, "optax": optax.__version__, "jax": jax.__version__},
        "shape": list(SHAPE),
        "start": common.plain(START.ravel()),
        "gradients": common.plain(GRADIENTS.reshape(STEPS, -1)),
        "cases": [keras_case(*one) for one in KERAS] + [optax_case(*one) for one in OPTAX],
    }
