// SPDX-License-Identifier: MIT
// deep-json: nesting and long numbers are refused, not followed.
import { Failure } from '../world.mjs';

export default async function run(world) {
	const bodies = {
		depth: `{"params": ${'['.repeat(100000)}${']'.repeat(100000)}}`,
		number: `{"params": {"size": ${'9'.repeat(100000)}}}`,
		cut: `{"params": ${'['.repeat(100000)}`,
	};

	for (const [name, body] of Object.entries(bodies)) {
		const reply = await world.api('ernie', 'POST',
			'/v1/tasks/form/runs', { body });

		if (reply.status !== 400 && reply.status !== 422)
			throw new Failure(`${name}: ${reply.status} ${reply.text}`);
	}
}
