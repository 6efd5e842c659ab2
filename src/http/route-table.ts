import type { FastifyInstance, HTTPMethods } from 'fastify';
import createRouter from 'find-my-way';

/** How addresses are compared with routes; the server's router and the table must agree. */
export const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  /** Longest path parameter, characters. */
  maxParamLength: 254,
} as const;

/** Which methods each address answers: tells a wrong method (405) from an unknown address (404). */
export class RouteTable {
  private readonly router = createRouter(ROUTER_OPTIONS);
  private readonly methods = new Set<HTTPMethods>();

  /** Learns every route as it is registered; to be called before the first. */
  observe(fastify: Pick<FastifyInstance, 'addHook'>): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        if (url.includes('*') || each === 'OPTIONS' || this.router.hasRoute(each as never, url)) continue;
        this.methods.add(each);
        this.router.on(each as never, url, () => {});
      }
    });
  }

  /** The methods that the address of a URL answers; none when it is unknown. */
  methodsOf(url: string): string[] {
    const [path = ''] = url.split('?', 1);
    return [...this.methods].filter((method) => this.router.find(method as never, path) !== null);
  }
}
