/** Formats that are kept of each kind. Tags come from accounts, so their number has no end of its own. */
const MAX_KEPT = 64;

/** Keeps what `make` makes for a language tag: a format of `Intl` takes a hundred times as long to make as to use. */
export function keptByTag<Format>(make: (tag: string) => Format): (tag: string) => Format {
  const kept = new Map<string, Format>();
  return (tag) => {
    const known = kept.get(tag);
    if (known !== undefined) return known;
    if (kept.size >= MAX_KEPT) kept.clear();
    const format = make(tag);
    kept.set(tag, format);
    return format;
  };
}
