// What a field lacks is said in the language of the page, and not in that of the browser.
document.querySelectorAll("input[data-missing]").forEach((input) => {
  const say = () => {
    input.setCustomValidity("");
    const { valueMissing, tooShort } = input.validity;
    input.setCustomValidity(valueMissing ? input.dataset.missing : tooShort ? input.dataset.short || "" : "");
  };
  input.addEventListener("input", say);
  say();
});
