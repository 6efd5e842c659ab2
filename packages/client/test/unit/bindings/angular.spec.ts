import { type EnvironmentInjector, Injector, PLATFORM_ID, computed, createEnvironmentInjector, runInInjectionContext } from '@angular/core';
import { describe, expect, it } from 'vitest';
import { injectSession } from '../../../src/angular.js';
import { watchedClient } from '../support/watched-client.js';

const injectorOn = (platform: string) =>
  createEnvironmentInjector([{ provide: PLATFORM_ID, useValue: platform }], Injector.NULL as EnvironmentInjector);

describe('injectSession of Angular', () => {
  it('is a signal, which others are computed from, until its injector is destroyed', () => {
    const { client, tell } = watchedClient();
    const injector = injectorOn('browser');
    const session = runInInjectionContext(injector, () => injectSession(client));
    const email = computed(() => session().user?.email ?? session().status);
    expect(email()).toBe('loading');
    tell('ada@example.com');
    expect(email()).toBe('ada@example.com');
    injector.destroy();
    tell(null);
    expect(email()).toBe('ada@example.com');
  });

  it('is loading on a server, where nothing is asked', () => {
    const { client, listeners } = watchedClient();
    const session = runInInjectionContext(injectorOn('server'), () => injectSession(client));
    expect(session().status).toBe('loading');
    expect(listeners).toHaveLength(0);
  });
});
