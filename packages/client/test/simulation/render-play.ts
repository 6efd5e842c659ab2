import { type ServerClient, createServerClient } from '../../src/server.js';
import { createWebAdapter } from '../../src/web.js';
import { BrowserCookies } from '../support/browser-cookies.js';
import { BrowserModel } from './browser.js';
import { type Line, fetchOf } from './network.js';
import { ServerModel, claimsOf } from './server.js';
import { type Owner, World } from './world.js';

const URL_OF_SERVER = 'https://accounts.example.com';
const AN_HOUR = 3_600_000;

export type RenderDeed = 'load' | 'change' | 'render' | 'sign-in' | 'sign-out' | 'clock' | 'end-elsewhere';

export interface RenderStep {
  deed: RenderDeed;
  /** How long until the next step, ms. */
  pause: number;
  pick: number;
}

/** What happened in a play, so that nobody takes silence for success. */
export interface RenderTally {
  exchanges: number;
  /** Answers of something on the way to the Latchkey server. */
  foreign: number;
  /** Page loads whose response never reached the browser. */
  cancelled: number;
  /** Renders that needed new tokens and had no response to set them in. */
  refused: number;
  ended: number;
}

/** A browser in front of a server that renders its pages, which talks to a Latchkey server; and what must never happen there. */
export class RenderPlay {
  readonly world: World;
  private readonly browser = new BrowserCookies();
  private readonly server: ServerModel;
  private readonly line: Line = { isGood: false, lost: 0, foreign: 0 };
  private readonly app: Owner = { isFrozen: false, isClosed: false };
  private readonly fetch: typeof globalThis.fetch;
  private readonly tally: RenderTally = { exchanges: 0, foreign: 0, cancelled: 0, refused: 0, ended: 0 };
  /** The session that the browser is in and that nobody has ended. */
  private held: string | undefined;
  private readonly complaints: string[] = [];

  constructor(seed: number) {
    this.world = new World(seed);
    this.server = new ServerModel(
      () => this.world.now,
      (session, reason) => {
        this.tally.ended += 1;
        if (reason === 'reuse') this.complaints.push(`the server took a token of ${session} for stolen`);
        if (this.held === session) this.held = undefined;
      },
    );
    // The app keeps no cookies of the Latchkey server.
    this.fetch = fetchOf(
      this.app,
      this.world,
      new BrowserModel(this.world, { hasLocks: false, hasChannel: false }),
      this.server,
      this.line,
    );
  }

  /** @throws Error that names what went wrong */
  async run(steps: readonly RenderStep[]): Promise<RenderTally> {
    await this.signIn('ada');
    for (const [index, step] of steps.entries()) {
      await this.take(step, index);
      await this.world.pass(step.pause);
      if (this.complaints.length > 0) break;
    }
    if (this.complaints.length === 0) await this.conclude();
    for (const [mark, accounts] of this.server.marks) {
      if (accounts.size > 1) this.complaints.push(`${mark} was sent as ${[...accounts].join(' and ')}`);
    }
    if (this.complaints.length > 0) throw new Error(this.complaints.join('; '));
    return { ...this.tally, exchanges: this.server.exchanges, foreign: this.line.foreign };
  }

  private async take({ deed, pick }: RenderStep, number: number): Promise<void> {
    switch (deed) {
      case 'load':
        return this.load((client) => client.auth.getUser());
      case 'change':
        return this.load((client) => client.profile.update({ firstName: `mark ${number}` }));
      case 'render':
        return this.render();
      case 'sign-in':
        return this.signIn(pick === 0 ? 'ada' : 'grace');
      case 'sign-out':
        return this.signOut();
      case 'clock':
        this.world.clockError += pick === 0 ? AN_HOUR : -AN_HOUR;
        return this.world.pass(60_000);
      case 'end-elsewhere':
        if (this.held !== undefined) this.server.rotation.end(this.held, 'by-user');
        return undefined;
    }
  }

  /** A page load. Its response comes late, or never; others overtake it. */
  private load(work: (client: ServerClient) => Promise<unknown>): Promise<void> {
    return this.request(work, (response) => {
      const fate = this.line.isGood ? 1 : this.world.random();
      if (fate < 0.2) this.tally.cancelled += 1;
      else this.world.after(fate < 0.4 ? this.world.between(1_000, AN_HOUR) : 50, () => this.browser.takeFrom(response), null);
    });
  }

  /** Somebody waits for the page after signing in or out, and does nothing meanwhile; loads from before may still be under way. */
  private async signIn(account: string): Promise<void> {
    const former = this.held;
    this.held = undefined;
    let session: string | undefined;
    await this.request(
      async (client) => {
        const { data } = await client.auth.signInWithPassword({ identifier: account, password: 'four bright birds sing' });
        session = data === null ? undefined : claimsOf(data.session.accessToken).sid;
      },
      (response) => this.browser.takeFrom(response),
    );
    await this.world.pass(60_000);
    const held = session ?? former;
    if (held !== undefined && this.server.rotation.isLive(held)) this.held = held;
  }

  private async signOut(): Promise<void> {
    this.held = undefined;
    await this.request(
      (client) => client.auth.signOut(),
      (response) => this.browser.takeFrom(response),
    );
    await this.world.pass(60_000);
  }

  private request(work: (client: ServerClient) => Promise<unknown>, deliver: (response: Response) => void): Promise<void> {
    const request = new Request('https://app.example.com/', { headers: { cookie: this.browser.header } });
    const answer = async (client: ServerClient): Promise<Response> => {
      await work(client);
      return new Response('page');
    };
    return this.world.enter(this.app, () => {
      void createWebAdapter({ url: URL_OF_SERVER, fetch: this.fetch }).handle(request, answer).then(deliver);
    });
  }

  /** A page that nothing refreshed for. */
  private render(): Promise<void> {
    const cookies = this.browser.all;
    const client = createServerClient({ url: URL_OF_SERVER, fetch: this.fetch, cookies: { getAll: () => cookies } });
    return this.world.enter(this.app, () => {
      void client.auth.getUser().then(({ error }) => {
        if (error?.code === 'client.refresh_needed') this.tally.refused += 1;
      });
    });
  }

  /** With everything in order again, whoever has not signed out is still signed in, as the same account. */
  private async conclude(): Promise<void> {
    await this.world.pass(60_000);
    this.line.isGood = true;
    await this.world.pass(2 * AN_HOUR);
    let found: string | undefined;
    await this.load(async (client) => {
      found = (await client.auth.getUser()).data?.user.id;
    });
    await this.world.pass(60_000);
    const account = this.held === undefined ? undefined : this.server.accounts.get(this.held);
    if (found !== account) this.complaints.push(`the browser is signed in as ${found} and not as ${account}`);
  }
}
