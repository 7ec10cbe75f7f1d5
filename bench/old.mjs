// SPDX-License-Identifier: MIT
//
// old.mjs: a server with a million old runs, and a hundred thousand tickets:
// how long it takes to answer after its start, and to list the newest, to one
// who sees all of them and to one who sees few.  The rows are copies of a run
// that was made, written by SQL; beside each stands the same of the same server
// before they were written.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { until } from '../test/lib/server.mjs';
import { Asker, server_make } from './asker.mjs';

const RUNS = 1000000;
const TICKETS = 100000;
const TIMES = 41;
const START_MS = 250;
const LIST_MS = 10;

const FOLDER = `slipway: 1
team: t
projects: {OPS: {team: t}, DEV: {team: dev}}
---
people: {tina: {}, dora: {}, casey: {}}
teams: {t: {members: [tina]}, dev: {members: [dora]}}
grants: [{to: tina, role: admin}, {to: dora, role: member, on: t}]
environments: {prod: {protected: true, approve: [{of: t, count: 1}]}, dev: {}}
---
task: nothing
params: {n: {type: integer, default: 0}}
sandbox: none
argv: [/bin/true]
`;

// All columns of a table, but those that are said.
function copy(db, table, other, from) {
	const columns = execFileSync('sqlite3', ['-readonly', db,
		`SELECT name FROM pragma_table_info('${table}')`],
	{ encoding: 'utf8' }).trim().split('\n');

	return `INSERT INTO ${table} (${columns.join(', ')}) SELECT ` +
		columns.map(name => other[name] ?? `old.${name}`).join(', ') +
		` FROM n CROSS JOIN ${table} AS old WHERE ${from};`;
}

function numbers(count) {
	return 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 ' +
		`FROM n WHERE i < ${count})`;
}

// The first run ended, and the first ticket waits for its approval.
function fill(db) {
	const later = (name, step) => `old.${name} + n.i * ${step}`;

	execFileSync('sqlite3', [db], { input: ['PRAGMA synchronous = OFF;',
		'PRAGMA foreign_keys = OFF;', 'BEGIN;',
		numbers(RUNS) + copy(db, 'run', { id: '1000 + n.i',
			key: "'R-' || (1000 + n.i)", root_step: '1000 + n.i',
			dedupe_key: 'NULL', created_at: later('created_at', 1),
			started_at: later('started_at', 1),
			ended_at: later('ended_at', 1) }, 'old.id = 1'),
		numbers(RUNS) + copy(db, 'step', { id: '1000 + n.i',
			run_id: '1000 + n.i', rank: later('rank', 1),
			ident: "printf('%064x', n.i)" }, 'old.id = 1'),
		numbers(RUNS) + copy(db, 'attempt', { id: '1000 + n.i',
			run_id: '1000 + n.i', step_id: '1000 + n.i' }, 'old.id = 1'),
		numbers(TICKETS) + copy(db, 'ticket', { id: '1000 + n.i',
			key: "'OPS-' || (1000 + n.i)", status: "'done'",
			run_id: '1000 + n.i', closed_at: 'old.created_at + 1',
			resolution: "'done'" }, 'old.id = 1'),
		'COMMIT;', ''].join('\n'), maxBuffer: 1 << 26 });
}

export async function row_old({ dir, binary, cpu_seconds, rounds, print,
	digits }) {
	const server = server_make(dir, 'old', FOLDER, { binary });
	const asker = new Asker(server);
	const list_ms = async (who, target) => {
		await asker.send('GET', target, undefined, who);
		const from = cpu_seconds(server.child.pid);

		for (let i = 0; i < TIMES; i++)
			await asker.send('GET', target, undefined, who);
		return (cpu_seconds(server.child.pid) - from) * 1000 / TIMES;
	};
	const start_ms = () => rounds(async () => {
		await server.kill();
		const began = performance.now();

		await server.start();
		return performance.now() - began;
	});

	await server.start();
	await asker.log_in('tina', 'dora', 'casey');
	await asker.send('POST', '/v1/tasks/nothing/runs',
		{ environment: 'dev' });
	await asker.send('POST', '/v1/tasks/nothing/runs',
		{ environment: 'prod', params: { n: 1 } });
	if (!await until(10000, async () => (await asker.send('GET',
		'/v1/runs?status=succeeded')).items.length === 1))
		throw new Error('R-1 does not end');
	const lists = [['run.list', '/v1/runs?limit=50'],
		['run.list, those that failed', '/v1/runs?limit=50&status=failed'],
		['run.list, far behind', '/v1/runs?limit=50&after=R-2000'],
		['ticket.list', '/v1/tickets?limit=50'],
		['ticket.list, those that wait',
			'/v1/tickets?limit=50&status=open']];
	const floors = { start: await start_ms() };
	for (const kind of ['runs', 'tickets'])
		floors[kind] = await list_ms('tina', `/v1/${kind}?limit=50`);

	await server.stop();
	fill(path.join(server.data, 'db'));
	const started = await start_ms();
	print('start, 1,000,000 old runs, until it answers',
		`${digits(started)} ms`, 'an empty one', floors.start,
		started / floors.start, `less than ${START_MS} ms`,
		started < START_MS);
	for (const [who, sees] of [['tina', 'who sees all'],
		['dora', 'of one team'], ['casey', 'who sees none']])
		for (const [what, target] of lists) {
			if (who === 'casey' && target.includes('after='))
				continue; // a run that she does not see
			const ms = await list_ms(who, target);
			const kind = target.split(/[/?]/)[2];

			print(`${what}, ${sees}, CPU`, `${digits(ms)} ms`,
				'few rows', floors[kind], ms / floors[kind], `at most ${LIST_MS} ms`, ms <= LIST_MS);
		}
	await server.stop();
}
