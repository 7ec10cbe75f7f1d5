// SPDX-License-Identifier: MIT
// keeper-gone: nothing of the tree whose keeper was killed is left.
import { processes_below, until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

export default async function run(world, args, { mutated }) {
	const gone = await until(mutated ? 100 : 60000,
		() => processes_below(world.killed).length === 0) !== null;

	if (gone === mutated)
		throw new Failure(`processes of ${world.killed} are left: ` +
			processes_below(world.killed).join(', '));
}
