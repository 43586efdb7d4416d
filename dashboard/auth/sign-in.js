// What stands behind the # of the address never reaches the server: it is handed on with the form and the links.
document.getElementById("sign-in").action += location.hash;
document.querySelectorAll("header a, a.second").forEach((link) => { link.href += location.hash; });
