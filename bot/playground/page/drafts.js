// Words that were typed and not yet sent, kept over a reload; pictures that were chosen, kept while the page is open.

import { signal } from "./ui.js";
import { told } from "./store.js";

const files = new Map();

const nameOf = (phone) => `playground.draft ${told.value.bot} ${phone.person.value} ${phone.chat.value}`;

export function draftOf(phone) { try { return localStorage.getItem(nameOf(phone)) || ""; } catch { return ""; } }

export function keepDraft(phone, words) {
  try {
    if (words) localStorage.setItem(nameOf(phone), words); else localStorage.removeItem(nameOf(phone));
  } catch { /* private mode, or full: the draft is kept by the text box alone */ }
}

// What is about to be sent from a phone: [{id, file, sample, url, picture, name}]
export function pickedOf(phone) {
  const name = nameOf(phone);
  if (!files.has(name)) files.set(name, signal([]));
  return files.get(name);
}

let numbers = 0;

export function pick(phone, chosen) {
  const picked = pickedOf(phone);
  picked.value = [...picked.value, ...[...chosen].map((file) => ({
    id: numbers += 1, file, name: file.name, picture: file.type.startsWith("image/"), url: file.type.startsWith("image/") ? URL.createObjectURL(file) : "",
  }))];
}

export function pickSample(phone, sample) {
  const picked = pickedOf(phone);
  picked.value = [...picked.value, { id: numbers += 1, sample: sample.key, name: `${sample.key}.jpg`, picture: true, url: sample.thumb || sample.url, words: sample }];
}

export function putBack(phone, one) {
  const picked = pickedOf(phone);
  picked.value = picked.value.filter((other) => other !== one);
  if (one.file && one.url) URL.revokeObjectURL(one.url);
}

export function takeAll(phone) {
  const picked = pickedOf(phone), taken = picked.value;
  picked.value = [];
  return taken;
}
