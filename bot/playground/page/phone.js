// One phone: whose it is, which chat is open, its messages and the place to write.

import { html, Icon, Tool, useState } from "./ui.js";
import { act } from "./server.js";
import { chats, chatsOf, complain, isPrivate, personOf, scopeOf, threadOf, toasts, unreadOf, unsay } from "./store.js";
import { pick } from "./drafts.js";
import { front, phones, putAway } from "./phones.js";
import { actsOf, brief, isMine } from "./bubble.js";
import { Messages } from "./messages.js";
import { Composer } from "./composer.js";
import { Chooser } from "./chooser.js";
import { ForwardDialog, PlaceDialog } from "./dialogs.js";
import { Badge, Face, titleOf } from "./faces.js";
import { Item, Menu } from "./surfaces.js";
import { colon, t } from "./words.js";

export function Phone({ phone, number }) {
  const [choosing, setChoosing] = useState(null); // what opened the chooser
  const [placing, setPlacing] = useState(false);
  const [over, setOver] = useState(false);
  const id = phone.person.value, key = phone.chat.value, person = personOf(id);
  const name = person ? [person.name, scopeOf(person)].filter(Boolean).join(" · ") : "";
  const drag = (event) => { event.preventDefault(); setOver(true); };
  const drop = (event) => { event.preventDefault(); setOver(false); pick(phone, event.dataTransfer.files); };
  const use = () => { front.value = phone.id; };
  return html`<section class="phone ${front.value === phone.id ? "front" : ""} ${over ? "over" : ""}" id=${`phone-${phone.id}`}
      aria-label=${t("phoneOf", number, name)} onFocusIn=${use} onPointerDown=${use}
      onDragOver=${drag} onDragLeave=${(event) => { if (!event.currentTarget.contains(event.relatedTarget)) setOver(false); }} onDrop=${drop}>
    <header class="who">
      <button type="button" class="person" aria-haspopup="dialog" aria-label=${colon(t("choosePerson"), name)} onClick=${(event) => setChoosing(event.currentTarget)}>
        <${Face} person=${person} /><span class="names"><b>${person?.name || "…"}</b><small>${person ? scopeOf(person) : ""}</small></span><${Icon} name="down" /></button>
      ${phones.value.length > 1 && html`<${Tool} icon="close" label=${t("closePhone")} onClick=${() => putAway(phone)} />`}
    </header>
    <${ChatTabs} phone=${phone} />
    <${Pinned} phone=${phone} />
    <${Messages} key=${`${id} ${key}`} phone=${phone} onReply=${(message) => { phone.reply.value = message; }}
      onEdit=${(message) => { phone.editing.value = message; }} onForward=${(message) => { forwarding(phone, message); }} />
    <${Said} person=${id} />
    <${Composer} phone=${phone} number=${number} onPlace=${() => setPlacing(true)} />
    ${over && html`<p class="drop">${t("dropHere")}</p>`}
    ${choosing && html`<${Chooser} phone=${phone} anchor=${choosing} onClose=${() => setChoosing(null)} />`}
    ${placing && html`<${PlaceDialog} phone=${phone} onClose=${() => setPlacing(false)} />`}
  </section>`;
}

function ChatTabs({ phone }) {
  const person = phone.person.value, keys = chatsOf(person);
  if (keys.length < 2) return null;
  return html`<div class="chats" role="group" aria-label=${t("chatsOf")}>${keys.map((key) => {
    const unread = unreadOf(person, key);
    return html`<button type="button" key=${key} aria-pressed=${phone.chat.value === key} onClick=${() => phone.look(key)}>
      <${Icon} name=${isPrivate(key) ? "bot" : chats.value.get(key).type === "channel" ? "horn" : "group"} /><span>${titleOf(key)}</span>
      <${Badge} count=${unread} /></button>`;
  })}</div>`;
}

function Pinned({ phone }) {
  const id = chats.value.get(phone.chat.value)?.pinned?.at(-1);
  if (!id) return null;
  const message = threadOf(phone.chat.value).list.value.find((one) => one.message_id === id);
  return html`<button type="button" class="pinned" onClick=${() => phone.find(id)}><${Icon} name="pin" /><b>${t("pinned")}</b> <span>${message ? brief(message) : "…"}</span></button>`;
}

// Answers to presses: most pass by, an alert waits for its OK.
function Said({ person }) {
  const mine = toasts.value.filter((one) => one.person === person);
  return html`<div class="said" role="status">${mine.map((one) => (one.alert
    ? html`<div key=${one.id} class="alert" role="alertdialog" aria-label=${one.words}><p>${one.words}</p><button type="button" class="button" onClick=${() => unsay(one.id)}>${t("ok")}</button></div>`
    : html`<p key=${one.id} class="toast ${one.wrong ? "wrong" : ""}">${one.words}</p>`))}</div>`;
}

// --- what can be done with a message ---------------------------------------------------------------------

function forwarding(phone, message) { actsOf.value = { phone, message, forward: true }; }

export function Acts() {
  const asked = actsOf.value;
  if (!asked) return null;
  const { phone, message, anchor, forward } = asked, person = phone.person.value;
  const close = () => { if (actsOf.value === asked) actsOf.value = null; };
  if (forward) return html`<${ForwardDialog} phone=${phone} message=${message} onClose=${close} />`;
  const mine = isMine(message, person), words = message.text || message.caption;
  const doing = (what) => () => { close(); act(person, { message: { chat: message.chat, message_id: message.message_id }, ...what }).catch((error) => complain(person, error)); };
  const then = (next) => () => { close(); next(); };
  const room = !isPrivate(message.chat);
  const liked = (message.reactions[person] || []).length > 0;
  return html`<${Menu} label=${t("actsOn")} anchor=${anchor} onClose=${close}>
    <${Item} icon="reply" onPick=${then(() => { phone.reply.value = message; })}>${t("reply")}</${Item}>
    ${mine && !message.forward && html`<${Item} icon="edit" onPick=${then(() => { phone.editing.value = message; })}>${t("edit")}</${Item}>`}
    ${!message.protected && html`<${Item} icon="forward" onPick=${() => forwarding(phone, message)}>${t("forward")}</${Item}>`}
    ${words && !message.protected && html`<${Item} icon="copy" onPick=${then(() => navigator.clipboard?.writeText(words))}>${t("copy")}</${Item}>`}
    ${room && html`<${Item} icon="pin" onPick=${doing({ verb: "pins" })}>${t("pin")}</${Item}>`}
    <${Item} icon="check" onPick=${doing({ verb: "reacts", emoji: liked ? "" : "👍" })}>${t("thumbsUp")}</${Item}>
    ${mine && html`<${Item} icon="trash" danger=${true} onPick=${doing({ verb: "deletes" })}>${t("remove")}</${Item}>`}
  </${Menu}>`;
}
