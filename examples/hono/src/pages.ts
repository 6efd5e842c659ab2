import type { SessionView, User } from '@latchkey/client';
import { html } from 'hono/html';

/** Text of a template, escaped. */
type Html = ReturnType<typeof html>;

export function accountPage(user: User): Html {
  return page(
    `Signed in as ${user.email}`,
    html`<form method="post" action="/name">
        <label>First name <input name="firstName" value="${user.firstName ?? ''}" /></label>
        <button>Save</button>
      </form>
      <p><a href="/sessions">Sessions</a></p>
      <form method="post" action="/sign-out"><button>Sign out</button></form>`,
  );
}

export function signInPage(problem?: string): Html {
  return page(
    'Sign in',
    html`${problem === undefined ? '' : html`<p role="alert">${problem}</p>`}
      <form method="post" action="/sign-in">
        <label>E-mail address <input name="identifier" autocomplete="username" /></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" /></label>
        <button>Sign in</button>
      </form>`,
  );
}

export function sessionsPage(sessions: readonly SessionView[]): Html {
  return page(
    'Sessions',
    html`<ul>
        ${sessions.map(({ device, current }) => html`<li>${device}${current ? ', this one' : ''}</li>`)}
      </ul>
      <p><a href="/">Account</a></p>`,
  );
}

export function failurePage(message: string): Html {
  return page('That did not work', html`<p role="alert">${message}</p>`);
}

function page(title: string, content: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <title>${title}</title>
        <meta name="viewport" content="width=device-width" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html>`;
}
