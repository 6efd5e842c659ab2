import { type EnvironmentInjector, Injector, createEnvironmentInjector, runInInjectionContext } from '@angular/core';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { effectScope } from 'vue';
import { injectSignIn, injectStepUp } from '../../../src/angular.js';
import { createClient, memoryStorage } from '../../../src/index.js';
import { useSignIn as useSignInOfReact, useStepUp as useStepUpOfReact } from '../../../src/react.js';
import { withSignIn } from '../../../src/sign-in.js';
import { signIn, stepUp } from '../../../src/svelte.js';
import { useSignIn, useStepUp } from '../../../src/vue.js';
import { CODE, CREDENTIALS, SignInModel } from '../support/sign-in-model.js';

function make() {
  const { fetch } = new SignInModel({ afterPassword: 'needs_second_factor' });
  return withSignIn(createClient({ url: 'https://accounts.example.com', storage: memoryStorage(), fetch }));
}

/** How each framework reads the two; `now` is the value that it shows. */
const FRAMEWORKS = {
  Vue: (client: ReturnType<typeof make>) => {
    const scope = effectScope();
    const [state, open] = scope.run(() => [useSignIn(client), useStepUp(client)] as const)!;
    return { now: () => [state.value?.status, open.value?.state.status], end: () => scope.stop() };
  },
  Svelte: (client: ReturnType<typeof make>) => {
    let seen: [string | undefined, string | undefined] = [undefined, undefined];
    const ends = [
      signIn(client).subscribe((state) => (seen = [state?.status, seen[1]])),
      stepUp(client).subscribe((open) => (seen = [seen[0], open?.state.status])),
    ];
    return { now: () => seen, end: () => ends.forEach((end) => end()) };
  },
  Angular: (client: ReturnType<typeof make>) => {
    const injector = createEnvironmentInjector([], Injector.NULL as EnvironmentInjector);
    const [state, open] = runInInjectionContext(injector, () => [injectSignIn(client), injectStepUp(client)] as const);
    return { now: () => [state()?.status, open()?.state.status], end: () => injector.destroy() };
  },
};

// React in a browser: test/browser/sign-in.browser-spec.ts.
describe('sign-ins and step-ups', () => {
  afterEach(() => void vi.unstubAllGlobals());

  it.each(Object.entries(FRAMEWORKS))('are followed by %s until it ends', async (_name, follow) => {
    vi.stubGlobal('document', {});
    const client = make();
    const { now, end } = follow(client);
    expect(now()).toEqual([undefined, undefined]);
    await client.signIn.start(CREDENTIALS);
    expect(now()).toEqual(['needs_second_factor', undefined]);
    await client.signIn.totp(CODE);
    const raised = client.stepUp({ aal: 2, maxAgeSeconds: 1 });
    await vi.waitFor(() => expect(now()).toEqual(['complete', 'needs_second_factor']));
    client.stepUp.current()?.signIn.cancel();
    await raised;
    expect(now()).toEqual(['complete', undefined]);
    end();
    client.signIn.cancel();
    expect(now()).toEqual(['complete', undefined]);
  });

  it('are nothing in React on a server', async () => {
    const client = make();
    await client.signIn.start(CREDENTIALS);
    const View = () => createElement('p', {}, JSON.stringify([useSignInOfReact(client), useStepUpOfReact(client)]));
    expect(renderToString(createElement(View))).toBe('<p>[null,null]</p>');
  });
});
