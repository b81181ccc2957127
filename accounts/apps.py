from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = "People"

    def ready(self) -> None:
        from accounts.governed import GOVERNED
        from audit.rows import govern

        govern(*GOVERNED)
        from accounts import schema, sign_in  # noqa: F401  (they register themselves)
        from accounts.services import deliveries
        from audit.hearing import hears

        hears(deliveries.hear)
