"""REST: the business calendar, by which deadlines of reviews are counted."""

from __future__ import annotations

from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import Holiday
from governance.services import deadlines
from lib.errors import NotFound
from lib.http.query import params
from lib.http.serializers import StrictSerializer
from lib.http.views import ApiView


class NewHoliday(StrictSerializer):
    day = serializers.DateField()
    name = serializers.CharField(max_length=120)


def holiday_body(row: Holiday) -> dict[str, Any]:
    return {"day": row.day, "name": row.name}


class CalendarView(ApiView):
    required = {"GET": "governance.read", "POST": "calendar.manage"}
    bodies = {"POST": NewHoliday}

    def get(self, request: Request) -> Response:
        """The days that are no business days, besides Saturdays and Sundays."""
        params(request, ())
        return Response({"items": [holiday_body(row) for row in deadlines.holidays()]})

    def post(self, request: Request) -> Response:
        """Add one. What is due already stays as it is."""
        fields = self.body(request)
        row = deadlines.add_holiday(fields["day"], name=fields["name"], actor=self.actor(request))
        return Response(holiday_body(row), status=201)


class HolidayView(ApiView):
    required = {"DELETE": "calendar.manage"}

    def delete(self, request: Request, day: str) -> Response:
        """Take one out. What is due already stays as it is."""
        try:
            found = date.fromisoformat(day)
        except ValueError:
            raise NotFound("Name a day of the calendar such as 2026-12-25.") from None
        deadlines.remove_holiday(found, actor=self.actor(request))
        return Response(status=204)
