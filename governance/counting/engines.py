"""Opens files with the engine of one's choice; each is imported only when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from governance.counting.places import Data
from governance.counting.spec import CountingError

PACKAGES = {
    "polars": "polars",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "duckdb": "duckdb",
    "dask": "dask[dataframe]",
    "spark": "pyspark",
}


def opened(
    engine: str, data: Data, columns: Sequence[str], master: str = "local[2]"
) -> AbstractContextManager[Any]:
    """The data as one frame of ``engine``, to be used inside the context.

    Raises CountingError when the engine is not installed or cannot read them.
    """
    if data.kind == ".csv" and engine in ("dask", "spark"):
        raise CountingError(
            f"CSV carries no types, and {engine} would guess others than the checks do: write the "
            "data as Parquet, or count them with polars."
        )
    try:
        if engine == "spark":
            return _spark(data, master)
        return nullcontext(_OPENERS[engine](data, list(columns)))
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


def _polars(data: Data, columns: list[str]) -> Any:
    pl = import_module("polars")
    if data.kind == ".csv":
        return _csv(data)
    scan = {".parquet": pl.scan_parquet, ".arrow": pl.scan_ipc}[data.kind]
    return scan(list(data.places))


def _csv(data: Data) -> Any:
    """A lazy frame of polars, which reads CSV for every engine, so that all see the same."""
    from governance.counting import csv_files

    frames = csv_files.scans(data.places)
    names = frames[0].collect_schema().names()
    return import_module("polars").concat([one.select(names) for one in frames])


def _pyarrow(data: Data, columns: list[str]) -> Any:
    if data.kind == ".csv":
        rows = _csv(data)
        rows = rows.select(_among(columns, rows.collect_schema().names())).collect()
        return rows.to_arrow(compat_level=import_module("polars").CompatLevel.oldest())
    kind = {".parquet": "parquet", ".arrow": "ipc"}[data.kind]
    source = import_module("pyarrow.dataset").dataset(list(data.places), format=kind)
    return source.to_table(columns=_among(columns, source.schema.names))


def _among(columns: Sequence[str], present: Sequence[str]) -> list[str]:
    return [name for name in columns if name in present]


def _pandas(data: Data, columns: list[str]) -> Any:
    table = _pyarrow(data, columns)
    return table.to_pandas(types_mapper=import_module("pandas").ArrowDtype)


def _duckdb(data: Data, columns: list[str]) -> Any:
    session = import_module("duckdb").connect()
    # From a file's statistics, which leave NaN out, it would conclude that there is none.
    session.execute("SET disabled_optimizers = 'statistics_propagation'")
    if data.kind == ".parquet":
        frame = session.read_parquet(list(data.places))
    else:
        frame = session.from_arrow(_pyarrow(data, columns))
    lost = [name for name in columns if name not in frame.columns and f"{name}_1" in frame.columns]
    if lost:
        raise CountingError(
            f"DuckDB does not tell the column '{lost[0]}' from one that differs in capitals alone: "
            "rename one of them, or count with another engine."
        )
    return frame


def _dask(data: Data, columns: list[str]) -> Any:
    import_module("dask").config.set({"dataframe.convert-string": False})
    frames = import_module("dask.dataframe")
    if data.kind == ".parquet":
        places = data.places[0] if len(data.places) == 1 else list(data.places)
        return frames.read_parquet(places, dtype_backend="pyarrow")
    return frames.from_pandas(_pandas(data, columns), npartitions=len(data.places))


def _spark(data: Data, master: str) -> AbstractContextManager[Any]:
    sql = import_module("pyspark.sql")
    if data.kind != ".parquet":
        raise CountingError("Spark reads Parquet here: write the data as that.")

    @contextmanager
    def session() -> Any:
        made = sql.SparkSession.builder.master(master).appName("imprimatur count")
        made = made.config("spark.sql.caseSensitive", "true")  # as every other engine
        spark = made.config("spark.ui.enabled", "false").getOrCreate()
        try:
            yield spark.read.parquet(*data.addresses())
        finally:
            spark.stop()

    return session()


_OPENERS: dict[str, Callable[[Data, list[str]], Any]] = {
    "polars": _polars, "pandas": _pandas, "pyarrow": _pyarrow, "duckdb": _duckdb, "dask": _dask,
    "spark": lambda data, columns: None,
}  # fmt: skip
