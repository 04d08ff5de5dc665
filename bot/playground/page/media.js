// What a message carries besides words: photos and albums, documents, voice, places, contacts; and the light box.

import { html, Icon, memo, signal, Tool } from "./ui.js";
import { Dialog } from "./surfaces.js";
import { colon, t } from "./words.js";

export const lightbox = signal(null); // {shown: [{url, name, words}], at}

const isPicture = (file) => file.kind === "photo" || (file.mime || "").startsWith("image/");
const wordsOf = (message) => message.caption.split("\n")[0].slice(0, 40) || t("photo");
const named = (file) => (file.name ? `${file.url}?name=${encodeURIComponent(file.name)}` : file.url);

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function Photo({ message, open, tab }) {
  const { sizes, width, height, url } = message.file;
  const best = sizes.find((size) => size.width >= 500) || sizes.at(-1) || { url, width, height };
  return html`<button type="button" class="photo" tabindex=${tab} aria-label=${colon(t("enlarge"), wordsOf(message))} onClick=${open}>
    <img src=${best.url} width=${best.width || undefined} height=${best.height || undefined} alt="" loading="lazy" decoding="async" /></button>`;
}

function Document({ message, open, tab }) {
  const { file } = message;
  const name = file.name || t("document"), kind = /\.(\w{1,5})$/.exec(name)?.[1] || "";
  const card = html`<span class="sheet">${file.thumbnail ? html`<img src=${file.thumbnail} alt="" />` : html`<b>${kind || html`<${Icon} name="file" />`}</b>`}</span>
    <span class="about"><span class="name">${name}</span><span class="size">${sizeOf(file.size)}</span></span>`;
  if (isPicture(file)) {
    return html`<button type="button" class="document" tabindex=${tab} aria-label=${colon(t("enlarge"), name)} onClick=${open}>${card}</button>`;
  }
  return html`<a class="document" tabindex=${tab} href=${named(file)} download=${name} aria-label=${`${t("download")} ${name}`}>${card}<${Icon} name="save" /></a>`;
}

function Other({ message, open, tab }) {
  const { file } = message;
  if (file.kind === "voice" || file.kind === "audio") return html`<audio controls preload="none" src=${file.url} aria-label=${t("voice")} />`;
  if (["video", "video_note", "animation"].includes(file.kind)) return html`<video controls preload="metadata" src=${file.url} aria-label=${t("video")} />`;
  return html`<${Document} message=${message} open=${open} tab=${tab} />`;
}

export const Files = memo(({ parts, tab }) => {
  const files = parts.filter((part) => part.file);
  const pictures = files.filter((part) => isPicture(part.file));
  const open = (message) => () => {
    const shown = pictures.map((one) => ({ url: one.file.url, name: one.file.name || `${one.message_id}.jpg`, words: one.caption || "" }));
    lightbox.value = { shown, at: pictures.indexOf(message) };
  };
  const photos = files.filter((part) => part.file.kind === "photo");
  const others = files.filter((part) => part.file.kind !== "photo");
  return html`
    ${photos.length > 0 && html`<div class="photos of-${Math.min(photos.length, 4)}">${photos.map((one) => html`<${Photo} key=${one.message_id} message=${one} open=${open(one)} tab=${tab} />`)}</div>`}
    ${others.map((one) => html`<${Other} key=${one.message_id} message=${one} open=${open(one)} tab=${tab} />`)}`;
});

export function Extra({ extra }) {
  if (extra.location) {
    const { latitude, longitude } = extra.location;
    return html`<div class="spot"><${Icon} name="place" /><span>${t("location")}<br /><b>${latitude.toFixed(5)}, ${longitude.toFixed(5)}</b></span></div>`;
  }
  if (extra.contact) return html`<div class="spot"><${Icon} name="user" /><span>${extra.contact.first_name}<br /><b>${extra.contact.phone_number}</b></span></div>`;
  const names = Object.keys(extra);
  return names.length ? html`<div class="spot"><span>${names.join(" ")}</span></div>` : null;
}

export function Lightbox() {
  const box = lightbox.value;
  return box && html`<${LightboxOpen} box=${box} />`;
}

function LightboxOpen({ box }) {
  const { shown, at } = box, one = shown[at];
  const turn = (step) => { lightbox.value = { shown, at: (at + step + shown.length) % shown.length }; };
  const onKeyDown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step) turn(step);
  };
  return html`<${Dialog} css="lightbox" title=${one.words || t("photo")} onKeyDown=${onKeyDown} onClose=${() => { lightbox.value = null; }}>
    <figure><img src=${one.url} alt=${one.words || t("photo")} /></figure>
    <footer>
      ${shown.length > 1 && html`<${Tool} icon="back" label=${t("previous")} onClick=${() => turn(-1)} /><span>${at + 1} / ${shown.length}</span>
        <${Tool} icon="next" label=${t("next")} onClick=${() => turn(1)} />`}
      <a class="button" href=${one.url} download=${one.name}><${Icon} name="save" /> ${t("download")}</a>
    </footer>
  </${Dialog}>`;
}
