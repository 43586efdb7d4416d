"""Datasets of the studies: backtest, data quality, drafts of rules."""
