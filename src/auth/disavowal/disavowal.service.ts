import { Injectable } from '@nestjs/common';
import { AuditService } from '../../audit/audit.service.js';
import type { Caller } from '../../common/caller.js';
import { DatabaseService } from '../../database/database.service.js';
import { ThrottleService } from '../../throttling/throttle.service.js';
import { ChallengesService } from '../../tokens/challenges/challenges.service.js';
import { MailedChallenges } from '../challenges/mailed-challenges.service.js';
import { type NoticedAct, type Undoing, toNoticedAct } from '../challenges/noticed-act.js';
import { CredentialChange } from '../passwords/credential-change.service.js';
import { ActUndoing, type Undone } from './act-undoing.service.js';
import { SafetyBrake, type WayBackIn } from './safety-brake.service.js';

const PURPOSE = 'disavow';

/** What came of it. */
export interface Disavowal {
  address: string;
  act: NoticedAct;
  undone: Undone;
  next: WayBackIn;
  /** From when on a reset works without the second factor that could not be removed at once; null where it stays so long as nobody helps. */
  dueAt: Date | null;
}

/** "This wasn't me": the owner of an account disowns the act that a mail told of, by the link in it. */
@Injectable()
export class DisavowalService {
  constructor(
    private readonly challenges: ChallengesService,
    private readonly mailed: MailedChallenges,
    private readonly gate: CredentialChange,
    private readonly undoing: ActUndoing,
    private readonly brake: SafetyBrake,
    private readonly throttle: ThrottleService,
    private readonly database: DatabaseService,
    private readonly audit: AuditService,
  ) {}

  /**
   * What a link is about, for the page that it opens. Consumes nothing: mail scanners open links, too.
   * @throws InvalidChallengeError, ChallengeExpiredError
   */
  async inspectLink(token: string): Promise<{ address: string; act: NoticedAct }> {
    const { address, bound } = await this.challenges.checkLink(PURPOSE, token);
    return { address, act: toNoticedAct(bound) };
  }

  /** Whether this is a link by which somebody has said so already. */
  wasUsed(token: string): Promise<boolean> {
    return this.challenges.wasUsed(PURPOSE, token);
  }

  /**
   * Takes the act back where that is safe, ends all sessions, open sign-ins, codes and links, locks the password, and mails a reset: all of
   * it or nothing, and once. Gives its caller nothing: whoever reads the mailbox still needs what a reset needs. Links of other notices stay
   * good for what each of them undoes, and for nothing else.
   * @throws InvalidChallengeError, also when another request was faster or the account is disabled; ChallengeExpiredError, MobileTakenError,
   *   ThrottledError
   */
  disavow(token: string, caller: Caller): Promise<Disavowal> {
    return this.mailed.tryLink(PURPOSE, token, caller, async (challenge) => {
      const { userId, address } = challenge;
      const act = toNoticedAct(challenge.bound);
      await this.throttle.take({ limit: 'disavowal', of: userId }, caller);
      const authorization = await this.gate.authorize(null, 'takeover', { challenge }, caller);
      return this.database.transaction(async () => {
        const change = await this.gate.confirm(authorization);
        const undone = await this.undoing.undo(change, act.undo, caller);
        const way = await this.brake.pull(change, address, { isSettled: act.settled === true, undone }, caller);
        const details = { notice: act.mail, undone, ...subjectOf(act.undo) };
        await this.audit.record({ action: 'notice.disavowed', outcome: 'success', actorId: userId, subjectId: userId, caller, details });
        return { address, act, undone, ...way };
      });
    });
  }
}

/** What the record names as the subject of the act. */
function subjectOf(undoing: Undoing | null): Record<string, string> {
  if (undoing?.of === 'authenticator') return { authenticatorId: undoing.id };
  return undoing?.of === 'identity' ? { identityId: undoing.id } : {};
}
