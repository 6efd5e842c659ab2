import { type ServerClient, createWebAdapter, sessionResponse } from '@latchkey/client/web';
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { accountPage, failurePage, sessionsPage, signInPage } from './pages.js';

type App = Hono<{ Variables: { latchkey: ServerClient } }>;

/** @param url of the Latchkey server */
export function createApp(url: string): App {
  const latchkey = createWebAdapter({ url });
  const app: App = new Hono();

  // Forms of foreign pages are refused.
  app.use(csrf());

  // Each request gets a client of its own, with a session that is good for a while yet.
  app.use(async (context, next) => {
    context.res = await latchkey.handle(context.req.raw, async (client) => {
      context.set('latchkey', client);
      await next();
      return context.res;
    });
  });

  // Pages of an account are not shown from the browser's cache: somebody may have signed out.
  app.use(async (context, next) => {
    context.header('cache-control', 'private, no-store');
    await next();
  });

  app.get('/', async (context) => {
    const { data, error } = await context.var.latchkey.auth.getUser();
    if (error === null) return context.html(accountPage(data.user));
    return isOver(error) ? context.html(signInPage()) : context.html(failurePage(error.message), 503);
  });

  app.post('/sign-in', async (context) => {
    const form = await context.req.formData();
    const { error } = await context.var.latchkey.auth.signInWithPassword({
      identifier: text(form, 'identifier'),
      password: text(form, 'password'),
    });
    return error === null ? context.redirect('/', 303) : context.html(signInPage(error.message), 401);
  });

  app.post('/name', async (context) => {
    const form = await context.req.formData();
    const { error } = await context.var.latchkey.profile.update({ firstName: text(form, 'firstName') });
    return error === null ? context.redirect('/', 303) : context.html(failurePage(error.message), 400);
  });

  app.get('/sessions', async (context) => {
    const { data, error } = await context.var.latchkey.sessions.list();
    if (error === null) return context.html(sessionsPage(data));
    return isOver(error) ? context.redirect('/') : context.html(failurePage(error.message), 503);
  });

  app.post('/sign-out', async (context) => {
    const { error } = await context.var.latchkey.auth.signOut();
    return error === null ? context.redirect('/', 303) : context.html(failurePage(error.message), 503);
  });

  // An access token for scripts of the page that call other servers.
  app.get('/auth/session', (context) => sessionResponse(context.var.latchkey));

  return app;
}

/** Whether nobody is signed in (any more), rather than the server out of reach. */
function isOver({ code, status }: { code: string; status: number }): boolean {
  return code === 'client.signed_out' || status === 401;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
