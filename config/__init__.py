"""The wiring: settings, urls, Celery and the embedded services.

Nothing is loaded here: the supervisor lives in this package and needs neither Django nor Celery.
``config.apps`` has the Celery application made wherever Django runs.
"""
