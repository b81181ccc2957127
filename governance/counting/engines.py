"""Opens files with the engine of one's choice; each is imported only when it is asked for."""

from __future__ import annotations

import glob
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from governance.counting.spec import CountingError

KINDS = (".parquet", ".csv", ".arrow")
PACKAGES = {
    "polars": "polars",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "duckdb": "duckdb",
    "dask": "dask[dataframe]",
    "spark": "pyspark",
}


def files_of(places: Sequence[str]) -> list[str]:
    """The files that paths, folders and patterns name, in order. Raises CountingError.

    An address of a store that only the engine can reach (``s3://...``) is taken as it is.
    """
    found: list[str] = []
    for place in places:
        if "://" in place:
            found.append(place)
            continue
        here = [place] if Path(place).exists() else glob.glob(place, recursive=True)
        for one in map(Path, sorted(here)):
            inside = sorted(one.iterdir()) if one.is_dir() else [one]
            found += [str(file) for file in inside if file.name[0] not in "._" and file.is_file()]
    if not found:
        raise CountingError(f"There are no data at {' '.join(places)}.")
    kinds = {Path(one).suffix.lower() for one in found}
    if len(kinds) > 1 or not kinds <= set(KINDS):
        raise CountingError(
            f"The data are {' and '.join(sorted(kinds)) or 'of no kind'}: "
            f"give files of one kind out of {', '.join(KINDS)}."
        )
    return list(dict.fromkeys(found))


def opened(
    engine: str, files: Sequence[str], columns: Sequence[str], master: str = "local[2]"
) -> AbstractContextManager[Any]:
    """The files as one frame of ``engine``, to be used inside the context.

    Raises CountingError when the engine is not installed or cannot read them.
    """
    opener = _OPENERS[engine]
    try:
        if engine == "spark":
            return _spark(files, master)
        return nullcontext(opener(list(files), list(columns)))
    except ImportError as error:
        package = PACKAGES[engine]
        raise CountingError(
            f"The engine {engine} is not installed here: pip install '{package}'."
        ) from error


def installed(package: str) -> str:
    """The version of an engine or another distribution; empty when it is not there."""
    try:
        return version(PACKAGES.get(package, package).split("[")[0])
    except PackageNotFoundError:
        return ""


def _kind(files: Sequence[str]) -> str:
    return Path(files[0]).suffix.lower()


def _polars(files: list[str], columns: list[str]) -> Any:
    pl = import_module("polars")
    scan = {".parquet": pl.scan_parquet, ".csv": pl.scan_csv, ".arrow": pl.scan_ipc}
    more = {"infer_schema_length": None} if _kind(files) == ".csv" else {}
    return scan[_kind(files)](files, **more)


def _pyarrow(files: list[str], columns: list[str]) -> Any:
    kind = {".parquet": "parquet", ".csv": "csv", ".arrow": "ipc"}[_kind(files)]
    source = import_module("pyarrow.dataset").dataset(files, format=kind)
    return source.to_table(columns=[name for name in columns if name in source.schema.names])


def _pandas(files: list[str], columns: list[str]) -> Any:
    table = _pyarrow(files, columns)
    return table.to_pandas(types_mapper=import_module("pandas").ArrowDtype)


def _duckdb(files: list[str], columns: list[str]) -> Any:
    duckdb = import_module("duckdb")
    if _kind(files) == ".parquet":
        return duckdb.connect().read_parquet(files)
    if _kind(files) == ".csv":
        return duckdb.connect().read_csv(files, sample_size=-1)
    return duckdb.connect().from_arrow(_pyarrow(files, columns))


def _dask(files: list[str], columns: list[str]) -> Any:
    import_module("dask").config.set({"dataframe.convert-string": False})
    frames = import_module("dask.dataframe")
    if _kind(files) == ".parquet":
        return frames.read_parquet(files, dtype_backend="pyarrow")
    if _kind(files) == ".csv":
        return frames.read_csv(files, dtype_backend="pyarrow")
    return frames.from_pandas(_pandas(files, columns), npartitions=len(files))


def _spark(files: Sequence[str], master: str) -> AbstractContextManager[Any]:
    sql = import_module("pyspark.sql")
    if _kind(files) == ".arrow":
        raise CountingError("Spark reads Parquet and CSV: write the data as one of them.")

    @contextmanager
    def session() -> Any:
        made = sql.SparkSession.builder.master(master).appName("imprimatur count")
        spark = made.config("spark.ui.enabled", "false").getOrCreate()
        try:
            read = spark.read
            if _kind(files) == ".parquet":
                yield read.parquet(*files)
            else:
                yield read.csv(list(files), header=True, inferSchema=True)
        finally:
            spark.stop()

    return session()


_OPENERS: dict[str, Callable[[list[str], list[str]], Any]] = {
    "polars": _polars, "pandas": _pandas, "pyarrow": _pyarrow, "duckdb": _duckdb, "dask": _dask,
    "spark": lambda files, columns: None,
}  # fmt: skip
