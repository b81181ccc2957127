from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    verbose_name = "Governance"

    def ready(self) -> None:
        from audit.rows import govern
        from governance.governed import GOVERNED

        govern(*GOVERNED)
        from audit.hearing import hears
        from governance.services import notifying, telling_value

        hears(notifying.hear)
        hears(telling_value.hear)
