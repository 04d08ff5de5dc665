// One message as it looks in a phone.

import { html, Icon, memo, signal } from "./ui.js";
import { act } from "./server.js";
import { complain, isPrivate, personOf, pressing, scopeOf } from "./store.js";
import { Extra, Files } from "./media.js";
import { Link, Words } from "./rich.js";
import { timeOf } from "./times.js";
import { t } from "./words.js";

export const actsOf = signal(null); // {phone, message, anchor}: the message whose menu is open

export const brief = (message) => (message.text || message.caption || message.file?.name
  || (message.file ? t(message.file.kind === "photo" ? "photo" : "document") : message.extra?.location ? t("location") : "…")).replace(/\s+/g, " ").slice(0, 80);

export const isMine = (message, person) => !message.by_bot && message.from?.id === person;

function authorOf(message) {
  if (message.by_bot) return message.from?.first_name || t("theBot");
  if (message.sender_chat) return message.sender_chat.title;
  const person = message.from && personOf(message.from.id);
  return person ? `${person.name}` : message.from?.first_name || t("someone");
}

function originOf({ sender_user: user, sender_chat: chat, chat: room, sender_user_name: hidden }) {
  return user?.first_name || hidden || chat?.title || room?.title || t("someone");
}

// --- inline buttons --------------------------------------------------------------------------------------

function Key({ phone, message, button, tab }) {
  const person = phone.person.value;
  if (button.url) return html`<${Link} css="key" url=${button.url} words=${button.text} open=${(payload) => start(phone, payload)} />`;
  const waits = [...pressing.value.values()].some((press) => press.person === person && press.message_id === message.message_id
    && press.chat === message.chat && press.data === button.callback_data);
  const press = () => act(person, { verb: "presses", message: { chat: message.chat, message_id: message.message_id }, data: button.callback_data })
    .catch((error) => complain(person, error));
  return html`<button type="button" class="key" tabindex=${tab} aria-busy=${waits} onClick=${press}>${button.text}</button>`;
}

export function start(phone, payload, command) {
  const what = command ? { verb: "sends", place: phone.place, text: command } : { verb: "opens", bot: phone.chat.value.split(":")[0], payload };
  act(phone.person.value, what).catch((error) => complain(phone.person.value, error));
}

// --- the bubble ------------------------------------------------------------------------------------------

function serviceWords({ extra, kind, from }) {
  const names = (users) => users.map((user) => user.first_name).join("、");
  if (extra.new_chat_members) return t("joined", names(extra.new_chat_members));
  if (extra.left_chat_member) return t("left", extra.left_chat_member.first_name);
  if (extra.new_chat_title) return t("renamed", extra.new_chat_title);
  if (kind === "pinned_message") return t("pinnedIt");
  return from ? `${t("service")} · ${kind}` : t("service");
}

const STARTED = /^\/start [\w-]+$/; // the apps show no more of it either
const HUES = [205, 150, 262, 28, 340, 185, 95];
export const hueOf = (id) => HUES[Math.abs(id || 0) % HUES.length];

function Meta({ message }) {
  const liked = Object.values(message.reactions).flat().map((one) => one.emoji).filter(Boolean);
  return html`<div class="meta">
    ${liked.length > 0 && html`<span class="reactions">${liked.join("")}</span>`}
    ${message.protected && html`<span title=${t("protected")} aria-label=${t("protected")} role="img" class="lock"></span>`}
    ${message.silent && html`<span>${t("silent")}</span>`}
    ${message.edited && html`<span>${t("edited")}</span>`}
    <time datetime=${new Date(message.date * 1000).toISOString()}>${timeOf(message.date)}</time></div>`;
}

// parts: the message, or all the parts of an album; head: whether the author is named; quoted: what it answers
export const Bubble = memo(({ phone, parts, head, quoted, current, found, person, language: _ }) => {
  const message = parts[0], mine = isMine(message, person), tab = current ? 0 : -1;
  const id = message.message_id;
  if (message.service) return html`<li class="row service" data-id=${id} tabindex="-1"><span>${serviceWords(message)}</span></li>`;
  const room = !isPrivate(message.chat);
  const author = room && !mine ? personOf(message.from?.id) : null;
  const open = (payload, command) => start(phone, payload, command);
  const menu = (event) => {
    event.preventDefault();
    actsOf.value = { phone, message, anchor: event.currentTarget.closest(".row").querySelector(".acts") };
  };
  const jump = () => { phone.find(quoted.message_id); };
  return html`<li class="row ${mine ? "mine" : ""} ${head ? "head" : ""} ${found ? "found" : ""}" data-id=${id} tabindex="-1"
      style=${{ "--hue": hueOf(message.from?.id) }} onContextMenu=${menu}>
    <div class="bubble">
      ${head && room && !mine && html`<div class="from">${authorOf(message)}${author?.scope && html` <small>${scopeOf(author)}</small>`}</div>`}
      ${message.forward && html`<div class="forwarded"><${Icon} name="forward" /> ${t("forwardedFrom", originOf(message.forward))}</div>`}
      ${message.reply_to && html`<button type="button" class="quote" tabindex=${tab} disabled=${!quoted} onClick=${jump}>
        ${quoted ? html`<b>${isMine(quoted, person) ? personOf(person)?.name : authorOf(quoted)}</b> ${brief(quoted)}` : "…"}</button>`}
      <${Files} parts=${parts} tab=${tab} />
      ${parts.map((part) => (part.text || part.caption) && html`<${Words} key=${part.message_id} text=${STARTED.test(part.text) ? "/start" : part.text || part.caption}
        entities=${part.text ? part.entities : part.caption_entities} open=${open} />`)}
      <${Extra} extra=${message.extra} />
      <${Meta} message=${parts.at(-1).edited ? parts.at(-1) : message} />
    </div>
    ${message.buttons.length > 0 && html`<div class="keys">${message.buttons.map((row, index) => html`<div key=${index}>
      ${row.map((button) => html`<${Key} key=${button.callback_data || button.url} phone=${phone} message=${message} button=${button} tab=${tab} />`)}</div>`)}</div>`}
    <button type="button" class="acts tool" tabindex=${tab} aria-haspopup="menu" aria-label=${t("actsOn")} title=${t("actsOn")} onClick=${menu}>
      <${Icon} name="down" /></button>
  </li>`;
});
