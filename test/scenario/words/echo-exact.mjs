// SPDX-License-Identifier: MIT
// echo-exact VALUE…: each arrives as it is.
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

export default async function run(world, values, { mutated }) {
	for (const value of values) {
		const made = await world.json('ernie', 'POST', '/v1/tasks/echo/runs',
			{ environment: 'dev', params: { value } });
		const file = path.join(world.out, `value-${made.json.run}`);

		if (!await until(120000, async () => (await world.json('ernie', 'GET',
			`/v1/runs/${made.json.run}`)).json.run.status === 'succeeded'))
			throw new Failure(`'${value}': the run does not succeed`);
		const got = fs.readFileSync(file, 'utf8');

		if ((got === value) === mutated)
			throw new Failure(`'${value}' arrived as '${got}'`);
	}
}
