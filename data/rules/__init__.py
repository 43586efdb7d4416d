"""The rules a city is graded by: what it has published beside the rule files, and drafts being tried."""
