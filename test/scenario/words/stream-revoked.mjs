// SPDX-License-Identifier: MIT
// stream-revoked RUN TOKEN PREFIX: two seconds after the token is revoked, its
// stream is over; one of another token goes on.
import { follow } from '../../lib/http.mjs';
import { Failure } from '../world.mjs';

export default async function run(world, [key, token, prefix], { mutated }) {
	const other = await world.token_of('nora');
	const stream = (bearer, fn) => follow(world.server.where,
		`/v1/runs/${key}/follow`,
		{ headers: { Authorization: `Bearer ${bearer}` }, limit: 15000 }, fn);
	let revoked = null, later = 0, others = 0;
	const mine = stream(token, event => {
		if (event.event === 'log' && revoked === null && !mutated) {
			revoked = 0;
			world.json('ernie', 'DELETE', `/v1/tokens/${prefix}`)
				.then(() => {
					revoked = Date.now();
				});
		}
		if (revoked)
			later = Date.now() - revoked;
		return true;
	});
	const theirs = stream(other, () => {
		others++;
		return revoked === null || revoked === 0 ||
			Date.now() - revoked < 4000;
	});

	await mine;
	if (later > 2000)
		throw new Failure(`it had events ${later} ms after the revocation`);
	await theirs;
	if (Date.now() - revoked < 4000)
		throw new Failure('the other stream ended as well');
	if (others < 20)
		throw new Failure(`the other stream had ${others} events`);
}
