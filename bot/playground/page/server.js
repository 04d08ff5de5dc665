// The way to the server: questions, acts, and the stream of what happens.

export async function ask(path, body, method = body === undefined ? "GET" : "POST") {
  const form = body instanceof FormData;
  const answer = await fetch(path, body === undefined ? { method } : {
    method, body: form ? body : JSON.stringify(body), headers: form ? {} : { "Content-Type": "application/json" },
  });
  const words = await answer.text();
  if (!answer.ok) throw new Refusal(answer.status, words);
  return words ? JSON.parse(words) : null;
}

export class Refusal extends Error {
  constructor(status, words) {
    let told = {};
    try { told = JSON.parse(words); } catch { told = { error: words.slice(0, 200) }; }
    super(told.error || String(status));
    this.status = status;
    this.zh = told.zh || this.message;
  }
}

// An act of a person; files go along in the same request.
export function act(person, what, files = []) {
  if (!files.length) return ask("/play/act", { person, ...what });
  const form = new FormData();
  form.append("act", JSON.stringify({ person, ...what }));
  files.forEach((file, index) => form.append(`file${index}`, file, file.name));
  return ask("/play/act", form);
}

const KINDS = [
  "message", "edited", "deleted", "reaction", "press", "answer", "action", "unpinned", "member", "chat", "blocked", "unblocked",
  "commands", "ready", "cast", "person", "read", "clock", "story", "faults", "fault", "gap",
];

// Happenings after a number, one by one. Whoever listens is told when the line breaks, and begins anew.
export function listen(after, happen, broken) {
  const stream = new EventSource(`/play/events?after=${after}&kinds=${KINDS.join(",")}`);
  for (const kind of KINDS) stream.addEventListener(kind, (event) => happen(kind, JSON.parse(event.data)));
  stream.onerror = () => { stream.close(); broken(); };
  return stream;
}
