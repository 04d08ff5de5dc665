// Words with their marks, as Telegram's entities say; never as markup of the page.

import { html } from "./ui.js";
import { told } from "./store.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote",
  expandable_blockquote: "blockquote",
};

export function startOf(text) {
  const found = /^(?:https?:\/\/)?t\.me\/(\w+)\?start=([\w-]+)$/.exec(text.trim());
  return found && found[1] === told.value.username ? found[2] : "";
}

// A link to the bot with a payload is START behind it, as in the apps; every other one opens a tab.
export function Link({ url, words, open, css = "" }) {
  const payload = startOf(url);
  const start = (event) => { event.preventDefault(); open(payload); };
  const address = /^(https?:|tel:|mailto:)/.test(url) ? url : /^[\w-]+(\.[\w-]+)+/.test(url) ? `https://${url}` : undefined;
  return html`<a class=${css} href=${address || "#"} target="_blank" rel="noopener noreferrer"
    onClick=${payload ? start : undefined}>${words}</a>`;
}

function marked(one, inner, words, open) {
  const url = one.url || (one.type === "url" ? words : one.type === "email" ? `mailto:${words}` : one.type === "phone_number" ? `tel:${words}` : "");
  if (url) return html`<${Link} url=${url} words=${inner} open=${open} />`;
  if (one.type === "bot_command") return html`<button type="button" class="command" tabindex="-1" onClick=${() => open("", words)}>${inner}</button>`;
  if (one.type === "spoiler") return html`<span class="spoiler" tabindex="0">${inner}</span>`;
  if (one.type === "text_mention" || one.type === "mention" || one.type === "hashtag") return html`<span class="mention">${inner}</span>`;
  const Tag = TAGS[one.type];
  return Tag ? html`<${Tag}>${inner}</${Tag}>` : inner;
}

// Entities nest: what lies inside another one is drawn inside it.
function drawn(text, entities, from, to, open) {
  const parts = [];
  let at = from;
  for (let index = 0; index < entities.length;) {
    const one = entities[index], end = Math.min(one.offset + one.length, to);
    let inside = index + 1;
    while (inside < entities.length && entities[inside].offset < end) inside += 1;
    if (one.offset >= at && end > one.offset) {
      if (one.offset > at) parts.push(text.slice(at, one.offset));
      parts.push(marked(one, drawn(text, entities.slice(index + 1, inside), one.offset, end, open), text.slice(one.offset, end), open));
      at = end;
    }
    index = inside;
  }
  if (at < to) parts.push(text.slice(at, to));
  return parts;
}

// open(payload, command): what a link to the bot or a command in the words does
export function Words({ text, entities, open }) {
  const ordered = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return html`<div class="words">${drawn(text, ordered, 0, text.length, open)}</div>`;
}
