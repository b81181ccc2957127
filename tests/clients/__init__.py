"""The unmodified MLflow client, in environments of its own, against the server's MLflow door."""
