// The mail of the soak: people wait for the codes in it.

/** Longer than a mail takes on a busy machine. */
const PATIENCE_SECONDS = 120;

export class Mails {
  /** Codes that came before somebody waited for them: a mail may be quicker than the answer to the request for it. */
  #arrived = new Map();
  #waiting = new Map();

  deliver({ to, code }) {
    if (code === undefined) return;
    const settle = this.#waiting.get(to);
    if (settle === undefined) this.#arrived.set(to, code);
    else settle(code);
  }

  /** The code in the mail to an address, which has been asked for. @throws if none comes */
  async codeTo(address) {
    let timer;
    try {
      return (
        this.#arrived.get(address) ??
        (await new Promise((resolve, reject) => {
          this.#waiting.set(address, resolve);
          timer = setTimeout(() => reject(new Error('a mail did not come')), PATIENCE_SECONDS * 1_000);
        }))
      );
    } finally {
      clearTimeout(timer);
      this.#arrived.delete(address);
      this.#waiting.delete(address);
    }
  }
}
