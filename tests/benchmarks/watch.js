/* Runs in every frame before its page: notes when the first mark is painted and when a view has been drawn.
   Times are milliseconds since 1970, so that a frame and the page around it share one clock. */
(() => {
  "use strict";
  const LOOK_EVERY_MS = 20;
  const SIDE = 64;
  const MANY = 1000;  // points in one order to the graphics card
  const now = () => performance.timeOrigin + performance.now();
  const noted = () => (window.top.bench = window.top.bench || { drawn: [] });

  const scratch = new OffscreenCanvas(SIDE, SIDE).getContext("2d", { willReadFrequently: true });

  /* Is there any pixel on a transparent canvas? */
  function inked(canvas) {
    if (!canvas.width || !canvas.height || !canvas.getBoundingClientRect().width) return false;
    scratch.clearRect(0, 0, SIDE, SIDE);
    scratch.drawImage(canvas, 0, 0, SIDE, SIDE);
    return scratch.getImageData(0, 0, SIDE, SIDE).data.some((value, i) => i % 4 === 3 && value);
  }

  function shown(element) {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight;
  }

  const MARKS = {
    ".leaflet-credit-marks-pane canvas": inked,
    ".marker-cluster, .leaflet-marker-icon": shown,
  };
  let ordered = false;

  function marked() {
    return ordered || Object.entries(MARKS).some(([selector, seen]) => [...document.querySelectorAll(selector)].some(seen));
  }

  /* What is there in one frame of animation has been painted by the next. */
  const painted = (note) => requestAnimationFrame(() => requestAnimationFrame(() => note(now())));

  /* The map says in `data-drawn` which view it has finished. */
  function listen(map) {
    const told = () => map.dataset.drawn && painted((at) => noted().drawn.push({ view: map.dataset.drawn, at }));
    new MutationObserver(told).observe(map, { attributeFilter: ["data-drawn"] });
    told();
  }

  /* Looking ends with the first mark in any frame: twenty pages that go on looking would keep the machine busy. */
  const looking = setInterval(() => {
    if (marked()) {
      const map = document.querySelector(".leaflet-container");
      if (map) listen(map);
      painted((at) => { noted().marks = noted().marks || at; });
    } else if (!noted().marks) {
      return;
    }
    clearInterval(looking);
  }, LOOK_EVERY_MS);

  addEventListener("click", () => { noted().clicked = now(); }, true);

  /* Points drawn by the graphics card: looking at its pixels would slow it down, so its orders are read. */
  for (const order of ["drawArraysInstanced", "drawElementsInstanced"]) {
    const draw = WebGL2RenderingContext.prototype[order];
    WebGL2RenderingContext.prototype[order] = function (...said) {
      if (said.at(-1) >= MANY) ordered = true;
      return draw.apply(this, said);
    };
  }
})();
