"""Whether records can be trusted: each finding is a reason to look, with its expectation and denominator; no proof."""
