// Brings new mails into the list. Those that are there stay untouched, so that nobody loses their place in it.
const EVERY_MS = 2_000;

const list = document.querySelector('nav');
const addressOf = (entry) => entry?.getAttribute('href');

async function update() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const entries = [...page.querySelector('nav').children];
  const current = new Set(entries.map(addressOf));
  for (const shown of list.querySelectorAll(':scope > *')) if (!current.has(addressOf(shown))) shown.remove();
  for (const [index, entry] of entries.entries()) {
    const shown = list.children[index] ?? null;
    if (shown === null || addressOf(shown) !== addressOf(entry)) list.insertBefore(entry, shown);
  }
}

setInterval(() => {
  // While the server restarts there is nothing to show.
  if (!document.hidden) update().catch(() => {});
}, EVERY_MS);
