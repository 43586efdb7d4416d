/* The map in the browser: draws tiles, keeps the legend, passes clicks on.
   Data arrives as tile attributes and JSON and is shown as drawing or as text, never as HTML. */
window.creditMap = (function () {
  "use strict";

  const FULL = 2 * Math.PI;
  const INK = "#1c2733";
  const PAPER = "#ffffff";

  /* ---- shapes: a class is told by shape as well as by colour ---- */

  function polygon(ctx, x, y, r, corners, turn, inner) {
    const points = inner ? corners * 2 : corners;
    for (let i = 0; i < points; i++) {
      const reach = inner && i % 2 ? r * inner : r;
      const angle = turn + (i * FULL) / points;
      ctx[i ? "lineTo" : "moveTo"](x + reach * Math.cos(angle), y + reach * Math.sin(angle));
    }
    ctx.closePath();
  }

  const SHAPES = {
    circle: (ctx, x, y, r) => { ctx.moveTo(x + r, y); ctx.arc(x, y, r, 0, FULL); },
    ring: (ctx, x, y, r) => { ctx.moveTo(x + r * 0.85, y); ctx.arc(x, y, r * 0.85, 0, FULL); },
    square: (ctx, x, y, r) => ctx.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8),
    diamond: (ctx, x, y, r) => polygon(ctx, x, y, r * 1.2, 4, 0),
    triangle: (ctx, x, y, r) => polygon(ctx, x, y + r * 0.15, r * 1.25, 3, -Math.PI / 2),
    star: (ctx, x, y, r) => polygon(ctx, x, y, r * 1.45, 5, -Math.PI / 2, 0.45),
  };

  function paintMarks(ctx, mark, places, r) {
    ctx.beginPath();
    for (const [p] of places) SHAPES[mark.shape](ctx, p.x, p.y, r);
    const ring = mark.shape === "ring";
    if (ring || r >= 3) {  // the rim first: marks that touch melt into one another instead of cutting each other
      ctx.lineWidth = ring ? r * 0.9 : r >= 6 ? 2.4 : 1.4;
      ctx.strokeStyle = ring ? mark.colour : PAPER;
      ctx.stroke();
    }
    ctx.fillStyle = ring ? PAPER : mark.colour;
    ctx.fill();
  }

  /* A tile's points fill four canvases: those outside this one are not worth painting. */
  function onCanvas(ctx, places, pad) {
    const { a, e, f } = ctx.getTransform();
    const side = ctx.canvas.width / a + pad;
    return places.filter(([p]) => p.x + e / a > -pad && p.x + e / a < side && p.y + f / a > -pad && p.y + f / a < side);
  }

  /* ---- near: every building ---- */

  const CORNERS = [[1, -1], [1, 1], [-1, -1], [-1, 1]]; // where each overlay is drawn at a building or a ring

  const radius = (z) => (z <= 13 ? 2 : z === 14 ? 2.4 : z === 15 ? 3 : z === 16 ? 4.2 : z === 17 ? 6 : 8);

  function buildings(options) {
    return {
      draw(ctx, geom, z, feature) {
        const r = radius(z);
        const props = feature.props;
        const places = onCanvas(ctx, geom, 4 * r);
        if (!places.length) return;
        paintMarks(ctx, options.classes[props.c], places, r);
        Object.entries(options.badges).forEach(([name, states], n) => {
          const mark = states[props[name] - 1];
          if (!mark || z < 15) return;
          const [across, down] = CORNERS[n % CORNERS.length];
          const shifted = places.map(([p]) => [{ x: p.x + across * r, y: p.y + down * r }]);
          paintMarks(ctx, mark, shifted, Math.max(2.2, r * 0.55));
        });
      },
    };
  }

  /* ---- far: how many, and of what mix ---- */

  /* A large number as it is read in the language of the page: "1.1万" in Chinese, "11k" in English. */
  function short(n, { from, sign }) {
    if (n < from) return String(n);
    const units = n / from;
    return (units < 9.95 ? units.toFixed(1).replace(/\.0$/, "") : String(Math.round(units))) + sign;
  }

  function ringRadius(n) {
    return 11 + Math.min(13, Math.sqrt(n) / 3.2);
  }

  function badge(ctx, x, y, text, colour) {
    ctx.font = "600 9px sans-serif";
    const half = Math.max(7, ctx.measureText(text).width / 2 + 4);
    ctx.beginPath();
    ctx.roundRect(x - half, y - 7, half * 2, 14, 7);
    ctx.fillStyle = colour;
    ctx.fill();
    ctx.lineWidth = 1;
    ctx.strokeStyle = PAPER;
    ctx.stroke();
    ctx.fillStyle = PAPER;
    ctx.fillText(text, x, y + 0.5);
  }

  function cells(options) {
    return {
      draw(ctx, geom, z, feature) {
        const [[mean], [corner], [opposite]] = geom;  // half way to the cell's middle, so that rings overlap less
        const x = mean.x * 0.4 + (corner.x + opposite.x) * 0.3;
        const y = mean.y * 0.4 + (corner.y + opposite.y) * 0.3;
        const props = feature.props;
        const r = ringRadius(props.n);
        let angle = -Math.PI / 2;
        options.classes.forEach((mark, i) => {
          const share = (props["c" + i] || 0) / props.n;
          if (!share) return;
          ctx.beginPath();
          ctx.moveTo(x, y);
          ctx.arc(x, y, r, angle, angle + share * FULL);
          ctx.closePath();
          ctx.fillStyle = mark.colour;
          ctx.fill();
          angle += share * FULL;
        });
        ctx.beginPath();
        ctx.arc(x, y, r * 0.66, 0, FULL);
        ctx.fillStyle = "rgba(255,255,255,0.96)";
        ctx.fill();
        ctx.beginPath();
        ctx.arc(x, y, r, 0, FULL);
        ctx.lineWidth = 1;
        ctx.strokeStyle = "rgba(255,255,255,0.9)";
        ctx.stroke();
        ctx.textAlign = "center";
        ctx.textBaseline = "middle";
        ctx.font = `600 ${r > 15 ? 11 : 9}px sans-serif`;
        ctx.fillStyle = INK;
        ctx.fillText(short(props.n, options.short), x, y + 0.5);
        Object.entries(options.badges).forEach(([name, states], n) => {
          const [across, down] = CORNERS[n % CORNERS.length];
          if (props[name]) badge(ctx, x + across * r * 0.8, y + down * r * 0.8, short(props[name], options.short), states[0].colour);
        });
      },
    };
  }

  function density(options) {
    return {
      draw(ctx, geom, z, feature) {
        ctx.globalAlpha = 0.82;
        ctx.fillStyle = options.density[feature.props.d];
        for (const [p] of geom) ctx.fillRect(p.x - 8, p.y - 8, 16, 16);
        ctx.globalAlpha = 1;
      },
    };
  }

  /* ---- tiles ---- */

  const page = () => (window.parent === window ? window : window.parent);
  const address = (path, query) => new URL(path, page().location.origin).href + (query ? "?" + query : "");
  const tileAddress = (path, query) => address(path, query).replaceAll("%7B", "{").replaceAll("%7D", "}");

  function tiles(path, query, rules, extra) {
    return protomapsL.leafletLayer(Object.assign({
      url: tileAddress(path, query),
      paintRules: rules,
      labelRules: [],
      maxDataZoom: 17,
      maxZoom: 19,
      attribution: "",
      tileDelay: 1,
    }, extra));
  }

  /* Areas in the colours of a theme; those it says nothing of keep the ground. */
  function areas(options) {
    const symbolizer = {
      draw(ctx, geom, z, feature) {
        ctx.beginPath();
        for (const ring of geom) {
          ring.forEach((p, i) => ctx[i ? "lineTo" : "moveTo"](p.x, p.y));
          ctx.closePath();
        }
        const colour = options.shares[feature.props.v];
        if (colour) {
          ctx.globalAlpha = options.opacity;
          ctx.fillStyle = colour;
          ctx.fill("evenodd");
          ctx.globalAlpha = 1;
        }
        ctx.lineWidth = 0.8;
        ctx.strokeStyle = options.line;
        ctx.stroke();
      },
    };
    return tiles(options.path, options.query, [{ dataLayer: "areas", symbolizer }], { pane: "credit-areas" });
  }

  /* A city without areas stands on its bounds. */
  function bounds(options) {
    const { land, border } = creditGround.style();
    return L.rectangle(options.bounds, {
      pane: "tilePane", interactive: false, fillColor: land, fillOpacity: 1, color: border.street, weight: 1,
    });
  }

  const ground = (options) => (options.bounds ? bounds(options) : creditGround.city(options, tileAddress, panes));

  /* ---- the legend, with counts of what is in view ---- */

  function swatch(mark) {
    const canvas = document.createElement("canvas");
    const scale = window.devicePixelRatio || 1;
    canvas.width = canvas.height = 16 * scale;
    canvas.style.cssText = "width:16px;height:16px;flex:none";
    const ctx = canvas.getContext("2d");
    ctx.scale(scale, scale);
    if (mark.shape === "block") {
      ctx.fillStyle = mark.colour;
      ctx.fillRect(1, 3, 14, 10);
    } else {
      paintMarks(ctx, mark, [[{ x: 8, y: 8 }]], 5);
    }
    return canvas;
  }

  const Legend = L.Control.extend({
    options: { position: "bottomleft" },
    onAdd(map) {
      this.box = L.DomUtil.create("details", "credit-legend");
      this.box.open = window.innerWidth > 560;
      L.DomUtil.create("summary", "", this.box).textContent = this.options.title;
      L.DomEvent.disableClickPropagation(this.box);
      L.DomEvent.disableScrollPropagation(this.box);
      this.rows = this.options.rows.map((row) => {
        const line = L.DomUtil.create("div", "credit-legend-row", this.box);
        line.appendChild(swatch(row));
        L.DomUtil.create("span", "credit-legend-name", line).textContent = row.label;
        if (row.narrows) this.narrowing(line, row.narrows);
        return L.DomUtil.create("span", "credit-legend-count", line);
      });
      this.note = L.DomUtil.create("div", "credit-legend-note", this.box);
      map.on("moveend", this.refresh, this);
      this.refresh();
      return this.box;
    },
    /* A line of the legend is a switch: it narrows the view to its class, and lets the others in again. */
    narrowing(line, narrows) {
      const [name, value] = narrows.split("=");
      const chosen = new URLSearchParams(this.options.query).get(name) || "";
      line.setAttribute("role", "button");
      line.setAttribute("aria-pressed", chosen.split(",").includes(value));
      line.title = this.options.narrow;
      line.tabIndex = 0;
      const press = () => this.options.report("narrow " + narrows);
      line.addEventListener("click", press);
      line.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        press();
      });
    },
    onRemove(map) {
      map.off("moveend", this.refresh, this);
      if (this.asking) this.asking.abort();
    },
    async refresh() {
      const map = this._map;
      if (!map) return;
      if (this.asking) this.asking.abort();
      this.asking = new AbortController();
      const box = map.getBounds();
      const query = new URLSearchParams(this.options.query);
      query.set("box", [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()].map((d) => d.toFixed(6)).join());
      try {
        const answer = await fetch(address("/map/counts", query), { signal: this.asking.signal });
        const { counts, total } = await answer.json();
        this.rows.forEach((cell, i) => {
          const count = counts[this.options.rows[i].key];
          cell.textContent = count === undefined ? "" : count.toLocaleString("en-US");
        });
        this.note.textContent = this.options.inView.replace("{n}", total.toLocaleString("en-US"));
      } catch (problem) {
        if (problem.name !== "AbortError") this.note.textContent = this.options.unreachable;
      }
    },
  });

  /* ---- what is written while the map is open ---- */

  const ASK_MS = 750;
  const REST_MS = 3000;  // the page is drawn anew no more often
  const MOST_REST_MS = 45000;  // nor this often, where facts keep coming without a pause
  const AGAIN_MS = 30000;  // a page that was told and is still drawn as before is told once more

  const TYPING_MS = 4000;

  /* Does somebody hold a list open, a button down or a field in the middle of typing? A new drawing would close it. */
  function busy() {
    const { document } = page();
    if (!page().creditMapHands) {
      const hands = page().creditMapHands = { typed: -TYPING_MS, down: false };
      document.addEventListener("keydown", () => { hands.typed = performance.now(); }, true);
      document.addEventListener("pointerdown", () => { hands.down = true; }, true);
      document.addEventListener("pointerup", () => { hands.down = false; }, true);
    }
    const { typed, down } = page().creditMapHands;
    return down || performance.now() - typed < TYPING_MS || document.querySelector("[role=option], [role=dialog]") !== null;
  }

  /* Asks for the city's version; a newer one is told to the page, which draws tiles, counts, charts and card anew.
     A single fact is told at once. Where something newer is there as soon as the rest is over, the next rest is two to
     four times as long: a stream of facts would keep every browser and the server busy with drawing alone. */
  function follow(layer, shown) {
    const now = () => performance.now();
    const state = page().creditMapFollowing || (page().creditMapFollowing = { rest: REST_MS, calm: true });
    if (state.shown !== shown.version) Object.assign(state, { shown: shown.version, drawn: now(), told: -AGAIN_MS });
    let asking = false;
    return setInterval(async () => {
      const resting = now() - state.drawn < state.rest || now() - state.told < AGAIN_MS;
      if (asking || resting || page().document.hidden || busy()) return;
      asking = true;
      try {
        const answer = await fetch(address(shown.path));
        const { version } = answer.ok ? await answer.json() : {};
        if (version === shown.version) Object.assign(state, { rest: REST_MS, calm: true });
        else if (version && layer._map && !busy()) {
          const rest = state.calm ? REST_MS : Math.min(state.rest * (2 + 2 * Math.random()), MOST_REST_MS);
          Object.assign(state, { told: now(), rest, calm: false });
          layer.report("version " + version, layer._map.getCenter());
        }
      } catch (problem) {
        // the line is cut: it is asked again
      } finally {
        asking = false;
      }
    }, ASK_MS);
  }

  /* ---- what is drawn for one view: tiles, legend, clicks ---- */

  const Layer = L.Layer.extend({
    initialize(options) {
      L.setOptions(this, options);
      const o = this.options;
      this.parts = [];
      if (o.outlines) this.parts.push(areas(o.outlines));
      const near = { buildings: buildings(o), cells: cells(o), density: density(o) };
      const rules = Object.entries(near).map(([dataLayer, symbolizer]) => ({ dataLayer, symbolizer }));
      this.marks = tiles("/map/tiles/{z}/{x}/{y}.mvt", o.query, rules, { pane: "credit-marks" });
      this.parts.push(this.marks);
      if (o.chosen) {
        const halo = { radius: 13, color: INK, weight: 3, fill: false, interactive: false, pane: "credit-chosen" };
        this.parts.push(L.circleMarker(o.chosen, halo));
      }
      const pressed = (narrows) => this.report(narrows, this._map.getCenter());
      this.legend = new Legend(Object.assign({ query: o.query, report: pressed }, o.legend));
    },
    onAdd(map) {
      panes(map);
      if (this.options.chosen && page().creditChosen !== String(this.options.chosen)) creditSheet.show();
      page().creditChosen = String(this.options.chosen || "");
      const isPlaced = !map.creditUnplaced;
      if (!isPlaced && this.options.chosen) map.setView(this.options.chosen, 17, { animate: false });
      if (this.options.flight) fly(map, this.options.flight, isPlaced || Boolean(this.options.chosen));
      map.creditUnplaced = false;
      this.parts.forEach((part) => map.addLayer(part));
      map.addControl(this.legend);
      map.on("click", this.pick, this);
      map.on("moveend", keepView, map);
      keepView.call(map);
      map.creditLayer = this;
      if (this.options.followed) this.following = follow(this, this.options.followed);
      map.getContainer().dataset.view = this.options.query;
      this.marks.on("load", () => { map.getContainer().dataset.drawn = this.options.query; });
    },
    onRemove(map) {
      clearInterval(this.following);
      this.parts.forEach((part) => map.removeLayer(part));
      map.removeControl(this.legend);
      map.off("click", this.pick, this);
      map.off("moveend", keepView, map);
    },
    async pick(event) {
      const map = this._map;
      const query = new URLSearchParams(this.options.query);
      query.set("at", [event.latlng.lng.toFixed(7), event.latlng.lat.toFixed(7), map.getZoom()].join());
      const answer = await fetch(address("/map/at", query));
      if (!answer.ok) return;
      const found = await answer.json();
      if (found.building) this.report(found.building, L.latLng(found.lat, found.lon));
      else if (found.closer) map.flyTo([found.lat, found.lon], Math.min(map.getZoom() + 2, 17), { duration: 0.5 });
    },
    report(building, latlng) {
      const tooltip = { getContent: () => String(building) };
      this.fire("click", { latlng, sourceTarget: { getTooltip: () => tooltip, _tooltip: { _content: String(building) } } });
    },
  });

  const PANES = {
    "credit-areas": 210, "credit-names": 250, "credit-veil": 300, "credit-marks": 450, "credit-chosen": 460,
  };

  function panes(map) {
    for (const [name, z] of Object.entries(PANES)) {
      if (map.getPane(name)) continue;
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      if (z < PANES["credit-marks"]) pane.style.pointerEvents = "none";
    }
  }

  /* To areas chosen since the map was last drawn. What the address or an opened building says of the place goes first
     where a page opens. The page remembers, as a map may be another after every choice of language. */
  function fly(map, flight, isPlaced) {
    const flown = page().creditMapFlown || (page().creditMapFlown = {});
    const before = flown[flight.city], now = flight.areas.join();
    flown[flight.city] = now;
    if (!flight.box || before === now || (before === undefined && isPlaced)) return;
    const [top, right, foot] = covered();
    const how = { paddingTopLeft: [24, top + 24], paddingBottomRight: [right + 24, foot + 24], maxZoom: 17 };
    const isAtOnce = before === undefined || page().matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (isAtOnce) map.fitBounds(flight.box, { ...how, animate: false });
    else map.flyToBounds(flight.box, { ...how, duration: 0.8 });
  }

  /* ---- where the map is stands behind the # of the page's address ---- */

  function keepView() {
    const centre = this.getCenter();
    const hash = `#${this.getZoom()}/${centre.lat.toFixed(5)}/${centre.lng.toFixed(5)}`;
    const { history, location } = page();
    page().creditMapPlace = hash;
    if (location.hash !== hash) history.replaceState(history.state, "", location.pathname + location.search + hash);
  }

  const SEARCH_BOX_PX = 44;
  const WIDEST_SHEET_PX = 640, LOW_SHEET_PX = 120;  // as map.css and bottom-sheet.js have it

  /* What is covered of the map at its top, right and foot: by the drawer, on a phone by the search box and the sheet.
     The map may stand before the drawer does: its width is then what map.css will give it. */
  function covered() {
    const { document, innerWidth } = page();
    if (!document.querySelector(".st-key-city-map")) return [0, 0, 0];
    const drawer = document.querySelector(".st-key-drawer")?.parentElement;
    if (innerWidth <= WIDEST_SHEET_PX) return [SEARCH_BOX_PX, 0, drawer ? drawer.offsetHeight : LOW_SHEET_PX];
    return [0, drawer ? drawer.offsetWidth : Math.min(Math.max(0.3 * innerWidth, 352), 544), 0];
  }

  function showAll(map, bounds) {
    map.creditSeesAll = true;
    const { x, y } = map.getSize();
    if (!x || !y) return;  // on a page that is not shown yet: keepSize shows all once it is
    const [top, right, foot] = covered();
    map.fitBounds(bounds, { paddingTopLeft: [8, top + 8], paddingBottomRight: [right + 8, foot + 8], animate: false });
    const east = map.latLngToContainerPoint(bounds[1]).x, west = map.latLngToContainerPoint(bounds[0]).x;
    const free = map.getSize().x - right - Math.abs(east - west);
    map.panBy([-Math.max(0, Math.min(free / 2 - 8, 120)), 0], { animate: false });  // out from under the legend
    map.creditSeesAll = true;
  }

  /* The window gives the map its size, at first only after it was made. Whoever still sees all sees all again; whoever
     moved, or came by an address, keeps the middle. */
  function keepSize(map, bounds) {
    map.on("movestart", () => { map.creditSeesAll = false; });
    new ResizeObserver(() => {
      const sawAll = map.creditSeesAll, middle = map.getCenter(), zoom = map.getZoom();
      map.invalidateSize({ pan: false });
      if (sawAll) showAll(map, bounds);
      else map.setView(middle, zoom, { reset: true });  // any panning drifts by the part of a pixel that it rounds off
    }).observe(map.getContainer());
  }

  /* The map goes no further than the city and what lies round it; wide enough that what stands over the map, beside
     which the city is shown, does not push it back. */
  function bound(map, city) {
    const around = L.latLngBounds(city).pad(1);
    const limit = () => {
      const least = map.getBoundsZoom(around);
      if (Number.isFinite(least)) map.setMinZoom(Math.max(0, Math.floor(least)));
    };
    limit();
    map.on("resize", limit);
    map.setMaxBounds(L.latLngBounds(city).pad(4));
  }

  function start(map, bounds, city, words) {
    panes(map);
    map.attributionControl.setPrefix(false).setPosition("bottomleft");
    [["in", words.zoomIn], ["out", words.zoomOut]].forEach(([way, title]) => {
      const button = map.getContainer().querySelector(`.leaflet-control-zoom-${way}`);
      if (button) { button.title = title; button.setAttribute("aria-label", title); }
    });
    creditMapControls(map, words, () => showAll(map, bounds));
    L.control.scale({ imperial: false }).addTo(map);
    // A rerun takes the hash away for a moment, and another language is a new map: the page remembers the place.
    const [zoom, lat, lng] = (page().location.hash || page().creditMapPlace || "").slice(1).split("/").map(Number);
    const here = zoom && Number.isFinite(lat) && Number.isFinite(lng);
    if (here && L.latLngBounds(bounds).pad(1).contains([lat, lng])) map.setView([lat, lng], zoom, { animate: false });
    else {
      showAll(map, bounds);
      map.creditUnplaced = true;
    }
    keepSize(map, bounds);
    bound(map, city);  // once it stands where it opens: a zoom that is raised before that would be moved to, and come last
    setInterval(() => { if (!page().location.hash) keepView.call(map); }, 700);  // a rerun rewrites the address
    page().addEventListener("hashchange", () => {
      const [z, y, x] = page().location.hash.slice(1).split("/").map(Number);
      if (z && Number.isFinite(y) && Number.isFinite(x)) map.setView([y, x], z);
    });
  }

  /* ---- search, with suggestions while typing ---- */

  function search(options) {
    const find = async (words) => {
      const query = new URLSearchParams(options.query);
      query.set("q", words);
      const answer = await fetch(address("/map/search", query));
      const found = answer.ok ? (await answer.json()).found : [];
      return found.map((one) => {
        const centre = L.latLng(one.lat, one.lon);
        return { name: one.name, center: centre, bbox: centre.toBounds(60), properties: one };
      });
    };
    const control = L.Control.geocoder({
      geocoder: { geocode: find, suggest: find },
      collapsed: false,
      position: "topleft",
      placeholder: options.placeholder,
      errorMessage: options.nothing,
      iconLabel: options.placeholder,
      suggestMinLength: 2,
      suggestTimeout: 200,
      defaultMarkGeocode: false,
    });
    control.on("markgeocode", ({ geocode }) => {
      const map = control._map;
      map.setView(geocode.center, 18);
      if (map.creditLayer) map.creditLayer.report(geocode.properties.building, geocode.center);
    });
    return control;
  }

  return { layer: (options) => new Layer(options), ground, search, start };
})();
