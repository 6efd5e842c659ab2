'use server';

import { redirect } from 'next/navigation';
import { latchkey } from '../latchkey';

/** @returns what was wrong */
export async function signIn(_former: string | null, form: FormData): Promise<string | null> {
  const client = await latchkey.client();
  const { error } = await client.auth.signInWithPassword({ identifier: text(form, 'identifier'), password: text(form, 'password') });
  if (error !== null) return error.message;
  redirect('/');
}

export async function saveName(form: FormData): Promise<void> {
  const client = await latchkey.client();
  const { error } = await client.profile.update({ firstName: text(form, 'firstName') });
  if (error !== null) throw error;
  redirect('/');
}

export async function signOut(): Promise<void> {
  const client = await latchkey.client();
  const { error } = await client.auth.signOut();
  if (error !== null) throw error;
  redirect('/');
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
