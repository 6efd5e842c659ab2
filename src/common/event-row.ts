/** A short fact of an event that webhooks tell; its name is that of the detail in the audit log. */
export interface Fact {
  /** `words` is a list; the audit log has it as one text with spaces. */
  type: 'text' | 'words' | 'number' | 'flag' | 'id' | 'time';
  doc: string;
  example: string | number | boolean | readonly string[];
  /** Whether some events of the action lack it. */
  optional?: boolean;
}

export type Facts = Readonly<Record<string, Fact>>;

/** An act that others may be told of: webhooks can subscribe to it. Only acts that succeeded are told. */
export interface PublicEvent {
  /** What happened: a sentence for the documentation. */
  says: string;
  /** Name of the member that holds the subject's id, such as `accountId`; null for an act that concerns no single thing. */
  subject: string | null;
  /** The details that are told. Everything else, such as the reasons that administrators give, stays here. */
  facts: Facts;
}

/** An act that only the audit log tells. */
export interface InternalEvent {
  says: string;
  /** Why no webhook tells it. */
  internal: string;
}

/** An action of the audit log, with the decision who is told of it. */
export type EventRow = PublicEvent | InternalEvent;

/** An act that webhooks tell. Without further words it concerns an account, and its details stay in the audit log. */
export function publicEvent(says: string, { subject = 'accountId', facts = {} }: Partial<Omit<PublicEvent, 'says'>> = {}): PublicEvent {
  return { says, subject, facts };
}

/** An act that no webhook tells, with the reason. */
export function internalEvent(says: string, internal: string): InternalEvent {
  return { says, internal };
}

export function isPublic(row: EventRow): row is PublicEvent {
  return 'facts' in row;
}
