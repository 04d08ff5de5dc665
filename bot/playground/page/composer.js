// Where one writes: words, photographs, files, a position, a command; a reply or an edit.

import { html, Icon, Tool, useEffect, useLayoutEffect, useRef, useState } from "./ui.js";
import { act, ask } from "./server.js";
import { chats, commandsAge, complain, mayWrite, samples, threadOf, told } from "./store.js";
import { brief, isMine } from "./bubble.js";
import { draftOf, keepDraft, pick, pickedOf, pickSample, putBack, takeAll } from "./drafts.js";
import { send } from "./sending.js";
import { Item, Menu } from "./surfaces.js";
import { either, t } from "./words.js";

export function Composer({ phone, number, onPlace }) {
  const person = phone.person.value, key = phone.chat.value;
  const chat = chats.value.get(key);
  if (chat?.blocked) {
    const unblock = () => act(person, { verb: "unblocks", bot: String(told.value.bot) }).catch((error) => complain(person, error));
    return html`<div class="composer closed"><span>${t("blockedHere")}</span><button type="button" class="button" onClick=${unblock}>${t("unblock")}</button></div>`;
  }
  if (!mayWrite(person, key)) return html`<div class="composer closed"><span>${t("readOnly")}</span></div>`;
  return html`<${OpenComposer} key=${`${person} ${key}`} phone=${phone} number=${number} onPlace=${onPlace} />`;
}

function OpenComposer({ phone, number, onPlace }) {
  const person = phone.person.value, key = phone.chat.value;
  const [words, setWords] = useState(() => draftOf(phone));
  const [open, setOpen] = useState(""); // tray, keys
  const [menu, setMenu] = useState(null);
  const [asFile, setAsFile] = useState(false);
  const box = useRef(null), pictures = useRef(null), documents = useRef(null);
  const picked = pickedOf(phone).value, reply = phone.reply.value, editing = phone.editing.value;
  const write = (text) => { setWords(text); if (!editing) keepDraft(phone, text); };

  useLayoutEffect(() => {
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight + 2, 140)}px`;
  }, [words]);
  useLayoutEffect(() => { if (editing) { setWords(editing.text || editing.caption); box.current.focus(); } }, [editing]);
  useEffect(() => { if (reply) box.current.focus(); }, [reply]);

  const stopSpecial = () => { if (editing) setWords(draftOf(phone)); phone.reply.value = phone.editing.value = null; };

  async function submit(event) {
    event?.preventDefault();
    const text = words.trim();
    if (!text && !picked.length) return;
    const reference = (message) => ({ chat: message.chat, message_id: message.message_id });
    if (editing) {
      const message = reference(editing);
      stopSpecial();
      act(person, { verb: "edits", message, text }).catch((error) => complain(person, error));
      return;
    }
    const items = takeAll(phone);
    write("");
    setAsFile(false);
    phone.reply.value = null;
    try {
      await send(person, { text, items, asFile, reply: reply && reference(reply), place: phone.place, bot: String(told.value.bot) });
    } catch (error) {
      complain(person, error);
      pickedOf(phone).value = [...items, ...pickedOf(phone).value]; // nothing that was chosen or written is lost
      setWords((now) => now || text);
      keepDraft(phone, text);
    }
  }

  function editLast() {
    const last = threadOf(key).list.value.findLast((message) => isMine(message, person) && (message.text || message.file) && !message.forward);
    if (last) phone.editing.value = last;
  }

  function onKeyDown(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) submit(event);
    else if (event.key === "Escape") { if (reply || editing) stopSpecial(); setOpen(""); }
    else if (event.key === "ArrowUp" && !words && !editing) { event.preventDefault(); editLast(); }
  }

  const say = (text) => act(person, { verb: "sends", place: phone.place, text }).catch((error) => complain(person, error));
  const slash = /^\/\w*$/.test(words);
  const command = (text) => { write(""); setOpen(""); say(text); box.current.focus(); };
  const choose = (event) => { pick(phone, event.currentTarget.files); event.currentTarget.value = ""; box.current.focus(); };
  const paste = (event) => { if (event.clipboardData.files.length) { event.preventDefault(); pick(phone, event.clipboardData.files); } };
  const close = () => setMenu(null);
  const toggle = (name) => () => setOpen(open === name ? "" : name);

  return html`<form class="composer" onSubmit=${submit}>
    <${QuickWords} phone=${phone} say=${say} />
    ${(reply || editing) && html`<p class="replying"><${Icon} name=${editing ? "edit" : "reply"} /><span>${t(editing ? "editing" : "replyingTo", brief(editing || reply))}</span>
      <${Tool} icon="close" label=${t("noReply")} onClick=${stopSpecial} /></p>`}
    ${open === "tray" && html`<${Tray} phone=${phone} />`}
    ${(open === "commands" || slash) && html`<${Commands} phone=${phone} words=${slash ? words : ""} say=${command} />`}
    ${picked.length > 0 && html`<div class="picked">
      <ul>${picked.map((one) => html`<li key=${one.id}>${one.picture ? html`<img src=${one.url} alt=${one.name} />` : html`<span class="name">${one.name}</span>`}
        <button type="button" aria-label=${t("putBack", one.name)} onClick=${() => putBack(phone, one)}>×</button></li>`)}</ul>
      <p aria-live="polite">${t("picked", picked.length)}</p>
      <label><input type="checkbox" checked=${asFile} onChange=${(event) => setAsFile(event.currentTarget.checked)} /> ${t("asFile")}</label></div>`}
    <textarea ref=${box} rows="1" value=${words} data-phone=${number} aria-label=${t("write")} placeholder=${`${t("write")}…`}
      onInput=${(event) => write(event.currentTarget.value)} onKeyDown=${onKeyDown} onPaste=${paste}></textarea>
    <div class="tools">
      <${Tool} icon="photo" label=${t("samples")} aria-expanded=${open === "tray"} onClick=${toggle("tray")} />
      <${Tool} icon="clip" label=${t("attach")} aria-haspopup="menu" onClick=${(event) => setMenu({ anchor: event.currentTarget })} />
      <${Tool} icon="place" label=${t("location")} onClick=${onPlace} />
      <${Tool} icon="commands" label=${t("commands")} aria-expanded=${open === "commands"} onClick=${toggle("commands")} />
      <input type="file" hidden class="pictures" accept="image/*" multiple ref=${pictures} onChange=${choose} tabindex="-1" aria-label=${t("fromComputer")} />
      <input type="file" hidden class="files" multiple ref=${documents} onChange=${choose} tabindex="-1" aria-label=${t("fileFromComputer")} />
      <button type="submit" class="send" disabled=${!words.trim() && !picked.length}><${Icon} name=${editing ? "check" : "send"} /> ${editing ? t("ok") : t("send")}</button>
    </div>
    ${menu && html`<${Menu} label=${t("attach")} anchor=${menu.anchor} onClose=${close}>
      <${Item} icon="photo" onPick=${() => { close(); pictures.current.click(); }}>${t("fromComputer")}</${Item}>
      <${Item} icon="file" onPick=${() => { close(); setAsFile(true); documents.current.click(); }}>${t("fileFromComputer")}</${Item}>
    </${Menu}>`}
  </form>`;
}

// The bot's reply keyboard, as one row of words.
function QuickWords({ phone, say }) {
  const list = threadOf(phone.chat.value).list.value;
  const last = list.findLast((message) => message.by_bot && message.keyboard);
  const keys = (last?.keyboard.keyboard || []).flat().map((key) => key.text || key);
  return keys.length > 0 && html`<div class="quick" role="group" aria-label=${t("keys")}>${keys.map((key) => html`<button type="button" key=${key} onClick=${() => say(key)}>${key}</button>`)}</div>`;
}

function Tray({ phone }) {
  return html`<div class="tray" role="group" aria-label=${t("samples")}>${samples.value.map((one) => html`
    <button type="button" key=${one.key} class="sample" title=${[either(one), one.licence].filter(Boolean).join(" · ")} onClick=${() => pickSample(phone, one)}>
      <img src=${one.thumb || one.url} alt="" loading="lazy" /><span>${either(one)}</span></button>`)}
    ${!samples.value.length && html`<p>—</p>`}</div>`;
}

function Commands({ phone, words, say }) {
  const [commands, setCommands] = useState(null);
  const age = commandsAge.value, key = phone.chat.value, person = phone.person.value;
  useEffect(() => {
    let here = true;
    ask(`/play/chats/${encodeURIComponent(key)}?person=${person}&last=1`)
      .then((chat) => { if (here) setCommands(chat.commands || []); }, () => { if (here) setCommands([]); });
    return () => { here = false; };
  }, [age, key, person]);
  const fitting = (commands || []).filter((one) => `/${one.command}`.startsWith(words.trim() || "/"));
  return html`<div class="commands" role="group" aria-label=${t("commands")}>
    ${fitting.map((one) => html`<button type="button" class="item" key=${one.command} onClick=${() => say(`/${one.command}`)}><b>/${one.command}</b><span>${one.description}</span></button>`)}
    ${commands && !fitting.length && html`<p>${t("noCommands")}</p>`}</div>`;
}
