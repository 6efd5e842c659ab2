/** What the rotation looks at in a published key; ages in seconds, by the database's clock. */
export interface KeyAge {
  id: string;
  publishedSeconds: number;
  /** How long ago it became the key that signs; null while it is the next one. */
  activeSeconds: number | null;
}

/** When keys change. */
export interface RotationRules {
  /** How long a key signs, seconds. */
  rotationSeconds: number;
  /** How long a key is published before it signs, seconds; longer than any verifier keeps an old key set. */
  publishedSeconds: number;
  /** How long after its successor's first signature a key may still have live tokens, seconds. */
  overlapSeconds: number;
}

/** What has to be done about the keys now. */
export interface RotationPlan {
  /** Key that starts to sign; null when none does. */
  activate: string | null;
  /** Whether another next key is to be made. */
  create: boolean;
  retire: string[];
}

/** The key that signs: the last one that was activated. */
export function currentOf<K extends KeyAge>(keys: readonly K[]): K | undefined {
  return byActivation(keys).at(-1);
}

/** The key that will sign next: the oldest that never did. */
export function nextOf<K extends KeyAge>(keys: readonly K[]): K | undefined {
  return keys.filter(({ activeSeconds }) => activeSeconds === null).toSorted((a, b) => b.publishedSeconds - a.publishedSeconds)[0];
}

/** What is due: promotion of the next key, a new next one, withdrawal of keys whose tokens have all expired. */
export function planRotation(keys: readonly KeyAge[], rules: RotationRules): RotationPlan {
  const current = currentOf(keys);
  const next = nextOf(keys);
  const ready = next !== undefined && next.publishedSeconds >= rules.publishedSeconds;
  const due = current === undefined ? next !== undefined : ready && Number(current.activeSeconds) >= rules.rotationSeconds;
  const active = byActivation(keys);
  const retire = active.filter((_key, index) => Number(active[index + 1]?.activeSeconds ?? 0) >= rules.overlapSeconds);
  return { activate: due ? (next?.id ?? null) : null, create: due || next === undefined, retire: retire.map(({ id }) => id) };
}

/** Nothing to do? */
export function isIdle({ activate, create, retire }: RotationPlan): boolean {
  return activate === null && !create && retire.length === 0;
}

function byActivation<K extends KeyAge>(keys: readonly K[]): K[] {
  return keys.filter(({ activeSeconds }) => activeSeconds !== null).toSorted((a, b) => Number(b.activeSeconds) - Number(a.activeSeconds));
}
