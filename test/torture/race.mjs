#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// race.mjs: eight clients edit, approve, decline, start and cancel one request
// at once, round after round.
//
//   node test/torture/race.mjs [--rounds N] [--seed S] [--binary PATH] [--red]
//
// Of each round: what started was a plan that somebody had approved by its
// hash, it started at most once, and whoever lost got 409 (or 410) and nothing
// else.  In the end the audit chain verifies and fsck finds nothing.  Which
// client does what, and how long it hesitates, comes from the seed.  --red
// doubles one line of the evidence and must fail.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { call } from '../lib/http.mjs';
import { ROOT, Server, folder_copy, pause, scratch_create, scratch_remove,
	until, volume_create } from '../lib/server.mjs';

const { values: given } = parseArgs({ options: {
	rounds: { type: 'string', default: '300' },
	seed: { type: 'string', default: '1' },
	binary: { type: 'string', default: 'build/asan/slipway' },
	red: { type: 'boolean', default: false },
} });
const ROUNDS = Number(given.rounds);
const PEOPLE = ['ernie', 'nora', 'pat', 'casey', 'robin'];
const WITHIN_MS = 300000;
const OVER = ['done', 'cancelled', 'declined', 'failed', 'waiting_approval'];
const LOST = [409, 410];

// mulberry32
let state = Number(given.seed) >>> 0;
function chance() {
	state = (state + 0x6d2b79f5) >>> 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);

	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

const dir = scratch_create('race');
const out = path.join(dir, 'out');
const tokens = {}, agents = {}, won = {}, lost = {};

async function ask(who, method, target, body) {
	const headers = { 'Content-Type': 'application/json' };

	if (who !== null)
		headers.Authorization = `Bearer ${tokens[who]}`;
	const reply = await call(server.where, method, target, { headers,
		agent: agents[who], limit: WITHIN_MS,
		body: body === undefined ? null : JSON.stringify(body) });

	return { ...reply, json: reply.text === '' ? null :
		JSON.parse(reply.text) };
}

async function detail_of(ticket) {
	return (await ask(null, 'GET', `/v1/tickets/${ticket}`)).json;
}

// What a client may do to the request of a round.
const moves = {
	approve: (r, who) => ask(who, 'POST', `/v1/tickets/${r.ticket}/approve`,
		{ plan_hash: r.hash }),
	// The plan that is in force when it looks.
	look: async (r, who) => {
		const { ticket } = await detail_of(r.ticket);

		return ask(who, 'POST', `/v1/tickets/${r.ticket}/approve`,
			{ plan_hash: ticket.plan_hash });
	},
	decline: (r, who) => ask(who, 'POST', `/v1/tickets/${r.ticket}/decline`,
		{ plan_hash: r.hash }),
	edit: (r, who) => ask(who, 'PATCH', `/v1/tickets/${r.ticket}`,
		{ params: { name: `${r.name}-${who}` } }),
	start: (r, who) => ask(who, 'POST', `/v1/runs/${r.run}/retry`, {}),
	cancel: (r, who) => ask(who, 'POST', `/v1/runs/${r.run}/cancel`, {}),
	withdraw: (r, who) => ask(who, 'POST',
		`/v1/tickets/${r.ticket}/withdraw`, {}),
};

function round_plan() {
	const some = (list, otherwise) => chance() < 0.5
		? list[Math.floor(chance() * list.length)] : otherwise;

	return [
		['approve', 'casey'], ['approve', 'robin'], ['look', 'casey'],
		[some(['look', 'decline'], 'approve'), 'robin'],
		['edit', 'ernie'], [some(['edit'], 'start'), 'pat'],
		['start', 'ernie'],
		[some(['cancel', 'withdraw'], 'start'), 'ernie'],
	].map(([what, who]) => ({ what, who, after: chance() * 4 }));
}

async function play(i) {
	const name = `race-${i}`;
	const { json, status, text } = await ask('ernie', 'POST',
		'/v1/tasks/mark/runs', { environment: 'prod', params: { name } });

	if (status !== 201)
		throw new Error(`round ${i}: ${text}`);
	const r = { i, name, ticket: json.ticket, run: json.run,
		hash: json.plan_hash };

	await Promise.all(round_plan().map(async ({ what, who, after }) => {
		await pause(after);
		const reply = await moves[what](r, who);

		if (reply.status !== 200 && !LOST.includes(reply.status))
			throw new Error(`round ${i}: ${who} ${what}: ${reply.text}`);
		const tally = reply.status === 200 ? won : lost;

		tally[what] = (tally[what] ?? 0) + 1;
	}));
	return r;
}

// Lines of the volume: which run wrote them.
function marks() {
	const of = new Map();

	for (const line of fs.readFileSync(path.join(out, 'marks'), 'utf8')
		.trimEnd().split('\n')) {
		const [name, run] = line.split(' ');
		const i = Number(name.split('-')[1]);

		of.set(i, [...of.get(i) ?? [], { name, run }]);
	}
	return of;
}

async function check(r, started) {
	let detail;

	if (started.length > 1)
		throw new Error(`${r.ticket} started ${started.length} times`);
	if (!await until(WITHIN_MS, async () => {
		detail = await detail_of(r.ticket);
		return OVER.includes(detail.ticket.status);
	}))
		throw new Error(`${r.ticket} is ${detail.ticket.status}`);
	if (started.length === 0)
		return;
	const { json } = await ask(null, 'GET', `/v1/runs/${started[0].run}`);
	const votes = detail.needs.flatMap(n => n.votes);
	const approved = votes.filter(v => v.decision === 'approve')
		.map(v => v.plan_hash);
	const plan = await ask(null, 'GET', `/v1/plans/${json.run.plan_hash}`);

	if (!approved.includes(json.run.plan_hash))
		throw new Error(`${r.ticket} started ${json.run.plan_hash}, ` +
			`approved was ${approved.join(', ') || 'nothing'}`);
	if (votes.some(v => v.decision === 'decline' &&
		v.plan_hash === json.run.plan_hash))
		throw new Error(`${r.ticket} started, and was declined`);
	if (plan.json.body.params.name !== started[0].name)
		throw new Error(`${r.ticket} started with ${started[0].name}`);
}

async function all_rounds() {
	const rounds = [];
	let started = 0;

	for (let i = 0; i < ROUNDS; i++) {
		rounds.push(await play(i));
		if (i % 1000 === 999)
			console.log(`${i + 1} rounds`);
	}
	await until(WITHIN_MS, async () => (await ask(null, 'GET',
		'/v1/runs?status=running')).json.items.length === 0);
	const of = marks();

	if (given.red)
		of.set([...of.keys()][0], [...of.values()][0].concat({}));
	for (let i = 0; i < rounds.length; i += 8)
		await Promise.all(rounds.slice(i, i + 8).map(r =>
			check(r, of.get(r.i) ?? [])));
	started = of.size;
	if (started === 0 || started === ROUNDS)
		throw new Error(`${started} of ${ROUNDS} started: no race`);
	return started;
}

// Counted by one statement, and found one by one.
async function check_waiting(person) {
	const { json: me } = await ask(person, 'GET', '/v1/me');
	let n = 0, after = '';

	do {
		const { json } = await ask(person, 'GET',
			`/v1/tickets?waiting_for=${person}&limit=100${after}`);

		n += json.items.length;
		after = json.next === null ? null : `&after=${json.next}`;
	} while (after !== null);
	if (me.waiting !== n)
		throw new Error(`${person}: ${me.waiting} wait, found ${n}`);
}

volume_create(out);
folder_copy(path.join(ROOT, 'test/folder'), path.join(dir, 'folder'), out);
const server = new Server({ dir, folder: path.join(dir, 'folder'), slots: 8,
	binary: path.resolve(ROOT, given.binary) });

try {
	await server.start();
	for (const person of PEOPLE) {
		tokens[person] = (await ask(null, 'POST', '/v1/tokens',
			{ person, name: 'race' })).json.token;
		agents[person] = new http.Agent({ keepAlive: true });
	}
	const started = await all_rounds();
	for (const person of PEOPLE)
		await check_waiting(person);
	const chain = await ask(null, 'GET', '/v1/audit/verify');

	if (chain.status !== 200)
		throw new Error(`the audit chain: ${chain.text}`);
	if ((await server.stop()).code !== 0)
		throw new Error('it did not end well');
	execFileSync(server.binary, ['fsck', server.data], { stdio: 'ignore' });
	console.log(`race: ${ROUNDS} rounds, seed ${given.seed}: ${started} ` +
		'started, each once and as approved; won ' +
		`${JSON.stringify(won)}, lost ${JSON.stringify(lost)}`);
} catch (why) {
	console.log(`race: ${why.stack}\n${server.log_tail(30).join('\n')}`);
	process.exitCode = 1;
} finally {
	for (const agent of Object.values(agents))
		agent.destroy();
	await server.kill();
	await scratch_remove(dir);
}
