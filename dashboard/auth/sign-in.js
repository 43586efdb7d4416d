// What stands behind the # of the address never reaches the server: it is handed on with the form and the links.
document.getElementById("sign-in").action += location.hash;
document.querySelectorAll("header a").forEach((link) => { link.href += location.hash; });
document.querySelectorAll("a.second").forEach((link) => {  // by way of another site, where only the query comes through
  const address = new URL(link.href);
  address.searchParams.set("next", address.searchParams.get("next") + location.hash);
  link.href = address.href;
});
