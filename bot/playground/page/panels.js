// Beside the phones: 「演示」, scripted stories step by step; 「故障」, what can go wrong.

import { html, Icon, Tool, useEffect, useRef, useState } from "./ui.js";
import { act, ask } from "./server.js";
import { chats, connected, faults, isPrivate, personOf, stories, told } from "./store.js";
import { bring, front, phones } from "./phones.js";
import { Face } from "./faces.js";
import { colon, either, lang, t } from "./words.js";

const PACE = 3; // seconds between the steps of 「连续播放」
export const saidOf = (error) => either({ zh: error.zh, en: error.message });

function Panel({ title, about, onClose, css, children }) {
  const box = useRef(null);
  useEffect(() => { box.current.focus(); }, []);
  return html`<aside class="panel ${css}" aria-label=${title} tabindex="-1" ref=${box} onKeyDown=${(event) => { if (event.key === "Escape") onClose(); }}>
    <header><h2>${title}</h2><${Tool} icon="close" label=${t("close")} onClick=${onClose} /></header>
    <p class="quiet">${about}</p>${children}</aside>`;
}

// --- stories ---------------------------------------------------------------------------------------------

export async function tell(story, what) {
  const known = () => stories.value.find((one) => one.key === story.key), before = known();
  const answer = await ask(`/page/stories/${encodeURIComponent(story.key)}`, { do: what, pace: PACE });
  if (known() === before) stories.value = stories.value.map((one) => (one === before ? answer : one)); // else newer is known
}

// The phone of whoever acts comes to the front, and the message that came of it is pointed at, wherever it came.
function useFollowing(story) {
  const step = story?.running && (story.steps.find((one) => one.state === "now") || story.steps[story.at - 1]);
  const { chat, message_id: id } = (step && step.message) || {};
  useEffect(() => { if (story?.running) (story.phones || []).forEach((person) => bring(person)); }, [story?.key, story?.running]);
  useEffect(() => { if (step?.person) bring(step.person, step.chat || chat); }, [step?.person, step?.state, story?.at]);
  useEffect(() => {
    if (!id) return;
    const owner = isPrivate(chat) && Number(chat.split(":")[1]);
    const phone = phones.value.find((one) => one.chat.value === chat) || (owner && bring(owner));
    phone?.find(id);
  }, [chat, id]);
}

function Step({ step, index, now }) {
  const row = useRef(null);
  useEffect(() => { if (now) row.current.scrollIntoView({ block: "nearest", behavior: "smooth" }); }, [now, lang.value]);
  const person = step.person && personOf(step.person);
  return html`<li ref=${row} class=${`step ${step.state} ${now ? "at" : ""}`} aria-current=${now ? "step" : undefined}>
    <span class="number">${step.state === "done" ? html`<${Icon} name="check" />` : index + 1}</span>
    <p>${person && html`<b class="actor"><${Face} person=${person} /> ${person.name}</b>`} ${either(step)}</p></li>`;
}

function Story({ story, back, wrong, setWrong }) {
  const doing = (what) => async () => { setWrong(""); try { await tell(story, what); } catch (error) { setWrong(saidOf(error)); } };
  const over = story.at >= story.steps.length, at = story.steps.findIndex((one) => one.state === "now");
  const now = at >= 0 ? at : over ? -1 : story.at;
  return html`<div class="story">
    <button type="button" class="back" onClick=${back}><${Icon} name="back" /> ${t("allStories")}</button>
    <h3>${either(story)}</h3>
    <p class="quiet">${either(story.about)}</p>
    <div class="controls">
      ${over ? html`<button type="button" class="button strong" onClick=${doing("restart")}>${t("restart")}</button>` : html`
        <button type="button" class="button strong next-step" disabled=${story.busy || story.playing} aria-busy=${story.busy} onClick=${doing("next")}><${Icon} name="next" /> ${t("nextStep")}</button>
        ${story.playing ? html`<button type="button" class="button" onClick=${doing("pause")}>${t("pause")}</button>`
          : html`<button type="button" class="button" disabled=${story.busy} onClick=${doing("play")}><${Icon} name="play" /> ${t("playAll")}</button>`}`}
      ${story.running && !over && html`<button type="button" class="button" onClick=${doing("stop")}><${Icon} name="stop" /> ${t("stop")}</button>`}
    </div>
    <p class="where" role="status">${over ? t("finished") : t("step", Math.min(story.at + 1, story.steps.length), story.steps.length)}</p>
    ${(wrong || story.error) && html`<p class="wrong" role="alert">${wrong || either(story.error)}</p>`}
    <ol class="steps">${story.steps.map((step, index) => html`<${Step} key=${index} step=${step} index=${index} now=${index === now} />`)}</ol>
  </div>`;
}

export function Stories({ onClose }) {
  const running = stories.value.find((story) => story.running);
  const [chosen, setChosen] = useState(running?.key || "");
  const [wrong, setWrong] = useState("");
  const story = stories.value.find((one) => one.key === chosen);
  useFollowing(story);
  return html`<${Panel} css="stories" title=${t("stories")} about=${t("storiesAbout")} onClose=${onClose}>
    ${story ? html`<${Story} story=${story} wrong=${wrong} setWrong=${setWrong} back=${() => { setChosen(""); setWrong(""); }} />` : html`
      <ul class="shelf">${stories.value.map((one) => html`<li key=${one.key}><button type="button" onClick=${() => setChosen(one.key)}>
        <b>${either(one)}</b><span>${either(one.about)}</span><small>${one.running ? t("step", one.at, one.steps.length) : t("steps", one.steps.length)}</small></button></li>`)}</ul>
      ${!stories.value.length && html`<p>${t("noStories")}</p>`}`}
  </${Panel}>`;
}

// --- faults ----------------------------------------------------------------------------------------------

function Switch({ on, words, about, onTurn }) {
  return html`<button type="button" role="switch" aria-checked=${on} class="switch" onClick=${onTurn}><i></i><span><b>${words}</b><small>${about}</small></span></button>`;
}

export function Faults({ onClose }) {
  const [wrong, setWrong] = useState("");
  const state = faults.value, shown = phones.value.find((phone) => phone.id === front.value) || phones.value[0];
  const person = shown && personOf(shown.person.value), blocked = person && Boolean(chats.value.get(`${told.value.bot}:${person.id}`)?.blocked);
  const doing = (what) => async () => {
    setWrong("");
    const before = faults.value;
    try {
      const answer = await ask("/page/faults", what);
      if (faults.value === before) faults.value = answer; // else newer is known
    } catch (error) { setWrong(saidOf(error)); }
  };
  const block = () => act(person.id, { verb: blocked ? "unblocks" : "blocks", bot: String(told.value.bot) }).catch((error) => setWrong(saidOf(error)));
  return html`<${Panel} css="faults" title=${t("faults")} about=${t("faultsAbout")} onClose=${onClose}>
    ${!state && html`<p>${connected.value ? t("noFaults") : t("lost")}</p>`}
    ${state && html`
      <p class="bot-state ${state.bot}" role="status"><i></i> ${t("botIs", t(state.bot))} <small>${[state.pid && `pid ${state.pid}`, state.starts && t("starts", state.starts)].filter(Boolean).join(" · ")}</small></p>
      ${state.bot === "running" && !state.hearing && !state.network_down && html`
        <p class="waits" role="status"><${Icon} name="clock" /> ${state.second_poller ? t("givesWay") : t("waits", state.hears_within)}</p>`}
      <${Switch} on=${state.network_down} words=${t("network")} about=${t("networkAbout")} onTurn=${doing({ do: "network", on: !state.network_down })} />
      <${Switch} on=${Boolean(state.rate_limited)} words=${t("flood")} about=${t("floodAbout")} onTurn=${doing({ do: "429", on: !state.rate_limited, retry_after: 5 })} />
      <${Switch} on=${state.second_poller} words=${t("poller")} about=${state.conflicts ? t("conflicts", state.conflicts) : t("pollerAbout")} onTurn=${doing({ do: "poller", on: !state.second_poller })} />
      ${state.bot === "down" ? html`<button type="button" class="button strong" onClick=${doing({ do: "restart" })}><${Icon} name="play" /> ${t("restartBot")}</button>`
        : html`<button type="button" class="button danger" onClick=${doing({ do: "kill" })}>${t("kill")}</button>`}
      <p class="quiet">${t("killAbout")}</p>
      <button type="button" class="button" onClick=${doing({ do: "heal" })}><${Icon} name="check" /> ${t("heal")}</button>`}
    ${person && html`<${Switch} on=${blocked} words=${colon(t("block"), person.name)} about=${t("blockAbout")} onTurn=${block} />`}
    ${wrong && html`<p class="wrong" role="alert">${wrong}</p>`}
  </${Panel}>`;
}
