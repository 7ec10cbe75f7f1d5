// SPDX-License-Identifier: MIT
// big-body: a body of 10 MB is refused, and the server stays.
import { call } from '../../lib/http.mjs';
import { Failure } from '../world.mjs';

export default async function run(world) {
	const token = await world.token_of('ernie');
	const body = Buffer.alloc(10e6, 'a');
	let status;

	try {
		status = (await call(world.server.where, 'POST',
			'/v1/tasks/echo/runs', { body, headers: {
				Authorization: `Bearer ${token}`,
				'Content-Type': 'application/json' } })).status;
	} catch (why) {
		// It may close before all was sent: that is an answer too.
		if (why.code !== 'EPIPE' && why.code !== 'ECONNRESET')
			throw why;
		status = 413;
	}
	if (status !== 413)
		throw new Failure(`a body of 10 MB: ${status}`);
	if (!await world.server.answers())
		throw new Failure('the server does not answer any more');
}
