// From what stands in the composer to acts: words, a photo, an album, files.

import { act } from "./server.js";
import { startOf } from "./rich.js";

const ALBUM = 10; // as many parts as an album of Telegram holds

// Names of the blobs of an act, and the files that go along with it; samples lie on the server already.
function blobs(items) {
  const files = [];
  const names = items.map((item) => (item.sample ? `sample:${item.sample}` : `file${files.push(item.file) - 1}`));
  return { names, files };
}

function actsFor({ text, items, asFile, reply, place, bot }) {
  const how = { place, ...(reply ? { reply_to: reply } : {}) };
  if (!items.length) {
    const payload = startOf(text);
    return [payload ? { what: { verb: "opens", bot, payload }, files: [] } : { what: { verb: "sends", text, ...how }, files: [] }];
  }
  const photos = asFile ? [] : items.filter((item) => item.picture);
  const documents = items.filter((item) => !photos.includes(item));
  const acts = [];
  for (let start = 0; start < photos.length; start += ALBUM) {
    const { names, files } = blobs(photos.slice(start, start + ALBUM));
    const caption = start ? "" : text;
    acts.push({ what: names.length > 1 ? { verb: "sends_album", files: names, caption, ...how } : { verb: "sends_photo", file: names[0], caption, ...how }, files });
  }
  for (const item of documents) {
    const { names, files } = blobs([item]);
    acts.push({ what: { verb: "sends_document", file: names[0], name: item.name, caption: acts.length ? "" : text, ...how }, files });
  }
  return acts;
}

// One after the other, so that they arrive in this order.
export async function send(person, asked) {
  for (const { what, files } of actsFor(asked)) await act(person, what, files);
}
