// The phones: everything comes from the server's /play addresses and is asked anew when something happens.
"use strict";

const phones = [];
let cast = [], state = { chats: [], people: [] }, told = {}, seed = 1, ahead = 0;

async function ask(path, body, form) {
  const how = body === undefined && !form ? {} : form ? { method: "POST", body: form }
    : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, how);
  const words = await answer.text();
  if (!answer.ok) throw new Error(words.slice(0, 200));
  return words ? JSON.parse(words) : null;
}

function element(name, css, words) {
  const made = document.createElement(name);
  if (css) made.className = css;
  if (words !== undefined) made.textContent = words;
  return made;
}

class Phone {
  constructor(personId) {
    this.root = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.find = (selector) => this.root.querySelector(selector);
    this.personId = personId; this.chatKey = ""; this.reply = null; this.files = []; this.shown = ""; this.fresh = true;
    this.find(".person").addEventListener("change", (event) => { this.be(Number(event.target.value)); });
    this.find(".chat").addEventListener("change", (event) => { this.chatKey = event.target.value; this.shown = ""; this.fresh = true; this.look(); });
    this.find(".close").addEventListener("click", () => { this.root.remove(); phones.splice(phones.indexOf(this), 1); remember(); });
    this.find("form").addEventListener("submit", (event) => { event.preventDefault(); this.send(); });
    this.find("textarea").addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    });
    this.find(".files").addEventListener("change", (event) => { this.pick([...event.target.files]); event.target.value = ""; });
    this.find(".sample").addEventListener("click", async () => {
      const clean = this.role() === "contact" || this.role() === "township";
      this.pick([new File([await drawnPhoto(clean, seed += 1)], "photo.jpg", { type: "image/jpeg" })]);
    });
    this.find(".replying button").addEventListener("click", () => { this.answer(null); });
    this.root.addEventListener("dragover", (event) => { event.preventDefault(); this.root.classList.add("over"); });
    this.root.addEventListener("dragleave", () => { this.root.classList.remove("over"); });
    this.root.addEventListener("drop", (event) => {
      event.preventDefault(); this.root.classList.remove("over"); this.pick([...event.dataTransfer.files]);
    });
    this.find("textarea").addEventListener("paste", (event) => {
      const pictures = [...event.clipboardData.files]; if (pictures.length) { event.preventDefault(); this.pick(pictures); }
    });
    document.getElementById("phones").append(this.root);
  }

  role() { return (cast.find((one) => one.id === this.personId) || {}).role; }

  be(personId) { this.personId = personId; this.chatKey = ""; this.shown = ""; this.fresh = true; this.answer(null); this.fill(); this.look(); remember(); }

  fill() {
    const people = this.find(".person");
    const known = everybody();
    people.replaceChildren(...known.map((one) => {
      const option = element("option", "", [one.scope || one.role, one.name].filter(Boolean).join(" · "));
      option.value = one.id; option.selected = one.id === this.personId; return option;
    }));
    const mine = state.chats.filter((chat) => chat.key === `${told.bot}:${this.personId}`
      || (chat.type !== "private" && chat.members.some((member) => member.user.id === this.personId)));
    if (!mine.some((chat) => chat.key === this.chatKey)) this.chatKey = `${told.bot}:${this.personId}`;
    this.find(".chat").replaceChildren(...mine.map((chat) => {
      const option = element("option", "", chat.type === "private" ? "机器人 · the bot" : chat.title);
      option.value = chat.key; option.selected = chat.key === this.chatKey; return option;
    }));
  }

  place() { return this.chatKey.includes(":") ? String(told.bot) : this.chatKey; }

  async look() {
    if (!this.chatKey) return;
    let chat;
    try { chat = await ask(`/play/chats/${encodeURIComponent(this.chatKey)}`); } catch { return; }
    const messages = chat.messages.filter((message) => !message.deleted);
    const print = JSON.stringify(messages.map((m) => [m.message_id, m.edit_date, m.text, m.caption, m.buttons, m.reactions]));
    if (print === this.shown) return;
    this.shown = print;
    const list = this.find(".messages");
    const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
    const end = atEnd || this.fresh;
    this.fresh = false;
    const album = (message) => (message.album ? messages.filter((one) => one.album === message.album) : [message]);
    const shown = messages.filter((message) => album(message)[0] === message);
    list.replaceChildren(...shown.map((message) => this.bubble(message, messages, album(message))));
    const menu = [...messages].reverse().find((message) => message.by_bot && message.keyboard);
    const rows = menu && menu.keyboard.keyboard ? menu.keyboard.keyboard : [];
    this.find(".menu").replaceChildren(...rows.flat().map((key) => {
      const button = element("button", "", key.text || key); button.type = "button";
      button.addEventListener("click", () => { this.act({ verb: "sends", place: this.place(), text: key.text || key }); });
      return button;
    }));
    if (!end) return;
    const toEnd = () => { list.scrollTop = list.scrollHeight; };
    toEnd();
    document.fonts.ready.then(toEnd);
    for (const picture of list.querySelectorAll("img")) picture.addEventListener("load", toEnd, { once: true });
  }

  bubble(message, all, parts) {
    const mine = !message.by_bot && message.from && message.from.id === this.personId;
    const item = element("li", mine ? "mine" : "");
    if (message.kind === "service" || message.service) {
      item.className = "service"; item.textContent = Object.keys(message.service || {}).join(" ") || "…"; return item;
    }
    if (!mine && message.from && !this.chatKey.includes(":")) item.append(element("div", "from", message.from.first_name));
    const quoted = message.reply_to && all.find((one) => one.message_id === message.reply_to);
    if (quoted) item.append(element("div", "quote", (quoted.text || quoted.caption || "📷").slice(0, 60)));
    const files = parts.filter((part) => part.file);
    const shelf = files.length > 1 ? element("div", "album") : item;
    for (const part of files) shelf.append(this.file(part));
    if (shelf !== item) item.append(shelf);
    for (const part of parts) {
      const words = part.text || part.caption;
      if (words) item.append(this.words(words, part.text ? part.entities : part.caption_entities));
    }
    for (const row of message.buttons) {
      const line = element("div", "buttons");
      for (const button of row) {
        if (button.url) { line.append(this.link(button.text, button.url)); continue; }
        const made = element("button", "", button.text); made.type = "button";
        made.addEventListener("click", () => { this.press(message, button); }); line.append(made);
      }
      item.append(line);
    }
    const meta = element("div", "meta");
    const again = element("button", "", "回复"); again.type = "button"; again.setAttribute("aria-label", "回复这条 reply to this");
    again.addEventListener("click", () => { this.answer(message); });
    const at = new Date(message.date * 1000);
    meta.append(again, element("span", "", (message.silent ? "🔕 " : "") + (message.edited ? "已编辑 " : "") + clockOf(at)));
    item.append(meta);
    return item;
  }

  words(text, entities) {
    const box = element("div", "words");
    const tags = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };
    let at = 0;
    for (const one of entities || []) {
      const words = text.slice(one.offset, one.offset + one.length);
      const url = one.url || (one.type === "url" ? words : "");
      if (one.offset < at || !(tags[one.type] || url)) continue; // inside another one
      box.append(text.slice(at, one.offset), url ? this.link(words, url) : element(tags[one.type], "", words));
      at = one.offset + one.length;
    }
    box.append(text.slice(at));
    return box;
  }

  file(message) {
    if (message.file.kind === "photo" || (message.file.mime || "").startsWith("image/")) {
      const picture = element("img"), best = message.file.sizes.at(-1);
      picture.src = best ? best.url : message.file.url; picture.alt = message.caption || "照片 photo";
      if (best) { picture.width = best.width; picture.height = best.height; }
      return picture;
    }
    const link = element("a", "", `📄 ${message.file.name || message.file.kind}`);
    link.href = message.file.url; link.download = message.file.name || ""; return link;
  }

  // a link to the bot with a payload is START behind it, as in the apps; every other one opens a tab
  link(words, url) {
    const payload = startOf(url);
    const link = element("a", "", words); link.href = /^https?:/.test(url) ? url : "#"; link.target = "_blank"; link.rel = "noopener noreferrer";
    if (payload) link.addEventListener("click", (event) => { event.preventDefault(); this.act({ verb: "opens", bot: String(told.bot), payload }); });
    return link;
  }

  answer(message) {
    this.reply = message;
    this.find(".replying").hidden = !message;
    this.find(".replying span").textContent = message ? `回复：${(message.text || message.caption || "📷").slice(0, 40)}` : "";
    if (message) this.find("textarea").focus();
  }

  pick(files) {
    this.files.push(...files);
    this.find(".picked").textContent = this.files.length ? `已选 ${this.files.length} 张 · chosen` : "";
  }

  async send() {
    const box = this.find("textarea"), text = box.value.trim(), files = this.files;
    if (!text && !files.length) return;
    const reply = this.reply ? { reply_to: { chat: this.chatKey, message_id: this.reply.message_id } } : {};
    box.value = ""; this.files = []; this.pick([]); this.answer(null);
    if (!files.length) {
      const payload = startOf(text);
      await this.act(payload ? { verb: "opens", bot: String(told.bot), payload } : { verb: "sends", place: this.place(), text, ...reply });
      return;
    }
    const form = new FormData(), names = files.map((_, index) => `file${index}`);
    const pictures = files.every((file) => file.type.startsWith("image/"));
    const act = pictures && files.length > 1
      ? { verb: "sends_album", files: names, caption: text }
      : pictures ? { verb: "sends_photo", file: names[0], caption: text } : { verb: "sends_document", file: names[0], name: files[0].name, caption: text };
    form.append("act", JSON.stringify({ person: this.personId, place: this.place(), ...act, ...reply }));
    files.forEach((file, index) => { form.append(names[index], file, file.name); });
    try { await ask("/play/act", undefined, form); } catch (error) { this.say(error.message); }
  }

  async act(act) {
    try { return await ask("/play/act", { person: this.personId, ...act }); } catch (error) { this.say(error.message); return null; }
  }

  async press(message, button) {
    const press = await this.act({ verb: "presses", message: { chat: this.chatKey, message_id: message.message_id }, data: button.callback_data });
    if (press) this.pressed = press.id;
  }

  say(words) {
    this.find(".toast").textContent = words;
    clearTimeout(this.fading); this.fading = setTimeout(() => { this.find(".toast").textContent = ""; }, 5000);
  }
}

function clockOf(at) {
  return new Intl.DateTimeFormat("zh-CN", { timeZone: told.zone, hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

function startOf(text) {
  const found = /^(?:https?:\/\/)?t\.me\/(\w+)\?start=([\w-]+)$/.exec(text.trim());
  return found && found[1] === told.username ? found[2] : "";
}

function remember() { try { sessionStorage.setItem("phones", JSON.stringify(phones.map((phone) => phone.personId))); } catch { /* private mode: a reload begins anew */ } }

async function renew() {
  [told, state] = await Promise.all([ask("/page/cast"), ask("/play/state")]);
  cast = told.cast; ahead = new Date(state.now) - Date.now();
  document.getElementById("campaign").textContent = told.name || "督查机器人";
  document.getElementById("notice").textContent = told.ready ? told.notice : told.notice || "人员正在加入… · people are joining…";
  if (!phones.length && (told.ready || !cast.length) && (cast.length || state.people.length)) {
    let kept = []; try { kept = JSON.parse(sessionStorage.getItem("phones") || "[]"); } catch { kept = []; }
    const ids = new Set(everybody().map((one) => one.id));
    const want = (role) => (cast.find((one) => one.role === role) || {}).id;
    const chosen = kept.filter((id) => ids.has(id));
    const usual = [want("inspector"), contactOfGroup(), want("office")].filter(Boolean);
    for (const id of chosen.length ? chosen : usual.length ? usual : [...ids].slice(0, 3)) phones.push(new Phone(id));
  }
  for (const phone of phones) { phone.fill(); phone.look(); }
}

function contactOfGroup() {
  const found = cast.find((one) => one.role === "contact" && one.scope.includes("延津")) || cast.find((one) => one.role === "contact");
  return found && found.id;
}

// who has a part, then who came later
function everybody() {
  const ids = new Set(cast.map((one) => one.id));
  const others = state.people.filter((one) => !ids.has(one.id)).map((one) => ({ id: one.id, name: one.first_name, role: "", scope: "" }));
  return [...cast, ...others];
}

let waiting = 0;
function soon() { clearTimeout(waiting); waiting = setTimeout(renew, 40); }

async function listen() {
  const events = await fetch("/play/events");
  const reader = events.body.getReader(), text = new TextDecoder();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + text.decode(value, { stream: true })).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith("data: ")) continue;
      const press = JSON.parse(line.slice(6)).press;
      if (press && press.answer && press.answer.text) {
        for (const phone of phones) if (phone.personId === press.person) phone.say(press.answer.text);
      }
    }
    soon();
  }
}

async function live() {
  for (;;) {
    try { await renew(); await listen(); } catch { document.getElementById("notice").textContent = "连接中断，正在重连… · reconnecting…"; }
    await new Promise((done) => { setTimeout(done, 1000); });
  }
}

document.getElementById("more").addEventListener("click", () => {
  if (phones.length >= 4) return;
  const used = new Set(phones.map((phone) => phone.personId));
  const next = everybody().find((one) => !used.has(one.id));
  if (next) { phones.push(new Phone(next.id)); remember(); renew(); }
});
document.getElementById("person").addEventListener("click", async () => {
  const name = (window.prompt("新人的姓名 · the newcomer's name") || "").trim();
  if (!name || phones.length >= 4) return;
  const made = await ask("/play/people", { first_name: name });
  await renew();
  if (!phones.some((phone) => phone.personId === made.id)) phones.push(new Phone(made.id));
  remember(); renew();
});
for (const button of document.querySelectorAll("#clock button")) {
  button.addEventListener("click", () => { ask("/play/clock", { advance: Number(button.value) }).then(renew); });
}
setInterval(() => {
  const now = new Date(Date.now() + ahead);
  if (told.zone) document.getElementById("now").textContent = new Intl.DateTimeFormat("zh-CN", { timeZone: told.zone, dateStyle: "full", timeStyle: "short" }).format(now);
}, 1000);
live();
