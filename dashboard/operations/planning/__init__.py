"""The inspection plan: asked for, looked at, and what it leaves out."""
