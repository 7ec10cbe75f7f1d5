#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// queue.mjs: many runs wait for few keys, and the server is killed in the
// middle (F16).
//
//	queue.mjs [--runs N] [--keys N] [--children N] [--kills N]
//	          [--seed S] [--binary FILE] [--keep] [--red]
//
// While everything is paused, clients ask for runs that take turns for keys, a
// fifth of them by an urgent request, and for one run of many steps; the server
// is killed between, and what was not answered is asked again with its
// Idempotency-Key.  Then all goes, is killed some times more, and is held
// against the lines that the commands wrote:
//
//	each that was acknowledged ran once, and nothing else did;
//	one key is never two runs' at once;
//	within a key the urgent ran first, and in the order of asking;
//	all came to their end.
//
// --red takes a line from what was written and must fail.  Exits 0 when all
// held.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { call } from '../lib/http.mjs';
import { ROOT, Server, pause, scratch_create, scratch_remove, until,
	volume_create } from '../lib/server.mjs';

const { values: options } = parseArgs({ options: {
	runs: { type: 'string', default: '200' },
	keys: { type: 'string', default: '10' },
	children: { type: 'string', default: '100' },
	kills: { type: 'string', default: '3' },
	seed: { type: 'string', default: String(crypto.randomInt(1 << 30)) },
	binary: { type: 'string',
		default: path.join(ROOT, 'build/asan/slipway') },
	keep: { type: 'boolean', default: false },
	red: { type: 'boolean', default: false },
} });
const [RUNS, KEYS, CHILDREN, KILLS] = ['runs', 'keys', 'children', 'kills']
	.map(name => Number(options[name]));
const CLIENTS = 8;
const END_MS = 300000 + 100 * (RUNS + CHILDREN);

const dir = scratch_create('queue');
const out = path.join(dir, 'out');
const folder = path.join(dir, 'folder');
const asked = []; // {n, key, urgent, run}
let seed = Number(options.seed) >>> 0;
let token, killed = 0;

const FOLDER = `slipway: 1
team: t
projects: {OPS: {team: t}}
volumes: {out: {path: "${out}"}}
---
people: {tina: {}}
teams: {t: {members: [tina]}}
grants: [{to: tina, role: admin}]
environments: {dev: {}}
---
task: keyed
params: {key: {type: integer}, n: {type: integer}}
key: $params.key
volumes: [out]
run: |
  echo "$PARAM_N begins" >>"$VOLUME_OUT/key-$PARAM_KEY"
  echo "$PARAM_N ends" >>"$VOLUME_OUT/key-$PARAM_KEY"
---
request: urgent
title: At once
project: OPS
task: keyed
priority: interruption
---
task: child
params: {n: {type: integer}}
volumes: [out]
run: echo "$PARAM_N" >>"$VOLUME_OUT/children"
---
task: many
params: {list: {type: list, of: integer}}
needs: {child: {task: child, foreach: $params.list, with: {n: $item}}}
`;

function random() {
	seed = (seed + 0x6d2b79f5) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);

	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

function hold(what, ok, shown = '') {
	if (!ok)
		throw new Error(`${what}: it does not hold ${shown}`);
	console.log(`ok    ${what}`);
}

// --- asking -----------------------------------------------------------------

volume_create(out);
fs.mkdirSync(folder);
fs.mkdirSync(path.join(dir, 's'));
fs.writeFileSync(path.join(folder, 'slipway.yaml'), FOLDER);
const server = new Server({ binary: options.binary, folder, slots: 6,
	dir: path.join(dir, 's') });

// Until it is answered, with one key.
async function send(method, target, body) {
	const key = crypto.randomUUID();

	for (;;)
		try {
			const reply = await call(server.where, method, target, {
				headers: {
					'Content-Type': 'application/json',
					'Idempotency-Key': key,
					...token ? { Authorization: `Bearer ${token}` }
						: {} },
				body: body === undefined ? null :
					JSON.stringify(body) });

			if (reply.status >= 300)
				throw new Error(`${method} ${target}: ${reply.text}`);
			return JSON.parse(reply.text);
		} catch (why) {
			if (!['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOENT'].includes(
				why.code) && !/broke off|hang up/.test(why.message))
				throw why;
			await pause(10);
		}
}

async function ask(n) {
	const key = Math.floor(random() * KEYS), urgent = n % 5 === 4;
	const { run } = await send('POST', urgent ?
		'/v1/requests/urgent/tickets' : '/v1/tasks/keyed/runs',
	{ environment: 'dev', params: { key, n } });

	asked.push({ n, key, urgent, run });
}

async function ask_all() {
	let next = 0;

	await Promise.all(Array.from({ length: CLIENTS }, async () => {
		for (let n = next++; n < RUNS; n = next++)
			await ask(n);
	}));
	return send('POST', '/v1/tasks/many/runs', { environment: 'dev',
		params: { list: [...Array(CHILDREN).keys()] } });
}

// While fn is under way.
async function kills(most, least_ms, fn) {
	let over = false;
	const done = fn().finally(() => {
		over = true;
	});

	done.catch(() => {});
	for (let i = 0; i < most && !over; i++) {
		await pause(least_ms + random() * 300);
		await server.kill();
		await server.start();
		killed++;
	}
	return done;
}

// --- what came of it --------------------------------------------------------

function lines(name) {
	const file = path.join(out, name);

	return fs.existsSync(file) ?
		fs.readFileSync(file, 'utf8').trim().split('\n') : [];
}

async function ended() {
	for (const status of ['queued', 'running'])
		if ((await send('GET', `/v1/runs?limit=1&status=${status}`))
			.items.length > 0)
			return false;
	return true;
}

// In the order in which they had the key.
function turns_check(key) {
	const wrote = lines(`key-${key}`);
	const mine = asked.filter(one => one.key === key).sort((a, b) =>
		Number(b.urgent) - Number(a.urgent) ||
		Number(a.run.slice(2)) - Number(b.run.slice(2)));

	if (options.red && key === 0)
		wrote.splice(2, 1);
	hold(`the ${mine.length} of key ${key} took turns in their order`,
		wrote.join() === mine.flatMap(({ n }) =>
			[`${n} begins`, `${n} ends`]).join(),
		`\n${wrote.join(', ')}\n${mine.map(one => one.n).join(', ')}`);
}

async function main() {
	console.log(`queue: ${RUNS} runs, ${KEYS} keys, seed ${options.seed}`);
	await server.start();
	({ token } = await send('POST', '/v1/tokens',
		{ person: 'tina', name: 'queue' }));
	await send('POST', '/v1/pauses', { kind: 'all', reason: 'queue' });
	const many = await kills(KILLS, 50, ask_all);

	hold('all were acknowledged, each as one run',
		new Set(asked.map(one => one.run)).size === RUNS);
	hold('nothing began', lines('children').length +
		Array.from({ length: KEYS }, (unused, key) =>
			lines(`key-${key}`).length).reduce((a, b) => a + b) === 0);
	await kills(KILLS, 300, async () => {
		await send('POST', '/v1/pauses/end', { kind: 'all' });
		hold('all came to their end', await until(END_MS, ended));
	});
	const { run } = await send('GET', `/v1/runs/${many.run}`);

	hold('the run of many succeeded', run.status === 'succeeded', run.reason);
	hold(`each of its ${CHILDREN} ran once`, lines('children').map(Number)
		.sort((a, b) => a - b).join() === [...Array(CHILDREN).keys()].join());
	for (let key = 0; key < KEYS; key++)
		turns_check(key);
	const failed = await send('GET', '/v1/runs?limit=1&status=failed');

	hold('none failed', failed.items.length === 0);
	await server.stop();
	console.log(`queue: killed ${killed} times`);
	hold('the log has no failed assertion', server.log_broken() === null,
		server.log_broken());
}

let code = 1;

try {
	await main();
	code = 0;
} catch (why) {
	console.log(`queue: ${why.stack} (seed ${options.seed})`);
	console.log(server.log_tail(20).map(line => `  ${line}`).join('\n'));
} finally {
	await server.kill();
	if (!options.keep || code === 0)
		await scratch_remove(dir);
	else
		console.log(`left: ${dir}`);
}
process.exit(code);
