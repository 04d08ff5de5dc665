// The bar: which campaign, what time it is there, what is due next, and the buttons that move the clock on.

import { html, Icon, Tool, useEffect, useState } from "./ui.js";
import { ask } from "./server.js";
import { bar, connected, stories, told } from "./store.js";
import { addAnother, MOST, phones } from "./phones.js";
import { dateOf, momentOf, shortDateOf, timeOf } from "./times.js";
import { either, lang, speak, t } from "./words.js";

export function useNow() {
  const [, tick] = useState(0);
  useEffect(() => { const beat = setInterval(() => tick((n) => n + 1), 1000); return () => clearInterval(beat); }, []);
  const known = bar.value;
  if (!known) return null;
  return Date.parse(known.now) + (known.moving ? 0 : Date.now() - known.got);
}

function Clock() {
  const now = useNow(), known = bar.value;
  if (now === null) return html`<div class="clock"></div>`;
  const next = known.next;
  return html`<div class="clock">
    <p id="now"><span class="long">${dateOf(now)}</span><span class="short">${shortDateOf(now)}</span> <b>${timeOf(Math.floor(now / 1000))}</b></p>
    <p class="day"><b>${t("day", known.day)}</b> <span>${t("ofDays", known.days)}</span>
      <progress max=${known.days} value=${known.day} aria-label=${`${t("day", known.day)}, ${t("ofDays", known.days)}`}></progress></p>
    <p class="due"><span>${t("nextDue")}</span> ${next ? html`<b>${either(next)}</b> <time datetime=${next.at}>${momentOf(next.at)}</time>` : t("nothingDue")}</p>
  </div>`;
}

function Jumps() {
  const [wrong, setWrong] = useState("");
  const known = bar.value;
  const go = async (key) => {
    setWrong("");
    try { await ask("/page/clock", { to: key, wait: false }); } catch (error) { setWrong(either({ zh: error.zh, en: error.message })); }
  };
  const halt = () => ask("/page/clock", undefined, "DELETE").catch((error) => setWrong(error.message));
  if (known?.moving) {
    const part = Math.round(known.moving.part * 100);
    return html`<div class="jumps moving" role="group" aria-label=${t("moveClock")}><progress max="100" value=${part} aria-label=${t("moving", `${part}%`)}></progress>
      <span>${momentOf(known.moving.to)}</span><button type="button" onClick=${halt}><${Icon} name="stop" /> ${t("halt")}</button></div>`;
  }
  return html`<div class="jumps" id="clock" role="group" aria-label=${t("moveClock")}>
    ${(known?.jumps || []).map((jump) => html`<button type="button" key=${jump.key} value=${jump.key} disabled=${!jump.at} onClick=${() => go(jump.key)}
      title=${jump.at ? momentOf(jump.at) : t("nothingDue")}>${either(jump) || t(jump.key)}</button>`)}
    ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}</div>`;
}

function notice() {
  const { ready, joined, of, notice: words, listen } = told.value;
  if (!connected.value) return told.value.bot ? t("lost") : t("connecting");
  if (!ready) return joined ? t("joining", joined, of) : t("joiningPlain");
  return [words, listen === "all" ? t("exposed") : ""].filter(Boolean).join(" · ");
}

export function Bar({ panel, openPanel, openDialog }) {
  const [open, setOpen] = useState(false); // in a narrow or low window the buttons are folded away
  const running = stories.value.some((story) => story.running);
  const other = lang.value === "zh" ? "en" : "zh";
  const then = (act) => () => { setOpen(false); act(); };
  return html`<header class="bar ${open ? "open" : ""}">
    <h1 id="campaign">${told.value.name || t("title")}</h1>
    <${Clock} />
    <div class="aside">
      <button type="button" class="button quiet" lang=${other === "zh" ? "zh-CN" : "en"} onClick=${() => speak(other)}>${t("language")}</button>
      <${Tool} icon="help" label=${t("help")} onClick=${() => openDialog("help")} />
      <button type="button" class="tool unfold" aria-label=${t("more")} aria-expanded=${open} onClick=${() => setOpen(!open)}><${Icon} name=${open ? "close" : "menu"} /></button>
    </div>
    <${Jumps} />
    <nav class="ways" aria-label=${t("more")}>
      <button type="button" class="button ${running ? "strong" : ""}" aria-expanded=${panel === "stories"} onClick=${then(() => openPanel("stories"))}><${Icon} name="play" /> ${t("stories")}</button>
      <button type="button" class="button" aria-expanded=${panel === "faults"} onClick=${then(() => openPanel("faults"))}><${Icon} name="alert" /> ${t("faults")}</button>
      <button type="button" class="button" onClick=${then(() => openDialog("newcomer"))}><${Icon} name="user" /> ${t("newcomer")}</button>
      <button type="button" class="button" disabled=${phones.value.length >= MOST} onClick=${then(addAnother)}><${Icon} name="add" /> ${t("addPhone")}</button>
    </nav>
    ${lang.value === "en" && html`<p id="tongue">${t("tongue")}</p>`}
    <p id="notice" role="status">${notice()}</p>
  </header>`;
}
