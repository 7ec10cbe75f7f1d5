#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// kill9.mjs: SIGKILL the server at random moments under mixed load, and hold
// what is there afterwards against what was answered (F01 and F03).
//
//	kill9.mjs [--kills N] [--seed S] [--binary FILE] [--clients N] [--keep]
//	          [--failpoints N] [--red lost|doubled|phantom]
//
// Clients ask, run, approve, decline, edit, withdraw, comment and cancel, each
// request with an Idempotency-Key of its own, repeated with that key until it
// is answered; every request and answer goes to requests.jsonl before and
// after.  Each run writes one line to a file that the server knows nothing of.
// In the end, when nothing runs any more:
//
//	lost     acknowledged, and not there; or begun, and never ended
//	doubled  one key or one attempt with two effects
//	phantom  there, and nobody asked for it, or nobody approved it
//
// --failpoints kills N times at each failpoint of the build instead (F02), at a
// random one of its first passages; a failpoint that is never reached fails.
//
// --red takes a line from what the runs wrote, or adds one, and must fail: a
// proof that the oracle sees it.
//
// Exits 0 when there is none of them and the audit chain and the database are
// whole.  The seed is printed: it decides the load and the moments, as far as
// the machine lets it.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { call } from '../lib/http.mjs';
import { ROOT, Server, folder_copy, pause, processes_below, scratch_create,
	scratch_remove, until, volume_create } from '../lib/server.mjs';

const { values: options } = parseArgs({ options: {
	kills: { type: 'string', default: '200' },
	seed: { type: 'string', default: String(crypto.randomInt(1 << 30)) },
	clients: { type: 'string', default: '6' },
	binary: { type: 'string',
		default: path.join(ROOT, 'build/asan/slipway') },
	keep: { type: 'boolean', default: false },
	red: { type: 'string', default: '' },
	failpoints: { type: 'string', default: '0' },
} });

const KILL_MS = 200;
const POINT_MS = 1500;
const FIRST_MS = 60000;
const QUIET_MS = 300000;
const FINAL = ['succeeded', 'failed', 'cancelled', 'timed_out', 'unknown',
	'unkillable'];

// A small generator with a seed (mulberry32).
function generator(seed) {
	let a = seed >>> 0;

	return () => {
		a = (a + 0x6d2b79f5) | 0;
		let t = Math.imul(a ^ (a >>> 15), 1 | a);

		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const dir = scratch_create('kill9');
const out = path.join(dir, 'out');
const folder = path.join(dir, 'folder');
const requests = fs.openSync(path.join(dir, 'requests.jsonl'), 'a');
const tokens = {};
const asked = new Map(); // name → what became of it, as far as answered
const wrong = { lost: [], doubled: [], phantom: [] };
let over = false, count = 0, repeated = 0;

volume_create(out);
folder_copy(path.join(ROOT, 'test/folder'), folder, out);
fs.mkdirSync(path.join(dir, 's'));
const server = new Server({ binary: options.binary, folder, slots: 6,
	dir: path.join(dir, 's') });

function note(what) {
	fs.writeSync(requests, `${JSON.stringify(what)}\n`);
}

async function get(who, target) {
	const reply = await call(server.where, 'GET', target,
		{ headers: { Authorization: `Bearer ${tokens[who]}` } });

	return { status: reply.status, json: reply.headers['content-type']
		?.includes('json') ? JSON.parse(reply.text) : reply.text };
}

// Until it is answered, with one key.  One connection per client, so that
// each kill breaks some that are in the middle.
async function send(client, who, method, target, body) {
	const key = crypto.randomUUID();
	const no = ++count;

	note({ no, key, who, method, target, body });
	for (let tries = 1; ; tries++) {
		try {
			const reply = await call(server.where, method, target, {
				agent: client.agent,
				headers: { Authorization: `Bearer ${tokens[who]}`,
					'Content-Type': 'application/json',
					'Idempotency-Key': key },
				body: JSON.stringify(body),
			});

			note({ no, tries, status: reply.status, answer: reply.text });
			if (reply.status >= 500)
				throw new Error(`${method} ${target}: ${reply.text}`);
			if (tries > 1)
				repeated++;
			return { status: reply.status, json: JSON.parse(reply.text) };
		} catch (why) {
			if (!['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'].includes(
				why.code) && !/broke off|hang up/.test(why.message))
				throw why;
			note({ no, tries, broken: why.message });
			await pause(10);
		}
	}
}

// --- what a client does ----------------------------------------------------

function pick(client, list) {
	return list[Math.floor(client.random() * list.length)];
}

async function make(client, environment, task) {
	const who = pick(client, ['ernie', 'nora']);
	const name = `${client.name}-${++client.made}`;
	const params = task === 'slow' ?
		{ name, lines: 5 + Math.floor(client.random() * 20), pause: '0.05' } :
		{ name };
	const item = { name, who, task, environment, approved: false };

	asked.set(name, item);
	const reply = await send(client, who, 'POST', `/v1/tasks/${task}/runs`,
		{ environment, params });

	if (reply.status !== 201)
		throw new Error(`asking: ${reply.status} ` +
			JSON.stringify(reply.json));
	Object.assign(item, { run: reply.json.run, ticket: reply.json.ticket,
		hash: reply.json.plan_hash });
	client.items.push(item);
	return item;
}

async function decide(client, item, verb) {
	const reply = await send(client, pick(client, ['casey', 'robin']), 'POST',
		`/v1/tickets/${item.ticket}/${verb}`,
		{ plan_hash: item.hash, note: item.name });

	if (reply.status === 200)
		item[verb === 'approve' ? 'approved' : 'declined'] = true;
	return reply;
}

async function edit(client, item) {
	const name = `${item.name}-e`;
	const reply = await send(client, item.who, 'PATCH',
		`/v1/tickets/${item.ticket}`, { params: { name } });

	if (reply.status !== 200)
		return;
	asked.set(name, { ...item, name, run: reply.json.run,
		hash: reply.json.ticket.plan_hash, edited: true });
	item.edited_away = true;
	Object.assign(item, { later: asked.get(name) });
}

async function comment(client, item) {
	const text = `comment ${crypto.randomUUID()}`;
	const reply = await send(client, item.who, 'POST',
		`/v1/tickets/${item.ticket}/comments`, { text });

	if (reply.status < 300)
		(item.comments ??= []).push(text);
}

async function guarded(client) {
	const item = await make(client, 'prod', 'mark');
	const what = client.random();

	if (what < 0.2)
		await comment(client, item);
	if (what > 0.85) {
		await edit(client, item);
		if (item.later && client.random() < 0.7)
			await decide(client, item.later, 'approve');
		// An approval of what is no longer asked for must not count.
		await decide(client, { ...item }, 'approve');
	} else if (what > 0.75) {
		await decide(client, item, 'decline');
	} else if (what > 0.65) {
		const reply = await send(client, item.who, 'POST',
			`/v1/tickets/${item.ticket}/withdraw`, {});

		item.withdrawn = reply.status === 200;
	} else if (what > 0.15) {
		await decide(client, item, 'approve');
	}
}

async function cancelled(client) {
	const item = await make(client, 'dev', 'slow');

	await pause(client.random() * 300);
	const reply = await send(client, item.who, 'POST',
		`/v1/runs/${item.run}/cancel`, { reason: 'torture' });

	item.cancelled = reply.status === 200;
}

async function client_run(name, seed) {
	const client = { name, random: generator(seed), made: 0, items: [],
		agent: new http.Agent({ keepAlive: true, maxSockets: 1 }) };

	while (!over) {
		const what = client.random();

		if (what < 0.45)
			await make(client, 'dev', 'mark');
		else if (what < 0.75)
			await guarded(client);
		else if (what < 0.85)
			await cancelled(client);
		else
			await make(client, 'dev', 'slow');
		await pause(client.random() * 60);
	}
	client.agent.destroy();
}

// --- what is there afterwards ----------------------------------------------

async function pages(target) {
	const items = [];

	for (let after = ''; ;) {
		const { status, json } = await get('tina',
			`${target}?limit=500${after}`);

		if (status !== 200)
			throw new Error(`${target}: ${status} ${JSON.stringify(json)}`);
		items.push(...json.items);
		if (json.next === null)
			return items;
		after = `&after=${json.next}`;
	}
}

async function quiet() {
	const done = await until(QUIET_MS, async () =>
		(await pages('/v1/runs')).every(r => FINAL.includes(r.status) ||
			r.status === 'waiting_approval'));

	if (!done)
		for (const r of await pages('/v1/runs'))
			if (!FINAL.includes(r.status) && r.status !== 'waiting_approval')
				wrong.lost.push(`${r.key} (${r.params.name}) never ends: ` +
					`${r.status}, ${r.reason}`);
}

// What each attempt wrote: name → lines.
function canaries() {
	const lines = new Map();

	for (const file of ['marks', 'slow']) {
		const text = fs.existsSync(path.join(out, file)) ?
			fs.readFileSync(path.join(out, file), 'utf8') : '';

		for (const line of text.split('\n').filter(l => l !== '')) {
			const name = line.split(' ')[0];

			lines.set(name, (lines.get(name) ?? 0) + 1);
		}
	}
	return lines;
}

function runs_check(runs, lines) {
	const by_name = new Map();

	for (const run of runs) {
		const name = run.params.name;

		if (!asked.has(name))
			wrong.phantom.push(`${run.key}: nobody asked for ${name}`);
		if (by_name.has(name))
			wrong.doubled.push(`${name}: ${by_name.get(name).key} ` +
				`and ${run.key}`);
		by_name.set(name, run);
		if (run.status === 'unknown' || run.status === 'unkillable')
			wrong.lost.push(`${run.key} is ${run.status}: ${run.reason}`);
	}
	for (const [name, n] of lines) {
		if (!asked.has(name))
			wrong.phantom.push(`${name} ran, and nobody asked for it`);
		if (n > 1)
			wrong.doubled.push(`${name} ran ${n} times`);
	}
	return by_name;
}

function item_check(item, run, lines) {
	const ran = lines.get(item.name) ?? 0;

	if (item.run === undefined)
		return; // cut off by the end of the load, before an answer
	if (run === undefined || run.key !== item.run) {
		wrong.lost.push(`${item.name}: ${item.run} was acknowledged, ` +
			`there is ${run?.key ?? 'nothing'}`);
		return;
	}
	if (run.status === 'succeeded' && ran === 0)
		wrong.lost.push(`${run.key} (${item.name}) succeeded, and did ` +
			'not run');
	if (run.status === 'failed')
		wrong.lost.push(`${run.key} (${item.name}) failed`);
	if (item.environment !== 'prod') {
		if (run.status === 'cancelled' && item.task !== 'slow')
			wrong.lost.push(`${run.key} was never cancelled, and is`);
		return;
	}
	if (ran > 0 && !item.approved)
		wrong.phantom.push(`${item.name} ran without an approval`);
	if (item.approved && run.status !== 'succeeded')
		wrong.lost.push(`${item.name} was approved, and is ${run.status}`);
	for (const end of ['declined', 'withdrawn', 'edited_away'])
		if (item[end] && run.status !== 'cancelled')
			wrong.lost.push(`${item.name} was ${end}, and is ${run.status}`);
}

async function tickets_check() {
	const seen = new Set();

	for (const item of asked.values()) {
		if (!item.ticket || seen.has(item.ticket))
			continue;
		seen.add(item.ticket);
		const { status, json } = await get('tina', `/v1/tickets/${item.ticket}`);

		if (status !== 200) {
			wrong.lost.push(`${item.ticket}: ${status}`);
			continue;
		}
		for (const text of item.comments ?? []) {
			const n = json.history.filter(h => h.body === text).length;

			if (n !== 1)
				wrong[n === 0 ? 'lost' : 'doubled'].push(
					`${item.ticket}: '${text}' is there ${n} times`);
		}
		for (const need of json.needs) {
			const people = need.votes.map(v => v.person);

			if (new Set(people).size !== people.length)
				wrong.doubled.push(`${item.ticket}: votes of ` +
					people.join(', '));
		}
	}
	for (const ticket of await pages('/v1/tickets'))
		if (!seen.has(ticket.key))
			wrong.phantom.push(`${ticket.key}: nobody asked for it`);
}

async function logs_check(runs) {
	for (const run of runs) {
		if (run.status !== 'succeeded')
			continue;
		const { json } = await get('tina', `/v1/runs/${run.key}/log`);
		const { name, lines } = run.params;
		const want = run.task === 'mark' ? `marked ${name}\n` :
			Array.from({ length: lines }, (unused, i) =>
				`line ${i + 1} of ${lines}\n`).join('');

		if (json !== want)
			wrong.lost.push(`${run.key}: its log is ${JSON.stringify(json)}`);
	}
}

// What each slow one left behind.
async function artifacts_check(runs) {
	for (const run of runs) {
		if (run.status !== 'succeeded' || run.task !== 'slow')
			continue;
		const { json } = await get('tina',
			`/v1/runs/${run.key}/artifacts/slow/name`);

		if (json !== `${run.params.name}\n`)
			wrong.lost.push(`${run.key}: its artifact is ` +
				JSON.stringify(json));
	}
}

function sabotage() {
	const file = path.join(out, 'marks');
	const lines = fs.readFileSync(file, 'utf8').trimEnd().split('\n');

	if (options.red === 'lost')
		lines.pop();
	if (options.red === 'doubled')
		lines.push(lines[0]);
	if (options.red === 'phantom')
		lines.push('nobody R-0 0');
	fs.writeFileSync(file, `${lines.join('\n')}\n`);
}

async function after_check() {
	await quiet();
	if (options.red !== '')
		sabotage();
	const runs = await pages('/v1/runs');
	const lines = canaries();
	const by_name = runs_check(runs, lines);

	for (const item of asked.values())
		item_check(item, by_name.get(item.name), lines);
	await tickets_check();
	await logs_check(runs);
	await artifacts_check(runs);
	const chain = await get('tina', '/v1/audit/verify');

	if (chain.status !== 200)
		wrong.lost.push(`the audit chain: ${JSON.stringify(chain.json)}`);
	const exit = await server.stop();

	if (exit.code !== 0)
		wrong.lost.push(`SIGTERM: ${JSON.stringify(exit)}`);
	const whole = execFileSync('sqlite3', [path.join(server.data, 'db'),
		'pragma integrity_check; pragma foreign_key_check;'],
	{ encoding: 'utf8' }).trim();

	if (whole !== 'ok')
		wrong.lost.push(`the database: ${whole}`);
	if (!await until(60000, () => processes_below(dir).length === 0))
		wrong.phantom.push(`processes are left: ${processes_below(dir)}`);
	const broken = server.log_broken();

	if (broken !== null)
		wrong.lost.push(broken);
	return { runs: runs.length, events: chain.json.events,
		lines: [...lines.values()].reduce((a, b) => a + b, 0) };
}

async function tokens_make() {
	for (const person of ['ernie', 'nora', 'casey', 'robin', 'tina']) {
		const reply = await call(server.where, 'POST', '/v1/tokens', {
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ person, name: 'torture' }) });

		if (reply.status >= 300)
			throw new Error(`no token for ${person}: ${reply.text}`);
		tokens[person] = JSON.parse(reply.text).token;
	}
}

// Each kill comes 0 to 200 ms after the server answers again.
async function kill_all(random) {
	let slowest = 0;

	for (let i = 0; i < Number(options.kills); i++) {
		await pause(random() * KILL_MS);
		await server.kill();
		const began = Date.now();

		await server.start();
		slowest = Math.max(slowest, Date.now() - began);
	}
	return slowest;
}

// Those of backup and restore are not the server's: store/backup_test.c kills
// at each of them.
function failpoint_names() {
	return execFileSync('make', ['-s', 'failpoints'],
		{ cwd: ROOT, encoding: 'utf8' }).trim().split('\n')
		.filter(name => !/^(test|backup|restore)\./.test(name));
}

// True when it died there; one that is not passed often enough is killed after
// ms.
async function kill_at(name, passage, ms) {
	server.env = { SLIPWAY_FAILPOINT: `${name}:kill:${passage}` };
	// A file that is not stored yet, so that storing it is passed too.
	fs.appendFileSync(path.join(folder, 'slow'), `# ${name} ${passage}\n`);
	try {
		await server.start();
		await Promise.race([server.gone, pause(ms)]);
	} catch { /* it died before it was ready */ }
	const died = server.exit?.signal === 'SIGKILL';

	await server.kill();
	server.env = {};
	return died;
}

async function kill_points(random) {
	await server.kill();
	for (const name of failpoint_names()) {
		let reached = 0;

		for (let i = 0; i < Number(options.failpoints); i++) {
			const passage = i % 2 === 0 ? 1 :
				1 + Math.floor(random() * 12);

			if (await kill_at(name, passage, reached === 0 &&
				passage === 1 ? FIRST_MS : POINT_MS))
				reached++;
			await server.start();
			await pause(random() * 50);
			await server.kill();
		}
		console.log(`  ${name}: reached ${reached} of ${options.failpoints}`);
		if (reached === 0)
			wrong.lost.push(`failpoint ${name} was never reached`);
	}
	await server.start();
	return 0;
}

async function main() {
	const seed = Number(options.seed);
	const began = Date.now();
	let failure = null, stopped, slowest = 0;

	console.log(Number(options.failpoints) > 0 ?
		`kill9: ${options.failpoints} times at each failpoint, seed ${seed}` :
		`kill9: ${options.kills} kills, seed ${seed}`);
	await server.start();
	await tokens_make();
	const clients = Array.from({ length: Number(options.clients) },
		(unused, i) => client_run(`c${i}`, seed + i + 1).catch(why => {
			failure ??= why;
		}));

	try {
		slowest = Number(options.failpoints) > 0 ?
			await kill_points(generator(seed)) :
			await kill_all(generator(seed));
	} catch (why) {
		failure ??= why;
	}
	over = true;
	await Promise.all(clients);
	if (failure === null)
		stopped = await after_check().catch(why => {
			failure = why;
		});
	await server.kill();
	const bad = Object.values(wrong).some(list => list.length > 0);

	if (failure !== null)
		console.log(`kill9: ${failure.stack}`);
	for (const [kind, list] of Object.entries(wrong))
		for (const text of list.slice(0, 20))
			console.log(`  ${kind}: ${text}`);
	if (stopped)
		console.log(`kill9: ${count} requests, ${repeated} repeated, ` +
			`${stopped.runs} runs, ${stopped.lines} lines, ` +
			`${stopped.events} events, slowest start ${slowest} ms, ` +
			`${Math.round((Date.now() - began) / 1000)} s`);
	console.log(`kill9: ${wrong.lost.length} lost, ${wrong.doubled.length} ` +
		`doubled, ${wrong.phantom.length} phantom (seed ${seed})`);
	if (bad || failure !== null) {
		console.log(server.log_tail(20).map(l => `  ${l}`).join('\n'));
		if (options.keep)
			console.log(`left: ${dir}`);
	}
	if (!options.keep || (!bad && failure === null))
		await scratch_remove(dir);
	return bad || failure !== null ? 1 : 0;
}

process.exit(await main());
