// SPDX-License-Identifier: MIT
// replay-tamper FILE: whoever changes anything in a bundle, and makes its hash
// right again, is found by what does not follow any more.
import crypto from 'node:crypto';
import fs from 'node:fs';
import { Failure } from '../world.mjs';

function canonical(value) {
	if (Array.isArray(value))
		return `[${value.map(canonical).join(',')}]`;
	if (value === null || typeof value !== 'object')
		return JSON.stringify(value);
	return `{${Object.keys(value).sort().map(key =>
		`${JSON.stringify(key)}:${canonical(value[key])}`).join(',')}}`;
}

const DEEDS = {
	'a definition': [b => { Object.values(b.definitions)[0].doc = 'x'; },
		/definition of/],
	'the plan': [b => { b.plan.params.name = 'other'; }, /the plan is/],
	'the requester': [b => { b.run.requester = 'casey'; }, /not those of/],
	'a step left out': [b => { b.steps.rows.pop(); },
		/is not in the run|follow from the plan/],
	'a vote left out': [b => { b.needs[0].votes.pop(); }, /counts as given/],
	'a vote over another hash': [
		b => { b.needs[0].votes[0].hash = '0'.repeat(64); },
		/counts as given/],
	'a vote of the requester': [
		b => { b.needs[0].votes[0].person = b.run.requester; },
		/counts as given/],
	'an open approval': [b => { b.needs[0].status = 'open'; },
		/it began, and approval/],
	'another end': [b => { b.run.status = 'failed'; }, /the events say/],
	'another end of a step': [b => { b.steps.rows[0].status = 'failed'; },
		/the events say|command succeeded/],
	'an event': [b => { b.events[1].actor = 'nobody'; }, /its own hash/],
	'the order of events': [b => { b.events.reverse(); }, /out of its place/],
};

export default async function run(world, [file], { mutated }) {
	const text = fs.readFileSync(file, 'utf8');

	for (const [name, [deed, wanted]] of Object.entries(DEEDS)) {
		const bundle = JSON.parse(text);

		if (!mutated)
			deed(bundle);
		delete bundle.hash;
		bundle.hash = crypto.createHash('sha256').update(canonical(bundle))
			.digest('hex');
		fs.writeFileSync(`${file}.t`, JSON.stringify(bundle));
		const answer = await world.command(world.binary,
			['replay', `${file}.t`]);

		if (answer.code !== 2 || !wanted.test(answer.err))
			throw new Failure(`${name}: exit ${answer.code}\n` +
				answer.out + answer.err);
	}
}
