// SPDX-License-Identifier: MIT
// parallel-same-key N: N times the same POST with the same key at once has
// one effect and one answer.
import { Failure } from '../world.mjs';

export default async function run(world, [n]) {
	const replies = await Promise.all(Array.from({ length: Number(n) }, () =>
		world.json('ernie', 'POST', '/v1/tasks/mark/runs',
			{ environment: 'dev', params: { name: 'parallel' } },
			{ headers: { 'Idempotency-Key': 'parallel' } })));
	const keys = new Set(replies.map(r => `${r.status} ${r.json.run}`));

	if (keys.size !== 1 || replies[0].status !== 201)
		throw new Failure(`answers: ${[...keys].join(', ')}`);
}
