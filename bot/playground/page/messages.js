// The messages of a phone: kept at the newest unless one looks back, older ones fetched while scrolling, all by keyboard too.

import { html, Icon, useEffect, useLayoutEffect, useMemo, useRef, useState } from "./ui.js";
import { loadEarlier, markRead, reads, threadOf, typing, unreadOf } from "./store.js";
import { actsOf, Bubble, isMine } from "./bubble.js";
import { dayOf } from "./times.js";
import { lang, t } from "./words.js";

const NEAR_END = 60, NEAR_START = 600;
const CHUNK = 16; // rows that are laid out and painted together, or left alone together while they are out of sight

// Albums are one row; a row whose messages are the same objects stays the same object, and is not drawn again.
function rowsOf(list, before) {
  const rows = [], albums = new Map();
  for (const message of list) {
    const album = message.album && albums.get(message.album);
    if (album) { album.push(message); continue; }
    const parts = [message];
    if (message.album) albums.set(message.album, parts);
    rows.push(parts);
  }
  return rows.map((parts) => {
    const old = before.get(parts[0].message_id);
    return old && old.length === parts.length && old.every((one, index) => one === parts[index]) ? old : parts;
  });
}

function useRows(list) {
  const kept = useRef(new Map());
  return useMemo(() => {
    const rows = rowsOf(list, kept.current);
    kept.current = new Map(rows.map((parts) => [parts[0].message_id, parts]));
    return rows;
  }, [list]);
}

// Stays at the newest message while one is there, and at what one reads while older ones come in above.
function useScrolling(list, key, isOwn, onEarlier) {
  const box = useRef(null), end = useRef(true), place = useRef({ first: 0, last: 0, rest: 0, top: 0 });
  const [away, setAway] = useState(false);
  const be = (atEnd) => {
    end.current = atEnd;
    setAway(!atEnd);
    box.current.style.overflowAnchor = atEnd ? "none" : "auto"; // at the end, what grows above must not hold the place
  };
  const stay = () => { if (end.current && box.current) box.current.scrollTop = box.current.scrollHeight; };
  const toEnd = () => { be(true); stay(); };
  useLayoutEffect(() => {
    const { first, last, rest } = place.current, now = list[0]?.message_id, newest = list.at(-1);
    if (last && newest?.message_id > last && isOwn(newest)) be(true); // whoever writes looks at it
    if (!end.current && first && now !== first) box.current.scrollTop = box.current.scrollHeight - rest;
    stay();
    Object.assign(place.current, { first: now, last: newest?.message_id });
  }, [list]);
  useEffect(() => {
    const seen = new ResizeObserver(stay);
    seen.observe(box.current);
    seen.observe(box.current.firstElementChild);
    return () => seen.disconnect();
  }, [key]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = box.current, before = place.current.top;
    if (!clientHeight) return;
    place.current.rest = scrollHeight - scrollTop;
    place.current.top = scrollTop;
    const near = scrollHeight - scrollTop - clientHeight < NEAR_END;
    if (near || scrollTop < before) be(near); // only who moves up leaves the end
    if (scrollTop < NEAR_START) onEarlier();
  };
  return { box, end, away, toEnd, onScroll };
}

export function Messages({ phone, onEdit, onForward, onReply }) {
  const person = phone.person.value, key = phone.chat.value;
  const thread = threadOf(key), list = thread.list.value, language = lang.value;
  const rows = useRows(list);
  const byId = useMemo(() => new Map(list.map((message) => [message.message_id, message])), [list]);
  const { box, end, away, toEnd, onScroll } = useScrolling(list, key, (message) => isMine(message, person), () => loadEarlier(key));
  const [readBefore] = useState(() => (unreadOf(person, key) ? reads.value[`${person}|${key}`] || 0 : 0));
  const last = list.at(-1)?.message_id || 0, found = phone.found.value;

  useEffect(() => {
    const look = () => { if (end.current && !document.hidden && box.current.clientHeight) markRead(person, key, last); };
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [last, person, key, away]);

  useEffect(() => {
    const row = found && box.current.querySelector(`[data-id="${found}"]`);
    if (!row) return;
    const { top, bottom } = row.getBoundingClientRect(), view = box.current.getBoundingClientRect();
    if (top < view.top || bottom > view.bottom) row.scrollIntoView({ block: bottom - top > view.height ? "start" : "center" });
  }, [found]);

  const current = phone.current.value || rows.findLast(([message]) => message.buttons.length)?.[0].message_id || last;
  const go = (id) => {
    phone.current.value = id;
    const row = box.current.querySelector(`[data-id="${id}"]`);
    row?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  };
  const onKeyDown = (event) => {
    if (event.target.matches("button, a") && !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const inside = event.target.closest(".row"), message = inside && byId.get(Number(inside.dataset.id));
    const at = inside ? rows.findIndex(([one]) => one === message) : rows.length;
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (row) go(row[0].message_id);
    } else if (message && !message.service && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const acts = {
        Enter: () => { actsOf.value = { phone, message, anchor: inside.querySelector(".acts") }; },
        r: () => onReply(message), f: () => !message.protected && onForward(message), e: () => isMine(message, person) && onEdit(message),
      };
      if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
    }
  };
  const onFocusIn = (event) => {
    const id = Number(event.target.closest?.(".row")?.dataset.id || 0);
    if (id) phone.current.value = id;
  };
  const below = unreadOf(person, key);
  let day = "", marked = false;
  const chunks = [];
  rows.forEach((parts, index) => {
    const message = parts[0], id = message.message_id, before = rows[index - 1]?.[0], today = dayOf(message.date);
    if (!chunks.length || id % CHUNK === 0 || chunks.at(-1).rows.length > 3 * CHUNK) chunks.push({ id, rows: [] });
    const drawn = chunks.at(-1).rows;
    if (today !== day) drawn.push(html`<li class="date" key=${`day ${id}`}><span>${day = today}</span></li>`);
    if (!marked && readBefore && id > readBefore && !isMine(message, person)) {
      marked = true;
      drawn.push(html`<li class="unread-from" key="unread"><span>${t("unread", rows.length - index)}</span></li>`);
    }
    const head = !before || before.service || before.from?.id !== message.from?.id || before.date < message.date - 600;
    drawn.push(html`<${Bubble} key=${id} phone=${phone} parts=${parts} head=${head} person=${person} language=${language}
      quoted=${message.reply_to ? byId.get(message.reply_to) || null : null} current=${id === current} found=${id === found} />`);
  });
  return html`<div class="log">
    <div class="messages" role="log" lang="zh-CN" aria-label=${t("messages")} tabindex="0" ref=${box} onScroll=${onScroll} onKeyDown=${onKeyDown} onFocusIn=${onFocusIn}>
      <div class="all">
        ${thread.more.value && html`<p class="date"><button type="button" onClick=${() => loadEarlier(key)}>${t("earlier")}</button></p>`}
        ${chunks.map((chunk) => html`<ol key=${chunk.id} class="chunk">${chunk.rows}</ol>`)}
        ${!rows.length && html`<p class="date"><span>${thread.known.value ? t("empty") : t("loading")}</span></p>`}
        ${typing.value.has(key) && html`<div class="row typing"><div class="bubble"><i></i><i></i><i></i><span>${t("isTyping")}</span></div></div>`}
      </div>
    </div>
    ${away && html`<button type="button" class="to-end" aria-label=${below ? `${t("toEnd")}, ${t("newBelow", below)}` : t("toEnd")} title=${t("toEnd")} onClick=${toEnd}>
      <${Icon} name="down" />${below > 0 && html`<b>${below}</b>`}</button>`}
  </div>`;
}
