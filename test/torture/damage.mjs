#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// damage.mjs: files of the data folder are damaged while nobody looks (F08).
//
//	damage.mjs [--rounds N] [--seed S] [--binary FILE] [--keep] [--red]
//
// Makes a data folder with runs, tickets, approvals, logs (compressed ones and
// one that is not yet), artifacts, sealed segments of the audit chain and a
// secret; once ended in order, once killed with a write-ahead log.  Then, N
// times: one file of a copy is damaged (one bit, 512 zeros, a page of zeros, a
// cut), and it is
//
//	found     by `slipway fsck --full`, or the server does not start, or what
//	          it answers about it is an error or says that it is damaged
//	harmless  every answer is the same as before
//	unseen    an answer is another one, and nothing says why
//
// Unseen is allowed in the database, where SQLite keeps no checksum of a page,
// and in a log that is not compressed yet: docs/guide/operating.md says of what.
// How many there were is printed, and more than a third of what hits the
// database fails.  --red damages nothing
// and must fail: a proof that the oracle can tell.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync, spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { call } from '../lib/http.mjs';
import { ROOT, Server, folder_copy, scratch_create, scratch_remove, until,
	volume_create } from '../lib/server.mjs';

const { values: options } = parseArgs({ options: {
	rounds: { type: 'string', default: '150' },
	seed: { type: 'string', default: String(crypto.randomInt(1 << 30)) },
	binary: { type: 'string',
		default: path.join(ROOT, 'build/asan/slipway') },
	keep: { type: 'boolean', default: false },
	red: { type: 'boolean', default: false },
} });

const WITHIN_MS = 300000;
const PAGE = 4096;

let state = Number(options.seed) >>> 0;

function random(n) { // mulberry32
	state = (state + 0x6d2b79f5) | 0;
	let t = Math.imul(state ^ (state >>> 15), 1 | state);

	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return Math.floor(((t ^ (t >>> 14)) >>> 0) / 4294967296 * n);
}

const binary = path.resolve(options.binary);
const dir = scratch_create('damage');
const out = path.join(dir, 'out');
const folder = path.join(dir, 'folder');
const tokens = {};

volume_create(out);
folder_copy(path.join(ROOT, 'test/folder'), folder, out);
fs.mkdirSync(path.join(dir, 's'));
const server = new Server({ binary, folder, dir: path.join(dir, 's'),
	env: { SLIPWAY_KEEP_LOGS: 'forever' } });

async function ask(who, method, target, body) {
	const headers = { 'Content-Type': 'application/json' };

	if (who !== null)
		headers.Authorization = `Bearer ${tokens[who]}`;
	const reply = await call(server.where, method, target, { headers,
		body: body === undefined ? null : JSON.stringify(body) });

	if (reply.status >= 300)
		throw new Error(`${method} ${target}: ${reply.status} ${reply.text}`);
	return reply.text === '' ? null : JSON.parse(reply.text);
}

async function over(run) {
	const ended = await until(WITHIN_MS, async () =>
		(await ask(null, 'GET', `/v1/runs/${run}`)).run.ended_at);

	if (!ended)
		throw new Error(`${run} did not end`);
}

// --- what is there ---------------------------------------------------------

async function file_asked(name) {
	const asked = await ask('ernie', 'POST', '/v1/requests/file/tickets',
		{ environment: 'vault', params: { name, text: `text of ${name}` } });

	for (const who of ['casey', 'robin'])
		await ask(who, 'POST', `/v1/tickets/${asked.ticket}/approve`,
			{ plan_hash: asked.plan_hash, note: `fine, says ${who}` });
	await over(asked.run);
	await ask('ernie', 'POST', `/v1/tickets/${asked.ticket}/comments`,
		{ text: `thank you for ${name}` });
}

async function lines(name, count) {
	const asked = await ask('ernie', 'POST', '/v1/tasks/slow/runs',
		{ environment: 'dev', params: { name, lines: count, pause: '0' } });

	await over(asked.run);
}

async function fill() {
	await server.start();
	for (const who of ['ernie', 'casey', 'robin'])
		tokens[who] = (await ask(null, 'POST', '/v1/tokens',
			{ person: who, name: 'damage' })).token;
	for (let i = 0; i < 4; i++)
		await file_asked(`thing-${i}`);
	await lines('many', 600);
	await lines('few', 3);
	for (let i = 0; i < 2; i++)
		await ask(null, 'POST', '/v1/audit/segments', {});
	await server.stop();
	server.clock_shift(3600000, 3600000);
	await server.start(); // and compresses what is old
	await until(WITHIN_MS, () => !fs.readdirSync(path.join(server.data, 'k'))
		.some(n => fs.existsSync(path.join(server.data, 'k', n, 'log')) &&
			fs.statSync(path.join(server.data, 'k', n, 'log')).size > 0));
	await file_asked('last');
	await lines('loose', 60);
}

// What is left of a killed server still clears workspaces away.
async function copy(to) {
	const copied = await until(WITHIN_MS, () => {
		fs.rmSync(to, { recursive: true, force: true });
		return spawnSync('cp', ['-a', server.data, to]).status === 0;
	});

	if (!copied)
		throw new Error('the data folder cannot be copied');
}

// --- what it answers -------------------------------------------------------

const image = { targets: [], last: 0 };

async function targets_find() {
	const targets = ['/v1/runs?limit=100', '/v1/tickets?limit=100',
		'/v1/resources?limit=100', '/v1/secrets', '/v1/audit/segments',
		'/v1/tokens'];

	for (const { key } of (await ask(null, 'GET', '/v1/runs?limit=100')).items)
		targets.push(`/v1/runs/${key}`, `/v1/runs/${key}/log`,
			`/v1/runs/${key}/bundle`);
	for (const { key } of (await ask(null, 'GET',
		'/v1/tickets?limit=100')).items)
		targets.push(`/v1/tickets/${key}`, `/v1/tickets/${key}/approvals`);
	const audit = await ask(null, 'GET', '/v1/audit?limit=1');

	image.last = audit.items[0].seq;
	targets.push(`/v1/audit?limit=500&after=${image.last + 1}`);
	image.targets = targets;
}

async function answers(where) {
	const found = {};

	for (const target of image.targets) {
		const reply = await call(where, 'GET', target, { limit: WITHIN_MS });

		found[target] = { status: reply.status, text: reply.text };
	}
	return found;
}

// What was told when nothing was damaged; what is not the same twice is no
// proof of anything.
async function truth_of(whole) {
	const first = await look(whole), second = await look(whole);
	const told = {};

	for (const target of image.targets)
		if (first[target].status === 200 &&
			first[target].text === second[target].text)
			told[target] = first[target];
	if (Object.keys(told).length < image.targets.length * 0.8)
		throw new Error('hardly anything is told twice the same: ' +
			image.targets.filter(t => !told[t]).join(' '));
	return told;
}

let place = 0;

// A server on a copy of that folder: what it answers; null: it does not start.
async function look(data) {
	const at = path.join(dir, `l${place++ % 2}`);

	fs.rmSync(at, { recursive: true, force: true });
	fs.mkdirSync(at);
	const other = new Server({ binary, folder, dir: at,
		env: { SLIPWAY_KEEP_LOGS: 'forever' } });

	other.clock_shift(3600000, 3600000);
	execFileSync('cp', ['-a', data, other.data]);
	try {
		await other.start();
	} catch {
		return null;
	}
	try {
		return await answers(other.where);
	} catch {
		return null; // it ended, as it does when the disk is broken
	} finally {
		await other.kill();
	}
}

// --- damage ----------------------------------------------------------------

function files_of(data) {
	return fs.readdirSync(data, { recursive: true, withFileTypes: true })
		.filter(e => e.isFile()).map(e => path.relative(data,
			path.join(e.path ?? e.parentPath, e.name)))
		.filter(n => !['ballast', 'lock', 'db-shm'].includes(n) &&
			fs.statSync(path.join(data, n)).size > 0).sort();
}

const KINDS = {
	bit(bytes, at) {
		bytes[at] ^= 1 << random(8);
		return bytes;
	},
	zeros(bytes, at) {
		bytes.fill(0, at, Math.min(at + 512, bytes.length));
		return bytes;
	},
	page(bytes, at) {
		const from = at - at % PAGE;

		bytes.fill(0, from, Math.min(from + PAGE, bytes.length));
		return bytes;
	},
	cut(bytes, at) {
		return bytes.subarray(0, at);
	},
};

// The database and its log as often as all the others together.
function damage(data) {
	const all = files_of(data);
	const files = random(2) === 0 ? all.filter(n => n.startsWith('db')) : all;
	const name = files[random(files.length)];
	const kind = Object.keys(KINDS)[random(Object.keys(KINDS).length)];
	const file = path.join(data, name);
	const bytes = fs.readFileSync(file);
	const at = random(bytes.length);
	const mode = fs.statSync(file).mode;

	fs.chmodSync(file, 0o600);
	if (!options.red)
		fs.writeFileSync(file, KINDS[kind](bytes, at)); // same owner
	fs.chmodSync(file, mode);
	return { name, kind, at };
}

function says_so(reply) {
	return reply.status >= 400 || reply.text.includes('is damaged');
}

async function judge(data, truth) {
	const fsck = spawnSync(binary, ['fsck', '--full', data],
		{ encoding: 'utf8', timeout: WITHIN_MS });

	if (fsck.status !== 0)
		return ['found', 'fsck'];
	const found = await look(data);

	if (found === null)
		return ['found', 'start'];
	for (const [target, told] of Object.entries(truth))
		if (found[target].text !== told.text && !says_so(found[target]))
			return ['unseen', target];
	return Object.entries(truth).every(([target, told]) =>
		found[target].text === told.text) ? ['harmless', ''] :
		['found', 'answer'];
}

const counts = { found: 0, harmless: 0, unseen: 0 };
const database = { hit: 0, unseen: 0 };
const wrong = [];

async function rounds(whole, truth, count) {
	const data = path.join(dir, 'work');

	for (let i = 0; i < count; i++) {
		fs.rmSync(data, { recursive: true, force: true });
		execFileSync('cp', ['-a', whole, data]);
		const hit = damage(data);
		const [verdict, by] = await judge(data, truth);
		const line = `${verdict} ${hit.name} ${hit.kind} at ${hit.at} ${by}`;

		counts[verdict]++;
		if (hit.name.startsWith('db'))
			database.hit++;
		if (verdict !== 'unseen')
			continue;
		console.log(line);
		if (hit.name.startsWith('db'))
			database.unseen++;
		else if (hit.kind === 'cut' || !/^k\/\d+\/(log|idx)$/.test(hit.name))
			wrong.push(line);
	}
}

async function main() {
	const ended = path.join(dir, 'ended'), killed = path.join(dir, 'killed');
	const n = Number(options.rounds);

	await fill();
	await targets_find();
	await server.kill();
	await copy(killed);
	await server.start();
	await server.stop();
	await copy(ended);
	await rounds(ended, await truth_of(ended), Math.ceil(n / 2));
	await rounds(killed, await truth_of(killed), Math.floor(n / 2));
	console.log(`${n} damaged, seed ${options.seed}: ${counts.found} found, ` +
		`${counts.harmless} harmless, ${counts.unseen} unseen ` +
		`(${database.unseen} of ${database.hit} in the database)`);
	if (wrong.length > 0 || database.unseen * 3 > database.hit)
		throw new Error(`silently wrong:\n${wrong.join('\n')}`);
	if (counts.found === 0)
		throw new Error('nothing was found');
}

let failed = true;

try {
	await main();
	failed = false;
} catch (why) {
	console.log(`FAIL  ${why.stack}`);
} finally {
	await server.kill().catch(() => null);
	if (options.keep && failed)
		console.log(`kept: ${dir}`);
	else
		await scratch_remove(dir);
}
process.exit(failed ? 1 : 0);
