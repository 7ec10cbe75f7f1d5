// SPDX-License-Identifier: MIT
// stream-revoked RUN TOKEN PREFIX: when the token is revoked its stream ends,
// long before the run does; one of another token goes on.
import { follow } from '../../lib/http.mjs';
import { Failure } from '../world.mjs';

const MORE = 20;

export default async function run(world, [key, token, prefix], { mutated }) {
	const other = await world.token_of('nora');
	const stream = (bearer, fn) => follow(world.server.where,
		`/v1/runs/${key}/follow`,
		{ headers: { Authorization: `Bearer ${bearer}` },
			...mutated ? { limit: 5000 } : {} }, fn);
	let revoked = null, to_its_end = false, over = false, more = 0;
	const mine = stream(token, event => {
		if (event.event === 'log' && !mutated)
			revoked ??= world.json('ernie', 'DELETE',
				`/v1/tokens/${prefix}`);
		to_its_end ||= event.event === 'end';
		return true;
	}).finally(() => {
		over = true;
	});
	const theirs = stream(other, () => !over || ++more < MORE);

	await mine;
	if ((await revoked).status !== 200)
		throw new Failure((await revoked).text);
	if (to_its_end)
		throw new Failure('it went on to the end of the run');
	await theirs;
	if (more < MORE)
		throw new Failure('the other stream ended as well');
}
