/** A published key as the rotation sees it; ages in seconds, by the database's clock. */
export interface KeyAge {
  id: string;
  publishedSeconds: number;
  /** Time since it became the signing key; null while it is the next one. */
  activeSeconds: number | null;
}

/** Intervals of the rotation. */
export interface RotationRules {
  /** How long a key signs, seconds. */
  rotationSeconds: number;
  /** How long a key is published before it signs, seconds; longer than any verifier caches an old key set. */
  publishedSeconds: number;
  /** How long after its successor's first signature a key may still have live tokens, seconds. */
  overlapSeconds: number;
}

/** Due changes of the keys. */
export interface RotationPlan {
  /** Key that starts to sign; null if none does. */
  activate: string | null;
  /** Whether a new next key is needed. */
  create: boolean;
  retire: string[];
}

/** The signing key: the last activated one. */
export function currentOf<K extends KeyAge>(keys: readonly K[]): K | undefined {
  return byActivation(keys).at(-1);
}

/** The next signing key: the oldest that has never signed. */
export function nextOf<K extends KeyAge>(keys: readonly K[]): K | undefined {
  return keys.filter(({ activeSeconds }) => activeSeconds === null).toSorted((a, b) => b.publishedSeconds - a.publishedSeconds)[0];
}

/** The due changes: promotion of the next key, a new next key, withdrawal of keys whose tokens have all expired. */
export function planRotation(keys: readonly KeyAge[], rules: RotationRules): RotationPlan {
  const current = currentOf(keys);
  const next = nextOf(keys);
  const ready = next !== undefined && next.publishedSeconds >= rules.publishedSeconds;
  const due = current === undefined ? next !== undefined : ready && Number(current.activeSeconds) >= rules.rotationSeconds;
  const active = byActivation(keys);
  const retire = active.filter((_key, index) => Number(active[index + 1]?.activeSeconds ?? 0) >= rules.overlapSeconds);
  return { activate: due ? (next?.id ?? null) : null, create: due || next === undefined, retire: retire.map(({ id }) => id) };
}

/** Whether nothing is due. */
export function isIdle({ activate, create, retire }: RotationPlan): boolean {
  return activate === null && !create && retire.length === 0;
}

function byActivation<K extends KeyAge>(keys: readonly K[]): K[] {
  return keys.filter(({ activeSeconds }) => activeSeconds !== null).toSorted((a, b) => Number(b.activeSeconds) - Number(a.activeSeconds));
}
