"""One definition of the counts, for any engine and for any part of a table.

Inside a Spark or Dask job: ``count(frame, Spec(label=..., prediction=..., sensitive=(...)))``.
Plain Python and narwhals: nothing here needs a server, a database or the frame's engine installed.
"""

from governance.counting.counter import count
from governance.counting.counts import Counts, from_json, merged
from governance.counting.spec import CountingError, Spec

__all__ = ["CountingError", "Counts", "Spec", "count", "from_json", "merged"]
