"""Whether records can be trusted: each finding is a reason to look, with expectation and denominator; no proof.

A module a finding; begin with `results`, what a visit's check-list alone earns.
"""
