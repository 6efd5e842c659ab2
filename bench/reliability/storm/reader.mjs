// A person who signs up, signs in and writes, and remembers every acknowledged write.
import { randomUUID } from 'node:crypto';
import { PASSWORD } from '../stage.mjs';

let serial = 0;

export class Reader {
  email = `storm.${(serial += 1)}.${randomUUID().slice(0, 8)}@example.com`;
  /** Whether the sign-up was acknowledged, or may have taken place. */
  registered = 'no';
  /** The first name that is acknowledged, or several of which one has to be there. */
  names = [null];
  /** Refresh tokens of open sessions. */
  sessions = [];
  /** Refresh tokens of sessions whose end was acknowledged. */
  ended = [];
  /** Titles of acknowledged books. */
  books = [];
  /** Requests for books whose server was killed: their keys are kept until the load is over. */
  begun = [];
  complaints = [];

  constructor(caller) {
    this.caller = caller;
  }

  /** Does everything once; `tick` is called after each acknowledged write. @param promote makes an account a librarian, by its address */
  async live(tick, promote) {
    await this.register();
    tick();
    await promote(this.email);
    await this.signIn();
    tick();
    for (let i = 0; i < 3; i += 1) {
      await this.rename(`Name${i}`);
      tick();
      await this.refresh(0);
      tick();
      await this.addBook();
      tick();
    }
    await this.signIn();
    tick();
    await this.signOut();
    tick();
  }

  async register() {
    const body = { email: this.email, password: PASSWORD };
    const answer = await this.caller.send('POST', '/v1/auth/register', { body }, ({ outcome }) => {
      if (outcome === 'unknown') this.registered = 'perhaps';
    });
    if (answer.status === 409 && this.registered === 'no') this.complain('a sign-up was told "nothing was done" and had taken place');
    if (answer.status !== 201 && answer.status !== 409) this.complain(`register: ${answer.status}`);
    this.registered = 'yes';
  }

  async signIn() {
    const answer = await this.caller.send('POST', '/v1/auth/login', { body: { identifier: this.email, password: PASSWORD } });
    if (answer.status !== 200) return this.complain(`login: ${answer.status} ${answer.body.code}`);
    this.accessToken = answer.body.accessToken;
    this.sessions.push(answer.body.refreshToken);
  }

  /** Each try writes another name, to see what a refused one left behind. */
  async rename(base) {
    for (let i = 0; ; i += 1) {
      const name = `${base}-${i}`;
      const options = { token: this.accessToken, body: { firstName: name } };
      const answer = await this.caller.try('PATCH', '/v1/users/me', options);
      if (answer.outcome === 'done') return void (this.names = [name]);
      if (answer.outcome === 'refused') return this.complain(`rename: ${answer.status} ${answer.body.code}`);
      if (answer.outcome === 'unknown') this.names.push(name);
      await this.checkName();
    }
  }

  async checkName() {
    const { status, body } = await this.caller.send('GET', '/v1/users/me', { token: this.accessToken });
    if (status !== 200) return this.complain(`me: ${status} ${body.code}`);
    if (!this.names.includes(body.firstName)) this.complain(`the name is ${body.firstName}; possible: ${this.names.join(', ')}`);
    this.names = [body.firstName];
  }

  async refresh(index) {
    // Sent again with the same key until it is answered: a lost answer must not cost the session.
    const body = { refreshToken: this.sessions[index], attemptKey: randomUUID() };
    const answer = await this.caller.send('POST', '/v1/auth/refresh', { body });
    if (answer.status !== 200) return this.complain(`refresh: ${answer.status} ${answer.body.code}`);
    this.sessions[index] = answer.body.refreshToken;
    this.accessToken = answer.body.accessToken;
  }

  async addBook() {
    const book = { title: `Storm ${randomUUID()}`, key: randomUUID() };
    const answer = await this.sendBook(book);
    if (answer.body.code === 'idempotency.in_progress') this.begun.push(book);
    else this.noteBook(book, answer);
  }

  sendBook({ title, key }) {
    const options = { token: this.accessToken, body: { title }, headers: { 'idempotency-key': key } };
    return this.caller.send('POST', '/v1/books', options);
  }

  noteBook({ title }, { status, body }) {
    if (status === 201) this.books.push(title);
    else this.complain(`book: ${status} ${body.code}`);
  }

  /** Ends the latest session. */
  async signOut() {
    const token = this.sessions.pop();
    const answer = await this.caller.send('POST', '/v1/auth/logout', { body: { refreshToken: token } });
    if (answer.status !== 204) return this.complain(`logout: ${answer.status} ${answer.body.code}`);
    this.ended.push(token);
  }

  /** Looks everything up through the API, when the storm is over. */
  async verify() {
    for (const token of this.ended) {
      const answer = await this.caller.send('POST', '/v1/auth/refresh', { body: { refreshToken: token } });
      if (answer.status !== 401) this.complain(`a session that was ended lives (${answer.status})`);
    }
    for (let i = 0; i < this.sessions.length; i += 1) await this.refresh(i);
    if (this.accessToken !== undefined) await this.checkName();
    for (const book of this.begun) this.noteBook(book, await this.sendBook(book));
  }

  complain(text) {
    this.complaints.push(`${this.email}: ${text}`);
  }
}
