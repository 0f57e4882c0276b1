"""Names of layers and the totals of summaries, before and after the optimizer has made its variables."""

import common
import keras

# inputs, then [units, name, trainable] of each dense layer, or a rate of dropout; the optimizer
CASES = [
    (4, [[1, None, True]], "sgd"),
    (4, [[3, "first", True], [2, None, True], 0.5, [1, None, True], 0.25], "adam"),
    (4, [[3, None, False], [10, "head", True]], "adam"),
    (784, [[300, None, True], [100, None, True], [10, None, True]], "nadam"),
    (784, [[1000, None, False], [1000, None, True]], "adagrad"),
    (2000, [[9000, None, False]], "sgd"),
]


def layer(given):
    if not isinstance(given, list):
        return keras.layers.Dropout(given)
    units, name, trainable = given
    return keras.layers.Dense(units, name=name, trainable=trainable, kernel_initializer="zeros")


def case(inputs, layers, optimizer):
    keras.utils.clear_session()
    model = keras.Sequential([keras.Input((inputs,)), *map(layer, layers)])
    totals = []
    for optimizer_params in (False, True):
        if optimizer_params:
            model.compile(optimizer, "mse")
            model.optimizer.build(model.trainable_variables)
        lines = []
        model.summary(print_fn=lambda text: lines.extend(text.split("\n")))
        totals.append([line.strip() for line in lines if "params:" in line])
    return {
        "inputs": inputs,
        "layers": layers,
        "optimizer": optimizer,
        "names": [one.name for one in model.layers],
        "totals": totals,
    }


def make():
    return {"made_by": common.KERAS, "cases": [case(*one) for one in CASES]}
