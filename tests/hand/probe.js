// Tells the recorder what the page really received from hand and mouse. Runs before every page of a measured journey.
(() => {
  if (window.__handProbe) return;
  window.__handProbe = true;
  const LISTS = "[role=listbox],[data-choices]";
  const TARGETS = "button,a,input,select,textarea,label,summary,[role=option],[tabindex],.ec-event";
  const now = () => Date.now();
  const tell = (what) => window.__hand(JSON.stringify({ at: now(), page: location.pathname, ...what }));

  // since when a thing can be used: when it, or something around it, last appeared or was switched on
  const appeared = new WeakMap();
  let loaded = now();
  const note = (node, at) => {
    if (node.nodeType !== 1) return;
    appeared.set(node, at);
    for (const inner of node.querySelectorAll("*")) appeared.set(inner, at);
  };
  const watch = () =>
    new MutationObserver((changes) => {
      const at = now();
      for (const change of changes) {
        if (change.type === "attributes") appeared.set(change.target, at);
        else for (const node of change.addedNodes) note(node, at);
      }
    }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled"] });
  if (document.documentElement) watch();
  else document.addEventListener("readystatechange", watch, { once: true });
  document.addEventListener("DOMContentLoaded", () => (loaded = now()));
  const usableSince = (element) => {
    let since = loaded;
    for (let part = element; part; part = part.parentElement) since = Math.max(since, appeared.get(part) ?? 0);
    return since;
  };

  const isText = (element) =>
    element.tagName === "TEXTAREA" || (element.tagName === "INPUT" && !/^(checkbox|radio|button|submit|file)$/.test(element.type));
  const listOf = (element) => {
    const named = document.getElementById(element.getAttribute?.("aria-controls") ?? "");
    const list = named?.matches(LISTS) ? named : (element.closest?.(LISTS) ?? document.querySelector("#panel:not([hidden]) [data-choices]"));
    return list && list.offsetParent !== null && list.querySelector("[role=option]") ? list : null;
  };

  const codeField = () => document.querySelector("#panel:not([hidden]) [data-klm-code]");

  let down = null;
  addEventListener("pointerdown", (event) => {
    if (!event.isTrusted) return;
    const target = event.target.closest(TARGETS) ?? event.target;
    down = { x: event.clientX, y: event.clientY, since: usableSince(target), isChoice: Boolean(target.closest(LISTS)) };
  }, true);
  addEventListener("pointerup", (event) => {
    if (!down || !event.isTrusted) return;
    const isFar = Math.hypot(event.clientX - down.x, event.clientY - down.y) > 12;
    tell({ kind: isFar ? "drag" : "click", since: down.since, isChoice: down.isChoice });
    down = null;
  }, true);

  // letters that came by keys and have not yet shown up in a field
  let typed = 0;
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.repeat || /^(Shift|Control|Alt|Meta)$/.test(event.key)) return;
    const field = document.activeElement ?? document.body;
    const held = [event.ctrlKey, event.altKey, event.metaKey, event.shiftKey && event.key.length > 1].filter(Boolean).length;
    const list = listOf(field);
    const isDigit = /^[1-9]$/.test(event.key);
    const picks = isDigit && list !== null && !held && (!isText(field) || field.dataset.hotkeys !== undefined);
    // a panel that still loads keeps what is typed for its first field, and a bare page hands it to the search: no waiting there
    const isLetter = event.key.length === 1 && !held && !picks && (isText(field) || !field.closest("[data-row]"));
    if (isLetter) {
      typed += 1;
      tell({ kind: "letter", isCode: (isText(field) ? field : codeField())?.dataset.klmCode !== undefined, since: loaded });
    } else {
      const isChoice = picks || (event.key === "Enter" && list !== null);
      const since = isChoice ? Math.max(usableSince(list), usableSince(list.querySelector("[role=option]"))) : usableSince(field);
      tell({ kind: event.key === "Tab" ? "tab" : "key", key: event.key, held, isChoice, since });
    }
  }, true);
  // what arrives in a field without keys (fill, select_option) is no work of a hand: reported as silent
  addEventListener("input", (event) => {
    const field = event.target;
    if (field.tagName === "SELECT" && !event.isTrusted) return tell({ kind: "silent" });
    if (!isText(field) || /^(delete|history)/.test(event.inputType ?? "")) return;
    const came = event.data ? event.data.length : 1;
    if (came > typed) tell({ kind: "silent" });
    typed = Math.max(0, typed - came);
  }, true);
})();
