"""A validation suite as plain files and values: score once in a child, then measure each check.

The worker (``governance.services.suite``) and the command ``imprimatur check`` run this very code.
No database is known here, and nothing heavy is imported before it is needed. ``given`` says what a
suite starts from, ``scoring`` runs the model over it, ``inputs`` hands each check what it reads,
``measuring`` measures it, ``case_of_files`` is what files alone tell of a model.
"""
