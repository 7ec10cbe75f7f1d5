// SPDX-License-Identifier: MIT
// crawl RUN TICKET PLAN: every GET of the document, as the operator and as an
// admin, leaves the audit chain (but for what was denied, which is always told)
// and what the ticket and the run say as it was.
import { Failure } from '../world.mjs';

function target(operation, values) {
	const query = (operation.what.parameters ?? [])
		.filter(p => p.in === 'query' && p.required)
		.map(p => `${p.name}=${p.schema.enum?.[0] ?? 'x'}`).join('&');
	const path = operation.path.replace(/\{(\w+)\}/g,
		(all, name) => encodeURIComponent(values[name] ?? 'x'));

	return query === '' ? path : `${path}?${query}`;
}

async function state(world, run, ticket) {
	const audit = await world.api('operator', 'GET', '/v1/audit?limit=200');
	const texts = [JSON.stringify(JSON.parse(audit.text).items
		.find(item => item.decision !== 'denied'))];

	for (const path of [`/v1/runs/${run}`,
		`/v1/tickets/${ticket}`, '/v1/platform'])
		texts.push((await world.api('operator', 'GET', path)).text);
	return texts.join('\n');
}

export default async function run(world, [key, ticket, plan], { mutated }) {
	const api = [...world.apis.values()][0];
	const values = { run: key, ticket, plan, task: 'file', request: 'file',
		person: 'ernie' };
	await world.token_of('tina');
	const before = await state(world, key, ticket);
	let asked = 0;

	for (const operation of api.operations) {
		if (operation.method !== 'get' || operation.path.endsWith('/follow'))
			continue;
		for (const who of ['operator', 'tina']) {
			const reply = await world.api(who, 'GET',
				target(operation, values));

			if (reply.status >= 500 && operation.path !== '/readyz')
				throw new Failure(`${operation.path}: ${reply.status} ` +
					reply.text);
			asked++;
		}
	}
	await world.follow('tina', key, {}, event => event.event !== 'end');
	if (mutated)
		await world.json('tina', 'POST', `/v1/tickets/${ticket}/comments`,
			{ text: 'a write' });
	const after = await state(world, key, ticket);

	if (before !== after)
		throw new Failure(`a GET wrote:\n${before}\n---\n${after}`);
	if (asked < 40)
		throw new Failure(`only ${asked} GETs were asked`);
}
