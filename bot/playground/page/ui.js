// What every part of the page is made of: Preact, htm and signals, and a view that is drawn again only for new values.

import { h, render, Component } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { batch, computed, effect, signal } from "@preact/signals";
import htm from "htm";

export const html = htm.bind(h);
export { batch, computed, effect, render, signal, useEffect, useId, useLayoutEffect, useMemo, useRef, useState };

export function memo(view) {
  return class extends Component {
    shouldComponentUpdate(next) {
      const names = Object.keys(next);
      return names.length !== Object.keys(this.props).length || names.some((name) => next[name] !== this.props[name]);
    }
    render(props) { return view(props); }
  };
}

const ICONS = {
  add: "M12 5v14M5 12h14",
  alert: "M12 4 2.8 20h18.4zM12 10v5M12 17.6v.4",
  back: "M15 5l-7 7 7 7",
  bot: "M5 9h14v10H5zM12 9V5M9 13v2M15 13v2M2 13v3M22 13v3",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clip: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.4 3.4 0 0 1 4.8 4.8l-8.4 8.4a1.7 1.7 0 0 1-2.4-2.4L14.500 7.300",
  clock: "M12 7v5l3.500 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z",
  close: "M6 6l12 12M18 6L6 18",
  commands: "M5 4h14v16H5zM14 8l-4 8",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 9l6 6 6-6",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  forward: "M13 6l7 6-7 6v-4c-5 0-8 1.500-10 4 .5-5 4-8 10-8z",
  help: "M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.3",
  group: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM16.500 11a2.500 2.500 0 1 0 0-5M2.500 19c0-3.500 2.300-5.500 5.500-5.500s5.500 2 5.500 5.500M16 13.600c3 0 5.500 1.900 5.500 5.400",
  horn: "M4 10v4h3l8 4V6l-8 4zM18 9.500a3.500 3.500 0 0 1 0 5",
  menu: "M4 7h16M4 12h16M4 17h16",
  next: "M9 5l7 7-7 7",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9.500v.1",
  pin: "M12 14v7M7 14h10l-2-4V4H9v6z",
  place: "M12 21c4-4.500 6.500-8 6.500-11a6.500 6.500 0 1 0-13 0c0 3 2.500 6.500 6.500 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  play: "M7 5l12 7-12 7z",
  reply: "M11 6l-7 6 7 6v-4c5 0 7.500 1.500 9 4-.3-5-3-8-9-8z",
  save: "M12 4v11M7.500 11l4.500 4.500 4.500-4.500M5 20h14",
  send: "M4 12l16-8-5 16-4-6zM11 14l9-10",
  stop: "M7 7h10v10H7z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  user: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.500 21c0-4 3-7 7.500-7s7.500 3 7.500 7",
};

export function Icon({ name }) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${ICONS[name]} /></svg>`;
}

// A button that shows only a picture still has a name, for the ear and as a hint for the eye.
export function Tool({ icon, label, ...more }) {
  return html`<button type="button" class="tool" aria-label=${label} title=${label} ...${more}><${Icon} name=${icon} /></button>`;
}
