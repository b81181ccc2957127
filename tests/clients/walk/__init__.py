"""What a team does with the MLflow client, step by step.

Runs inside the client's own environment, which knows nothing of the project: ``python -m walk``
with MLFLOW_TRACKING_TOKEN set. Every public function of the modules named in ``NOUNS`` is a step:
it gets a ``House``, asserts what the contract says, and returns what it saw, as JSON.
"""

NOUNS = ("models", "versions", "stages", "aliases", "searches", "refusals", "files", "governed")
