import type { AuditAction } from '../../common/declared.js';
import { InvalidRequestError } from '../../common/errors.js';

/** Names of the events that webhooks tell. `WebhookEventsModule` fills the array, because decorators need it before dependency injection. */
export const PUBLIC_TYPES: AuditAction[] = [];

/** The name of a group stands for all events that begin with it. */
const GROUP = /^([a-z_]+)\.\*$/;

/** @throws InvalidRequestError unless each is the name of an event, `noun.*` with such events, or `*` */
export function demandTypes(types: readonly unknown[]): void {
  const problems = types.flatMap((type, index) =>
    typeof type !== 'string' || isKnown(type)
      ? []
      : [
          {
            pointer: `/types/${index}`,
            rule: 'webhook.unknown_type' as const,
            detail: 'Name an event of GET /v1/events/types, a group such as account.*, or * for all.',
          },
        ],
  );
  if (problems.length > 0) throw new InvalidRequestError(problems);
}

function isKnown(type: string): boolean {
  const group = GROUP.exec(type)?.[1];
  if (group !== undefined) return PUBLIC_TYPES.some((each) => each.startsWith(`${group}.`));
  return type === '*' || PUBLIC_TYPES.some((each) => each === type);
}
