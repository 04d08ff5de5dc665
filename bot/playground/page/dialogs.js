// The windows of the page: where to forward, a position, a newcomer, help.

import { html, useRef, useState } from "./ui.js";
import { act, ask } from "./server.js";
import { chatsOf, complain, isPrivate, mayWrite, told } from "./store.js";
import { addPhone, MOST, phones } from "./phones.js";
import { titleOf } from "./faces.js";
import { Dialog, Item } from "./surfaces.js";
import { t } from "./words.js";

export function ForwardDialog({ phone, message, onClose }) {
  const person = phone.person.value;
  const to = (key) => () => {
    onClose();
    act(person, { verb: "forwards", message: { chat: message.chat, message_id: message.message_id }, place: isPrivate(key) ? String(told.value.bot) : key })
      .catch((error) => complain(person, error));
  };
  return html`<${Dialog} title=${t("forwardTo")} onClose=${onClose}>
    ${chatsOf(person).filter((key) => mayWrite(person, key)).map((key) => html`<${Item} key=${key} icon=${isPrivate(key) ? "bot" : "group"} onPick=${to(key)}>${titleOf(key)}</${Item}>`)}
  </${Dialog}>`;
}

// --- a position ------------------------------------------------------------------------------------------

const BOUNDS = [34.7, 113.2, 36.0, 115.2]; // south, west, north, east, where the server names none
const CELLS = 10;
let lastSpot = null;

export function PlaceDialog({ phone, onClose }) {
  const [south, west, north, east] = told.value.bounds?.length === 4 ? told.value.bounds : BOUNDS;
  const [spot, setSpot] = useState(lastSpot || [(south + north) / 2, (west + east) / 2]);
  const grid = useRef(null);
  const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
  const move = (latitude, longitude) => setSpot([Number(clamp(latitude, south, north).toFixed(5)), Number(clamp(longitude, west, east).toFixed(5))]);
  const click = (event) => {
    const { left, top, width, height } = grid.current.getBoundingClientRect();
    move(north - ((event.clientY - top) / height) * (north - south), west + ((event.clientX - left) / width) * (east - west));
  };
  const key = (event) => {
    const step = event.shiftKey ? 0.001 : (north - south) / 50;
    const [up, right] = { ArrowUp: [1, 0], ArrowDown: [-1, 0], ArrowRight: [0, 1], ArrowLeft: [0, -1] }[event.key] || [0, 0];
    if (up || right) { event.preventDefault(); move(spot[0] + up * step, spot[1] + right * step); }
  };
  const typed = (at) => (event) => {
    const value = Number(event.currentTarget.value);
    if (Number.isFinite(value)) setSpot(spot.with(at, value)); // a position outside the city may be sent too
  };
  const share = (event) => {
    event.preventDefault();
    lastSpot = spot;
    const reply = phone.reply.value;
    phone.reply.value = null;
    act(phone.person.value, {
      verb: "sends_location", place: phone.place, latitude: spot[0], longitude: spot[1],
      ...(reply ? { reply_to: { chat: reply.chat, message_id: reply.message_id } } : {}),
    }).catch((error) => complain(phone.person.value, error));
    onClose();
  };
  const lines = Array.from({ length: CELLS - 1 }, (_, index) => ((index + 1) * 100) / CELLS);
  const x = clamp(((spot[1] - west) / (east - west)) * 100, 0, 100), y = clamp(((north - spot[0]) / (north - south)) * 100, 0, 100);
  return html`<${Dialog} title=${t("shareLocation")} onClose=${onClose}>
    <form class="place" onSubmit=${share}>
      <p>${t("gridHint")}</p>
      <div class="grid" ref=${grid} tabindex="0" role="application" aria-label=${`${t("grid")} ${spot.join(", ")}`} onClick=${click} onKeyDown=${key}>
        <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">${lines.map((at) => html`<path d=${`M${at} 0V100M0 ${at}H100`} />`)}</svg>
        <span class="edge north">${north}°N</span><span class="edge south">${south}°N</span><span class="edge west">${west}°E</span><span class="edge east">${east}°E</span>
        <span class="needle" style=${{ left: `${x}%`, top: `${y}%` }}></span>
      </div>
      <div class="fields">
        <label>${t("latitude")} <input type="number" step="any" min="-90" max="90" required value=${spot[0]} onInput=${typed(0)} /></label>
        <label>${t("longitude")} <input type="number" step="any" min="-180" max="180" required value=${spot[1]} onInput=${typed(1)} /></label>
      </div>
      <button type="submit" class="button strong">${t("sendThis")}</button>
    </form>
  </${Dialog}>`;
}

// --- a newcomer ------------------------------------------------------------------------------------------

export function NewcomerDialog({ onClose }) {
  const [wrong, setWrong] = useState("");
  const add = async (event) => {
    event.preventDefault();
    const name = new FormData(event.currentTarget).get("name").trim();
    if (!name) return;
    try {
      const made = await ask("/play/people", { first_name: name });
      if (phones.value.length < MOST) addPhone(made.id); else phones.value.at(-1).become(made.id);
      onClose();
    } catch (error) { setWrong(error.message); }
  };
  return html`<${Dialog} title=${t("newcomerTitle")} onClose=${onClose}>
    <form class="place" onSubmit=${add}>
      <p>${t("newcomerAbout")}</p>
      <label>${t("name")} <input name="name" required maxlength="64" autofocus /></label>
      ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
      <button type="submit" class="button strong">${t("addThem")}</button>
    </form>
  </${Dialog}>`;
}

// --- help ------------------------------------------------------------------------------------------------

const KEYS = [
  ["Alt+1…4", "keyPhone"], ["Alt+S", "keyStories"], ["Alt+N", "keyNextStep"], ["Alt+X", "keyFaults"], ["Alt+C", "keyClock"], ["?", "keyHelp"],
  ["Enter", "keySend"], ["↑", "keyEdit"], ["/", "keySlash"], ["↑ ↓ Home End", "keyMessages"], ["Enter", "keyActs"], ["R · E · F", "keyReply"], ["Esc", "keyEscape"],
];

export function HelpDialog({ onClose }) {
  return html`<${Dialog} title=${t("help")} onClose=${onClose}>
    <p>${t("helpAbout")}</p>
    <p>${t("tongue")}</p>
    <h3>${t("shortcuts")}</h3>
    <dl class="shortcuts">${KEYS.map(([key, words]) => html`<div key=${words}><dt><kbd>${key}</kbd></dt><dd>${t(words)}</dd></div>`)}</dl>
  </${Dialog}>`;
}
