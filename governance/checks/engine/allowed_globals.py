"""What a pickle may name: an allow-list. Whatever is not on it is refused, however harmless.

Exact names, and classes (never functions) of the libraries whose estimators people save: a class
name begins with a capital and has no dot, so ``sklearn.x.Y.__reduce__`` is not one.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_NUMPY = (
    "core.multiarray._reconstruct core.multiarray.scalar _core.multiarray._reconstruct "
    "_core.multiarray.scalar core.numeric._frombuffer _core.numeric._frombuffer ndarray dtype "
    "random._pickle.__randomstate_ctor random._pickle.__bit_generator_ctor "
    "random._mt19937.MT19937 matrixlib.defmatrix.matrix "
    "bool_ int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 str_"
)
_TORCH = (
    "_utils._rebuild_tensor _utils._rebuild_tensor_v2 _utils._rebuild_parameter FloatStorage "
    "DoubleStorage HalfStorage BFloat16Storage LongStorage IntStorage ShortStorage CharStorage "
    "ByteStorage BoolStorage Size device storage.UntypedStorage storage.TypedStorage"
)
_BUILTINS = "set frozenset bytearray complex slice range object list dict tuple int float str bool"
EXACT = frozenset(
    [
        *(f"numpy.{name}" for name in _NUMPY.split()),
        *(f"torch.{name}" for name in _TORCH.split()),
        *(
            f"{module}.{name}"
            for module in ("builtins", "__builtin__")
            for name in _BUILTINS.split()
        ),
        "collections.OrderedDict",
        "collections.defaultdict",
        "collections.deque",
        "copyreg._reconstructor",
        "copy_reg._reconstructor",
        "_codecs.encode",
        "datetime.datetime",
        "datetime.date",
        "datetime.timedelta",
        "decimal.Decimal",
        "joblib.numpy_pickle.NumpyArrayWrapper",
        "pandas.core.frame.DataFrame",
        "pandas.core.series.Series",
    ]
)
_CLASSES = re.compile(
    r"(sklearn|lightgbm|xgboost|scipy\.sparse|scipy\.interpolate)(\.[a-z_][a-z0-9_]*)*"
    r"\.[A-Z][A-Za-z0-9]*"
)


def is_allowed(name: str, more: Collection[str] = ()) -> bool:
    """Whether ``module.name`` may stand in a pickle; ``more`` are names a policy adds."""
    return name in EXACT or name in more or _CLASSES.fullmatch(name) is not None
