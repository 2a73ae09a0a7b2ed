// The conversation with the server. The token lives in this object and nowhere else.

export class Failure extends Error {
  constructor(messages, status) {
    super();
    this.messages = Array.isArray(messages) ? messages : [];
    this.status = status;
  }
}

export class Conversation {
  #address;
  #token;
  #ended = new AbortController();

  constructor(base) {
    this.#address = new URL("../webhooks/webchat/", base).href;
  }

  /** Sends {text} or {choice} and gives the reply's messages, or throws a Failure. A session that is over is replaced once, quietly. */
  async send(body, again = !this.#token) {
    if (!this.#token) this.#token = (await this.#post("sessions", {})).session;
    try {
      const { messages } = await this.#post("messages", body);
      return Array.isArray(messages) ? messages : [];
    } catch (failure) {
      if (again || (failure.status !== 401 && failure.status !== 404)) throw failure;
      this.#token = null;
      return this.send(body, true);
    }
  }

  /** Ends the conversation here and on the server, also while the page is going away. */
  end() {
    this.#ended.abort();
    this.#ended = new AbortController();
    if (this.#token) this.#fetch("sessions", { method: "DELETE", keepalive: true }).catch(() => {});
    this.#token = null;
  }

  async #post(path, body) {
    const stop = new AbortController();
    let status;
    const timer = setTimeout(() => stop.abort(), 30000);
    this.#ended.signal.addEventListener("abort", () => stop.abort());
    try {
      const response = await this.#fetch(path, { method: "POST", body: JSON.stringify(body), signal: stop.signal });
      status = response.status;
      const json = await response.json();
      if (response.ok) return json;
      throw new Failure(json.messages, status);
    } catch (failure) {
      throw failure instanceof Failure ? failure : new Failure([], status);
    } finally {
      clearTimeout(timer);
    }
  }

  #fetch(path, options) {
    const headers = { "Content-Type": "application/json" };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    return fetch(this.#address + path, { headers, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer", ...options });
  }
}
