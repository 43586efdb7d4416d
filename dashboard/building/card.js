/* What a card can do by itself: copy the link of this view, print the card, hand the place to an app for finding the
   way. The card may be drawn anew at any time, so the page is listened to, once, and not the buttons. */
(function () {
  "use strict";
  if (window.buildingCard) return;

  /* The view as the address holds it; the name of this tab is nobody else's. */
  function link() {
    const here = new URL(location.href);
    here.searchParams.delete("tab");
    return here.href;
  }

  /* Only a page that came over https may use the clipboard; in any other, what is marked can still be copied. */
  async function copied(text) {
    if (navigator.clipboard && window.isSecureContext) {
      return navigator.clipboard.writeText(text).then(() => true, () => false);
    }
    const field = document.body.appendChild(document.createElement("textarea"));
    field.value = text;
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  const DEEDS = {
    async share(button) {
      const link_ = link();
      const said = button.querySelector("span");
      const before = said.textContent;
      if (!(await copied(link_))) return window.prompt(before, link_);
      said.textContent = button.dataset.done;
      setTimeout(() => { said.textContent = before; }, 2000);
    },
    print: () => window.print(),
    navigate: (button) => { location.href = "geo:" + button.dataset.place; },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-card]");
    if (button) DEEDS[button.dataset.card](button);
  });
  window.buildingCard = { link };
})();
