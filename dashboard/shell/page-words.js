/* Says Streamlit's own words, which stand in English alone, in the language of the page.

   What React draws stays as it drew it: no node is added or taken away, only the text of a text node or an attribute is
   put in place of another. React writes a text again only where it changes, which is seen here like any other change.
   Tables are drawn on a canvas and are passed over, and so is what the page itself says as Markdown or HTML. */
{
  const TABLES = "the tables of dashboard/i18n";
  const ATTRIBUTES = ["aria-label", "placeholder", "title"];
  const OURS = 'canvas, svg, script, style, textarea, iframe, [data-testid="stHtml"]';
  const TEXT_OF_OURS = '[data-testid="stMarkdown"]'; // what stands beside it, as the label of an icon, is Streamlit's
  const STATE = "data-test-connection-state";
  const PATIENCE_MS = 1500; // a connection that is back sooner is not worth a word
  const LONGEST = 300;
  const html = document.documentElement;
  const said = new WeakMap(); // text node or element → by attribute, "" of the text: [Streamlit's words, ours]
  let language, exact, patterns;

  function speak(chosen) {
    language = chosen in TABLES ? chosen : "zh";
    html.lang = language === "zh" ? "zh-CN" : language;
    const entries = Object.entries(TABLES[language].words);
    const isPattern = ([english]) => english.startsWith("/");
    exact = new Map(entries.filter((entry) => !isPattern(entry)));
    patterns = entries.filter(isPattern).map(([english, ours]) => [new RegExp(english.slice(1, -1)), ours]);
  }

  function inOurWords(english) {
    if (english.length > LONGEST || !/[a-z]/.test(english)) return english;
    const bare = english.trim();
    const ours = exact.get(bare);
    if (ours !== undefined) return english.replace(bare, () => ours);
    const fitted = patterns.reduce((said, [pattern, words]) => said.replace(pattern, words), bare);
    return fitted === bare ? english : fitted;
  }

  function translated(node, name, shown, write) {
    const before = said.get(node) || {};
    const english = before[name] && before[name][1] === shown ? before[name][0] : shown;
    const ours = inOurWords(english);
    if (ours === english && !before[name]) return;
    said.set(node, Object.assign(before, { [name]: [english, ours] }));
    if (ours !== shown) write(ours);
  }

  function text(node) {
    if (node.parentElement?.closest(TEXT_OF_OURS)) return;
    translated(node, "", node.data, (ours) => { node.data = ours; });
  }

  function attributes(element) {
    for (const name of ATTRIBUTES) {
      const shown = element.getAttribute(name);
      if (shown) translated(element, name, shown, (ours) => element.setAttribute(name, ours));
    }
  }

  const isOurs = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement)?.closest(OURS);

  function everything(root) {
    if (!root.isConnected || isOurs(root)) return;
    const accept = (node) =>
      node.nodeType === Node.ELEMENT_NODE && node.matches(OURS) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT;
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, accept);
    for (let node = root; node; node = walker.nextNode()) {
      if (node.nodeType === Node.TEXT_NODE) text(node);
      else if (node.nodeType === Node.ELEMENT_NODE) attributes(node);
    }
  }

  /* ---- once for all that changed until the next picture ---- */

  const added = new Set();
  const changed = new Set();
  let isWaiting = false;

  const observer = new MutationObserver((records) => {
    for (const record of records) {
      if (record.type === "childList") record.addedNodes.forEach((node) => added.add(node));
      else if (record.target !== html) changed.add(record.target);
      isWaiting ||= requestAnimationFrame(drawn) > 0;
    }
  });

  function drawn() {
    isWaiting = false;
    const marker = document.querySelector(".page-language");
    const chosen = marker ? marker.lang.slice(0, 2) : language;
    if (chosen !== language) {
      speak(chosen);
      added.add(document.body);
      dispatchEvent(new Event("languagechange")); // the fields for days follow it
    }
    for (const root of added) everything(root);
    for (const node of changed) {
      if (!node.isConnected || isOurs(node)) continue;
      if (node.nodeType === Node.TEXT_NODE) text(node);
      else attributes(node);
    }
    added.clear();
    changed.clear();
    connection();
    observer.takeRecords(); // what was written just now
  }

  /* ---- a calm word in place of Streamlit's dialog for developers ---- */

  const notice = document.createElement("div");
  notice.setAttribute("role", "status");
  notice.className = "connection-notice";
  let wasConnected = false;
  let lostSince = null;

  function connection() {
    const state = document.querySelector(`[${STATE}]`)?.getAttribute(STATE);
    wasConnected ||= state === "CONNECTED";
    const isLost = wasConnected && state !== undefined && state !== "CONNECTED";
    html.classList.toggle("connection-lost", isLost); // hides the dialog until it is closed
    if (isLost) close(document.querySelector('[data-testid="stDialog"]'));
    if (!isLost) {
      clearTimeout(lostSince);
      lostSince = null;
      notice.remove();
    } else if (lostSince === null) {
      lostSince = setTimeout(() => {
        notice.textContent = TABLES[language].reconnecting;
        document.body.append(notice); // beside the root of React, not within it
      }, PATIENCE_MS);
    }
  }

  /* As its reader would: Streamlit then shows it no more until it has been connected again. */
  function close(dialog) {
    const theirs = (button) => said.get(button)?.["aria-label"]?.[0] ?? button.getAttribute("aria-label");
    [...(dialog?.querySelectorAll("button") ?? [])].find((button) => theirs(button) === "Close")?.click();
  }

  /* The fields for days speak the language of the browser: to them it is that of the page. */
  Object.defineProperty(navigator, "language", { configurable: true, get: () => html.lang });
  Object.defineProperty(navigator, "languages", { configurable: true, get: () => Object.freeze([html.lang]) });
  speak(html.lang.slice(0, 2));
  observer.observe(document, {
    subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: [...ATTRIBUTES, "lang", STATE],
  });
}
