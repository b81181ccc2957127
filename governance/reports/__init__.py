"""Documents for people who were not there: the release dossier as PDF. Called by workers."""
