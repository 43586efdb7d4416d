/* The ground of the map: land, water, blocks, roads, borders and names from tiles of the city's own, light and dark.
   It keeps quiet, so that what is drawn upon it leads. Names are drawn as text, never as HTML. */
window.creditGround = (function () {
  "use strict";

  const STYLES = {
    light: {
      outside: "#e9ebec", land: "#f6f5f1", block: "#eeece6", green: "#e1ebdb", water: "#cbdbe6",
      footprint: "#e0ddd5", footprintEdge: "#d2cec4",
      road: "#ffffff", motorway: "#fdf3dc", casing: "#dcd8cf", path: "#fbfaf7", rail: "#c9c6be",
      border: { district: "#8797a6", street: "#9fabb8", community: "#b7c0ca", grid: "#ccd3da" },
      name: { district: "#3c4a58", street: "#4b5a69", community: "#667483", grid: "#83909d" },
      roadName: "#77828d", waterName: "#5b7f9b", greenName: "#6c8562", halo: "rgba(255,255,255,0.92)",
      veil: "rgba(236,238,240,0.62)",
    },
    dark: {
      outside: "#171b20", land: "#22272d", block: "#292f36", green: "#243029", water: "#16232f",
      footprint: "#333a42", footprintEdge: "#3e4650",
      road: "#3a424b", motorway: "#4b4a42", casing: "#1b2025", path: "#31383f", rail: "#474f58",
      border: { district: "#6d7b89", street: "#596673", community: "#47525d", grid: "#3a434d" },
      name: { district: "#d3dae1", street: "#bcc6cf", community: "#98a4b0", grid: "#7b8793" },
      roadName: "#8d98a3", waterName: "#6f94b3", greenName: "#80987a", halo: "rgba(23,27,32,0.9)",
      veil: "rgba(12,15,18,0.5)",
    },
  };
  const BORDER_PX = { district: 1.6, street: 1.1, community: 0.8, grid: 0.6 };
  const FONTS = { district: "600 14px", street: "600 13px", community: "500 12.5px", grid: "500 11px" };
  const FAMILY = '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';
  const ROAD_PX = { // [zoom, css pixels]; narrower classes come in further in
    motorway: [[9, 0.9], [12, 2], [14, 4], [16, 9], [18, 24], [19, 40]],
    main: [[11, 0.6], [13, 1.8], [15, 5], [17, 14], [19, 34]],
    street: [[14, 0.9], [15, 2.2], [16, 5], [17, 9], [19, 26]],
    path: [[16, 1.2], [17, 3], [18, 6], [19, 10]],
  };
  const NARROWEST_FIRST = ["path", "street", "main", "motorway"];
  const CASED_FROM = 13;
  const ROADS_NAMED_FROM = { motorway: 12, main: 13, street: 15, path: 18 };
  const DEEPEST = 17; // of the tiles

  const page = () => (window.parent === window ? window : window.parent);

  /* The page's theme, not the system's: the map is a part of the page. */
  function isDark() {
    const app = page().document.querySelector("[data-testid=stApp]");
    return app !== null && getComputedStyle(app).colorScheme.includes("dark");
  }

  let style = STYLES.light;

  function chooseStyle() {
    style = isDark() ? STYLES.dark : STYLES.light;
    const root = document.documentElement;
    root.dataset.theme = isDark() ? "dark" : "light";
    root.style.setProperty("--outside", style.outside);
  }

  function followTheme(redraw) {
    const app = page().document.querySelector("[data-testid=stApp]");
    if (!app) return;
    const look = () => {
      if (isDark() === (style === STYLES.dark)) return;
      chooseStyle();
      redraw();
    };
    const observer = new MutationObserver(look);
    observer.observe(app, { attributes: true, attributeFilter: ["class", "style"] });
    window.addEventListener("pagehide", () => observer.disconnect());
  }

  /* ---- painting ---- */

  function trace(ctx, geom, isClosed) {
    ctx.beginPath();
    for (const line of geom) {
      line.forEach((p, i) => ctx[i ? "lineTo" : "moveTo"](p.x, p.y));
      if (isClosed) ctx.closePath();
    }
  }

  const filled = (colour, edge) => ({
    draw(ctx, geom, z) {
      trace(ctx, geom, true);
      ctx.fillStyle = colour();
      ctx.fill();
      if (!edge || z < 17) return;
      ctx.lineWidth = 0.7;
      ctx.strokeStyle = edge();
      ctx.stroke();
    },
  });

  const bordered = (level) => ({
    draw(ctx, geom) {
      trace(ctx, geom, true);
      ctx.lineWidth = BORDER_PX[level];
      ctx.lineJoin = "round";
      ctx.strokeStyle = style.border[level];
      ctx.stroke();
    },
  });

  function width(kind, z) {
    const stops = ROAD_PX[kind];
    if (!stops || z < stops[0][0]) return 0;
    const next = stops.findIndex(([zoom]) => zoom >= z);
    if (next < 0) return stops[stops.length - 1][1];
    if (next === 0) return stops[0][1];
    const [[from, least], [to, most]] = [stops[next - 1], stops[next]];
    return least * (most / least) ** ((z - from) / (to - from));
  }

  const road = (wanted, isCasing) => ({
    draw(ctx, geom, z, feature) {
      if (feature.props.class !== wanted) return;
      const px = width(wanted, z);
      if (!px || (isCasing && (z < CASED_FROM || px < 2))) return;
      trace(ctx, geom, false);
      ctx.lineCap = ctx.lineJoin = "round";
      ctx.lineWidth = isCasing ? px + 1.4 : px;
      const colour = wanted === "motorway" ? style.motorway : wanted === "path" ? style.path : style.road;
      ctx.strokeStyle = isCasing || z < CASED_FROM ? style.casing : colour;
      ctx.stroke();
    },
  });

  const rail = {
    draw(ctx, geom, z, feature) {
      if (feature.props.class !== "rail") return;
      trace(ctx, geom, false);
      ctx.lineCap = "butt";
      ctx.lineWidth = z < 15 ? 0.8 : 1.6;
      ctx.strokeStyle = style.rail;
      ctx.stroke();
    },
  };

  function paintRules(options) {
    const levels = options.levels.map(({ level, minZoom }) => ({ level, minzoom: minZoom, dataSource: level }));
    const of = (dataLayer, symbolizer) => ({ dataSource: "ground", dataLayer, symbolizer });
    const rules = [];
    if (!options.overTiles) rules.push({ ...levels[0], dataLayer: "areas", symbolizer: filled(() => style.land) });
    if (options.ground) {
      rules.push(
        of("blocks", filled(() => style.block)),
        of("green", filled(() => style.green)),
        of("water", filled(() => style.water)),
        of("footprints", filled(() => style.footprint, () => style.footprintEdge)),
        ...NARROWEST_FIRST.map((kind) => of("roads", road(kind, true))),
        ...NARROWEST_FIRST.map((kind) => of("roads", road(kind, false))),
        of("roads", rail),
      );
    }
    levels.reverse().forEach((one) => rules.push({ ...one, dataLayer: "areas", symbolizer: bordered(one.level) }));
    return rules;
  }

  /* ---- names: wider areas go before narrower ones, and these before roads; what would overlap is left out ---- */

  function nameRules(options) {
    const halo = { stroke: () => style.halo, width: 2.5, lineHeight: 1.15 };
    const rules = options.levels.map(({ level, namesFrom, namesUntil }) => ({
      dataSource: level, dataLayer: "names", minzoom: namesFrom, maxzoom: namesUntil,
      symbolizer: new protomapsL.CenteredTextSymbolizer({
        labelProps: ["name"], fill: () => style.name[level], font: `${FONTS[level]} ${FAMILY}`, ...halo,
      }),
    }));
    if (!options.ground) return rules;
    rules.push({
      dataSource: "ground", dataLayer: "labels",
      symbolizer: new protomapsL.CenteredTextSymbolizer({
        labelProps: ["name"], font: `italic 500 12px ${FAMILY}`, width: 2,
        fill: (z, feature) => (feature.props.kind === "water" ? style.waterName : style.greenName),
        stroke: (z, feature) => style[feature.props.kind],
      }),
    });
    NARROWEST_FIRST.slice().reverse().forEach((kind) => rules.push({
      dataSource: "ground", dataLayer: "roads", minzoom: ROADS_NAMED_FROM[kind],
      filter: (z, feature) => feature.props.class === kind,
      symbolizer: new protomapsL.LineLabelSymbolizer({
        labelProps: ["name"], fill: () => style.roadName, font: `400 11px ${FAMILY}`, position: 2,
        repeatDistance: 500, ...halo,
      }),
    }));
    return rules;
  }

  /* ---- layers ---- */

  function canvas(sources, paint, labels, pane, more) {
    return protomapsL.leafletLayer({
      sources, paintRules: paint, labelRules: labels, pane, maxZoom: 19, attribution: "", tileDelay: 1, ...more,
    });
  }

  /* Everything outside a user's own areas, a little faded. */
  function veil(own, addressOf) {
    const cut = {
      draw(ctx, geom) {
        ctx.globalCompositeOperation = "destination-out";
        trace(ctx, geom, true);
        ctx.fillStyle = "#000000";
        ctx.fill();
        ctx.globalCompositeOperation = "source-over";
      },
    };
    const sources = { own: { url: addressOf(own), maxDataZoom: DEEPEST } };
    const rules = [{ dataSource: "own", dataLayer: "areas", symbolizer: cut }];
    return canvas(sources, rules, [], "credit-veil", { backgroundColor: style.veil });
  }

  const Ground = L.LayerGroup.extend({
    onAdd(map) {
      this.options.panes(map);
      L.LayerGroup.prototype.onAdd.call(this, map);
    },
  });

  function city(options, tileAddress, panes) {
    const addressOf = ({ path, query }) => tileAddress(path, query);
    const sources = {};
    for (const { level, path } of options.levels) {
      sources[level] = { url: tileAddress(path, options.query), maxDataZoom: DEEPEST };
    }
    if (options.ground) sources.ground = { url: addressOf(options.ground), maxDataZoom: DEEPEST };
    const land = canvas(sources, paintRules(options), [], "tilePane");
    const names = canvas(sources, [], nameRules(options), "credit-names");
    names.views = land.views; // each tile is fetched and read once
    const parts = [land, names];
    if (options.own) parts.push(veil(options.own, addressOf));
    followTheme(() => parts.forEach((part) => {
      if (part.backgroundColor) part.backgroundColor = style.veil;
      part.rerenderTiles();
    }));
    return new Ground(parts, { panes });
  }

  chooseStyle();
  return { city, style: () => style };
})();
