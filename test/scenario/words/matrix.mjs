// SPDX-License-Identifier: MIT
// matrix: every operation, by everybody, on what is the platform team's and on
// what is the security team's, against roles.txt.  An operation that is not
// in the table fails, and so does one that is there no more.
//
// + means that the caller may: whatever the answer is then (200, 409, 422), it
// is no 401, 403 or 404.
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const TABLE = path.join(ROOT, 'test/scenario/roles.txt');
const WHO = ['nobody', 'olga', 'dora', 'ernie', 'casey', 'tina', 'operator'];

const BODIES = values => ({
	'request.ask': { environment: 'dev' },
	'task.run': { environment: 'dev' },
	'run.resolve': { step: values.step, outcome: 'failed', note: 'x' },
	'run.reveal': { output: 'none' },
	'ticket.approve': { plan_hash: values.plan },
	'ticket.decline': { plan_hash: values.plan },
	'ticket.comment': { text: 'x' },
	'ticket.edit': { title: 'x' },
	'ticket.create': { kind: 'operation', title: 'x',
		project: 'OPS' },
	'ticket.edit_comment': { text: 'x' },
	'ticket.link': { kind: 'blocks', to: values.ticket },
	'ticket.unlink': { kind: 'blocks', to: values.ticket },
	'ticket.move': { to: 'open' },
	'pause.set': { kind: 'all' },
	'pause.end': { kind: 'all' },
	'schedule.backfill': { from: '2024-01-01', to: '2025-12-31', dry_run: true },
	'secret.set': { value: 'long-enough-a-value' },
	'token.create': { name: 'matrix' },
});

// An object of each kind, made by somebody who may.
async function backfill(world, who, schedule) {
	const { json } = await world.json(who, 'POST',
		`/v1/schedules/${schedule}/backfills`,
		{ from: '2026-01-01', to: '2026-04-30', again: true });

	return json.id;
}

async function objects(world, who, task, request, path) {
	const asked = await world.json(who, 'POST',
		`/v1/requests/${request}/tickets`, { environment: 'prod',
			params: task === 'slow' ? { name: 'matrix' } : {} });
	const made = await world.json(who, 'POST', '/v1/tokens', { name: 'own' });

	if (asked.status !== 201)
		throw new Failure(`${request}: ${asked.text}`);
	const { json } = await world.json('operator', 'GET',
		`/v1/runs/${asked.json.run}`);

	await world.json('operator', 'PUT', '/v1/secrets/matrix',
		{ value: 'of-no-use-to-anybody' });
	return { run: asked.json.run, step: json.steps[0].id, ticket: asked.json.ticket,
		plan: asked.json.plan_hash, other: asked.json.plan_hash, task, request, person: who,
		token: made.json.prefix, secret: 'matrix', schedule: task,
		backfill: path.includes('{backfill}') ?
			await backfill(world, who, task) : 0 };
}

function symbol(status) {
	return [401, 403, 404].includes(status) ? String(status) : '+';
}

async function ask(world, who, operation, values) {
	const query = operation.id === 'access.can' ? '?action=view' : '';
	const target = operation.path.replace(/\{(\w+)\}/g,
		(all, name) => values[name]) + query;
	const method = operation.method.toUpperCase();

	if (operation.id === 'run.follow') {
		let status = 200;

		await world.follow(who === 'nobody' ? 'operator' : who, values.run,
			{}, () => false).then(end => {
			status = end.status;
		});
		return who === 'nobody' ? '401' : symbol(status);
	}
	const reply = await world.api(who, method, target, { body:
		method === 'GET' || method === 'DELETE' ? null :
			JSON.stringify(BODIES(values)[operation.id] ?? {}) });

	return symbol(reply.status);
}

function table_read() {
	const rows = new Map();

	for (const line of fs.readFileSync(TABLE, 'utf8').split('\n')) {
		const [id, whose, ...cells] = line.trim().split(/\s+/);

		if (line.trim() !== '' && !line.startsWith('#'))
			rows.set(`${id} ${whose}`, cells);
	}
	return rows;
}

function compare(rows, found, mutated) {
	const wrong = [];

	for (const [name, cells] of found) {
		const wanted = (rows.get(name) ?? []).slice();

		if (mutated && name.startsWith('me.get'))
			wanted[0] = '+';
		if (wanted.join(' ') !== cells.join(' '))
			wrong.push(`${name}: ${cells.join(' ')}, and not ` +
				(wanted.join(' ') || 'in the table'));
	}
	for (const name of rows.keys())
		if (!found.has(name))
			wrong.push(`${name}: there is no such operation`);
	return wrong;
}

export default async function run(world, args, { mutated }) {
	const api = [...world.apis.values()][0];
	const found = new Map();
	const whose = { ours: ['ernie', 'slow', 'slow'],
		theirs: ['sam', 'vault-key', 'vault-key'] };

	for (const operation of api.operations)
		for (const [name, [who, task, request]] of Object.entries(whose)) {
			// No object is named: then it is nobody's.
			if (operation.params === 0 && name === 'theirs')
				continue;
			const cells = [];

			for (const caller of WHO)
				cells.push(await ask(world, caller, operation,
					await objects(world, who, task, request,
						operation.path)));
			found.set(`${operation.id} ${operation.params === 0 ? '-' :
				name}`, cells);
		}
	const wrong = compare(table_read(), found, mutated);

	if (wrong.length > 0)
		throw new Failure(`${wrong.length} differ, ${WHO.join(' ')}:\n` +
			wrong.join('\n'));
}
