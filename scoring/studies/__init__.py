"""What grades are worth: counts, changes, workload, backtest, data quality."""
