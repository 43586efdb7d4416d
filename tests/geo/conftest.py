from hypothesis import settings

settings.register_profile("shared machine", deadline=None)  # a busy neighbour must not fail a property
settings.load_profile("shared machine")
