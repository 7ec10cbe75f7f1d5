// SPDX-License-Identifier: MIT
//
// queue.mjs: 10,000 runs that wait for 1,000 keys, and one of 100,000 steps
// behind them.  What an ask costs while all is paused; the server is killed
// and started again; what a run costs when they go, beside the same runs with
// nobody behind them; and how long a slot stays empty.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { pause, until } from '../test/lib/server.mjs';
import { Asker, server_make } from './asker.mjs';

const RUNS = 10000;
const KEYS = 1000;
const DONE = 2000; // are waited for
const SIDE = [100, 1000]; // of the large run
const CLIENTS = 64;
const SLOTS = 8;
const START_MS = 1000;
const CLAIM_MS = 10;
const GO_MS = 60000;

const FOLDER = `slipway: 1
team: t
---
people: {tina: {}}
teams: {t: {members: [tina]}}
grants: [{to: tina, role: admin}]
environments: {dev: {}}
---
task: keyed
params: {k: {type: integer}, n: {type: integer}}
key: $params.k
sandbox: none
argv: [/bin/true]
---
task: step
params: {x: {type: integer}, y: {type: integer}}
sandbox: none
argv: [/bin/true]
---
task: row
params: {x: {type: integer}, ys: {type: list, of: integer}}
needs: {step: {task: step, foreach: $params.ys, with: {x: $params.x, y: $item}}}
---
task: grid
params: {xs: {type: list, of: integer}, ys: {type: list, of: integer}}
needs: {row: {task: row, foreach: $params.xs, with: {x: $item, ys: $params.ys}}}
`;

class Queue {
	constructor(dir, name, binary) {
		this.server = server_make(dir, name, FOLDER,
			{ binary, slots: SLOTS });
		this.asker = new Asker(this.server);
	}

	async start() {
		await this.server.start();
		await this.asker.log_in('tina');
		await this.asker.send('POST', '/v1/pauses', { kind: 'all', reason: 'bench' });
	}

	// Ten of a key in a row.  Seconds.
	async ask(runs) {
		const began = performance.now();
		let next = 0;

		await Promise.all(Array.from({ length: CLIENTS }, async () => {
			for (let n = next++; n < runs; n = next++)
				await this.asker.send('POST', '/v1/tasks/keyed/runs', {
					environment: 'dev', params: { n,
						k: Math.floor(n / 10) % KEYS } });
		}));
		return (performance.now() - began) / 1000;
	}

	ask_grid() {
		const [xs, ys] = SIDE.map(n => [...Array(n).keys()]);

		return this.asker.send('POST', '/v1/tasks/grid/runs',
			{ environment: 'dev', params: { xs, ys } });
	}

	rows(sql) {
		return execFileSync('sqlite3', ['-readonly',
			path.join(this.server.data, 'db'), sql],
		{ encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n');
	}

	// Until that many are done.  Seconds of each, by its own clock.
	async go(runs) {
		await this.asker.send('POST', '/v1/pauses/end', { kind: 'all' });
		if (!await until(GO_MS, async () => {
			await pause(200);
			return Number(this.rows('SELECT COUNT(*) FROM run WHERE ' +
				"status = 'succeeded'")[0]) >= runs;
		}))
			throw new Error(`${runs} runs do not end`);
		const [first, last] = this.rows('SELECT MIN(started_at), ' +
			'MAX(ended_at) FROM (SELECT * FROM run WHERE status = ' +
			`'succeeded' ORDER BY ended_at LIMIT ${runs})`)[0]
			.split('|').map(Number);

		return (last - first) / 1000 / runs;
	}

	// How long a slot was empty before the next attempt had it: 99 % of
	// the times, ms.
	claim_ms() {
		const times = this.rows('SELECT started_at, ended_at FROM attempt ' +
			'WHERE ended_at > 0').map(row => row.split('|').map(Number));
		const starts = times.map(row => row[0]).sort((a, b) => a - b);
		const ends = times.map(row => row[1]).sort((a, b) => a - b);
		const empty = starts.slice(SLOTS).map((at, i) => at - ends[i])
			.sort((a, b) => a - b);

		return empty[Math.floor(empty.length * 0.99)];
	}

	memory_mib() {
		return Number(/VmHWM:\s+(\d+)/.exec(fs.readFileSync(
			`/proc/${this.server.child.pid}/status`, 'utf8'))[1]) / 1024;
	}
}

export async function row_queue({ dir, binary, print, digits }) {
	const alone = new Queue(dir, 'alone', binary);
	const queue = new Queue(dir, 'queue', binary);

	try {
		await alone.start();
		const asked_alone = await alone.ask(DONE) / DONE * 1e6;
		const run_alone = await alone.go(DONE) * 1e6;
		const claim_alone = alone.claim_ms();
		await alone.server.stop();

		await queue.start();
		const asked = await queue.ask(RUNS) / RUNS * 1e6;

		print(`ask of a run, ${digits(RUNS)} queued, each`,
			`${digits(asked)} us`, `${digits(DONE)} queued`, asked_alone,
			asked / asked_alone, 'at most 1.5', asked <= 1.5 * asked_alone);
		const before = queue.memory_mib(), began = performance.now();

		await queue.ask_grid();
		const took = (performance.now() - began) / 1000;

		print('ask of a run of 100,000 steps by foreach',
			`${digits(took)} s`, '', null, null, 'within 2 s', took < 2);
		const grown = queue.memory_mib() - before;

		print('  the server grows by', `${digits(grown)} MiB`, '', null,
			null, 'less than 64 MiB', grown < 64);
		await queue.server.kill();
		const killed = performance.now();

		await queue.server.start();
		const started = performance.now() - killed;

		print('start with 110,000 queued steps, after kill -9',
			`${digits(started)} ms`, '', null, null,
			`less than ${START_MS} ms`, started < START_MS);
		const each = await queue.go(DONE) * 1e6;

		print('a run of /bin/true, one at a time for its key, each',
			`${digits(each)} us`, `${digits(DONE)} queued`, run_alone,
			each / run_alone, 'at most 1.5', each <= 1.5 * run_alone);
		const claim = queue.claim_ms();

		print('  a slot is empty, 99 % of the times for',
			`${digits(claim)} ms`, `${digits(DONE)} queued`, claim_alone,
			claim_alone === 0 ? null : claim / claim_alone,
			`at most ${CLAIM_MS} ms`, claim <= CLAIM_MS);
	} finally {
		await alone.server.kill();
		await queue.server.kill();
	}
}
