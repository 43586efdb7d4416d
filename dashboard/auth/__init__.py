"""Who is signed in: middleware before every request, sign-in, the organisation's own sign-on, one's own account."""
