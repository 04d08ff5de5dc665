// Which phones lie on the table, whose they are, and what is kept of them over a reload.

import { effect, signal } from "./ui.js";
import { chatsOf, everybody, isPrivate, privateKey, threadOf, told } from "./store.js";

export const MOST = 4;
export const phones = signal([]);
export const front = signal(0); // id of the phone used last; at phone width it is the only one that is seen
const KEPT = "playground.phones";
let numbers = 0;

export class Phone {
  constructor(person, chat = "") {
    this.id = numbers += 1;
    this.person = signal(person);
    this.chat = signal(chat || privateKey(person));
    this.current = signal(0); // the message that the keyboard is at
    this.found = signal(0); // the message that was just jumped to
    this.reply = signal(null);
    this.editing = signal(null);
  }
  become(person, chat = "") {
    this.person.value = person;
    this.look(chat || privateKey(person));
  }
  look(chat) {
    this.chat.value = chat;
    this.current.value = this.found.value = 0;
    this.reply.value = this.editing.value = null;
  }
  // what acts call the place: the bot's number, or the chat's key
  get place() { return isPrivate(this.chat.value) ? String(told.value.bot) : this.chat.value; }
  find(id) {
    this.found.value = id;
    setTimeout(() => { if (this.found.value === id) this.found.value = 0; }, 2500);
  }
  message(id) { return threadOf(this.chat.value).list.value.find((one) => one.message_id === id); }
}

export function addPhone(person, chat) {
  const phone = new Phone(person, chat);
  phones.value = [...phones.value, phone];
  front.value = phone.id;
  return phone;
}

export function addAnother() {
  const used = new Set(phones.value.map((phone) => phone.person.value));
  const next = everybody.value.find((one) => !used.has(one.id)) || everybody.value[0];
  return next && phones.value.length < MOST ? addPhone(next.id) : null;
}

export function putAway(phone) {
  const at = phones.value.indexOf(phone);
  phones.value = phones.value.filter((one) => one !== phone);
  if (front.value === phone.id) front.value = (phones.value[at] || phones.value.at(-1))?.id || 0;
}

const used = []; // people whose phones a story asked for, the latest last

// A person's phone comes to the front: the one that is there, a new one, or the one that was needed longest ago.
export function bring(person, wanted) {
  const chat = chatsOf(person).includes(wanted) ? wanted : "";
  let phone = phones.value.find((one) => one.person.value === person);
  if (!phone && phones.value.length < MOST && window.innerWidth >= 700) phone = addPhone(person, chat);
  if (!phone) {
    const age = (one) => used.lastIndexOf(one.person.value);
    phone = [...phones.value].sort((a, b) => age(a) - age(b))[0] || addPhone(person, chat);
    if (phone.person.value !== person) phone.become(person, chat);
  }
  if (chat && phone.chat.value !== chat) phone.look(chat);
  used.push(person);
  front.value = phone.id;
  return phone;
}

// --- over a reload ---------------------------------------------------------------------------------------

function written() {
  return phones.value.map(({ person, chat }) => (chat.value === privateKey(person.value) ? `${person.value}` : `${person.value}@${chat.value}`)).join(",");
}

function readAs(words) {
  const known = new Set(everybody.value.map((one) => one.id));
  return words.split(",").map((one) => one.split("@")).filter(([person]) => known.has(Number(person)))
    .map(([person, chat]) => new Phone(Number(person), chatsOf(Number(person)).includes(chat) ? chat : ""));
}

function usual() {
  const { cast, phones: best } = told.value;
  const first = (role, words = "") => cast.find((one) => one.role === role && one.scope.includes(words))?.id;
  const chosen = best?.length ? best : [first("inspector"), first("contact", "延津") || first("contact"), first("office")];
  const room = Math.max(1, Math.min(MOST, Math.floor(window.innerWidth / 330)));
  return chosen.filter(Boolean).slice(0, window.innerWidth < 700 ? 3 : room).map((id) => new Phone(id));
}

function open(some) {
  phones.value = some.slice(0, MOST);
  front.value = phones.value[0]?.id || 0;
}

const asked = () => readAs(decodeURIComponent(location.hash.slice(1)));

// At the first moment when somebody is there; afterwards every change is kept, in the address and for the next visit.
export function openPhones() {
  effect(() => {
    if (phones.peek().length || !everybody.value.length) return;
    let last = "";
    try { last = localStorage.getItem(KEPT) || ""; } catch { /* private mode: the address alone keeps them */ }
    open([asked(), readAs(last), usual()].find((some) => some.length) || []);
  });
  window.addEventListener("hashchange", () => { const some = asked(); if (some.length) open(some); });
  effect(() => {
    const words = written();
    if (!words) return;
    history.replaceState(null, "", `#${words}`);
    try { localStorage.setItem(KEPT, words); } catch { /* private mode */ }
  });
}
