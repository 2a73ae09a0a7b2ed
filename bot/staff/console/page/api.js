// Talks to the console's server, and tells everybody on the page what it says about the data files.

export const news = new EventTarget();
let data;

/** The answer to a GET, or to a POST of `body`. Throws an Error whose message is for people; `mistakes` and `exists` may be on it. */
export async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(`/staff/api/${path}`, body && { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  } catch {
    throw new Error("The console does not answer. Is it still running in the terminal?");
  }
  if (answer.status === 401) throw new Error("You are no longer signed in. Open the link that stands in the terminal.");
  const found = await answer.json().catch(() => ({ error: `The console answered with an error (${answer.status}).` }));
  if (!answer.ok) {
    if (found.error?.startsWith("data/")) news.dispatchEvent(new CustomEvent("mistakes", { detail: found.mistakes ?? [found.error] }));
    throw Object.assign(new Error(found.error), found);
  }
  if (found.data !== undefined) {
    if (data !== undefined && found.data !== data) news.dispatchEvent(new Event("reloaded"));
    data = found.data;
    if (!found.problem) news.dispatchEvent(new CustomEvent("mistakes", { detail: [] }));
  }
  return found;
}
