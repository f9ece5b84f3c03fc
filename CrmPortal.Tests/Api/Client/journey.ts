// What a program does with a client that is generated from the documents. That it compiles says that the documents describe the values
// which are used here; that it runs says that the portal answers them.
import createClient from 'openapi-fetch';
import type { components as coreTypes, paths as core } from './core.js';
import type { paths as retail } from './retail-v1.js';
import type { paths as shop } from './shop.js';
import type { paths as v2 } from './v2.js';

declare const process: { env: Record<string, string | undefined> };

const baseUrl = process.env.CRM_ADDRESS!;
const email = process.env.CRM_EMAIL!;
const password = process.env.CRM_PASSWORD!;

function demand(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) throw new Error(what);
}

const api = createClient<core>({ baseUrl });

// Refused, with a problem that has its type.
const refused = await api.POST('/api/auth/login', { body: { email, password: 'not this one' } });
demand(refused.response.status === 401 && refused.error !== undefined, 'a wrong password signs in');
const problem: coreTypes['schemas']['Problem'] = refused.error;
demand(problem.status === 401 && problem.detail.length > 0 && problem.correlation_id.length > 0, 'the refusal is no problem');

const session = await api.POST('/api/auth/login', { body: { email, password } });
demand(session.data !== undefined, 'nobody is signed in');
const authorization = { Authorization: `${session.data.token_type} ${session.data.access_token}` };
api.use({ onRequest: ({ request }) => request.headers.set('Authorization', authorization.Authorization) });

// Created once, though it is sent twice.
const creation = {
  body: { name: 'Ada Lovelace', email: 'ada@example.com', gender: 'female' as const, tags: ['journey'] },
  params: { header: { 'Idempotency-Key': 'journey-1' } },
};
const created = await api.POST('/api/customers', creation);
const again = await api.POST('/api/customers', creation);
demand(created.data !== undefined && again.data !== undefined, 'there is no customer');
const id: number = created.data.id;
demand(id > 0 && id === again.data.id, 'the customer is there twice');
demand(created.response.headers.get('ETag') !== null, 'the customer has no version');
const lastOrder: string | null = created.data.last_order_date;
demand(lastOrder === null, 'the customer bought something');

const listed = await api.GET('/api/customers', { params: { query: { filter: 'tags:any:journey', ordering: '-created', limit: 5 } } });
demand(listed.data !== undefined, `the list is refused: ${listed.error?.detail}`);
const names: string[] = listed.data.items.map(customer => customer.name);
demand(listed.data.total === 1 && names[0] === 'Ada Lovelace', 'the filter finds somebody else');

// Points, and the ledger that shows them.
const earned = await api.POST('/api/loyalty/earn', { body: { customer_id: id, points: 250, description: 'Welcome' } });
demand(earned.data !== undefined && earned.response.status === 201, `no points: ${earned.error?.detail}`);
const balance: number = earned.data.balance_after;
demand(balance === 250, 'other points');
const path = { id };
const ledger = await api.GET('/api/customers/{id}/loyalty/transactions', { params: { path, query: { transaction_type: 'EARNED' } } });
demand(ledger.data?.length === 1 && ledger.data[0]?.points === 250, 'the ledger does not show them');
const expires: string | null | undefined = ledger.data[0]?.expires_at;
demand(expires === null || !Number.isNaN(Date.parse(expires ?? '')), 'they expire at no instant');
const tooMany = await api.POST('/api/loyalty/redeem', { body: { customer_id: id, points: 1_000, description: 'Too many' } });
demand(tooMany.response.status === 400 && tooMany.error?.detail === 'Insufficient loyalty points', 'more is redeemed than there is');

// What is wrong is said by field, and what comes too late changes nothing.
const wrong = await api.PATCH('/api/customers/{id}', { params: { path }, body: { email: 'nobody' } });
demand(wrong.error?.errors?.email?.[0] !== undefined, 'no sentence for the e-mail');
const late = await api.PATCH('/api/customers/{id}', { params: { path, header: { 'If-Match': '"v999"' } }, body: { name: 'Eve' } });
demand(late.response.status === 412, 'a stale change is taken');

// The same records as the other contracts show them.
const messenger = createClient<v2>({ baseUrl, headers: authorization });
const met = await messenger.POST('/api/v2/customers', { body: { phoneNumber: '34600111222', firstName: 'Grace', lastName: 'Hopper' } });
demand(met.data?.success === true, `v2 refuses: ${met.error?.detail}`);
const textId: string = met.data.customer._id;
const found = await messenger.GET('/api/v2/customers/{id}', { params: { path: { id: textId } } });
demand(found.data?.customer.phoneNumber === '34600111222', 'v2 shows another phone');

const retailer = createClient<retail>({ baseUrl, headers: authorization });
const slice = await retailer.GET('/api/v1/retail-customers', { params: { query: { skip: 0, limit: 10 } } });
demand(slice.data?.length === 2, 'retail v1 lists others');
const absent = await retailer.GET('/api/v1/retail-customers/{id}', { params: { path: { id: '999999' } } });
demand(absent.response.status === 404 && absent.error?.detail === 'Customer not found', 'retail v1 finds who is not there');

const store = createClient<shop>({ baseUrl, headers: authorization });
const bought = await store.GET('/api/customers/customers/{id}', { params: { path } });
const spent: string | undefined = bought.data?.total_spent;
demand(spent === '0.00', 'the shop shows other money');

const left = await api.POST('/api/auth/logout');
demand(left.response.status === 204 && (await api.GET('/api/customers')).response.status === 401, 'the session goes on');
console.log('The journey is done.');
