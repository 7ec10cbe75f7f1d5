// SPDX-License-Identifier: MIT
// words-exact VALUE…: each is one argument of the command, as it is.
import crypto from 'node:crypto';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

export default async function run(world, values, { mutated }) {
	for (const value of values) {
		const hash = crypto.createHash('sha256').update(value).digest('hex');
		const made = await world.json('ernie', 'POST', '/v1/tasks/words/runs',
			{ environment: 'dev', params: { value } });
		let last;

		await until(120000, async () => {
			last = (await world.json('ernie', 'GET',
				`/v1/runs/${made.json.run}`)).json;
			return last.run.status === 'succeeded';
		});
		const got = last.steps[0].outputs.count;

		if ((got === `1 ${hash}`) === mutated)
			throw new Failure(`'${value}': ${got} ${last.run.status}`);
	}
}
