// SPDX-License-Identifier: MIT
// race ROUNDS: approve, edit, withdraw and cancel one request at once, each of
// them the first in its turn.  What ran, ran once, with a plan that somebody
// approved as it was; who lost got a 409 and nothing else.
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const OVER = ['done', 'cancelled', 'declined', 'failed'];

async function round(world, i) {
	const name = `race-${i}`;
	const post = (who, verb, body) => world.json(who, 'POST',
		`/v1/tickets/${ticket}/${verb}`, body);
	const { json: asked } = await world.json('ernie', 'POST',
		'/v1/tasks/mark/runs', { environment: 'prod', params: { name } });
	const { ticket, plan_hash: hash } = asked;
	const moves = [
		() => post('casey', 'approve', { plan_hash: hash }),
		() => post('robin', 'approve', { plan_hash: hash }),
		() => world.json('ernie', 'PATCH', `/v1/tickets/${ticket}`,
			{ params: { name: `${name}-e` } }),
		() => i % 3 === 0 ? post('ernie', 'withdraw', {}) :
			post('casey', 'approve', { plan_hash: hash }),
		() => i % 4 === 0 ? world.json('ernie', 'POST',
			`/v1/runs/${asked.run}/cancel`, {}) :
			post('robin', 'approve', { plan_hash: hash }),
	];
	const first = i % moves.length;
	const replies = await Promise.all([...moves.slice(first),
		...moves.slice(0, first)].map(move => move()));
	const statuses = replies.map(m => m.status);

	if (statuses.some(s => ![200, 409, 410].includes(s)))
		throw new Failure(`round ${i}: ${statuses.join(', ')}`);
	return { name, ticket };
}

async function settled(world, { name, ticket }) {
	let detail;

	if (!await until(120000, async () => {
		detail = (await world.json('operator', 'GET',
			`/v1/tickets/${ticket}`)).json;
		return OVER.includes(detail.ticket.status) ||
			detail.ticket.status === 'waiting_approval';
	}))
		throw new Failure(`${ticket} is ${detail.ticket.status}`);
	return { name, detail };
}

// The names with which it may have run: those of approved plans.
async function approved_names(world, detail) {
	const hashes = new Set(detail.needs.flatMap(n => n.votes
		.filter(v => v.decision === 'approve').map(v => v.plan_hash)));
	const names = new Set();

	for (const hash of hashes) {
		const { json } = await world.json('operator', 'GET',
			`/v1/plans/${hash}`);

		names.add(json.body.params.name);
	}
	return names;
}

export default async function run(world, [rounds], { mutated }) {
	const made = [];

	for (let i = 0; i < Number(rounds); i++)
		made.push(await round(world, i));
	const all = await Promise.all(made.map(m => settled(world, m)));
	const lines = fs.readFileSync(path.join(world.out, 'marks'), 'utf8')
		.trimEnd().split('\n').map(l => l.split(' ')[0]);
	let ran = 0;

	if (mutated)
		lines.push(lines[0]);
	for (const { name, detail } of all) {
		const mine = lines.filter(l => l === name || l === `${name}-e`);
		const allowed = await approved_names(world, detail);

		if (mine.length > 1)
			throw new Failure(`${name} ran ${mine.length} times`);
		if (mine.some(l => !allowed.has(l)))
			throw new Failure(`${mine[0]} ran, and was not approved: ` +
				JSON.stringify(detail.needs));
		ran += mine.length;
	}
	if (ran === 0 || ran === all.length)
		throw new Failure(`${ran} of ${all.length} ran: that is no race`);
}
