import type { Caller } from '../common/caller.js';
import type { DisabledReason, StoredEndpoint } from './endpoint.entity.js';

/** An endpoint without its secrets. */
export interface Endpoint extends Pick<
  StoredEndpoint,
  'id' | 'url' | 'description' | 'types' | 'failingSince' | 'previousUntil' | 'createdAt' | 'version'
> {
  enabled: boolean;
  disabledReason: DisabledReason | null;
}

/** What is given to register one. */
export interface NewEndpoint {
  url: string;
  /** Default: all. */
  types?: string[] | undefined;
  description?: string | undefined;
  enabled?: boolean | undefined;
}

export type EndpointChanges = Partial<NewEndpoint>;

/** Who registers or changes one: an administrator, or the command line. */
export interface WebhookActor {
  actorId: string | null;
  caller?: Caller | undefined;
}

/** Most endpoints: every event is compared with all of them. */
export const MAX_ENDPOINTS = 50;
export const MAX_TYPES = 100;
export const MAX_DESCRIPTION_CHARS = 200;

export function toEndpoint(stored: StoredEndpoint): Endpoint {
  const { id, url, description, types, failingSince, previousUntil, createdAt, version, enabledAt, disabledReason } = stored;
  return { id, url, description, types, failingSince, previousUntil, createdAt, version, enabled: enabledAt !== null, disabledReason };
}
