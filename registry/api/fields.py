"""Body parts that several nouns share."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import User
from lib.errors import Invalid
from lib.http.serializers import DigestField, StrictSerializer

API = "/api/v1"
MAX_COLUMNS = 2_000
MAX_TAGS = 100


class TagsField(serializers.DictField):
    """Up to 100 tags, text to text."""

    child = serializers.CharField(max_length=1_000, allow_blank=True)
    default_error_messages = {"not_a_dict": "must be a JSON object of texts"}

    def to_internal_value(self, data: Any) -> Any:
        tags = super().to_internal_value(data)
        if len(tags) > MAX_TAGS or any(not 1 <= len(key) <= 250 for key in tags):
            raise serializers.ValidationError(
                f"at most {MAX_TAGS} tags, each key 1 to 250 characters"
            )
        return tags


class FileEntry(StrictSerializer):
    path = serializers.CharField(max_length=500, trim_whitespace=False)
    digest = DigestField()
    size = serializers.IntegerField(min_value=0, max_value=2**53)


def listed(
    child: type[StrictSerializer], maximum: int, **kwargs: Any
) -> serializers.ListSerializer[Any]:
    """A list of at most ``maximum`` objects."""
    return serializers.ListSerializer(child=child(), max_length=maximum, **kwargs)


class DescriptionField(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=5_000, allow_blank=True, required=False, **kwargs)


def person(field: str, username: str | None) -> User | None:
    """The active person of that user name. Raises Invalid naming ``field``."""
    if not username:
        return None
    user = User.objects.filter(username=username, is_active=True).first()
    if user is None:
        raise Invalid(
            f"{field}: there is no person “{username}”.", errors={field: "unknown person"}
        )
    return user


def username(user: User | None) -> str | None:
    return user.username if user else None
