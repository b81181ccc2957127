"""Imprimatur's MLflow door beside ``mlflow server``: ``make bench-mlflow``, or

    python -m benchmarks.beside_mlflow [--versions 1000,500000] [--rounds 5] [--seconds 2]

One run, one PostgreSQL server with a database for each, the same rows in both, the same calls from
the same client in short turns. Not called ``mlflow``: a bench that is run as a script has this
folder's parent on its path, and ``import mlflow`` in any library would find us.
"""
