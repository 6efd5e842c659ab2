/** What a challenge is about beside its address, in words of the room that makes it. No secrets. */
export type Bound = Readonly<Record<string, unknown>>;
