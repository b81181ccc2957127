"""Everything that changes a governed row. Rules hold here, whoever calls."""
