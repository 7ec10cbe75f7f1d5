// SPDX-License-Identifier: MIT
//
// watchers.mjs: many who follow one run, and a line that its task writes.
import { execFile, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { port_free, until } from '../test/lib/server.mjs';
import { Asker, server_make } from './asker.mjs';

const WATCHERS = 10000;
const FEW = 1000; // what the first of them cost once is not counted
const MOST_KIB = 2;
const MOST_RATIO = 1.5;
const EVENT_BYTES = 200; // about what a `log` event has

const folder_text = fifo => `slipway: 1
team: t
---
people: {tina: {}}
teams: {t: {members: [tina]}}
grants: [{to: tina, role: admin}]
environments: {dev: {}}
---
task: talk
sandbox: none
run: |
  exec 3<>${fifo}
  while read -r line <&3 && [ "$line" != end ]; do echo "$line"; done
`;

function kib(pid) {
	return Number(/^VmRSS:\s+(\d+)/m.exec(
		fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

// Seconds of each round, from the line to the last who reads it.
async function watch(program, port, watchers, fifo, rounds, request, ready) {
	const args = [port, watchers, rounds, fifo].map(String);
	const running = promisify(execFile)(program, args);

	running.child.stdin.end(request);
	running.child.stdout.once('data', ready);
	return (await running).stdout.trim().split('\n').slice(1).map(Number);
}

async function floor_seconds(built, dir, rounds) {
	const fifo = path.join(dir, 'floor.fifo');
	const port = await port_free();

	execFileSync('mkfifo', [fifo]);
	const child = spawn(path.join(built, 'watch_floor'),
		[port, fifo, EVENT_BYTES].map(String), { stdio: 'inherit' });

	try {
		await until(5000, () => fs.readFileSync('/proc/net/tcp', 'utf8')
			.includes(`:${port.toString(16).toUpperCase()
				.padStart(4, '0')} `));
		return await watch(path.join(built, 'http_watch'), port, WATCHERS,
			fifo, rounds, 'GET / HTTP/1.1\r\nHost: bench\r\n\r\n', () => {});
	} finally {
		child.kill();
	}
}

async function slipway_seconds(built, dir, binary, rounds) {
	const fifo = path.join(dir, 'slipway.fifo');
	const server = server_make(dir, 'server', folder_text(fifo),
		{ binary, listen: true });
	const asker = new Asker(server);

	execFileSync('mkfifo', ['-m', '666', fifo]);
	fs.chmodSync(dir, 0o755);
	await server.start();
	try {
		await asker.log_in('tina');
		const { run } = await asker.send('POST', '/v1/tasks/talk/runs',
			{ environment: 'dev' });

		if (!await until(10000, async () => (await asker.send('GET',
			`/v1/runs/${run}`)).run.status === 'running'))
			throw new Error(`${run} does not start`);
		const sizes = [];
		const seconds = [];

		for (const watchers of [FEW, WATCHERS])
			seconds.push(await watch(path.join(built, 'http_watch'),
				server.port, watchers, fifo, rounds,
				`GET /v1/runs/${run}/follow HTTP/1.1\r\n` +
				'Host: bench\r\n' +
				`Authorization: Bearer ${asker.tokens.tina}\r\n\r\n`,
				() => sizes.push(kib(server.child.pid))));
		fs.writeFileSync(fifo, 'end\n');
		return { seconds: seconds[1],
			each: (sizes[1] - sizes[0]) / (WATCHERS - FEW) };
	} finally {
		await server.stop();
	}
}

export async function row_watchers({ built, dir, binary, rounds, median, print,
	digits }) {
	const at = path.join(dir, 'watchers');

	fs.mkdirSync(at);
	const floor = median(await floor_seconds(built, at, rounds));
	const { seconds, each } =
		await slipway_seconds(built, at, binary, rounds);
	const figure = median(seconds);

	print(`one line to ${digits(WATCHERS)} watchers`,
		`${digits(figure * 1000)} ms`, 'bare epoll', floor * 1000,
		figure / floor, `at most ${MOST_RATIO}`,
		figure <= MOST_RATIO * floor);
	print('  each takes', `${digits(each)} KiB`, '', null, null,
		`at most ${MOST_KIB} KiB`, each <= MOST_KIB);
}
