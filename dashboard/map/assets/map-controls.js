/* The buttons on the map: the whole city, the whole screen, marks on or off over coloured areas. */
window.creditMapControls = (function () {
  "use strict";

  const page = window.parent;
  const ICONS = {
    home: "M2 8 L8 2.5 L14 8 M4 7 V13.5 H12 V7",
    screen: "M2 6 V2 H6 M10 2 H14 V6 M14 10 V14 H10 M6 14 H2 V10",
    marks: "M8 2.5 A5.5 5.5 0 1 1 7.99 2.5 M8 5.5 A2.5 2.5 0 1 1 7.99 5.5",
  };

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 16 16");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", ICONS[name]);
    svg.appendChild(path);
    return svg;
  }

  function button(bar, name, title, press) {
    const made = L.DomUtil.create("a", `credit-${name}`, bar);
    Object.assign(made, { href: "#", title, role: "button" });
    made.setAttribute("aria-label", title);
    made.appendChild(icon(name));
    L.DomEvent.disableClickPropagation(made);
    made.addEventListener("click", (event) => {
      event.preventDefault();
      press(made);
    });
    return made;
  }

  function fullScreen() {
    const { document } = page;
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen();
  }

  function switchMarks(map, made) {
    page.creditMarksHidden = !page.creditMarksHidden;
    showMarks(map, made);
  }

  function showMarks(map, made) {
    map.getPane("credit-marks").style.display = page.creditMarksHidden ? "none" : "";
    made.setAttribute("aria-pressed", String(!page.creditMarksHidden));
  }

  const Buttons = L.Control.extend({
    options: { position: "topleft" },
    onAdd(map) {
      const { words, home } = this.options;
      const bar = L.DomUtil.create("div", "leaflet-bar credit-buttons");
      button(bar, "home", words.home, home);
      if (page.document.fullscreenEnabled) button(bar, "screen", words.screen, fullScreen);
      showMarks(map, button(bar, "marks", words.marks, (made) => switchMarks(map, made)));
      return bar;
    },
  });

  return (map, words, home) => new Buttons({ words, home }).addTo(map);
})();
