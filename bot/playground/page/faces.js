// Small things that stand for somebody: a face, a badge, a chat's title.

import { html } from "./ui.js";
import { hueOf } from "./bubble.js";
import { chats, isPrivate } from "./store.js";
import { t } from "./words.js";

export function Face({ person }) {
  return html`<span class="face" style=${{ "--hue": hueOf(person?.id) }} aria-hidden="true">${(person?.name || "?").slice(0, 1)}</span>`;
}

export function Badge({ count }) {
  return count > 0 && html`<em class="badge" aria-label=${t("unread", count)}>${count}</em>`;
}

export const titleOf = (key) => (isPrivate(key) ? t("theBot") : chats.value.get(key)?.title || key);
