// Whose phone it is: everybody by body, with what they have not read; group chats and channels as seen by a member.

import { html, Icon, useEffect, useRef, useState } from "./ui.js";
import { chats, everybody, personOf, scopeOf, unreadOf, unreadOfAll } from "./store.js";
import { Badge, Face } from "./faces.js";
import { Menu } from "./surfaces.js";
import { t } from "./words.js";

const BODIES = [
  ["inspectors", (one) => one.role === "inspector" && !one.scope.includes("暗访")],
  ["covert", (one) => one.role === "inspector" && one.scope.includes("暗访")],
  ["contacts", (one) => one.role === "contact"],
  ["townships", (one) => one.role === "township"],
  ["offices", (one) => one.role === "office"],
  ["above", (one) => one.role === "oversight" || one.role === "city_leader"],
  ["admins", (one) => one.role === "admin"],
];

function bodies() {
  const rest = new Set(everybody.value);
  const found = BODIES.map(([key, fits]) => [key, everybody.value.filter((one) => fits(one) && rest.delete(one))]);
  return [...found, ["others", [...rest]]].filter(([, some]) => some.length);
}

// A room is looked at through the phone of one who is in it: of this phone's owner, if possible.
function rooms(person) {
  return [...chats.value.values()].filter((chat) => chat.type !== "private" && !chat.migrated_to).map((chat) => {
    const inside = chat.members.map((member) => member.user.id).filter((id) => personOf(id));
    return { chat, person: inside.includes(person) ? person : inside[0] };
  }).filter((room) => room.person);
}

export function Chooser({ phone, anchor, onClose }) {
  const [words, setWords] = useState("");
  const field = useRef(null);
  useEffect(() => { field.current.focus(); }, []);
  const fits = (...texts) => texts.join(" ").toLowerCase().includes(words.trim().toLowerCase());
  const take = (person, chat) => () => { phone.become(person, chat); onClose(); };
  const groups = bodies().map(([key, some]) => [key, some.filter((one) => fits(one.name, one.scope, one.en || "", t(key)))]).filter(([, some]) => some.length);
  const found = rooms(phone.person.value).filter(({ chat }) => fits(chat.title, t("rooms"), t(chat.type === "channel" ? "channel" : "groupChat")));
  return html`<${Menu} css="chooser" label=${t("choosePerson")} anchor=${anchor} onClose=${onClose}>
    <input type="search" ref=${field} value=${words} aria-label=${t("search")} placeholder=${t("search")} onInput=${(event) => setWords(event.currentTarget.value)} />
    ${groups.map(([key, some]) => html`<h3 key=${key}>${t(key)}</h3>
      ${some.map((one) => html`<${One} key=${one.id} one=${one} chosen=${one.id === phone.person.value} onPick=${take(one.id)} />`)}`)}
    ${found.length > 0 && html`<h3 key="rooms">${t("rooms")}</h3>`}
    ${found.map(({ chat, person }) => html`<button type="button" class="item one" key=${chat.key} onClick=${take(person, chat.key)}>
      <span class="face room"><${Icon} name=${chat.type === "channel" ? "horn" : "group"} /></span>
      <span class="names"><b>${chat.title}</b><small>${t(chat.type === "channel" ? "channel" : "groupChat")} · ${t("seenBy", personOf(person).name)}</small></span>
      <${Badge} count=${unreadOf(person, chat.key)} /></button>`)}
    ${!groups.length && !found.length && html`<p>${t("nobody")}</p>`}
  </${Menu}>`;
}

function One({ one, chosen, onPick }) {
  return html`<button type="button" class="item one" aria-pressed=${chosen} onClick=${onPick}><${Face} person=${one} />
    <span class="names"><b>${one.name}</b><small>${scopeOf(one)}</small></span><${Badge} count=${unreadOfAll(one.id)} /></button>`;
}
