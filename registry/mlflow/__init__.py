"""The MLflow door: the registry as MLflow's own clients speak to it (their REST API 2.0).

HTTP only. What may be done, by whom, and what is kept of it, say the same services that stand
behind ``/api/v1``.

``urls`` (which address is whose) -> ``models``, ``versions``, ``aliases``, ``tags`` (one view an
address) -> ``door`` (who asks, for what, and what they are told), ``fields`` (what a request may
say), ``rows`` (what is read in one statement), ``shapes`` (the answers), ``errors``.
"""
