#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// full.mjs: the disk of the data folder runs full, and has room again.
//
//   unshare -m -- node test/torture/full.mjs [BINARY]
//
// Puts the data folder on a small tmpfs of its own (root, in a mount namespace
// that ends with it), starts a command and a request that waits for an
// approval, fills the disk, and holds: /readyz 503, reads 200, new work 507
// storage.full, approving and cancelling 200, what runs goes on; then gives the
// room back, and all goes on by itself, the ballast is whole again, the chain
// verifies and tells of both.  Exits 0 when all held.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { call } from '../lib/http.mjs';
import { ROOT, Server, folder_copy, scratch_create, scratch_remove, until,
	volume_create } from '../lib/server.mjs';

const WITHIN_MS = 300000;
const BALLAST = 8 << 20;

const dir = scratch_create('full');
const data = path.join(dir, 'data');
const out = path.join(dir, 'out');
const tokens = {};
let held = 0;

function hold(what, ok, shown = '') {
	if (!ok)
		throw new Error(`${what}: it does not hold ${shown}`);
	held++;
	console.log(`ok    ${what}`);
}

async function ask(who, method, target, body) {
	const headers = { 'Content-Type': 'application/json' };

	if (who !== null)
		headers.Authorization = `Bearer ${tokens[who]}`;
	const reply = await call(server.where, method, target, { headers,
		body: body === undefined ? null : JSON.stringify(body) });

	return { ...reply, json: reply.text === '' ? null :
		JSON.parse(reply.text) };
}

// Everything that is left, to the last block that can be had.
function fill(file) {
	const fd = fs.openSync(file, 'a');

	for (const size of [1 << 20, 4096, 512])
		try {
			for (;;)
				fs.writeSync(fd, Buffer.alloc(size));
		} catch (why) {
			if (why.code !== 'ENOSPC')
				throw why;
		}
	fs.closeSync(fd);
}

async function status_of(run) {
	return (await ask('ernie', 'GET', `/v1/runs/${run}`)).json.run.status;
}

async function before() {
	for (const person of ['ernie', 'casey', 'robin']) {
		const reply = await ask(null, 'POST', '/v1/tokens',
			{ person, name: 'full' });

		tokens[person] = reply.json.token;
	}
	const ticket = await ask('ernie', 'POST', '/v1/requests/file/tickets',
		{ environment: 'vault', params: { name: 'full', text: 'x' } });
	const slow = await ask('ernie', 'POST', '/v1/tasks/slow/runs',
		{ environment: 'dev', params: { name: 'ends', lines: 100 } });
	const long = await ask('ernie', 'POST', '/v1/tasks/slow/runs',
		{ environment: 'dev', params: { name: 'long', lines: 9999 } });

	hold('all was asked', ticket.status === 201 && slow.status === 201 &&
		long.status === 201, ticket.text);
	for (const { json } of [slow, long])
		await until(WITHIN_MS, async () =>
			await status_of(json.run) === 'running');
	hold('the ballast is there',
		fs.statSync(path.join(data, 'ballast')).size === BALLAST);
	return { ticket: ticket.json, slow: slow.json, long: long.json };
}

async function while_full({ ticket, slow, long }) {
	hold('/readyz is 503', await until(WITHIN_MS, async () => {
		fill(path.join(data, 'filler'));
		await ask('ernie', 'POST', '/v1/tasks/trivial/runs',
			{ environment: 'dev' });
		return (await ask(null, 'GET', '/readyz')).status === 503;
	}));
	const fresh = await ask('ernie', 'POST', '/v1/tasks/mark/runs',
		{ environment: 'dev', params: { name: 'no' } });

	hold('new work is 507', fresh.status === 507 &&
		fresh.json.code === 'storage.full', fresh.text);
	hold('reads are 200',
		(await ask('ernie', 'GET', '/v1/runs')).status === 200);
	hold('part of the ballast is given back',
		fs.statSync(path.join(data, 'ballast')).size < BALLAST);
	for (const who of ['casey', 'robin']) {
		const reply = await ask(who, 'POST',
			`/v1/tickets/${ticket.ticket}/approve`,
			{ plan_hash: ticket.plan_hash });

		hold(`${who} can approve`, reply.status === 200, reply.text);
	}
	const reply = await ask('ernie', 'POST', `/v1/runs/${long.run}/cancel`,
		{});

	hold('a run can be cancelled', reply.status === 200, reply.text);
	hold('and is', await until(WITHIN_MS, async () =>
		await status_of(long.run) === 'cancelled'));
	hold('what ran came to its end', await until(WITHIN_MS, async () =>
		await status_of(slow.run) === 'succeeded'));
	hold('what is approved waits for room',
		await status_of(ticket.run) !== 'succeeded');
}

async function with_room({ ticket }) {
	fs.rmSync(path.join(data, 'filler'));
	hold('/readyz is 200 by itself', await until(WITHIN_MS, async () =>
		(await ask(null, 'GET', '/readyz')).status === 200));
	hold('what is approved is done', await until(WITHIN_MS, async () =>
		await status_of(ticket.run) === 'succeeded'));
	const fresh = await ask('ernie', 'POST', '/v1/tasks/mark/runs',
		{ environment: 'dev', params: { name: 'yes' } });

	hold('new work is taken', fresh.status === 201, fresh.text);
	hold('the ballast is whole again',
		fs.statSync(path.join(data, 'ballast')).size === BALLAST);
	const chain = await ask(null, 'GET', '/v1/audit/verify');

	hold('the audit chain is whole', chain.status === 200, chain.text);
	for (const action of ['storage.full', 'storage.freed'])
		hold(`it tells of ${action}`, (await ask(null, 'GET',
			`/v1/audit?action=${action}`)).json.items.length > 0);
	hold('it ends well', (await server.stop()).code === 0);
}

fs.mkdirSync(data, { mode: 0o700 });
execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m,mode=700', 'tmpfs', data]);
volume_create(out);
folder_copy(path.join(ROOT, 'test/folder'), path.join(dir, 'folder'), out);
const server = new Server({ dir, folder: path.join(dir, 'folder'),
	binary: process.argv[2] ?? path.join(ROOT, 'build/asan/slipway') });

try {
	await server.start();
	const asked = await before();

	await while_full(asked);
	await with_room(asked);
	console.log(`full: ${held} held`);
} catch (why) {
	console.log(`full: ${why.stack}\n${server.log_tail(40).join('\n')}`);
	process.exitCode = 1;
} finally {
	await server.kill();
	execFileSync('umount', ['-l', data]);
	await scratch_remove(dir);
}
