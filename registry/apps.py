from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "registry"

    def ready(self) -> None:
        from accounts.mlflow_events import tells
        from audit.rows import govern
        from lib.http.dialects import speak
        from registry.governed import GOVERNED
        from registry.mlflow.errors import told
        from registry.mlflow.telling import sayings

        govern(*GOVERNED)
        tells(sayings)
        for prefix in ("/api/2.0/", "/ajax-api/"):
            speak(prefix, told)
