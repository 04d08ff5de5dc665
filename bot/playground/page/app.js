// The page as a whole: bar, phones, panels and windows, and the keys that reach them.

import { effect, html, Icon, render, Tool, useEffect, useState } from "./ui.js";
import { begin, personOf, stories, told, unreadOfAll } from "./store.js";
import { front, openPhones, phones } from "./phones.js";
import { Acts, Phone } from "./phone.js";
import { Bar } from "./bar.js";
import { Faults, saidOf, Stories, tell } from "./panels.js";
import { HelpDialog, NewcomerDialog } from "./dialogs.js";
import { Badge, Face } from "./faces.js";
import { Lightbox } from "./media.js";
import { letters } from "./letters.js";
import { lang, t } from "./words.js";

// At phone width one phone is seen at a time; these switch between them.
function PhoneTabs() {
  return html`<div class="phone-tabs" role="group" aria-label=${t("phones")}>${phones.value.map((phone) => {
    const person = personOf(phone.person.value);
    return html`<button type="button" key=${phone.id} aria-pressed=${front.value === phone.id} onClick=${() => { front.value = phone.id; }}>
      <${Face} person=${person} /><span>${person?.name}</span><${Badge} count=${unreadOfAll(phone.person.value)} /></button>`;
  })}</div>`;
}

function nextStep() {
  const story = stories.value.find((one) => one.running);
  if (story && !story.busy && !story.playing) tell(story, "next").catch((error) => console.warn(saidOf(error)));
}

function useKeys(openPanel, openDialog) {
  useEffect(() => {
    const onKey = (event) => {
      if (document.querySelector("dialog[open]")) return;
      if (event.altKey && !event.ctrlKey && !event.metaKey) {
        const number = /^(?:Digit|Numpad)([1-4])$/.exec(event.code)?.[1];
        const way = { KeyS: () => openPanel("stories"), KeyX: () => openPanel("faults"), KeyN: nextStep, KeyC: () => document.querySelector(".jumps button:not(:disabled)")?.focus() }[event.code];
        if (number) { event.preventDefault(); const phone = phones.value[number - 1]; if (phone) reach(phone, number); }
        else if (way) { event.preventDefault(); way(); }
      } else if (event.key === "?" && !event.target.matches("input, textarea")) { event.preventDefault(); openDialog("help"); }
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
}

function reach(phone, number) {
  front.value = phone.id;
  requestAnimationFrame(() => {
    const field = document.querySelector(`textarea[data-phone="${number}"]`) || document.querySelector(`#phone-${phone.id} .messages`);
    field?.focus();
  });
}

function Nobody() {
  const { ready, invitation, notice } = told.value;
  const link = invitation || (notice?.startsWith("https://") ? notice : "");
  return html`<div class="nobody"><${Icon} name="user" /><p>${ready ? t("invitation") : t("joiningPlain")}</p>
    ${link && html`<p><code>${link}</code> <${Tool} icon="copy" label=${t("copy")} onClick=${() => navigator.clipboard?.writeText(link)} /></p>`}</div>`;
}

function App() {
  const [panel, setPanel] = useState(() => new URLSearchParams(location.search).get("panel") || "");
  const [dialog, setDialog] = useState("");
  const openPanel = (name) => setPanel((now) => (now === name ? "" : name));
  useKeys(openPanel, setDialog);
  const close = () => setDialog("");
  return html`
    <${Bar} panel=${panel} openPanel=${openPanel} openDialog=${setDialog} />
    ${phones.value.length > 1 && html`<${PhoneTabs} />`}
    <div class="table">
      <main id="phones" aria-label=${t("phones")}>
        ${phones.value.map((phone, index) => html`<${Phone} key=${phone.id} phone=${phone} number=${index + 1} />`)}
        ${!phones.value.length && html`<${Nobody} />`}
      </main>
      ${panel === "stories" && html`<${Stories} onClose=${() => setPanel("")} />`}
      ${panel === "faults" && html`<${Faults} onClose=${() => setPanel("")} />`}
    </div>
    ${dialog === "newcomer" && html`<${NewcomerDialog} onClose=${close} />`}
    ${dialog === "help" && html`<${HelpDialog} onClose=${close} />`}
    <${Acts} /><${Lightbox} />`;
}

effect(() => {
  document.documentElement.lang = lang.value === "zh" ? "zh-CN" : "en";
  document.title = told.value.name ? `${told.value.name} · ${t("title")}` : t("title");
});
openPhones();
begin();
await letters;
render(html`<${App} />`, document.getElementById("app"));
