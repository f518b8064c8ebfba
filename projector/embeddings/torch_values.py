"""Rebuilds tensors from the names and numbers in a PyTorch file; every other name is refused.

What the few functions below stand for is in PyTorch's torch/_utils.py and torch/serialization.py.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from projector.embeddings import elements
from projector.embeddings.elements import Element, is_shape, refused, why_no_matrix
from projector.embeddings.pickles import Global, Made

_MOST_REFUSED = 10_000
_FREELY_REPEATED = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Storage:
    """Numbers in a row, which tensors share. n: how many there are. start: where they start in
    what is kept under the key, in elements."""

    key: str
    element: Element
    n: int
    start: int = 0

    @property
    def n_bytes(self) -> int:
        return (self.start + self.n) * self.element.stored.itemsize


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A view of a storage; offset and strides in elements of its own type."""

    storage: Storage
    element: Element
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def why_not(self) -> str:
        """What keeps it from being an embedding, a phrase to go after its name, or ""."""
        why_not = why_no_matrix(self.shape, self.element)
        if why_not:
            return why_not
        itemsize = self.element.stored.itemsize
        n_held = self.storage.n * self.storage.element.stored.itemsize // itemsize
        steps = zip(self.shape, self.strides, strict=True)
        if self.offset + sum((size - 1) * stride for size, stride in steps) >= n_held:
            return "is damaged: it reaches beyond its storage."
        n = math.prod(self.shape)
        if n > max(n_held, _FREELY_REPEATED):
            return f"repeats its {n_held:,} values up to {n:,}; save a slice of it instead."
        return ""


@dataclass(frozen=True, slots=True)
class NoTensor:
    """A tensor of a kind that can't be shown. why_not: a phrase to go after its name."""

    why_not: str


def _numpy(**codes: str) -> dict[str, Element]:
    return {name: elements.numpy_element(np.dtype(code)) for name, code in codes.items()}


_BYTES = Element("bytes", np.dtype("u1"))

_STORAGES: dict[str, Element] = {
    **_numpy(FloatStorage="<f4", DoubleStorage="<f8", HalfStorage="<f2", LongStorage="<i8"),
    **_numpy(IntStorage="<i4", ShortStorage="<i2", CharStorage="i1", ByteStorage="u1"),
    **_numpy(BoolStorage="?", ComplexFloatStorage="<c8", ComplexDoubleStorage="<c16"),
    "BFloat16Storage": elements.BFLOAT16,
    **{name: refused("quantized") for name in ("QInt8Storage", "QUInt8Storage", "QUInt4x2Storage")},
    "QInt32Storage": refused("quantized", 4),
    **dict.fromkeys(("UntypedStorage", "_UntypedStorage"), _BYTES),
}
_DTYPES: dict[str, Element] = {
    **_numpy(float32="<f4", float="<f4", float64="<f8", double="<f8", float16="<f2", half="<f2"),
    **_numpy(int64="<i8", long="<i8", int32="<i4", int="<i4", int16="<i2", short="<i2", int8="i1"),
    **_numpy(uint8="u1", uint16="<u2", uint32="<u4", uint64="<u8", bool="?"),
    **_numpy(complex64="<c8", complex128="<c16"),
    "bfloat16": elements.BFLOAT16,
    "float8_e5m2": elements.FLOAT8_E5M2,
    "float8_e4m3fn": elements.FLOAT8_E4M3,
    "float8_e4m3fnuz": elements.FLOAT8_E4M3FNUZ,
    "float8_e5m2fnuz": elements.FLOAT8_E5M2FNUZ,
    "float8_e8m0fnu": elements.FLOAT8_E8M0,
}
_STORAGE_MODULES = ("torch", "torch.cuda", "torch.storage")


@dataclass(slots=True)
class Rebuilder:
    """Stands in for everything a pickle calls. storages: those met, by key. refused: the names
    that were called and are no part of a tensor, in order."""

    storages: dict[str, Storage] = field(default_factory=dict)
    refused: dict[str, None] = field(default_factory=dict)

    def make(self, function: object, args: object) -> object:
        rebuild = _REBUILD.get(str(function)) if isinstance(function, Global) else None
        if rebuild is None or not isinstance(args, tuple):
            return self._refuse(function, args)
        try:
            made = rebuild(*args)
        except (TypeError, ValueError, LookupError):
            if str(function) in _OF_TENSORS:
                return NoTensor(f"is built by {function} in a way that is not known.")
            return self._refuse(function, args)
        return self._refuse(made.origin, ()) if isinstance(made, Made) else made

    def load(self, name: object) -> object:
        """The storage a persistent id names: ("storage", type, key, place, size, view or none)."""
        if not isinstance(name, tuple) or len(name) < 5:
            return self._refuse(name, ())
        tag, kind, key, _, n, *view = name
        if tag != "storage" or not isinstance(key, (str, int)) or not is_shape((n,)):
            # PyTorch 0.4 and before: the source of a module beside the module itself
            return kind if tag == "module" else self._refuse(kind, ())
        element = _storage_element(kind)
        if element is None:
            return self._refuse(kind, ())
        storage = Storage(str(key), element, n)
        self.storages[storage.key] = storage
        if view and isinstance(view[0], tuple) and len(view[0]) == 3 and is_shape(view[0][1:]):
            _, start, size = view[0]
            return Storage(storage.key, element, min(size, max(0, n - start)), start)
        return storage

    def _refuse(self, function: object, args: object) -> Made:
        if isinstance(function, Global) and len(self.refused) < _MOST_REFUSED:
            self.refused[str(function)] = None
        return Made(function, args)


def _storage_element(kind: object) -> Element | None:
    if isinstance(kind, Global) and kind.module in _STORAGE_MODULES:
        return _STORAGES.get(kind.name)
    return None


def _tensor(storage: object, offset: Any, shape: Any, strides: Any, *_: object) -> object:
    if not isinstance(storage, Storage):
        return NoTensor("has no storage that could be read.")
    return _view(storage, storage.element, offset, shape, strides)


def _tensor_with_dtype(
    storage: object, offset: Any, shape: Any, strides: Any, grad: object, hooks: object, dtype: Any
) -> object:
    if not isinstance(storage, Storage) or not isinstance(dtype, Global):
        return NoTensor("has no storage that could be read.")
    element = _DTYPES.get(dtype.name) if dtype.module == "torch" else None
    return _view(storage, element or refused(str(dtype)), offset, shape, strides)


def _view(storage: Storage, element: Element, offset: Any, shape: Any, strides: Any) -> object:
    if not (is_shape((offset,)) and is_shape(shape) and is_shape(strides)):
        return NoTensor("is damaged: its sizes are no sizes.")
    if len(shape) != len(strides):
        return NoTensor("is damaged: its sizes and strides don't fit together.")
    return Tensor(storage, element, offset, tuple(shape), tuple(strides))


def _first(data: object, *_: object) -> object:
    """A parameter, or a tensor of another device, is the tensor it was made from."""
    return data if isinstance(data, (Tensor, NoTensor)) else NoTensor("holds no tensor.")


def _of_subclass(function: object, kind: object, args: object, *_: object) -> object:
    rebuild = _PLAIN.get(str(function)) if isinstance(function, Global) else None
    if rebuild is None or not isinstance(args, tuple):
        return NoTensor(f"is of the type {kind}, which is not known.")
    return rebuild(*args)


def _dict(*args: Any) -> object:
    """OrderedDict() or OrderedDict(pairs), whose keys become text as all do."""
    pairs = args[0] if args and isinstance(args[0], list) else []
    return {key if isinstance(key, str) else str(i): value for i, (key, value) in enumerate(pairs)}


def _list(*args: Any) -> object:
    return list(args[0]) if args and isinstance(args[0], (list, tuple)) else []


def _size(*args: Any) -> object:
    return tuple(args[0]) if args and isinstance(args[0], (list, tuple)) else args


def _bytes_of_text(text: str, encoding: str = "latin1") -> object:
    return text.encode("latin1", "replace")


def _object(kind: object, *_: object) -> object:
    return Made(kind)


def _not_shown(what: str, instead: str) -> Callable[..., object]:
    return lambda *args: NoTensor(f"is {what}, which can't be shown; save {instead} instead.")


_PLAIN: dict[str, Callable[..., object]] = {
    "torch._utils._rebuild_tensor": _tensor,
    "torch._utils._rebuild_tensor_v2": _tensor,
    "torch._utils._rebuild_tensor_v3": lambda *args: _tensor_with_dtype(*args[:7]),
}
_SPARSE = _not_shown("a sparse tensor", "tensor.to_dense()")
_OF_TENSORS: dict[str, Callable[..., object]] = {
    **_PLAIN,
    "torch._utils._rebuild_parameter": _first,
    "torch._utils._rebuild_parameter_with_state": _first,
    "torch._utils._rebuild_device_tensor_from_cpu_tensor": _first,
    "torch._utils._rebuild_xla_tensor": _first,
    "torch.nn.parameter.Parameter": _first,
    "torch._tensor._rebuild_from_type": _of_subclass,
    "torch._tensor._rebuild_from_type_v2": _of_subclass,
    "torch._utils._rebuild_sparse_tensor": _SPARSE,
    "torch._utils._rebuild_sparse_csr_tensor": _SPARSE,
    "torch._utils._rebuild_nested_tensor": _not_shown("a nested tensor", "one of its parts"),
    "torch._utils._rebuild_qtensor": _not_shown("a quantized tensor", "tensor.dequantize()"),
    "torch._utils._rebuild_meta_tensor_no_storage": _not_shown("a tensor without values", "values"),
}
_REBUILD: dict[str, Callable[..., object]] = {
    **_OF_TENSORS,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": lambda *args: {},
    "collections.Counter": lambda *args: {},
    "torch.Size": _size,
    "torch.device": lambda *args: args,
    "builtins.set": _list,
    "builtins.frozenset": _list,
    "builtins.bytes": lambda: b"",
    "_codecs.encode": _bytes_of_text,
    "copyreg._reconstructor": _object,
}
