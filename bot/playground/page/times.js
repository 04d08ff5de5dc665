// Instants as the campaign's zone writes them, quickly: a list of messages asks thousands of times.

import { told } from "./store.js";
import { lang } from "./words.js";

const FORMS = {
  time: { hour: "2-digit", minute: "2-digit", hour12: false },
  day: { month: "long", day: "numeric", weekday: "long" },
  date: { year: "numeric", month: "long", day: "numeric", weekday: "long" },
  brief: { month: "numeric", day: "numeric", weekday: "short" },
  short: { month: "numeric", day: "numeric", weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false },
};
const formats = new Map();
const kept = new Map();

function format(form) {
  const name = `${form} ${lang.value} ${told.value.zone}`;
  if (!formats.has(name)) {
    formats.set(name, new Intl.DateTimeFormat(lang.value === "zh" ? "zh-CN" : "en-GB", { timeZone: told.value.zone, ...FORMS[form] }));
  }
  return formats.get(name);
}

function written(form, seconds, grain) {
  const key = `${form} ${lang.value} ${told.value.zone} ${Math.floor(seconds / grain)}`;
  let words = kept.get(key);
  if (words === undefined) kept.set(key, words = format(form).format(seconds * 1000));
  return words;
}

export const timeOf = (seconds) => written("time", seconds, 60);
export const dayOf = (seconds) => written("day", seconds, 900); // zones are whole quarters of an hour
export const dateOf = (milliseconds) => format("date").format(milliseconds);
export const shortDateOf = (milliseconds) => format("brief").format(milliseconds);
export const momentOf = (instant) => format("short").format(new Date(instant));
