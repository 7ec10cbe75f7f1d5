// SPDX-License-Identifier: MIT
// matrix: every operation, by everybody, on what is the platform team's, on
// what is the security team's, and on what is not there, against roles.txt.
// An operation that is not in the table fails, with the row to write, and so
// does one that is there no more.
//
// + means that the caller may: whatever the answer is then (200, 409, 422), it
// is no 401, 403 or 404.
//
// Besides, what a caller may not see answers byte for byte as what is not
// there: words, hints and headers.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const TABLE = path.join(ROOT, 'test/scenario/roles.txt');
const WHO = ['nobody', 'olga', 'dora', 'ernie', 'casey', 'tina', 'operator',
	'sam', 'pat', 'rita', 'robot', 'dan', 'reader', 'worker', 'gone'];
const LEAVES = { slow: 'leave', 'vault-key': 'vault-leave' };
const CELLS = 2000; // at least

const ABSENT = { run: 'R-99999', ticket: 'OPS-99999', plan: 'f'.repeat(64),
	task: 'absent', request: 'absent', person: 'absent', token: 'slw_99999999',
	secret: 'absent', schedule: 'absent', backfill: '99999', item: '99999', glass: '99999',
	filter: 'absent', resource: 'RES-99999', delegation: '99999' };
// One letter from what is there.
const NEAR_OURS = { ...ABSENT, task: 'slov', request: 'slov', schedule: 'slov',
	person: 'erniee', secret: 'matriz', filter: 'matriz' };
const NEAR_THEIRS = { ...NEAR_OURS, task: 'vault-kez', request: 'vault-kez',
	schedule: 'vault-kez', person: 'samm' };

const BODIES = values => ({
	'request.ask': { environment: 'dev' },
	'task.run': { environment: 'dev' },
	'run.resolve': { step: values.step, outcome: 'failed', note: 'x' },
	'run.reveal': { output: 'none' },
	'ticket.bulk': { query: 'project = OPS', label: ['x'] },
	'filter.save': { query: 'project = OPS' },
	'ticket.approve': { plan_hash: values.plan },
	'ticket.decline': { plan_hash: values.plan },
	'ticket.comment': { text: 'x' },
	'ticket.edit': { title: 'x' },
	'ticket.create': { kind: 'operation', title: 'x',
		project: 'OPS' },
	'ticket.edit_comment': { text: 'x' },
	'ticket.merge': { into: values.ticket },
	'ticket.link': { kind: 'blocks', to: values.ticket },
	'ticket.unlink': { kind: 'blocks', to: values.ticket },
	'ticket.move': { to: 'open' },
	'glass.open': { reason: 'for the matrix', code: 'slg_wrong' },
	'glass.review': { note: 'x' },
	'pause.set': { kind: 'all' },
	'pause.end': { kind: 'all' },
	'schedule.backfill': { from: '2024-01-01', to: '2025-12-31', dry_run: true },
	'resource.adopt': { team: 'guests' },
	'resource.transfer': { to: 'guests' },
	'secret.set': { value: 'long-enough-a-value' },
	'token.create': { name: 'matrix' },
	// Not yet: it would let its person see more.
	'delegation.create': { from: '+10d', until: '+11d' },
});

// An object of each kind, made by somebody who may.
async function backfill(world, who, schedule) {
	const { json } = await world.json(who, 'POST',
		`/v1/schedules/${schedule}/backfills`,
		{ from: '2026-01-01', to: '2026-04-30', again: true });

	return json.id;
}

// Something in who's inbox.
async function item(world, who, ticket) {
	await world.json('tina', 'POST', `/v1/tickets/${ticket}/comments`,
		{ text: 'x' });
	const { json } = await world.json(who, 'GET', '/v1/inbox');

	return json.items[0].id;
}

// A run that is over and left a file: it takes the place of the other.
async function left(world, values) {
	const { json } = await world.json(values.who, 'POST',
		`/v1/tasks/${LEAVES[values.task]}/runs`, { environment: 'dev' });
	const until = Date.now() + 120000;

	while (Date.now() < until) {
		const { json: detail } = await world.json('operator', 'GET',
			`/v1/runs/${json.run}`);

		if (detail.run.status === 'succeeded') {
			Object.assign(values, { run: json.run,
				step: detail.steps[0].id });
			return 'thing';
		}
		await new Promise(done => setTimeout(done, 50));
	}
	throw new Failure(`${values.task}: nothing was left`);
}

// One for each owner will do: nothing that is asked of it takes it away at once.
async function resource(world, who, request) {
	const made = world.resources_made ??= {};

	if (made[who])
		return made[who];
	const name = `matrix-${who}`;
	const asked = await world.json(who, 'POST',
		`/v1/requests/${request === 'slow' ? 'shed' : 'vault-shed'}/tickets`,
		{ environment: 'dev', params: { name } });

	for (let i = 0; i < 1200; i++) {
		const { json } = await world.json(who, 'GET', '/v1/resources');
		const found = json.items.find(one => one.name === name);

		if (found)
			return made[who] = found.key;
		await new Promise(done => setTimeout(done, 100));
	}
	throw new Failure(`no resource comes of it: ${asked.text}`);
}

async function delegation(world, who) {
	const { json } = await world.json(who, 'POST',
		'/v1/people/tina/delegations', { from: '+10d', until: '+11d' });

	return json.id;
}

// What costs calls of its own, by the parameter that wants it.
const PARTS = {
	token: async (world, { who }) => (await world.json(who, 'POST',
		'/v1/tokens', { name: 'own' })).json.prefix,
	secret: async world => {
		await world.json('operator', 'PUT', '/v1/secrets/matrix',
			{ value: 'of-no-use-to-anybody' });
		return 'matrix';
	},
	step: async (world, { run }) => (await world.json('operator', 'GET',
		`/v1/runs/${run}`)).json.steps[0].id,
	// Closed at once, so that nobody is more than their column says.
	glass: async world => {
		const { json } = await world.json('operator', 'POST',
			'/v1/break-glass/seal');
		const made = await world.json('pat', 'POST', '/v1/break-glass',
			{ reason: 'for the matrix', code: json.code });

		await world.json('pat', 'POST',
			`/v1/break-glass/${made.json.id}/close`);
		return made.json.id;
	},
	backfill: (world, { who, schedule }) => backfill(world, who, schedule),
	item: (world, { who, ticket }) => item(world, who, ticket),
	name: left,
	resource: (world, { who, request }) => resource(world, who, request),
	delegation: (world, { who }) => delegation(world, who),
};

function parts_of(operation) {
	return Object.keys(PARTS).filter(name =>
		operation.path.includes(`{${name}}`) ||
		(name === 'step' && operation.id === 'run.resolve'));
}

async function objects(world, who, task, request, parts) {
	const asked = await world.json(who, 'POST',
		`/v1/requests/${request}/tickets`, { environment: 'prod',
			params: task === 'slow' ? { name: 'matrix' } : {} });

	if (asked.status !== 201)
		throw new Failure(`${request}: ${asked.text}`);
	const values = { run: asked.json.run, ticket: asked.json.ticket,
		plan: asked.json.plan_hash, other: asked.json.plan_hash, task,
		request, person: who, schedule: task, filter: 'matrix',
		who };

	for (const name of parts)
		values[name] = await PARTS[name](world, values);
	return values;
}

function symbol(status) {
	return [401, 403, 404].includes(status) ? String(status) : '+';
}

async function ask(world, who, operation, values) {
	const query = operation.id === 'access.can' ? '?action=view' : '';
	const target = operation.path.replace(/\{(\w+)\}/g,
		(all, name) => values[name]) + query;
	const method = operation.method.toUpperCase();

	if (operation.id.endsWith('.follow') && who !== 'nobody') {
		const end = await world.follow(who, target, { head: true });

		return { status: end?.status ?? 200, text: '', headers: {} };
	}
	return world.api(who, method, target, { body:
		method === 'GET' || method === 'DELETE' ? null :
			JSON.stringify(BODIES(values)[operation.id] ?? {}) });
}

// --- who is no person ---

async function token_make(world, who, wish) {
	const { status, text, json } = await world.json(who, 'POST',
		'/v1/tokens', { name: 'matrix', ...wish });

	if (status !== 200 && status !== 201)
		throw new Failure(`a token of ${who}: ${text}`);
	return json;
}

async function callers_make(world) {
	const gone = await token_make(world, 'tina', {});
	const reader = await token_make(world, 'tina', { role: 'viewer' });
	const worker = await token_make(world, 'ernie',
		{ environments: ['dev'] });

	const people = path.join(world.folder, 'people.yaml');
	const text = fs.readFileSync(people, 'utf8');
	const reload = () => world.api('operator', 'POST',
		'/v1/platform/reload', { body: '{}' });

	// A disabled person's token is one of before that.
	fs.writeFileSync(people, text.replace(', disabled: true', ''));
	await reload();
	await world.token_of('dan');
	fs.writeFileSync(people, text);
	await reload();
	await world.api('tina', 'DELETE', `/v1/tokens/${gone.prefix}`);
	world.tokens.set('gone', gone.token);
	world.tokens.set('reader', reader.token);
	world.tokens.set('worker', worker.token);
}

// --- one row ---

function answer_changed(operation, cell) {
	return operation.method !== 'get' && cell === '+';
}

// Objects last until somebody may have changed them.
async function row_ask(world, operation, make) {
	const row = [];
	let values = null;

	if (operation.method === 'get') {
		values = await make();
		return Promise.all(WHO.map(async who => {
			const reply = await ask(world, who, operation, values);

			return { who, values, reply, cell: symbol(reply.status) };
		}));
	}
	for (const who of WHO) {
		values ??= await make();
		const reply = await ask(world, who, operation, values);

		row.push({ who, values, reply, cell: symbol(reply.status) });
		if (answer_changed(operation, row.at(-1).cell))
			values = null;
	}
	return row;
}

// All that a caller can tell one reply from another by, the name left out.
function reply_face(reply, name) {
	const text = reply.text.replace(/"request_id":"[^"]*"/, '')
		.replaceAll(`'${name}'`, 'NAME');

	const { date, 'x-request-id': id, 'content-length': length, ...headers } =
		reply.headers;

	return JSON.stringify([reply.status, text, headers]);
}

// Who may see it and not do that reads by which rule, and what to do.
function row_mute(operation, row) {
	return row.filter(({ cell, reply }) => cell === '403' &&
		reply.text !== '').map(({ who, reply }) => ({ who,
			...JSON.parse(reply.text) }))
		.filter(p => !p.code || !p.detail || !p.hint ||
			(p.code === 'access.denied' && !/token/.test(p.detail) &&
				!/^ask /.test(p.hint)))
		.map(p => `${operation.id}: ${p.who} is denied by ${p.code} ` +
			`without whom to ask or what to do: ${p.detail}`);
}

// Where the caller may not see the object itself, it is as one that is not
// there and has almost its name.
async function row_leaks(world, api, operation, row, theirs) {
	const above = operation.path.replace(/(\{\w+\}).*/, '$1');
	const name = /\{(\w+)\}/.exec(operation.path)[1];
	const get = api.operations.find(o => o.method === 'get' &&
		o.path === above);
	const wrong = [];

	for (const { who, values, reply, cell } of row) {
		if (cell !== '404' || (get &&
			(await ask(world, who, get, values)).status !== 404))
			continue;
		const near = { ...values, ...(theirs ? NEAR_THEIRS : NEAR_OURS) };
		const found = reply_face(reply, values[name]);
		const wanted = reply_face(await ask(world, who, operation, near),
			near[name]);

		if (found !== wanted)
			wrong.push(`${operation.id}: ${who} can tell what is hidden ` +
				`from what is not there:\n\t${found}\n\t${wanted}`);
	}
	return wrong;
}

// --- the table ---

function row_text(name, cells) {
	const [id, whose] = name.split(/ (?=\S+$)/);

	return [id.padEnd(22), whose.padEnd(6), ...cells.map((cell, i) =>
		cell.padEnd(WHO[i].length))].join(' ').trimEnd();
}

function table_read() {
	const rows = new Map();

	for (const line of fs.readFileSync(TABLE, 'utf8').split('\n')) {
		const [id, whose, ...cells] = line.trim().split(/\s+/);
		const name = `${id} ${whose}`;

		if (line.trim() !== '' && !line.startsWith('#') &&
			cells.length >= (rows.get(name) ?? []).length)
			rows.set(name, cells);
	}
	return rows;
}

function compare(rows, found, mutated) {
	const wrong = [], lacking = [];

	for (const [name, cells] of found) {
		const wanted = (rows.get(name) ?? []).slice();

		if (mutated && name.startsWith('me.get'))
			wanted[0] = '+';
		if (wanted.join(' ') === cells.join(' '))
			continue;
		if (wanted.length < WHO.length)
			lacking.push(row_text(name, cells));
		else
			wrong.push(`is   ${row_text(name, cells)}`,
				`want ${row_text(name, wanted)}`);
	}
	for (const name of rows.keys())
		if (!found.has(name))
			wrong.push(`${name}: there is no such operation`);
	if (lacking.length > 0)
		wrong.push('rows to put into test/scenario/roles.txt, once ' +
			'each cell is as it should be:', ...lacking);
	return wrong;
}

export default async function run(world, args, { mutated }) {
	const api = [...world.apis.values()][0];
	const found = new Map();
	const whose = { ours: ['ernie', 'slow', 'slow'],
		theirs: ['sam', 'vault-key', 'vault-key'] };
	const kept = {};
	const leaks = [];
	const add = (operation, name, row) =>
		found.set(`${operation.id} ${name}`, row.map(r => r.cell));

	await callers_make(world);
	for (const operation of api.operations) {
		const parts = parts_of(operation);
		const make = name => async () => {
			const key = [name, ...parts].join(' ');
			const values = kept[key] ??
				await objects(world, ...whose[name], parts);

			// What may be changed is nobody else's.
			if (operation.method === 'get')
				kept[key] = values;
			else
				delete kept[key];
			return values;
		};

		// No object is named: then it is nobody's.
		if (operation.params === 0) {
			const row = await row_ask(world, operation, make('ours'));

			add(operation, '-', row);
			leaks.push(...row_mute(operation, row));
			continue;
		}
		add(operation, 'absent', await row_ask(world, operation,
			async () => ({ ...await make('ours')(), ...ABSENT })));
		for (const name of Object.keys(whose)) {
			const row = await row_ask(world, operation, make(name));

			add(operation, name, row);
			leaks.push(...row_mute(operation, row));
			leaks.push(...await row_leaks(world, api, operation, row,
				name === 'theirs'));
		}
	}
	const wrong = [...compare(table_read(), found, mutated), ...leaks];

	if (found.size * WHO.length < CELLS)
		wrong.push(`only ${found.size * WHO.length} cells`);
	if (wrong.length > 0)
		throw new Failure(`${wrong.length} differ\n` +
			`${row_text('# operation whose', WHO)}\n${wrong.join('\n')}`);
}
