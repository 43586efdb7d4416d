/* Runs in every frame before its page: notes when the first mark is painted and when a view has been drawn.
   Times are milliseconds since 1970, so that a frame and the page around it share one clock. */
(() => {
  "use strict";
  const LOOK_EVERY_MS = 20;
  const SIDE = 64;
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
    "#deckgl-overlay, [data-testid=stDeckGlJsonChart] canvas": inked,
  };

  function marked() {
    return Object.entries(MARKS).some(([selector, seen]) => [...document.querySelectorAll(selector)].some(seen));
  }

  /* What is there in one frame of animation has been painted by the next. */
  const looking = setInterval(() => {
    if (!marked()) return;
    clearInterval(looking);
    requestAnimationFrame(() => requestAnimationFrame(() => { noted().marks = noted().marks || now(); }));
  }, LOOK_EVERY_MS);

  new MutationObserver((changes) => {
    for (const { target } of changes) noted().drawn.push({ view: target.dataset.drawn, at: now() });
  }).observe(document, { subtree: true, attributeFilter: ["data-drawn"] });

  addEventListener("click", () => { noted().clicked = now(); }, true);

  /* Only a kept drawing buffer can be looked at between two frames. */
  const getContext = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return getContext.call(this, kind, /^webgl/.test(kind) ? { ...options, preserveDrawingBuffer: true } : options);
  };
})();
