"""Frames for the studies: backtest, data quality, drafts of rules."""
