"""The validation checks: they measure, they never judge.

One module per component of trustworthy AI; ``catalog`` finds them by walking this package,
``judge`` applies a policy's threshold to what they measured. Plain Python without Django.
Importing a check module is cheap: numpy, polars and shap are imported inside ``measure`` by way of
``engine``, because the web process lists and documents checks but never runs them.
"""
