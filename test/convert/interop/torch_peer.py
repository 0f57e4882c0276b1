"""PyTorch, for test:interop: loads the state dicts of a folder into modules of its own, predicts, and exports them as ONNX in both of its ways.

NAME.pt.safetensors and NAME.json ({"shape", "x", "config": the model as this library describes it}) become NAME.out.json and NAME.onnx, or NAME.dynamo.onnx.
Images are [batch, channels, height, width] here.
"""

import json
import logging
import math
import pathlib
import sys
import warnings

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
torch.set_num_threads(1)

ACTIVATIONS = {
    "linear": lambda x: x,
    "relu": torch.relu,
    "relu6": functional.relu6,
    "leakyRelu": lambda x, alpha=0.2: functional.leaky_relu(x, alpha),
    "elu": lambda x, alpha=1.0: functional.elu(x, alpha),
    "selu": functional.selu,
    "gelu": functional.gelu,
    "geluTanh": lambda x: functional.gelu(x, approximate="tanh"),
    "sigmoid": torch.sigmoid,
    "hardSigmoid": functional.hardsigmoid,
    "tanh": torch.tanh,
    "hardTanh": functional.hardtanh,
    "softplus": functional.softplus,
    "softsign": functional.softsign,
    "silu": functional.silu,
    "hardSilu": functional.hardswish,
    "softmax": lambda x: torch.softmax(x, 1),
}


def pair(value):
    return value if isinstance(value[0], list) else [value]


def same(x, options, size):
    """Pads with zeros as Keras does, or not."""
    if options["padding"] == "valid":
        return x
    pads = []
    for i, length in enumerate(map(int, x.shape[2:])):
        stride, dilation = options["strides"][i], options.get("dilationRate", [1, 1])[i]
        span = (options[size][i] - 1) * dilation + 1
        more = span - 1 if options["padding"] == "causal" else max(0, (math.ceil(length / stride) - 1) * stride + span - length)
        before = more if options["padding"] == "causal" else more // 2
        pads = [before, more - before, *pads]
    return functional.pad(x, pads)


def module(kind, options, shape):
    """The module with the layer's weights; `shape` is that of a sample, channels last."""
    channels = shape[-1]
    bias = options.get("useBias", True)
    window = {name: options[own] for name, own in (("stride", "strides"), ("dilation", "dilationRate")) if own in options}
    rank = kind[-2:-1] if kind[-1] == "d" else "2"
    if kind == "dense":
        return nn.Linear(channels, options["units"], bias=bias)
    if kind.startswith("depthwise"):
        own = getattr(nn, f"Conv{rank}d")
        return own(channels, channels * options["depthMultiplier"], options["kernelSize"], groups=channels, bias=bias, **window)
    if kind.endswith("Transpose"):
        own = nn.ConvTranspose1d if "1d" in kind else nn.ConvTranspose2d
        return own(channels, options["filters"], options["kernelSize"], bias=bias, **window)
    if kind.startswith("conv"):
        own = getattr(nn, f"Conv{rank}d")
        return own(channels, options["filters"], options["kernelSize"], groups=options["groups"], bias=bias, **window)
    if kind == "batchNormalization":
        own = [nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d][len(shape) - 1]
        return own(channels, eps=options["epsilon"])
    if kind == "layerNormalization":
        return nn.LayerNorm(channels, eps=options["epsilon"])
    if kind == "groupNormalization":
        return nn.GroupNorm(channels if options["groups"] == -1 else options["groups"], channels, eps=options["epsilon"])
    return nn.Identity()


class Net(nn.Module):
    def __init__(self, model):
        super().__init__()
        config = model["config"]
        self.layers = config["layers"]
        self.stack = model["className"] == "sequential"
        self.calls = [{"layer": i, "inputs": [i]} for i in range(len(self.layers))] if self.stack else config["calls"]
        self.results = len(self.layers) if self.stack else config["outputs"]
        for i, layer in enumerate(self.layers):
            options = layer["config"]
            self.add_module(options["name"], module(layer["className"], options, model["samples"][i]))

    def forward(self, x):
        values = [x]
        for call in self.calls:
            layer = self.layers[call["layer"]]
            kind, options = layer["className"], layer["config"]
            y = self.apply_layer(kind, options, self._modules[options["name"]], [values[i] for i in call["inputs"]])
            values.append(y)
        results = self.results if isinstance(self.results, list) else [self.results]
        return tuple(values[i] for i in results)

    def apply_layer(self, kind, options, own, inputs):
        x = inputs[0]
        if kind == "flatten":
            x = torch.flatten(x, 1)
        elif kind.startswith(("conv", "depthwise")) and not kind.endswith("Transpose"):
            x = own(same(x, options, "kernelSize"))
        elif kind.endswith("Transpose"):
            x = self.transposed(own, options, x)
        elif kind.startswith("layerNormalization"):
            x = own(x.movedim(1, -1)).movedim(-1, 1)
        elif kind.startswith("maxPooling"):
            x = getattr(functional, f"max_pool{kind[-2:]}")(x, options["poolSize"], options["strides"])
        elif kind.startswith("averagePooling"):
            x = getattr(functional, f"avg_pool{kind[-2:]}")(x, options["poolSize"], options["strides"])
        elif kind.startswith("globalMax"):
            x = torch.amax(x, tuple(range(2, x.dim())))
        elif kind.startswith("globalAverage"):
            x = torch.mean(x, tuple(range(2, x.dim())))
        elif kind.startswith("zeroPadding"):
            x = functional.pad(x, [one for sides in reversed(pair(options["padding"])) for one in sides])
        elif kind.startswith("cropping"):
            x = functional.pad(x, [-one for sides in reversed(pair(options["cropping"])) for one in sides])
        elif kind.startswith("upSampling"):
            size = options["size"] if isinstance(options["size"], list) else [options["size"]]
            x = functional.interpolate(x, scale_factor=[float(one) for one in size], mode="nearest")
        elif kind == "rescaling":
            x = x * options["scale"] + options["offset"]
        elif kind == "leakyReLU":
            x = functional.leaky_relu(x, options["negativeSlope"])
        elif kind == "elu":
            x = functional.elu(x)
        elif kind == "reLU":
            x = torch.clamp(x, 0, options["maxValue"])
        elif kind == "softmax":
            x = torch.softmax(x, 1)
        elif kind in ("add", "multiply", "subtract", "average", "maximum", "minimum", "concatenate"):
            x = self.merged(kind, inputs)
        else:
            x = own(x)
        activation = options.get("activation", "linear")
        spec = activation if isinstance(activation, dict) else {"name": activation}
        return ACTIVATIONS[spec["name"]](x, **{key: value for key, value in spec.items() if key != "name"})

    @staticmethod
    def transposed(own, options, x):
        """With the size that the layer describes: what 'same' cuts off is the padding of the convolution that leads back."""
        sizes = [int(one) for one in x.shape[2:]]
        y = own(x)
        pads = []
        for i, (length, size) in enumerate(zip(sizes, map(int, y.shape[2:]), strict=True)):
            stride, span = options["strides"][i], options["kernelSize"][i]
            output = length * stride + (0 if options["padding"] == "same" else max(span - stride, 0))
            before = max(0, (length - 1) * stride + span - output) // 2 if options["padding"] == "same" else 0
            pads = [-before, output - size + before, *pads]
        if any(one > 0 for one in pads):
            # no bias lies where the stride leaves numbers out
            more = functional.pad(y - (0 if own.bias is None else own.bias.view(-1, *[1] * len(sizes))), pads)
            return more + (0 if own.bias is None else own.bias.view(-1, *[1] * len(sizes)))
        return functional.pad(y, pads)

    @staticmethod
    def merged(kind, inputs):
        if kind == "concatenate":
            return torch.cat(inputs, 1)
        first, *others = inputs
        for one in others:
            first = {"subtract": torch.sub, "multiply": torch.mul, "maximum": torch.maximum, "minimum": torch.minimum}.get(kind, torch.add)(first, one)
        return first / len(inputs) if kind == "average" else first


def numbers(outputs, last):
    return [(one.movedim(1, -1) if last else one).contiguous().flatten().tolist() for one in outputs]


for path in sorted(pathlib.Path(sys.argv[1]).glob("*.json")):
    name = path.name.removesuffix(".json")
    case = json.loads(path.read_text())
    result = {}
    try:
        x = torch.tensor(case["x"], dtype=torch.float32).reshape(case["shape"]).movedim(-1, 1).contiguous()
        net = Net(case["config"]).eval()
        missing, unexpected = net.load_state_dict(load_file(path.with_name(f"{name}.pt.safetensors")), strict=False)
        # a normalization without gamma or beta keeps the ones and zeros that it begins with
        wrong = [one for one in missing if "ormalization" not in one] + unexpected
        if wrong:
            raise ValueError(f"not in both: {wrong}")
        with torch.no_grad():
            y = net(x)
            result = {"outputs": numbers(y, True), "raw": numbers(y, False)}
            dynamo = case["dynamo"]
            more = {"dynamo": True, "external_data": False} if dynamo else {"dynamo": False, "opset_version": 20, "dynamic_axes": {"x": {0: "batch"}}}
            torch.onnx.export(net, (x,), str(path.with_name(f"{name}.onnx")), input_names=["x"], verbose=False, **more)
    except Exception as error:  # the test reports it with the model
        result["error"] = f"{type(error).__name__}: {error}"[:2000]
    path.with_name(f"{name}.out.json").write_text(json.dumps(result))
