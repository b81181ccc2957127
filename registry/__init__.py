"""What exists: models, immutable versions, artefacts, datasets, runs, lineage, deployments."""
