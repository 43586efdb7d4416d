"""The entrance: what every request passes, sign-in and sign-out, and one's own account."""
