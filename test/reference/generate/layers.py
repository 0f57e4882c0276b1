"""
Outputs of Keras' layers and their gradients, in float64. Inputs are multiples of 1/16, so that sums of a few of their products are
exact in float32 too.
"""

import common
import keras
import numpy as np
import tensorflow as tf


def gradients(layer, x, dy, training=None):
    """The output, and the gradients of sum(output * dy) by the input and by each weight that is trained."""
    given = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(given)
        y = layer(given, training=training) if training is not None else layer(given)
        total = tf.reduce_sum(y * dy)
    dx, *others = tape.gradient(total, [given, *[weight.value for weight in layer.trainable_weights]])
    return y.numpy(), dx.numpy(), [one.numpy() for one in others]


def dense(seed):
    x, kernel, bias, dy = (common.sixteenths(seed + i, shape) for i, shape in enumerate([(3, 4), (4, 2), (2,), (3, 2)]))
    layer = keras.layers.Dense(2)
    layer.build(x.shape)
    layer.set_weights([kernel, bias])
    y, dx, (dkernel, dbias) = gradients(layer, x, dy)
    return dict(x=x, kernel=kernel, bias=bias, y=y, dy=dy, dx=dx, dkernel=dkernel, dbias=dbias)


def convolution(seed, shape, strides, padding):
    output = keras.layers.Conv2D(2, 3, strides=strides, padding=padding).compute_output_shape(shape)
    shapes = [shape, (3, 3, 2, 2), (2,), output]
    x, kernel, bias, dy = (common.sixteenths(seed + i, one) for i, one in enumerate(shapes))
    layer = keras.layers.Conv2D(2, 3, strides=strides, padding=padding)
    layer.build(shape)
    layer.set_weights([kernel, bias])
    y, dx, (dkernel, dbias) = gradients(layer, x, dy)
    options = dict(strides=strides, padding=padding, data_format="channels_last")
    return dict(**options, x=x, kernel_HWIO=kernel, bias=bias, y=y, dy=dy, dx=dx, dkernel=dkernel, dbias=dbias)


def batch_normalization(seed):
    x, dy = common.sixteenths(seed, (4, 2)), common.sixteenths(seed + 1, (4, 2))
    gamma, beta = np.array([1.5, -0.5]), np.array([0.25, 1.0])
    layer = keras.layers.BatchNormalization()
    layer.build(x.shape)
    layer.set_weights([gamma, beta, np.zeros(2), np.ones(2)])
    y, dx, (dgamma, dbeta) = gradients(layer, x, dy, training=True)
    return dict(
        epsilon=layer.epsilon,
        momentum=layer.momentum,
        x=x,
        gamma=gamma,
        beta=beta,
        y_training=y,
        dy=dy,
        dx=dx,
        dgamma=dgamma,
        dbeta=dbeta,
        moving_mean_after_one_step_from_0=layer.moving_mean.numpy(),
        moving_variance_after_one_step_from_1=layer.moving_variance.numpy(),
        batch_mean=x.mean(axis=0),
        batch_variance_biased=x.var(axis=0),
    )


def layer_normalization(seed):
    x, dy = common.sixteenths(seed, (2, 3)), common.sixteenths(seed + 1, (2, 3))
    gamma, beta = np.array([1.5, -0.5, 2.0]), np.array([0.25, 1.0, 0.0])
    layer = keras.layers.LayerNormalization()
    layer.build(x.shape)
    layer.set_weights([gamma, beta])
    y, dx, (dgamma, dbeta) = gradients(layer, x, dy)
    return dict(
        epsilon=layer.epsilon, axis=-1, x=x, gamma=gamma, beta=beta, y=y, dy=dy, dx=dx, dgamma=dgamma, dbeta=dbeta
    )


def max_pooling():
    rows = [[1.0, 2.0, 2.0, 0.0], [2.0, 2.0, 1.0, 1.0], [-1.0, -3.0, 5.0, 5.0], [-2.0, -1.0, 5.0, 5.0]]
    x, dy = np.array(rows).reshape(1, 4, 4, 1), np.array([[1.0, 2.0], [3.0, 4.0]]).reshape(1, 2, 2, 1)
    y, dx, _ = gradients(keras.layers.MaxPooling2D(2), x, dy)
    return dict(pool_size=2, strides=2, padding="valid", x=x, y=y, dy=dy, dx=dx)


def average_pooling():
    x = np.arange(1.0, 10.0).reshape(1, 3, 3, 1)
    y = keras.layers.AveragePooling2D(2, padding="same")(x).numpy()
    note = "divided by the number of real elements in the window: 4, 2, 2 and 1"
    return dict(pool_size=2, strides=2, padding="same", x=x, y=y, note=note)


def make():
    with common.precision("float64"):
        made = {
            "BatchNormalization": batch_normalization(10),
            "LayerNormalization": layer_normalization(20),
            "Dense": dense(30),
            "Conv2D_valid_s1": convolution(40, (1, 4, 4, 2), 1, "valid"),
            "Conv2D_same_s2_even_input": convolution(50, (1, 4, 4, 2), 2, "same"),
            "Conv2D_same_s1": convolution(60, (1, 3, 3, 2), 1, "same"),
            "MaxPooling2D_ties": max_pooling(),
            "AveragePooling2D_same_excludes_padding": average_pooling(),
        }
    return {"made_by": common.KERAS, **common.plain(made)}
