const userOf = (id: number, username: string, email: string, date: string) => ({
  created_at: date,
  email,
  id,
  image_file: 'default.jpg',
  modified_at: date,
  username,
});

const USER = {
  created_at: 'Mon, 20 Jul 2020 10:53:29 GMT',
  email: 'sample@mail.com',
  id: 2,
  image_file: '19399091fd78591e.jpg',
  modified_at: 'Mon, 20 Jul 2020 10:53:29 GMT',
  username: 'user1',
};

const RENAMED = {
  created_at: 'Thu, 23 Jul 2020 12:24:58 GMT',
  email: 'whatever@gmail.com',
  id: 5,
  image_file: 'b16fb297953ff9e5.jpg',
  modified_at: 'Thu, 23 Jul 2020 12:24:58 GMT',
  username: 'user_new_one',
};

const BOOK = {
  authors: ['William Gibson', 'Bruce Sterling'],
  copies: 2,
  created_at: 'Fri, 21 Aug 2020 12:30:06 GMT',
  id: 3,
  isbn: '9780575047624',
  modified_at: 'Fri, 21 Aug 2020 12:30:06 GMT',
  title: 'The Difference Engine',
  year: 1990,
};

/** The document's own examples, for the OpenAPI document; it has none for books. */
export const EXAMPLES = {
  registered: {
    message: 'REGISTER SUCCESS',
    result: userOf(8, 'tesu2', 'jajabi2@mail.com', 'Fri, 21 Aug 2020 12:30:06 GMT'),
    status: 201,
  },
  loggedIn: {
    access_token:
      'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6NywiZW1haWwiOiJjcmlzdGlhbm9fcm9uYWxkb0BsaXZlcnBvb2xmYy51ayIsImlhdCI6MTU4MzIzNzgwOH0.eUjWk-QOFVss77WLfbbqFvt9rKuLNCNk4xEzCSiAdYk',
  },
  users: {
    message: 'FETCH ALL SUCCESS',
    result: [
      userOf(4, 'user2', 'sample1@mail.com', 'Mon, 20 Jul 2020 11:02:58 GMT'),
      USER,
      userOf(6, 'tesu', 'jajabi@mail.com', 'Fri, 21 Aug 2020 10:59:32 GMT'),
      userOf(5, 'user3', 'ptsaribikamakmursejahtera@gmail.com', 'Thu, 23 Jul 2020 12:24:58 GMT'),
      userOf(7, 'tesu1', 'jajabi1@mail.com', 'Fri, 21 Aug 2020 12:29:22 GMT'),
      userOf(8, 'tesu2', 'jajabi2@mail.com', 'Fri, 21 Aug 2020 12:30:06 GMT'),
    ],
    status: 200,
  },
  user: { message: 'SUCCESS: GET BY ID', result: USER, status: 200 },
  changed: { message: 'SUCCESS: UPDATE USERNAME', result: RENAMED, status: 200 },
  // The document's token is a JWT that contains the OTP. Ours reveals nothing.
  resetRequested: {
    access_token: 'lkg_AZqfPmwbfD6m0F8PbzsaEUu1mH8pWc4vR2sQ9dXk7LtYbN3gJe5fZoAZqfPmwbfD',
    message: 'Reset Instructions Sent.',
  },
  passwordReset: { message: 'Password reset success.', status: 200 },
  userDeleted: { message: 'SUCCESS: DELETE USER', status: 200 },
  books: { message: 'FETCH ALL SUCCESS', result: [BOOK], status: 200 },
  book: { message: 'SUCCESS: GET BY ID', result: BOOK, status: 200 },
  bookAdded: { message: 'SUCCESS: ADD BOOK', result: BOOK, status: 201 },
  bookUpdated: { message: 'SUCCESS: UPDATE BOOK', result: BOOK, status: 200 },
  bookDeleted: { message: 'SUCCESS: DELETE BOOK', status: 200 },
};

/** Fields that an account may lack. */
export const NULLABLE = ['email', 'username'];

/** Fields that a book may lack. */
export const NULLABLE_OF_BOOKS = ['isbn', 'year'];
