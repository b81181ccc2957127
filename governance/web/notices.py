"""What somebody was told: a page of their own, with marks and the choice of e-mail."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from governance.services import notices
from lib.errors import Invalid
from lib.http.pages import actor_of
from lib.http.query import whole_number

SHOWN: Final = 50


def show(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    if request.method == "POST":
        return _act(request)
    pages = Paginator(notices.notices_of(actor), SHOWN)
    context = {
        "title": "Notices",
        "notices": pages.get_page(request.GET.get("page")),
        "unseen": notices.unseen(actor),
        "wants_mail": notices.wants_mail(actor),
        "email": getattr(request.user, "email", ""),
    }
    return TemplateResponse(request, "governance/notices.html", context)


LED_FROM: Final = {"": "admin:notices", "inbox": "admin:index"}


def _act(request: HttpRequest) -> HttpResponse:
    actor, act = actor_of(request), request.POST.get("act", "")
    if act == "see":
        number = whole_number("notice", request.POST.get("notice", ""), low=1, high=2**63 - 1)
        notices.see(actor, notice=number)
    elif act == "see_all":
        notices.see(actor)
    elif act in ("mail", "no_mail"):
        notices.set_mail(actor, wanted=act == "mail")
        told = "Notices come by e-mail too." if act == "mail" else "No more e-mail; they stay here."
        messages.success(request, told)
    else:
        raise Invalid("This page has no such button.", errors={"act": "unknown"})
    return redirect(LED_FROM.get(request.POST.get("from", ""), "admin:notices"))
