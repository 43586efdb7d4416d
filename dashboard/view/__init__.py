"""What is looked at: the view in the address bar, map themes, the base map."""
