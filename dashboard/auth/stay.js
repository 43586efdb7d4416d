// Puts into the address what a reload would lose, without a step of its own in the history.
{
  const scripts = document.querySelectorAll("script[src*='/entrance/stay.js']");
  const wanted = new URL(scripts[scripts.length - 1].src).searchParams;
  const query = new URLSearchParams(location.search);
  const missing = [...wanted].filter(([name]) => name !== "page" && !query.has(name));
  missing.forEach(([name, value]) => query.set(name, value));
  if (missing.length) history.replaceState(history.state, "", `${location.pathname}?${query}${location.hash}`);
}
