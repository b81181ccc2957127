"""What business value is, in rules without a database: money, periods, what a KPI stands at, what a
value case returns, what a decision threshold is worth. Pure: no Django.

Two things hold everywhere. What was not reported is *unknown*: never the last figure, never zero.
Amounts of different currencies are never added: a rate with a day and a source makes them one.
"""
