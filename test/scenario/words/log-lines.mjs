// SPDX-License-Identifier: MIT
// log-lines RUN N: the log is exactly `line 1 of N` to `line N of N`, whole
// and as a stream.
import { Failure } from '../world.mjs';

export default async function run(world, [key, n], { mutated }) {
	const wanted = Array.from({ length: Number(n) + (mutated ? 1 : 0) },
		(unused, i) => `line ${i + 1} of ${n}\n`).join('');
	const whole = await world.api('ernie', 'GET', `/v1/runs/${key}/log`);
	let streamed = '';

	if (whole.text !== wanted)
		throw new Failure(`the log is not what was printed:\n${whole.text}`);
	await world.follow('ernie', key, {}, event => {
		if (event.event === 'log')
			streamed += JSON.parse(event.data).text;
		return event.event !== 'end';
	});
	if (streamed !== wanted)
		throw new Failure(`the stream is not what was printed:\n${streamed}`);
}
