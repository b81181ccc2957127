"""How django-unfold is dressed."""

UNFOLD: dict[str, object] = {"SITE_TITLE": "Imprimatur", "SITE_HEADER": "Imprimatur"}
