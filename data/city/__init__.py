"""A city as it is read: fact store, snapshots of a day, grade history, queries and filters."""
