"""The one door for single facts: a visit, a hazard and its steps, an event, a home's state; their corrections."""
