"""Plugs the rooms together once all of them are loaded."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "Imprimatur"

    def ready(self) -> None:
        import config.celery  # noqa: F401  (tasks belong to the application that is there)
        from accounts.services.actors import actor_of
        from audit.providers import register_actor_finder, register_bundle_provider
        from governance.services import bound, bundles, downloads, in_force, stakes, use_cases
        from registry import guards

        guards.plug(
            use_case=use_cases.business_unit_of,
            use_cases_of_tier=use_cases.of_tier,
            authorization_for=in_force.authorization_for,
            may_move_alias=in_force.may_move_alias,
            may_delete=bound.may_delete,
            may_let_go=bound.may_let_go,
            may_change_use_case=bound.may_change_use_case,
            may_download=downloads.may_download,
            owner_changes=stakes.model_changes_hands,
        )
        register_bundle_provider("release", bundles.parts_of_release)
        register_actor_finder(actor_of)
