// Windows over the page: a menu beside what opened it, a dialog in the middle. Both are the browser's <dialog>.

import { html, Icon, useId, useLayoutEffect, useRef } from "./ui.js";
import { t } from "./words.js";

function useModal(onClose) {
  const box = useRef(null);
  useLayoutEffect(() => {
    const dialog = box.current, before = document.activeElement;
    dialog.showModal();
    return () => { if (dialog.open) dialog.close(); if (before?.isConnected) before.focus({ preventScroll: true }); };
  }, []);
  const outside = (event) => { if (event.target === box.current) onClose(); };
  return { box, outside };
}

export function Dialog({ title, onClose, children, css = "", ...more }) {
  const { box, outside } = useModal(onClose);
  const id = useId();
  return html`<dialog ref=${box} class="window ${css}" aria-labelledby=${id} onClose=${onClose} onClick=${outside} ...${more}>
    <div class="inside">
      <header><h2 id=${id}>${title}</h2>
        <button type="button" class="tool" aria-label=${t("close")} title=${t("close")} onClick=${onClose}><${Icon} name="close" /></button></header>
      ${children}
    </div>
  </dialog>`;
}

const MOVES = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

// Arrow keys go through the buttons of a menu; letters go into its search field, if it has one.
function moveFocus(event) {
  const move = MOVES[event.key];
  if (!move || (event.target.matches("input") && move !== 1 && move !== -1)) return;
  const items = [...event.currentTarget.querySelectorAll("input, button:not(:disabled)")];
  const at = items.indexOf(document.activeElement);
  event.preventDefault();
  items[Math.max(0, Math.min(items.length - 1, at + move))]?.focus();
}

export function Menu({ label, anchor, onClose, children, css = "" }) {
  const { box, outside } = useModal(onClose);
  useLayoutEffect(() => {
    const menu = box.current, edge = 8;
    const { left, top, bottom, right } = anchor.getBoundingClientRect();
    const below = window.innerHeight - bottom - edge, above = top - edge;
    const up = below < Math.min(menu.offsetHeight, 320) && above > below;
    menu.style.maxHeight = `${Math.max(160, up ? above : below)}px`;
    const room = window.innerWidth - menu.offsetWidth - edge;
    menu.style.left = `${Math.max(edge, Math.min(room, left < window.innerWidth / 2 ? left : right - menu.offsetWidth))}px`;
    if (up) menu.style.bottom = `${window.innerHeight - top + 4}px`; else menu.style.top = `${bottom + 4}px`;
  }, []);
  return html`<dialog ref=${box} class="menu ${css}" aria-label=${label} onClose=${onClose} onClick=${outside} onKeyDown=${moveFocus}>
    <div class="inside">${children}</div>
  </dialog>`;
}

export function Item({ icon, children, onPick, danger, ...more }) {
  return html`<button type="button" class="item ${danger ? "danger" : ""}" onClick=${onPick} ...${more}>
    ${icon && html`<${Icon} name=${icon} />`}<span>${children}</span></button>`;
}
