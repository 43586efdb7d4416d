"""What grades are worth: counts, changes, workload, backtest, data quality. Begin with `counts`."""
