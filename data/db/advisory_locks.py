"""The first keys of PostgreSQL's advisory locks, all in one place: two of one number would wait for each other."""

CITY_NUMBERS = 4  # of the change log; the second key is the city
RECORDS = 5  # forms that record a fact; the second key is a hash of the form's own
RATING_RUNS = 6  # which number their rows themselves
FORMS = 7  # that make drafts, accounts, editions; the second key is a hash of the form's own
