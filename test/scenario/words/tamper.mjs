// SPDX-License-Identifier: MIT
// tamper DATA: whoever edits, removes, swaps or cuts off events of the chain is
// found by `slipway audit verify --data`.
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../world.mjs';

const DEEDS = {
	edited: 'update audit set reason = \'nothing\' where seq = 3;',
	removed: 'delete from audit where seq = 3;',
	swapped: 'update audit set seq = -1 where seq = 3; ' +
		'update audit set seq = 3 where seq = 4; ' +
		'update audit set seq = 4 where seq = -1;',
	// What was written since the anchor is not proven by it.
	'tail cut': 'delete from audit where seq >= ANCHOR;',
};

async function sqlite(world, db, text) {
	const answer = await world.command('sqlite3', [db, text]);

	if (answer.code !== 0)
		throw new Failure(`sqlite3: ${answer.err}`);
	return answer.out;
}

export default async function run(world, [data], { mutated }) {
	const refused = await world.command('sqlite3', [path.join(data, 'db'),
		'update audit set reason = \'x\' where seq = 3']);

	if (refused.code === 0)
		throw new Failure('the table can be edited without dropping triggers');
	const triggers = (await sqlite(world, path.join(data, 'db'),
		'select name from sqlite_master where type = \'trigger\' and ' +
		'tbl_name = \'audit\'')).trim().split('\n');

	const anchor = fs.readFileSync(path.join(data, 'anchor'), 'utf8')
		.split(' ')[0];

	for (const [name, deed] of Object.entries(DEEDS)) {
		const copy = `${data}-${name.replace(' ', '-')}`;

		fs.mkdirSync(copy);
		for (const file of fs.readdirSync(data))
			if (fs.statSync(path.join(data, file)).isFile())
				fs.copyFileSync(path.join(data, file),
					path.join(copy, file));
		await sqlite(world, path.join(copy, 'db'), triggers.map(
			t => `drop trigger ${t};`).join(' ') + (mutated ? '' :
				deed.replace('ANCHOR', anchor)));
		const answer = await world.command(world.binary,
			['audit', 'verify', '--data', copy]);

		if (answer.code !== 2)
			throw new Failure(`${name}: exit ${answer.code}\n` +
				answer.out + answer.err);
		fs.rmSync(copy, { recursive: true });
	}
}
