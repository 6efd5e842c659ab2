import type { FastifyInstance, HTTPMethods } from 'fastify';
import createRouter from 'find-my-way';

/** How paths are matched to routes; the server's router and this table must agree. */
export const ROUTER_OPTIONS = {
  ignoreTrailingSlash: true,
  ignoreDuplicateSlashes: true,
  /** Maximum length of a path parameter, characters. */
  maxParamLength: 254,
} as const;

/** The methods of each path: distinguishes a wrong method (405) from an unknown path (404). */
export class RouteTable {
  private readonly router = createRouter(ROUTER_OPTIONS);
  private readonly methods = new Set<HTTPMethods>();

  /** Records every route as it is registered; call it before the first route. */
  observe(fastify: Pick<FastifyInstance, 'addHook'>): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      for (const each of [method].flat()) {
        if (url.includes('*') || each === 'OPTIONS' || this.router.hasRoute(each as never, url)) continue;
        this.methods.add(each);
        this.router.on(each as never, url, () => {});
      }
    });
  }

  /** The methods that the path of a URL answers; empty if the path is unknown. */
  methodsOf(url: string): string[] {
    const [path = ''] = url.split('?', 1);
    return [...this.methods].filter((method) => this.router.find(method as never, path) !== null);
  }
}
