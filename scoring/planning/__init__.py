"""When buildings are to be visited again."""
