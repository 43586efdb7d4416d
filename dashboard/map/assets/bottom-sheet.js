/* On a phone the drawer is a sheet at the map's foot with three stops: drawn by its handle, or a tap for the next one.
   Its height stands in `--sheet` of the page around the map, so that nothing the page draws anew changes it. */
window.creditSheet = (function () {
  "use strict";

  const page = window.parent;
  const STOPS = ["7.5rem", "50%", "92%"];  // of the map's height
  const root = page.document.documentElement;

  const at = () => Math.max(0, STOPS.indexOf(root.style.getPropertyValue("--sheet")));
  const stop = (n) => root.style.setProperty("--sheet", STOPS[n]);
  const drawer = () => page.document.querySelector(".st-key-drawer")?.parentElement;

  function nearest(height) {
    const whole = drawer().offsetParent.clientHeight;
    const pixels = (size) => parseFloat(size) * (size.endsWith("rem") ? 16 : whole / 100);
    const away = STOPS.map((size) => Math.abs(pixels(size) - height));
    return away.indexOf(Math.min(...away));
  }

  function draw(event) {
    const handle = event.target.closest(".sheet-handle"), sheet = drawer();
    if (!handle || !sheet) return;
    const from = event.clientY, height = sheet.offsetHeight;
    const over = new AbortController(), { signal } = over;
    let moved = 0;
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener("pointermove", (move) => {
      moved = from - move.clientY;
      sheet.style.transition = "none";
      root.style.setProperty("--sheet", `${height + moved}px`);
    }, { signal });
    const end = () => {
      over.abort();
      sheet.style.transition = "";
      stop(Math.abs(moved) < 6 ? (nearest(height) + 1) % STOPS.length : nearest(height + moved));
    };
    handle.addEventListener("pointerup", end, { signal });
    handle.addEventListener("pointercancel", end, { signal });
  }

  function press(event) {
    if (!event.target.closest(".sheet-handle") || (event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    stop((at() + 1) % STOPS.length);
  }

  /* A map that is drawn anew takes the place of the one whose functions listened before. */
  if (page.creditSheetListening) page.creditSheetListening.abort();
  page.creditSheetListening = new AbortController();
  const { signal } = page.creditSheetListening;
  page.document.addEventListener("pointerdown", draw, { signal });
  page.document.addEventListener("keydown", press, { signal });

  return {
    /* What was just chosen comes into view. */
    show: () => { if (at() === 0) stop(1); },
  };
})();
