"""Words of checks for templates."""

from __future__ import annotations

from django import template

from governance.checks import metric_words
from governance.checks.words import RATE_NAMES, capital

register = template.Library()


@register.filter
def spoken(name: str) -> str:
    """roc_auc -> ROC AUC."""
    return capital(RATE_NAMES.get(name) or metric_words.spoken(name))
