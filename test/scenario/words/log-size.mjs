// SPDX-License-Identifier: MIT
// log-size RUN: what is kept of the log and what was dropped are all of it; the
// stream says so as well.
import { Failure } from '../world.mjs';

export default async function run(world, [key], { mutated }) {
	const { json } = await world.json('ernie', 'GET', `/v1/runs/${key}`);
	const { log_bytes: bytes, log_dropped: dropped } = json.steps[0].attempts[0];
	const log = await world.api('ernie', 'GET', `/v1/runs/${key}/log`);
	let streamed = 0, notes = 0;

	await world.follow('ernie', key, {}, event => {
		const value = JSON.parse(event.data);

		if (event.event === 'log' && value.stream === 'note')
			notes++;
		else if (event.event === 'log')
			streamed += Buffer.byteLength(value.text);
		return event.event !== 'end';
	});
	// A line in the place of the gap says how much is missing.
	const kept = bytes - dropped + (mutated ? 1 : 0);
	const extra = log.bytes.length - kept;

	if (extra < 0 || extra > 200 || streamed < kept || streamed > kept + 200)
		throw new Failure(`${bytes} bytes, ${dropped} dropped: the log has ` +
			`${log.bytes.length}, the stream ${streamed}, ${notes} notes`);
}
