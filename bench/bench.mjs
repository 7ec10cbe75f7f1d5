#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// bench.mjs: measure the rows of docs/guide/benchmarks.md.  Started by
// bench/run, which builds what is measured.
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Asker, server_make } from './asker.mjs';
import { row_old } from './old.mjs';
import { IN_FLIGHT, PEERS, peer_files, peer_seconds, present } from
	'./peers.mjs';
import { row_queue } from './queue.mjs';
import { row_idle, row_output } from './quiet.mjs';
import { row_search } from './search.mjs';
import { row_watchers } from './watchers.mjs';
import { ROOT, pause, port_free, scratch_create, scratch_remove,
	until } from '../test/lib/server.mjs';

const BUILT = path.join(ROOT, 'build/bench');
const STEPS = 1000;
const GROUP = 200; // the most that one task may need
const CHAIN = 5000; // the longest
// Of the others, rake gives up at 1,000 and snakemake takes minutes at 5,000.
const GROWTH = ['ninja', 'make', 'doit', 'scons'];
const SIZES = [1000, 5000, 100000];
const LONG_S = 4;
const FSYNC_MS = 500;
const RUN_MS = 120000;

const { values: options, positionals: wanted } = parseArgs({
	allowPositionals: true,
	options: { rounds: { type: 'string', default: '5' } },
});
const ROUNDS = Number(options.rounds);
const dir = scratch_create('bench');

// --- figures ----------------------------------------------------------------

function median(list) {
	return list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

async function rounds(fn) {
	const figures = [];

	for (let i = 0; i < ROUNDS; i++)
		figures.push(await fn(i));
	return median(figures);
}

function digits(n) {
	if (n === null || Number.isNaN(n))
		return '-';
	return n >= 100 ? Math.round(n).toLocaleString('en') :
		n >= 10 ? n.toFixed(1) : n.toFixed(2);
}

// met: true, false, or null where there is no goal.
function print(what, figure, against, floor, ratio, goal, met) {
	console.log([what.padEnd(56), figure.padStart(14),
		`${against} ${digits(floor)}`.padStart(26),
		(ratio === null ? '' : ratio.toFixed(2)).padStart(6), ' ',
		goal.padEnd(24), met === null ? '' : met ? 'met' : 'NOT met']
		.join(' ').trimEnd());
}

function absent(name, floor) {
	return floor === null ? `${name} is not here` :
		Number.isNaN(floor) ? `${name} gives up` : '';
}

// More is better on both sides; a peer may be missing.
function rate(what, figure, unit, against, floor, goal, met) {
	if (floor === null || Number.isNaN(floor))
		print(what, `${digits(figure)} ${unit}`, against, null, null,
			absent(against, floor), null);
	else
		print(what, `${digits(figure)} ${unit}`, against, floor,
			figure / floor, goal, met(figure, figure / floor));
}

// --- peers ------------------------------------------------------------------

function program(name, ...args) {
	return execFileSync(path.join(BUILT, name), args.map(String),
		{ encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

// Seconds of each; null of one that is not here, NaN of one that gives up.
// Once of what takes long.
async function peers(name, chain, steps = STEPS, names = Object.keys(PEERS)) {
	const at = path.join(dir, name);
	const figures = {};

	peer_files(at, chain, steps);
	for (const peer of names) {
		if (!present(peer)) {
			figures[peer] = null;
			continue;
		}
		figures[peer] = peer_seconds(peer, at);
		if (figures[peer] < LONG_S)
			figures[peer] = await rounds(() => peer_seconds(peer, at));
		await pause(50); // the server may have hung up meanwhile
	}
	return figures;
}

// --- our side ---------------------------------------------------------------

function folder_text() {
	const out = ['slipway: 1', 'team: platform',
		'projects: {OPS: {team: platform}}', '---',
		'people: {tina: {}, casey: {}}',
		'teams: {platform: {members: [tina]}, compliance: {members: [casey]}}',
		'grants: [{to: tina, role: admin}]',
		'environments:', '  dev: {}',
		'  prod: {protected: true, approve: [{of: compliance, count: 1}]}'];

	for (const sandbox of ['none', 'default']) {
		out.push('---', `task: step-${sandbox}`, `sandbox: ${sandbox}`,
			'params: {n: {type: integer, default: 0}}', 'argv: [/bin/true]');
		for (let g = 0; g < STEPS / GROUP; g++) {
			out.push('---', `task: group-${sandbox}-${g}`, 'needs:');
			for (let i = g * GROUP; i < (g + 1) * GROUP; i++)
				out.push(`  s${i}: {task: step-${sandbox}, ` +
					`with: {n: ${i}}}`);
		}
		out.push('---', `task: all-${sandbox}`, 'needs:');
		for (let g = 0; g < STEPS / GROUP; g++)
			out.push(`  g${g}: group-${sandbox}-${g}`);
	}
	for (let i = 0; i < CHAIN; i++) {
		out.push('---', `task: chain-${i}`, 'sandbox: none',
			'argv: [/bin/true]');
		if (i > 0)
			out.push(`needs: [chain-${i - 1}]`);
	}
	return `${out.join('\n')}\n`;
}

let server, asker;

async function server_start() {
	server = server_make(dir, 'server', folder_text(), {
		binary: path.join(ROOT, 'build/release/slipway'),
		slots: IN_FLIGHT, listen: true });
	asker = new Asker(server);
	await server.start();
	await asker.log_in('tina');
}

// Seconds from the ask to the end, by the server's own clock.
async function run(task) {
	const { run: key } = await asker.send('POST', `/v1/tasks/${task}/runs`,
		{ environment: 'dev' });
	let last;

	if (!await until(RUN_MS, async () => {
		[last] = (await asker.send('GET', '/v1/runs?limit=1')).items;
		return last.key === key && last.ended_at !== null;
	}))
		throw new Error(`${key} does not end`);
	if (last.status !== 'succeeded')
		throw new Error(`${key} is ${last.status}: ${last.reason}`);
	return (Date.parse(last.ended_at) - Date.parse(last.created_at)) / 1000;
}

// Of all its threads, to the nanosecond.
function cpu_seconds(pid) {
	return fs.readdirSync(`/proc/${pid}/task`).reduce((sum, thread) =>
		sum + Number(fs.readFileSync(
			`/proc/${pid}/task/${thread}/schedstat`, 'utf8')
			.split(' ')[0]) / 1e9, 0);
}

function head(method, target, body, key) {
	return [`${method} ${target} HTTP/1.1`, 'Host: bench',
		`Authorization: Bearer ${asker.tokens.tina}`,
		...body === '' ? [] : ['Content-Type: application/json',
			`Idempotency-Key: ${key}-@@@@@@@@@@`,
			`Content-Length: ${body.length}`], '', body].join('\r\n');
}

// {rate, p50, p99} in requests per second and microseconds.
function load(port, clients, requests, status, request) {
	const out = execFileSync(path.join(BUILT, 'http_load'),
		[port, clients, requests, status].map(String),
		{ input: request, encoding: 'utf8' }).trim().split(' ').map(Number);

	return { rate: out[1], p50: out[2], p99: out[3] };
}

// --- rows -------------------------------------------------------------------

async function row_steps() {
	const spawned = await rounds(() =>
		Number(program('spawn_floor', STEPS, IN_FLIGHT)));
	const others = await peers('steps', false);
	const against = (figure, name, goal, met) => rate(
		`  the same, against ${name}`, STEPS / figure, '/s', name,
		others[name] === null ? null : STEPS / others[name], goal, met);

	for (const [sandbox, least] of [['none', 0.5], ['default', 0.3]]) {
		const figure = await rounds(() => run(`all-${sandbox}`));

		rate(`${STEPS} trivial steps, sandbox ${sandbox}`, STEPS / figure,
			'/s', 'posix_spawn', STEPS / spawned, `at least ${least}`,
			(f, r) => r >= least);
		for (const name of Object.keys(others))
			if (name === 'ninja' && sandbox === 'none')
				against(figure, name, 'ahead', (f, r) => r > 1);
			else
				against(figure, name, '', () => null);
	}
}

async function row_chain() {
	const figure = await rounds(() => run(`chain-${STEPS - 1}`));
	const others = await peers('chain', true);

	for (const name of ['ninja',
		...Object.keys(others).filter(peer => peer !== 'ninja')])
		print(name === 'ninja' ? `chain of ${STEPS} trivial steps` :
			`  the same, against ${name}`, `${digits(figure)} s`, name,
		others[name], others[name] ? figure / others[name] : null,
		absent(name, others[name]) ||
			(name === 'ninja' ? 'at most 1' : ''),
		name === 'ninja' && others.ninja ?
			figure <= others.ninja : null);
	if (others.ninja) {
		const floor = others.ninja + STEPS / await rounds(fsync_rate);

		print('  the same, each made durable', `${digits(figure)} s`,
			'ninja + fsyncs', floor, figure / floor, '', null);
	}
}

// From the end of a step to the start of the next.
async function row_delay() {
	const spawn_ms = Number(program('spawn_floor', 200, 1)) / 200 * 1000;
	const syncs = fsync_times();
	const floors = syncs.slice(2).map((ms, i) =>
		ms + syncs[i] + syncs[i + 1] + 2 * spawn_ms);
	const late = list => list.slice().sort((a, b) => a - b)[
		Math.floor(list.length * 0.99)];
	const figure = await rounds(async () => {
		await run(`chain-${STEPS - 1}`);
		const [id] = (await asker.send('GET', '/v1/runs?limit=1')).items;
		const rows = execFileSync('sqlite3', ['-readonly',
			path.join(server.data, 'db'), 'SELECT started_at, ended_at ' +
			`FROM attempt WHERE run_id = ${id.key.slice(2)} ORDER BY id`],
		{ encoding: 'utf8' }).trim().split('\n')
			.map(row => row.split('|').map(Number));

		return late(rows.slice(1).map(([at], i) => at - rows[i][1]));
	});

	print('delay, ready to exec, 99 % of 1,000', `${digits(figure)} ms`,
		'3 fsyncs + 2 spawns', late(floors), figure / late(floors),
		'at most 1.5', figure <= 1.5 * late(floors));
	console.log(`  of these, 99 % of the fsyncs take ${digits(late(syncs))} ` +
		`ms, a spawn ${digits(spawn_ms)} ms`);
}

async function row_transitions() {
	const floors = [];
	const figure = await rounds(i => {
		const [moves, ours, sqlite] = program('transitions', 20000, 1000,
			path.join(dir, `transitions-${i}`)).split(' ').map(Number);

		floors.push(moves / sqlite);
		return moves / ours;
	});

	rate('transitions, no command run', figure, '/s', 'SQLite',
		median(floors), '0.5 and 50,000/s',
		(f, r) => r >= 0.5 && f >= 50000);
}

// A step of a large run costs what a step of a small one does.
async function row_size() {
	const per_step = (what, steps, figure, small, goal) => print(what,
		`${digits(figure / steps * 1e6)} us`, 'of 1,000', small,
		figure / steps * 1e6 / small, goal,
		goal === '' ? null : figure / steps * 1e6 <= 1.5 * small);
	const small = {};

	for (const steps of SIZES) {
		const rows = { asked: [], first: [], end: [], grown: [] };

		for (let i = 0; i < ROUNDS; i++) {
			const at = path.join(dir, `size-${steps}-${i}`);
			const [asked, first, end, grown] = program(
				'transitions', steps, 1000, at, 'size')
				.split(' ').map(Number);

			rows.asked.push(asked);
			rows.first.push(first);
			rows.end.push(end);
			rows.grown.push(grown);
			fs.rmSync(at, { recursive: true });
		}
		small.core ??= median(rows.end) / steps * 1e6;
		per_step(`${digits(steps)} steps, fake driver, each`, steps,
			median(rows.end), small.core, 'at most 1.5');
		if (steps !== SIZES.at(-1))
			continue;
		print('  the first of them runs after', `${digits(
			median(rows.first))} s`, 'ask', median(rows.asked), null,
		'within 2 s', median(rows.first) < 2);
		print('  the process grows by', `${digits(
			median(rows.grown))} MiB`, '', null, null,
		'less than 64 MiB', median(rows.grown) < 64);
	}
	for (const steps of [STEPS, CHAIN]) {
		const others = await peers(`growth-${steps}`, true, steps,
			GROWTH);

		others.slipway = await rounds(() => run(`chain-${steps - 1}`));
		for (const name of ['slipway', ...GROWTH]) {
			if (!others[name])
				continue;
			small[name] ??= others[name] / steps * 1e6;
			per_step(`chain of ${digits(steps)}, ${name}, each`, steps,
				others[name], small[name],
				name === 'slipway' ? 'at most 1.5' : '');
		}
	}
}

// How long the disk takes to make one write durable: ms of each.
function fsync_times() {
	const fd = fs.openSync(path.join(dir, 'fsync'), 'w');
	const block = Buffer.alloc(4096);
	const times = [];

	for (let sum = 0; sum < FSYNC_MS; sum += times.at(-1)) {
		const began = performance.now();

		fs.writeSync(fd, block);
		fs.fdatasyncSync(fd);
		times.push(performance.now() - began);
	}
	fs.closeSync(fd);
	return times;
}

function fsync_rate() {
	const times = fsync_times();

	return times.length / (times.reduce((a, b) => a + b) / 1000);
}

async function row_post() {
	const clients = 64;
	const floor = await rounds(fsync_rate) * clients;
	const kinds = {
		'POST of one row (a token)': ['/v1/tokens',
			JSON.stringify({ name: 'bench @@@@@@@@@@' })],
		'POST of an ask (ticket, plan, run, approval)': [
			'/v1/tasks/step-none/runs', JSON.stringify({
				environment: 'prod', params: { n: 1 } })
				.replace('"n":1', '"n":1@@@@@@@@@@')],
	};

	for (const [what, [target, body]] of Object.entries(kinds)) {
		const runs = [];
		const figure = await rounds(i => {
			const result = load(server.port, clients, 10000, 201,
				head('POST', target, body.replace('"n":1',
					`"n":${i + 1}`), `${target}-${i}`));

			runs.push(result.p99);
			return result.rate;
		});

		rate(`${what}, ${clients} clients`, figure, '/s', 'fsync x batch',
			floor, 'at least 10,000/s', f => f >= 10000);
		console.log(`  99 % of them within ${digits(median(runs) / 1000)} ms`);
	}
}

async function cpu_per_request(pid, port, request) {
	const n = 20000;
	const before = cpu_seconds(pid);

	load(port, 16, n, 200, request);
	return (cpu_seconds(pid) - before) / n * 1e6;
}

async function row_get() {
	const port = await port_free();
	const floor_server = spawn(path.join(BUILT, 'http_floor'), [String(port)],
		{ stdio: 'ignore' });
	const { run: key } = await asker.send('POST', '/v1/tasks/step-none/runs',
		{ environment: 'dev' });

	try {
		for (let i = 0; i < 60; i++)
			await asker.send('POST', '/v1/tasks/step-none/runs',
				{ environment: 'prod', params: { n: i } });
		await pause(500);
		const floor = await rounds(() => cpu_per_request(floor_server.pid,
			port, 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n'));

		for (const [what, target, most] of [
			['GET of a run by id', `/v1/runs/${key}`, 2.5],
			['GET of a list of 50 runs', '/v1/runs?limit=50', 6],
			['GET of /healthz', '/healthz', null]]) {
			const figure = await rounds(() => cpu_per_request(
				server.child.pid, server.port, head('GET', target, '')));

			print(`${what}, CPU`, `${digits(figure)} us`, 'bare epoll',
				floor, figure / floor, most === null ? '' :
					`at most ${most}`,
				most === null ? null : figure / floor <= most);
		}
	} finally {
		floor_server.kill();
	}
}

const rows = { steps: row_steps, chain: row_chain,
	delay: row_delay, transitions: row_transitions, size: row_size, post: row_post, get: row_get,
	idle: () => row_idle({ dir, print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }),
	output: () => row_output({ dir, print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }),
	old: () => row_old({ dir, cpu_seconds, rounds, print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }),
	queue: () => row_queue({ dir, print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }),
	search: () => row_search({ dir, cpu_seconds, print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }),
	watchers: () => row_watchers({ dir, built: BUILT, rounds: ROUNDS, median,
		print, digits,
		binary: path.join(ROOT, 'build/release/slipway') }) };

async function main() {
	for (const name of wanted)
		if (!(name in rows)) {
			console.error(`bench: no row '${name}': ` +
				Object.keys(rows).join(', '));
			return 2;
		}
	console.log(`${os.cpus().length} cores, ${os.cpus()[0].model.trim()}, ` +
		`Linux ${os.release()}, load ${digits(os.loadavg()[0])}, ` +
		`${digits(fsync_rate())} fsync/s in ${path.dirname(dir)}, ` +
		`medians of ${ROUNDS}`);
	await server_start();
	for (const name of wanted.length > 0 ? wanted : Object.keys(rows))
		await rows[name]();
	await server.stop();
	return 0;
}

let code = 1;

try {
	code = await main();
} catch (why) {
	console.error(`bench: ${why.stack}`);
	if (server)
		console.error(server.log_tail(20).join('\n'));
} finally {
	await server?.kill();
	await scratch_remove(dir);
}
process.exit(code);
