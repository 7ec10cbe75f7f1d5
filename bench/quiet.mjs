// SPDX-License-Identifier: MIT
//
// quiet.mjs: a server that has nothing to do, and one with a task that never
// stops talking.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { pause, until } from '../test/lib/server.mjs';
import { Asker, server_make } from './asker.mjs';

const IDLE_MS = 5000;
const IDLE_MIB = 24;
const GIB = 10; // of output
const MORE_MIB = 32;
const END_MS = 300000;

const POUR = `yes 'a line of output, as programs write them all day' | ` +
	`head -c ${GIB * 2 ** 30}`;
const FOLDER = `slipway: 1
team: t
---
people: {tina: {}}
teams: {t: {members: [tina]}}
grants: [{to: tina, role: admin}]
environments: {dev: {}}
---
task: pour
sandbox: none
run: |
  ${POUR}
  echo the last line
`;

function status_of(pid, name) {
	return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(
		fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

// How often any of its threads went to sleep.
function sleeps(pid) {
	return fs.readdirSync(`/proc/${pid}/task`).reduce((sum, thread) =>
		sum + status_of(`${pid}/task/${thread}`,
			'voluntary_ctxt_switches'), 0);
}

export async function row_idle({ dir, binary, print, digits }) {
	const server = server_make(dir, 'idle', FOLDER, { binary });

	await server.start();
	const pid = server.child.pid;

	try {
		await pause(2000); // what a start leaves behind
		const before = sleeps(pid);

		await pause(IDLE_MS);
		const often = (sleeps(pid) - before) / (IDLE_MS / 1000);
		const mib = status_of(pid, 'VmRSS') / 1024;

		print('idle server, resident', `${digits(mib)} MiB`, '', null, null,
			`less than ${IDLE_MIB} MiB`, mib < IDLE_MIB);
		print('  wakes up', `${digits(often)} /s`, '', null, null,
			'0 but for timers', often < 1);
	} finally {
		await server.stop();
	}
}

function parent(pid) {
	const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');

	return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2]);
}

// The server, and what of its own it started.
function ours(server) {
	const found = [server];

	for (const name of fs.readdirSync('/proc').filter(name =>
		/^\d+$/.test(name)).sort((a, b) => a - b))
		try {
			if (found.includes(parent(name)) && fs.readFileSync(
				`/proc/${name}/comm`, 'utf8').trim() === 'keep')
				found.push(Number(name));
		} catch (why) {
			if (!['ENOENT', 'ESRCH'].includes(why.code))
				throw why;
		}
	return found;
}

// The most that the server and each keeper grew to while fn was under way.
async function grown_mib(server, fn) {
	const most = new Map();
	let over = false;
	const done = fn().finally(() => {
		over = true;
	});

	done.catch(() => {});
	const before = status_of(server.child.pid, 'VmRSS');

	while (!over) {
		for (const pid of ours(server.child.pid))
			try {
				most.set(pid, Math.max(most.get(pid) ?? 0,
					status_of(pid, 'VmRSS')));
			} catch (why) {
				if (!['ENOENT', 'ESRCH'].includes(why.code))
					throw why;
			}
		await pause(100);
	}
	await done;
	return ([...most.values()].reduce((a, b) => a + b, 0) - before) / 1024;
}

export async function row_output({ dir, binary, print, digits }) {
	const began = performance.now();

	execFileSync('sh', ['-c', `${POUR} | cat >/dev/null`]);
	const floor = (performance.now() - began) / 1000;
	const server = server_make(dir, 'output', FOLDER, { binary });
	const asker = new Asker(server);

	await server.start();
	try {
		await asker.log_in('tina');
		let last;
		const grown = await grown_mib(server, async () => {
			await asker.send('POST', '/v1/tasks/pour/runs',
				{ environment: 'dev' });
			if (!await until(END_MS, async () => {
				[last] = (await asker.send('GET',
					'/v1/runs?limit=1')).items;
				return last.ended_at !== null;
			}))
				throw new Error('the output does not end');
		});
		const took = (Date.parse(last.ended_at) -
			Date.parse(last.started_at)) / 1000;

		if (last.status !== 'succeeded')
			throw new Error(`${last.key} is ${last.status}`);
		print(`${GIB} GiB of output`, `${digits(GIB / took)} GiB/s`,
			'cat', GIB / floor, floor / took, '', null);
		print('  server and keepers grow by', `${digits(grown)} MiB`, '',
			null, null, `at most ${MORE_MIB} MiB`, grown <= MORE_MIB);
	} finally {
		await server.stop();
	}
}
