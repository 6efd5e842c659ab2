// Node loads `fetch` when it is first used, and `fetch` keeps `performance` as it finds it then. Loaded under fake timers, it would throw in every
// later file of the same worker.
void globalThis.Headers;
