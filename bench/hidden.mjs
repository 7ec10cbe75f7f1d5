#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// hidden.mjs: can one tell by the clock what is hidden from what is not there?
//
//   node bench/hidden.mjs [--binary PATH] [--calls N]
//
// Somebody without rights asks for things of a team that they may not see, and
// in between for things that are not there, thousands of times each.  Shown
// are the medians, their difference, and Welch's t over the faster 90 in 100
// of the calls.  A t beyond 4.5 means that so many calls tell the two apart; it
// says nothing about fewer, nor about a network in between.  Never a test:
// what a machine does meanwhile is in the figures.
import http from 'node:http';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { call } from '../test/lib/http.mjs';
import { ROOT, Server, folder_copy, scratch_create, scratch_remove, until,
	volume_create } from '../test/lib/server.mjs';

const { values: given } = parseArgs({ options: {
	binary: { type: 'string', default: 'build/release/slipway' },
	calls: { type: 'string', default: '4000' },
} });
const CALLS = Number(given.calls);
const KEPT = 0.9;

const dir = scratch_create('hidden');
const out = path.join(dir, 'out');
const tokens = {};
const agent = new http.Agent({ keepAlive: true });

async function ask(who, method, target, body) {
	const headers = { 'Content-Type': 'application/json' };

	if (who !== null)
		headers.Authorization = `Bearer ${tokens[who]}`;
	const reply = await call(server.where, method, target, { headers, agent,
		body: body === undefined ? null : JSON.stringify(body) });

	return { ...reply, json: reply.text === '' ? null :
		JSON.parse(reply.text) };
}

async function microseconds(target) {
	const start = process.hrtime.bigint();
	const reply = await ask('olga', 'GET', target);
	const took = Number(process.hrtime.bigint() - start) / 1000;

	if (reply.status !== 404)
		throw new Error(`${target}: ${reply.status}`);
	return took;
}

function fastest(list) {
	return list.sort((a, b) => a - b).slice(0, Math.floor(list.length * KEPT));
}

function mean(list) {
	return list.reduce((sum, x) => sum + x, 0) / list.length;
}

function variance(list) {
	const m = mean(list);

	return list.reduce((sum, x) => sum + (x - m) ** 2, 0) / (list.length - 1);
}

async function compare(name, hidden, absent) {
	const times = [[], []];

	for (let i = 0; i < CALLS + 200; i++) {
		const first = Math.random() < 0.5 ? 0 : 1;

		for (const k of [first, 1 - first]) {
			const took = await microseconds(k === 0 ? hidden : absent);

			if (i >= 200) // warm
				times[k].push(took);
		}
	}
	const [a, b] = times.map(fastest);
	const t = (mean(a) - mean(b)) /
		Math.sqrt(variance(a) / a.length + variance(b) / b.length);
	const half = list => list[list.length >> 1];

	console.log(`${name.padEnd(10)} hidden ${half(a).toFixed(1)} us, absent ` +
		`${half(b).toFixed(1)} us, apart ${(half(a) - half(b)).toFixed(1)} ` +
		`us, t ${t.toFixed(1)}`);
}

volume_create(out);
folder_copy(path.join(ROOT, 'test/folder'), path.join(dir, 'folder'), out);
const server = new Server({ dir, folder: path.join(dir, 'folder'),
	binary: path.resolve(ROOT, given.binary) });

try {
	await server.start();
	for (const person of ['olga', 'sam'])
		tokens[person] = (await ask(null, 'POST', '/v1/tokens',
			{ person, name: 'hidden' })).json.token;
	const { json } = await ask('sam', 'POST',
		'/v1/requests/vault-shed/tickets',
		{ environment: 'dev', params: { name: 'hidden' } });
	let resource;

	await until(20000, async () => {
		resource = (await ask('sam', 'GET', '/v1/resources')).json.items[0];
		return resource !== undefined;
	});
	for (const [name, hidden, absent] of [
		['ticket', `tickets/${json.ticket}`, 'tickets/SEC-99999'],
		['run', `runs/${json.run}`, 'runs/R-99999'],
		['plan', `plans/${json.plan_hash}`, `plans/${'f'.repeat(64)}`],
		['task', 'tasks/vault-key', 'tasks/vault-kez'],
		['request', 'requests/vault-key', 'requests/vault-kez'],
		['resource', `resources/${resource?.key}`, 'resources/RES-99999'],
	])
		await compare(name, `/v1/${hidden}`, `/v1/${absent}`);
} catch (why) {
	console.log(`hidden: ${why.stack}\n${server.log_tail(20).join('\n')}`);
	process.exitCode = 1;
} finally {
	agent.destroy();
	await server.kill();
	await scratch_remove(dir);
}
