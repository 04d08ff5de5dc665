// What the page knows: people, chats and their messages, kept in step with the server.

import { batch, computed, signal } from "./ui.js";
import { ask, listen, Refusal } from "./server.js";
import { lang, t } from "./words.js";

export const told = signal({ cast: [], ready: false, notice: "", zone: "Asia/Shanghai", bot: 0, username: "", name: "" });
export const people = signal([]);
export const chats = signal(new Map());
export const connected = signal(false);
export const bar = signal(null);
export const stories = signal([]);
export const faults = signal(null);
export const samples = signal([]);
export const pressing = signal(new Map()); // id of a press without an answer → the press
export const typing = signal(new Map()); // chat → until when
export const toasts = signal([]); // {id, person, chat, words, alert}
export const reads = signal({});

const PAGE = 200;
const threads = new Map();
let toastNumber = 0;

// --- people ----------------------------------------------------------------------------------------------

export const everybody = computed(() => {
  const ids = new Set(told.value.cast.map((one) => one.id));
  const others = people.value.filter((one) => !ids.has(one.id))
    .map((one) => ({ id: one.id, name: one.first_name, role: "", scope: "", en: "" }));
  return [...told.value.cast, ...others];
});
export const personOf = (id) => everybody.value.find((one) => one.id === id);
export const scopeOf = (person) => (lang.value === "en" && person.en) || person.scope || t(`role_${person.role || "none"}`);

export const privateKey = (person) => `${told.value.bot}:${person}`;
export const isPrivate = (key) => key.includes(":");

export function chatsOf(person) {
  const others = [...chats.value.values()].filter((chat) => chat.type !== "private" && !chat.migrated_to
    && chat.members.some((member) => member.user.id === person));
  return [privateKey(person), ...others.map((chat) => chat.key)];
}

export function mayWrite(person, key) {
  const chat = chats.value.get(key);
  if (!chat || chat.type !== "channel") return true;
  const member = chat.members.find((one) => one.user.id === person);
  return Boolean(member) && ["creator", "administrator"].includes(member.status);
}

// --- messages --------------------------------------------------------------------------------------------

export function threadOf(key) {
  let thread = threads.get(key);
  if (!thread) {
    thread = { list: signal([]), more: signal(false), known: signal(false), loading: null };
    threads.set(key, thread);
    load(key);
  }
  return thread;
}

async function load(key) {
  const thread = threads.get(key);
  try {
    const chat = await ask(`/play/chats/${encodeURIComponent(key)}?last=${PAGE}`);
    batch(() => { merge(thread, chat.messages); thread.more.value = Boolean(chat.more); thread.known.value = true; });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    thread.known.value = true; // no such chat yet: it begins with the first message
  }
}

export async function loadEarlier(key) {
  const thread = threadOf(key);
  const first = thread.list.value[0];
  if (!first || !thread.more.value || thread.loading) return;
  thread.loading = ask(`/play/chats/${encodeURIComponent(key)}?before=${first.message_id}&last=${PAGE}`);
  try {
    const chat = await thread.loading;
    batch(() => { merge(thread, chat.messages); thread.more.value = Boolean(chat.more); });
  } finally { thread.loading = null; }
}

function merge(thread, messages) {
  const known = new Map(thread.list.value.map((message) => [message.message_id, message]));
  for (const message of messages) {
    const newer = (known.get(message.message_id)?.edit_date || 0) > message.edit_date; // an answer overtaken by the stream
    if (!message.deleted && !newer) known.set(message.message_id, message);
  }
  thread.list.value = [...known.values()].sort((a, b) => a.message_id - b.message_id);
}

function put(message) {
  const thread = threads.get(message.chat);
  if (!thread) return;
  const list = thread.list.value;
  const at = list.findIndex((one) => one.message_id === message.message_id);
  if (message.deleted) { if (at >= 0) thread.list.value = list.filter((_, index) => index !== at); return; }
  if (at >= 0) thread.list.value = list.with(at, message);
  else if (!list.length || list.at(-1).message_id < message.message_id) thread.list.value = [...list, message];
  else if (message.message_id > list[0].message_id) merge(thread, [message]);
}

// --- what is unread --------------------------------------------------------------------------------------

export const arrived = signal({}); // chat → [{id, from}] of what came since the page was opened, and was unread then

export function unreadOf(person, key) {
  const read = reads.value[`${person}|${key}`] || 0;
  return (arrived.value[key] || []).filter((one) => one.id > read && one.from !== person).length;
}
export const unreadOfAll = (person) => chatsOf(person).reduce((sum, key) => sum + unreadOf(person, key), 0);

export function markRead(person, key, id) {
  const name = `${person}|${key}`;
  if (!id || (reads.value[name] || 0) >= id) return;
  reads.value = { ...reads.value, [name]: id };
  if (isPrivate(key)) arrived.value = { ...arrived.value, [key]: (arrived.value[key] || []).filter((one) => one.id > id) };
  ask("/page/read", { person, chat: key, message_id: id }).catch(quiet);
}

async function countUnread() {
  const least = {};
  for (const [name, id] of Object.entries(reads.value)) {
    const key = name.slice(name.indexOf("|") + 1);
    least[key] = Math.min(id, least[key] ?? id);
  }
  const open = [...chats.value.values()].filter((chat) => chat.key in least && chat.last > least[chat.key]);
  const found = await Promise.all(open.map((chat) => ask(`/play/chats/${encodeURIComponent(chat.key)}?after=${least[chat.key]}`)));
  const counted = {};
  for (const chat of found) counted[chat.key] = chat.messages.map(brief);
  arrived.value = counted;
}
const brief = (message) => ({ id: message.message_id, from: message.by_bot ? 0 : message.from?.id });

// --- what the phones say ---------------------------------------------------------------------------------

export function say(person, words, more = {}) {
  const id = toastNumber += 1;
  toasts.value = [...toasts.value.filter((one) => one.person !== person || one.alert), { id, person, words, ...more }];
  if (!more.alert) setTimeout(() => unsay(id), 5000);
}
export function unsay(id) { toasts.value = toasts.value.filter((one) => one.id !== id); }
export function complain(person, error) { say(person, lang.value === "zh" && error.zh ? error.zh : error.message, { wrong: true }); }
function quiet(error) { if (!(error instanceof Refusal)) connected.value = false; }

// What stood over a phone belongs to what was done before: the next step of a story begins without it.
let telling = "";
function unsayAlerts() { if (toasts.value.some((one) => one.alert)) toasts.value = toasts.value.filter((one) => !one.alert); }

// --- what happens ----------------------------------------------------------------------------------------

const HAPPENINGS = {
  message({ message }) {
    put(message);
    const meta = chats.value.get(message.chat);
    if (!meta) { renewSoon(); return; }
    chats.value = new Map(chats.value).set(message.chat, { ...meta, last: message.message_id, count: meta.count + 1 });
    arrived.value = { ...arrived.value, [message.chat]: [...(arrived.value[message.chat] || []), brief(message)] };
    if (message.by_bot && typing.value.has(message.chat)) stopTyping(message.chat);
    if (message.pinned) renewChat(message.chat);
  },
  edited({ message }) { put(message); },
  reaction({ message }) { put(message); },
  deleted({ message }) { put({ ...message, deleted: true }); renewChat(message.chat); },
  press({ press }) { if (!press.answer) pressing.value = new Map(pressing.value).set(press.id, press); },
  answer({ press }) {
    const open = new Map(pressing.value);
    open.delete(press.id);
    pressing.value = open;
    const { text, alert, url } = press.answer || {};
    if (text) say(press.person, text, { alert, chat: press.chat });
    if (url) say(press.person, url, { alert: true, chat: press.chat });
  },
  action({ chat }) {
    typing.value = new Map(typing.value).set(chat.key, Date.now());
    setTimeout(() => { if (Date.now() - (typing.value.get(chat.key) || 0) >= 4900) stopTyping(chat.key); }, 5000);
  },
  unpinned({ message, chat }) { renewChat(message ? message.chat : chat.key); },
  member({ chat }) { putChat(chat); },
  chat({ chat }) { putChat(chat); },
  blocked({ chat }) { putChat(chat); },
  unblocked({ chat }) { putChat(chat); },
  commands() { commandsAge.value += 1; },
  person() { renewSoon(); },
  cast() { renewSoon(); },
  ready() { arrived.value = {}; renewSoon(); }, // what belongs to joining counts as read
  read({ person, chat, message_id: id }) {
    const name = `${person}|${chat}`;
    if ((reads.value[name] || 0) < id) reads.value = { ...reads.value, [name]: id };
  },
  clock(event) { if (event.jumps) bar.value = { ...bar.value, ...event, got: Date.now() }; else renewBar(); },
  story(story) {
    const step = `${story.key} ${story.steps.findIndex((one) => one.state === "now")}`;
    if (step !== telling && !step.endsWith(" -1")) unsayAlerts();
    telling = step;
    const list = stories.value;
    const at = list.findIndex((one) => one.key === story.key);
    stories.value = at < 0 ? [...list, story] : list.with(at, story);
  },
  faults(state) { faults.value = state; },
  gap() { begin(); },
};

export const commandsAge = signal(0);

function stopTyping(key) { const open = new Map(typing.value); open.delete(key); typing.value = open; }
function putChat(chat) { chats.value = new Map(chats.value).set(chat.key, chat); }

async function renewChat(key) {
  const meta = chats.value.get(key);
  if (!meta) return;
  const { messages: _, ...chat } = await ask(`/play/chats/${encodeURIComponent(key)}?after=${meta.last || 0}`);
  putChat(chat);
}

async function renewBar() { bar.value = { ...await ask("/page/bar"), got: Date.now() }; }

let waiting = 0;
function renewSoon() { clearTimeout(waiting); waiting = setTimeout(() => renew().catch(quiet), 30); }

async function renew() {
  const [cast, state] = await Promise.all([ask("/page/cast"), ask("/play/state")]);
  batch(() => {
    told.value = cast;
    people.value = state.people;
    chats.value = new Map(state.chats.map((chat) => [chat.key, chat]));
    const kept = { ...reads.value };
    for (const [name, id] of Object.entries(cast.reads || {})) kept[name] = Math.max(id, kept[name] || 0);
    reads.value = kept;
  });
  if (!cast.ready) setTimeout(renewSoon, 700);
  return state;
}

// Each of these may be missing on a server that offers less: the page then simply shows less.
async function renewPanels() {
  const [clock, played, broken, pictures] = await Promise.allSettled(
    ["/page/bar", "/page/stories", "/page/faults", "/page/samples"].map((path) => ask(path)));
  batch(() => {
    if (clock.value) bar.value = { ...clock.value, got: Date.now() };
    if (played.value) stories.value = played.value;
    if (broken.value) faults.value = broken.value;
    if (pictures.value) samples.value = pictures.value;
  });
}

let stream = null;

// Everything anew, then the stream from there on; when the line breaks, again from the start.
export async function begin() {
  stream?.close();
  try {
    const state = await renew();
    stream = listen(state.event, (kind, event) => batch(() => HAPPENINGS[kind]?.(event)), () => {
      connected.value = false;
      setTimeout(begin, 700);
    });
    connected.value = true;
    for (const thread of threads.values()) thread.list.value = [];
    await Promise.all([renewPanels(), countUnread(), ...[...threads.keys()].map(load)]);
  } catch (error) {
    connected.value = false;
    console.warn(error);
    setTimeout(begin, 1000);
  }
}
