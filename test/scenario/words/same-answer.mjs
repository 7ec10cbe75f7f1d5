// SPDX-License-Identifier: MIT
// same-answer WHO METHOD FOREIGN ABSENT: the same answer, but for the name
// that was asked for and the id of the request.
import { Failure } from '../world.mjs';

function bare(reply, target) {
	const name = target.split('/')[3];
	const { date, 'x-request-id': id, 'content-length': length, ...headers } =
		reply.headers;

	return JSON.stringify([reply.status, headers, reply.text
		.replaceAll(name, 'NAME').replaceAll(id, 'ID')]);
}

export default async function run(world, [who, method, foreign, absent],
	{ mutated }) {
	const body = method === 'POST' ?
		JSON.stringify(foreign.endsWith('comments') ? { text: 'x' } :
			foreign.endsWith('runs') ? { environment: 'dev' } : {}) : null;
	const one = await world.api(who, method, foreign, { body });
	const other = await world.api(who, method, absent, { body });

	if (one.status !== 404)
		throw new Failure(`${foreign}: ${one.status} ${one.text}`);
	if ((bare(one, foreign) === bare(other, absent)) === mutated)
		throw new Failure(`these differ:\n${bare(one, foreign)}\n` +
			bare(other, absent));
}
