"""A tuned encoder written as ONNX: a transformer of BERT's kind over one window of pieces.

Input is `ids`, the numbers of n pieces; output is `odds`, n rows with a number for each channel,
and `identity`, n rows that tell whom pronouns mean, if the weights have that layer. A window is
read by itself, so that nothing else in a batch can change what is said of it. Weights of 8 bits
take a quarter of the space and less time. Needs onnx and numpy: the extra `train-encoder`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

OPSET = 20
"""The version of ONNX's operators; the first with GELU."""
IR_VERSION = 9
"""The version of the file's format that belongs to it."""
MAX_POSITIONS = 288
"""Places in a window that the file knows; windows are shorter."""
_LARGEST_WEIGHT = 63
"""Weights have 7 bits of the 8: with all of them sums overflow on processors without VNNI."""
_EPSILON = 1e-12
"""What keeps a normalization from dividing by 0, as BERT has it."""


def onnx_bytes(weights: Mapping[str, Array], heads: int, *, eight_bits: bool = True) -> bytes:
    """The encoder as a file's bytes.

    Args:
        weights: arrays by name, as `encoder_network.arrays` gives them.
        heads: the number of attention heads.
        eight_bits: whether weights are rounded to 8 bits; else they stay floats.
    """
    return _Graph(weights, heads, eight_bits).written()


def layers_of(weights: Mapping[str, Array]) -> int:
    """How many layers the transformer has."""
    return sum(
        name.startswith("body.encoder.layer.") and name.endswith("query.bias") for name in weights
    )


def middle(layers: int) -> int:
    """So many layers have been passed where identity is read off: two in three.

    The last ones know less of it than the middle does, for they were tuned to tell speech.
    """
    return 2 * layers // 3


class _Graph:
    """Nodes and arrays as they are added; each method gives the name of what it computes."""

    def __init__(self, weights: Mapping[str, Array], heads: int, eight_bits: bool) -> None:
        self.weights, self.heads, self.eight_bits = weights, heads, eight_bits
        self.nodes: list[Any] = []
        self.arrays: list[Any] = []
        self.names: dict[str, int] = {}

    def written(self) -> bytes:
        from onnx import TensorProto, helper

        states = self.embedded()
        layers = layers_of(self.weights)
        outputs = {"odds": self.weights["head.bias"].shape[0]}
        for layer in range(layers):
            states = self.layer(states, f"body.encoder.layer.{layer}.")
            if layer + 1 == middle(layers) and "pronoun_head.bias" in self.weights:
                outputs["identity"] = self.weights["pronoun_head.bias"].shape[0]
                self.output(states, "pronoun_head", "identity")
        self.output(states, "head", "odds")
        if "link_head.bias" in self.weights:
            outputs["links"] = self.weights["link_head.bias"].shape[0]
            self.output(states, "link_head", "links")
        tensor = helper.make_tensor_value_info
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [tensor("ids", TensorProto.INT64, ["pieces"])],
            [tensor(name, TensorProto.FLOAT, ["pieces", size]) for name, size in outputs.items()],
            self.arrays,
        )
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="attributor")
        model.ir_version = IR_VERSION
        return bytes(model.SerializeToString())

    def output(self, states: str, prefix: str, name: str) -> None:
        """Numbers that are read off the states, in floats."""
        weight, bias = self.weights[f"{prefix}.weight"], self.weights[f"{prefix}.bias"]
        product = self.node("MatMul", states, self.array(prefix, weight.T))
        self.node("Add", product, self.array(f"{prefix}_bias", bias), output=name)

    def embedded(self) -> str:
        """The vectors of the pieces and of their places, added up and normalized."""
        import numpy as np

        prefix = "body.embeddings."
        words = self.weights[f"{prefix}word_embeddings.weight"]
        places = self.weights[f"{prefix}position_embeddings.weight"][:MAX_POSITIONS]
        places = places + self.weights[f"{prefix}token_type_embeddings.weight"][0]
        count = self.node("Shape", "ids")
        zero, one = self.array("zero", np.array([0])), self.array("one", np.array([1]))
        near = self.node("Slice", self.array("places", places), zero, count, zero, one)
        return self.normalized(self.node("Add", self.rows(words), near), f"{prefix}LayerNorm.")

    def rows(self, words: Array) -> str:
        """The rows of the table that `ids` name."""
        if not self.eight_bits:
            return self.node("Gather", self.array("words", words), "ids")
        rounded, scales = _rounded(words, axis=1, largest=127)
        held = self.node("Gather", self.array("words", rounded), "ids")
        scale = self.node("Gather", self.array("word_scales", scales), "ids")
        return self.node("Mul", self.node("Cast", held, to=1), scale)

    def layer(self, states: str, prefix: str) -> str:
        mixed = self.attention(states, f"{prefix}attention.self.")
        output = f"{prefix}attention.output."
        mixed = self.node("Add", self.linear(mixed, f"{output}dense"), states)
        mixed = self.normalized(mixed, f"{output}LayerNorm.")
        wide = self.node("Gelu", self.linear(mixed, f"{prefix}intermediate.dense"))
        narrow = self.node("Add", self.linear(wide, f"{prefix}output.dense"), mixed)
        return self.normalized(narrow, f"{prefix}output.LayerNorm.")

    def attention(self, states: str, prefix: str) -> str:
        """Each piece's view of all pieces of the window."""
        import numpy as np

        width = self.weights[f"{prefix}query.bias"].shape[0]
        size = width // self.heads
        scale = 1.0 / np.sqrt(size)
        split = self.array("split", np.array([0, self.heads, size]))
        parts = {}
        for name, order in (("query", (1, 0, 2)), ("key", (1, 2, 0)), ("value", (1, 0, 2))):
            whole = self.linear(states, f"{prefix}{name}", scale if name == "query" else 1.0)
            part = self.node("Reshape", whole, split)
            parts[name] = self.node("Transpose", part, perm=order)
        shares = self.node("Softmax", self.node("MatMul", parts["query"], parts["key"]), axis=-1)
        seen = self.node("Transpose", self.node("MatMul", shares, parts["value"]), perm=(1, 0, 2))
        return self.node("Reshape", seen, self.array("join", np.array([0, width])))

    def linear(self, states: str, prefix: str, scale: float = 1.0) -> str:
        weight = (self.weights[f"{prefix}.weight"] * scale).T
        bias = self.array(f"{prefix}.bias", self.weights[f"{prefix}.bias"] * scale)
        if not self.eight_bits:
            return self.node("Add", self.node("MatMul", states, self.array(prefix, weight)), bias)
        rounded, scales = _rounded(weight, axis=0, largest=_LARGEST_WEIGHT)
        steps, step, zero = self.quantized(states)
        whole = self.node("MatMulInteger", steps, self.array(prefix, rounded), zero)
        scaled = self.node("Mul", step, self.array(f"{prefix}.scale", scales.reshape(-1)))
        product = self.node("Mul", self.node("Cast", whole, to=1), scaled)
        return self.node("Add", product, bias)

    def quantized(self, states: str) -> tuple[str, str, str]:
        """The states in 8 bits, the size of a step, and which step is 0."""
        names = f"{states}.steps", f"{states}.step", f"{states}.zero"
        if names[0] not in self.names:
            from onnx import helper

            self.names[names[0]] = 1
            self.nodes.append(helper.make_node("DynamicQuantizeLinear", [states], list(names)))
        return names

    def normalized(self, states: str, prefix: str) -> str:
        weight, bias = (
            self.array(prefix + n, self.weights[prefix + n]) for n in ("weight", "bias")
        )
        return self.node("LayerNormalization", states, weight, bias, axis=-1, epsilon=_EPSILON)

    def node(self, operator: str, *inputs: str, output: str | None = None, **options: Any) -> str:
        from onnx import helper

        name = output or f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], **options))
        return name

    def array(self, name: str, values: Array) -> str:
        """A constant of the file; of one name there is one."""
        import numpy as np
        from onnx import numpy_helper

        if name not in self.names:
            self.names[name] = 1
            kept = values.astype(np.float32) if values.dtype.kind == "f" else values
            self.arrays.append(numpy_helper.from_array(np.ascontiguousarray(kept), name))
        return name


def _rounded(values: Array, axis: int, largest: int) -> tuple[Array, Array]:
    """The values in steps of 8 bits, and the size of a step for each row or column."""
    import numpy as np

    scales = np.maximum(np.abs(values).max(axis=axis, keepdims=True), 1e-12) / largest
    return np.rint(values / scales).astype(np.int8), scales.astype(np.float32)
