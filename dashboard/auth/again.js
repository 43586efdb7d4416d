// Signing in again leads back to where one was: only the browser knows all of its address.
document.querySelectorAll("a.again").forEach((link) => {
  const address = new URL(link.href);
  address.searchParams.set("next", location.pathname + location.search);
  address.hash = location.hash;
  link.href = address.href;
});
