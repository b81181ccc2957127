from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from audit.rows import govern
        from registry.governed import GOVERNED

        govern(*GOVERNED)
