import type { SessionMode } from '../../src/index.js';
import { BrowserModel, type BrowserTraits } from './browser.js';
import { type Line, fetchOf } from './network.js';
import { ServerModel, claimsOf } from './server.js';
import { Tab } from './tab.js';
import { World } from './world.js';

export interface Setting extends BrowserTraits {
  mode: SessionMode;
  seed: number;
}

export type Deed =
  | 'ask'
  | 'change'
  | 'refresh'
  | 'sign-in'
  | 'sign-out'
  | 'reload'
  | 'freeze'
  | 'thaw'
  | 'clock'
  | 'break-writes'
  | 'break-reads'
  | 'heal'
  | 'end-elsewhere';

export interface Step {
  deed: Deed;
  tab: number;
  /** How long until the next step, ms. */
  pause: number;
  pick: number;
}

/** What happened in a play, so that nobody takes silence for success. */
export interface Tally {
  exchanges: number;
  lost: number;
  foreign: number;
  storageFailures: number;
  ended: number;
}

const TABS = 3;
const AN_HOUR = 3_600_000;

/** A browser with three tabs in front of a server, and what must never happen there. */
export class Play {
  readonly world: World;
  readonly browser: BrowserModel;
  private readonly server: ServerModel;
  private readonly line: Line = { isGood: false, lost: 0, foreign: 0 };
  private tabs: Tab[] = [];
  private closedFailures = 0;
  private ended = 0;
  /** The session that the user is in and that nobody has ended. */
  private held: { session: string; tab: Tab } | undefined;
  /** Which tab is signing in or out. */
  private atDoor: Tab | undefined;
  private readonly complaints: string[] = [];

  constructor(private readonly setting: Setting) {
    this.world = new World(setting.seed);
    this.browser = new BrowserModel(this.world, setting);
    this.server = new ServerModel(
      () => this.world.now,
      (session, reason) => {
        this.ended += 1;
        if (reason === 'reuse') this.complaints.push(`the server took a token of ${session} for stolen`);
        this.release(session);
      },
    );
  }

  /** @throws Error that names what went wrong */
  async run(steps: readonly Step[]): Promise<Tally> {
    for (let index = 0; index < TABS; index += 1) await this.open(index);
    await this.signIn(this.tabAt(0), 'ada');
    await this.world.pass(30_000);
    for (const [index, step] of steps.entries()) {
      await this.take(step, index);
      await this.world.pass(step.pause);
      if (this.complaints.length > 0) break;
    }
    if (this.complaints.length === 0) await this.conclude();
    this.complain(this.server.marks);
    if (this.complaints.length > 0) throw new Error(this.complaints.join('; '));
    const failures = this.tabs.reduce((sum, { storageFailures }) => sum + storageFailures, this.closedFailures);
    return {
      exchanges: this.server.exchanges,
      lost: this.line.lost,
      foreign: this.line.foreign,
      storageFailures: failures,
      ended: this.ended,
    };
  }

  private async take({ deed, tab: index, pick }: Step, number: number): Promise<void> {
    const tab = this.tabAt(index);
    const act = (work: () => Promise<unknown>): Promise<void> => this.world.enter(tab, () => void work());
    switch (deed) {
      case 'ask':
        return act(() => tab.whoAmI());
      case 'change':
        return act(() => tab.change(`mark ${number}`));
      case 'refresh':
        return act(() => tab.refresh());
      case 'sign-in':
        return this.signIn(tab, pick === 0 ? 'ada' : 'grace');
      case 'sign-out':
        return this.signOut(tab);
      case 'reload':
        return this.reload(index);
      case 'freeze':
        tab.isFrozen = true;
        return undefined;
      case 'thaw':
        for (const each of this.tabs) each.isFrozen = false;
        return undefined;
      case 'clock':
        this.world.clockError += pick === 0 ? AN_HOUR : -AN_HOUR;
        return undefined;
      case 'break-writes':
        this.browser.isWritable = false;
        return undefined;
      case 'break-reads':
        this.browser.isReadable = false;
        return undefined;
      case 'heal':
        this.browser.isWritable = true;
        this.browser.isReadable = true;
        return undefined;
      case 'end-elsewhere':
        if (this.held !== undefined) this.server.rotation.end(this.held.session, 'by-user');
        return undefined;
    }
  }

  /** With everything in order again, whoever has not signed out is still signed in, as the same account. */
  private async conclude(): Promise<void> {
    for (const tab of this.tabs) tab.isFrozen = false;
    Object.assign(this.browser, { isReadable: true, isWritable: true });
    await this.world.pass(60_000);
    this.line.isGood = true;
    await this.world.pass(AN_HOUR);
    const { held } = this;
    if (held === undefined) return;
    const account = this.server.accounts.get(held.session);
    const isStored = this.setting.mode === 'cookie' || this.isStored(held.session);
    if (!held.tab.isClosed) await this.expectAccount(held.tab, account, 'the tab that signed in');
    if (!isStored) return;
    await this.open(0);
    await this.expectAccount(this.tabAt(0), account, 'a new tab');
  }

  private async expectAccount(tab: Tab, account: string | undefined, where: string): Promise<void> {
    let found: string | undefined = 'nobody yet';
    await this.world.enter(tab, () => void tab.whoAmI().then((id) => (found = id)));
    await this.world.pass(60_000);
    if (found !== account) this.complaints.push(`${where} has ${found} and not ${account}`);
  }

  private async open(index: number): Promise<void> {
    const tab = new Tab();
    this.tabs[index] = tab;
    const { mode } = this.setting;
    const storage = this.browser.storageOf(tab);
    const fetch = fetchOf(tab, this.world, this.browser, this.server, this.line);
    await this.world.enter(tab, () => {
      tab.load(mode, mode === 'tokens' ? { storage, fetch } : { fetch }, (session) => this.onLeave(session));
    });
  }

  private async reload(index: number): Promise<void> {
    const tab = this.tabAt(index);
    tab.isClosed = true;
    this.closedFailures += tab.storageFailures;
    this.browser.forget(tab);
    if (this.atDoor === tab) this.atDoor = undefined;
    // A session that the storage did not take ends with its page.
    const { held } = this;
    if (held?.tab === tab && this.setting.mode === 'tokens' && !this.isStored(held.session)) this.held = undefined;
    await this.open(index);
  }

  private signIn(tab: Tab, account: string): Promise<void> {
    return this.atTheDoor(tab, async () => {
      const former = this.held;
      this.held = undefined;
      const session = await tab.signIn(account);
      const held = session === undefined ? former : { session, tab };
      if (held !== undefined && this.server.rotation.isLive(held.session)) this.held = held;
    });
  }

  private signOut(tab: Tab): Promise<void> {
    return this.atTheDoor(tab, async () => {
      this.held = undefined;
      await tab.signOut();
    });
  }

  /** One person signs in and out, one after the other. A tab that is closed meanwhile leaves the door. */
  private async atTheDoor(tab: Tab, work: () => Promise<void>): Promise<void> {
    if (this.atDoor !== undefined || tab.isFrozen) return;
    this.atDoor = tab;
    // Without locks a refresh and a sign-in at the same moment both set the cookie, and the later answer wins: a limit that the README states.
    const quiet = this.setting.mode === 'cookie' && !this.setting.hasLocks ? 30_000 : 0;
    await this.world.pass(quiet);
    await this.world.enter(tab, () => void work().finally(() => (this.atDoor = undefined)));
    await this.world.pass(quiet);
  }

  private isStored(session: string): boolean {
    const stored = JSON.parse(this.browser.stored ?? 'null') as { accessToken: string } | null;
    return stored !== null && claimsOf(stored.accessToken).sid === session;
  }

  private onLeave(session: string): void {
    if (this.held?.session === session) this.complaints.push(`a page was told that ${session} is over, which nobody ended`);
  }

  private release(session: string): void {
    if (this.held?.session === session) this.held = undefined;
  }

  private complain(marks: ReadonlyMap<string, ReadonlySet<string>>): void {
    for (const [mark, accounts] of marks) {
      if (accounts.size > 1) this.complaints.push(`${mark} was sent as ${[...accounts].join(' and ')}`);
    }
  }

  private tabAt(index: number): Tab {
    const tab = this.tabs[index % TABS];
    if (tab === undefined) throw new Error('no such tab');
    return tab;
  }
}
