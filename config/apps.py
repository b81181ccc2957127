"""Plugs the rooms together once all of them are loaded."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Imprimatur"

    def ready(self) -> None:
        from governance.services import authorizations, use_cases
        from registry import guards

        guards.plug(
            use_case=use_cases.business_unit_of,
            authorization_for=authorizations.in_force,
            may_move_alias=authorizations.may_move_alias,
            may_delete=authorizations.may_delete,
        )
