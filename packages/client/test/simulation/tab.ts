import { type ClientOptions, type LatchkeyClient, type Session, type SessionMode, createClient } from '../../src/index.js';
import { claimsOf } from './server.js';
import type { Owner } from './world.js';

const URL_OF_SERVER = 'https://accounts.example.com';

/** A page in a tab, and what it was told. */
export class Tab implements Owner {
  isFrozen = false;
  isClosed = false;
  storageFailures = 0;
  private session: Session | null = null;
  private client!: LatchkeyClient;

  /** Loads the page; call it inside the tab. @param onLeave called when the page is told that its session is over, or another one in place */
  load(mode: SessionMode, parts: Pick<ClientOptions, 'storage' | 'fetch'>, onLeave: (session: string) => void): void {
    this.client = createClient({ url: URL_OF_SERVER, mode, ...parts });
    this.client.auth.onAuthStateChange((event, session) => {
      if (event === 'storage-failed') this.storageFailures += 1;
      const former = this.sessionId;
      this.session = session;
      if (former !== undefined && former !== this.sessionId) onLeave(former);
    });
  }

  /** The session that the page shows. */
  get sessionId(): string | undefined {
    return this.session === null ? undefined : claimsOf(this.session.accessToken).sid;
  }

  /** @returns the id of the new session; undefined when there is none */
  async signIn(account: string): Promise<string | undefined> {
    const { data } = await this.client.auth.signInWithPassword({ identifier: account, password: 'four bright birds sing' });
    return data === null ? undefined : claimsOf(data.session.accessToken).sid;
  }

  async signOut(): Promise<void> {
    await this.client.auth.signOut();
  }

  /** @returns whose account it is; undefined on any failure */
  async whoAmI(): Promise<string | undefined> {
    const { data } = await this.client.auth.getUser();
    return data?.user.id;
  }

  async refresh(): Promise<void> {
    await this.client.auth.refresh();
  }

  /** Sends a change under a mark by which the server knows it again. */
  async change(mark: string): Promise<void> {
    await this.client.profile.update({ firstName: mark });
  }
}
