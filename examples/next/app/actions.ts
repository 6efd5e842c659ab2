'use server';

import { redirect } from 'next/navigation';
import { latchkey } from '../latchkey';

/** @returns what was wrong */
export async function signIn(_former: string | null, form: FormData): Promise<string | null> {
  const client = await latchkey.client();
  const { error } = await client.auth.signInWithPassword({
    identifier: String(form.get('identifier')),
    password: String(form.get('password')),
  });
  if (error !== null) return error.message;
  redirect('/');
}

export async function saveName(form: FormData): Promise<void> {
  const client = await latchkey.client();
  const { error } = await client.profile.update({ firstName: String(form.get('firstName')) });
  if (error !== null) throw error;
  redirect('/');
}

export async function signOut(): Promise<void> {
  const client = await latchkey.client();
  const { error } = await client.auth.signOut();
  if (error !== null) throw error;
  redirect('/');
}
