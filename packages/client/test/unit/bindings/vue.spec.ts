import { describe, expect, it } from 'vitest';
import { createRenderer, createSSRApp, defineComponent, effectScope, h, nextTick } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { useSession } from '../../../src/vue.js';
import { watchedClient } from '../support/watched-client.js';

/** Renders to texts; Vue does all else as it does in a browser. */
function makeRenderer() {
  const texts: string[] = [];
  const write = (_: unknown, text: string): void => void texts.push(text);
  const nothing = (): null => null;
  const { createApp } = createRenderer<object, object>({
    patchProp: nothing,
    insert: nothing,
    remove: nothing,
    parentNode: nothing,
    nextSibling: nothing,
    createElement: () => ({}),
    createComment: () => ({}),
    setText: write,
    setElementText: write,
    createText: (text) => (texts.push(text), {}),
  });
  return { createApp, texts };
}

describe('useSession of Vue', () => {
  const { client, tell, listeners } = watchedClient();
  const Who = defineComponent(() => {
    const session = useSession(client);
    return () => h('p', session.value.user?.email ?? session.value.status);
  });

  it('is loading on a server, where nothing is asked', async () => {
    expect(await renderToString(createSSRApp(Who))).toBe('<p>loading</p>');
    expect(listeners).toHaveLength(0);
  });

  it('follows the session in a component until that is unmounted', async () => {
    const { createApp, texts } = makeRenderer();
    const app = createApp(Who);
    app.mount({});
    for (const email of ['ada@example.com', null]) {
      tell(email);
      await nextTick();
    }
    app.unmount();
    tell('ada@example.com');
    await nextTick();
    expect(texts).toEqual(['loading', 'ada@example.com', 'signed-out']);
  });

  it('follows it in an effect scope outside of components, too', () => {
    const scope = effectScope();
    const session = scope.run(() => useSession(client));
    expect(session?.value.user?.email).toBe('ada@example.com');
    scope.stop();
    tell(null);
    expect(session?.value.status).toBe('signed-in');
  });
});
