"""Colours, shapes, figures: what every page looks like."""
