"""MLflow's registry API on our services: HTTP only, no rule of its own."""
