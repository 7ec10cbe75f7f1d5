// SPDX-License-Identifier: MIT
// hostile: a corpus of hostile values goes through a parameter; each arrives
// byte for byte as variable, in the JSON file and as an output, and the file
// that any of them would make never appears.
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

function corpus(canary) {
	const touch = `touch ${canary}`;
	const wrapped = [v => v, v => `a${v}b`, v => `"${v}"`, v => `'${v}'`,
		v => `${v}\n${v}`, v => `-${v}`];
	const cores = [`$(${touch})`, `\`${touch}\``, `;${touch};`, `|${touch}`,
		`&&${touch}`, `\n${touch}\n`, `'; ${touch}; '`, `"; ${touch}; "`,
		`$((${touch}))`, `\${x:-$(${touch})}`, `<(${touch})`, `>${canary}`,
		`\\$(${touch})`, `() { :;}; ${touch}`, `{{${touch}}}`,
		`\${{ ${touch} }}`, `%0a${touch}`, `$'\\n${touch}'`, `!${touch}`,
		`#{${touch}}`, `<%= ${touch} %>`, `@(${touch})`, `~/${touch}`];
	const values = cores.flatMap(c => wrapped.map(w => w(c)));

	values.push('', ' ', '\n', '\n\n', '\r\n', '\t', '%n%s%x', '*', '?', '[a-z]',
		'~', '-', '--', '--help', '--upload-pack=x', '-oProxyCommand=x', '..',
		'../../etc/passwd', '/etc/passwd', 'a'.repeat(65536), '\u00e9', '\u202e',
		'\ud83d\ude00', '\ufeff', '\uffff', '\u0085', '\u2028', '$params.name',
		'$needs.x.outputs.y', '$$', '$', '\\', '\\\\', '\'', '"', '`', 'null',
		'true', '0', '{"a":1}', '[]', 'EOF', 'END', 'value<<x\n', 'x=y',
		'PATH=/x', 'LD_PRELOAD=x', '\u001b[2J', '\u001b]52;c;x\u0007',
		'</script>', '\'; drop table run; --', '" or 1=1 --',
		'héllo wörld ✓'.repeat(50), '\u0001\u0002\u001f\u007f');
	for (let byte = 1; byte < 256; byte++)
		values.push(`x${String.fromCodePoint(byte)}y`);
	return values;
}

async function one(world, value) {
	const made = await world.json('ernie', 'POST', '/v1/tasks/echo/runs',
		{ environment: 'dev', params: { value } });
	const key = made.json.run;
	let last;

	if (made.status !== 201)
		return `${made.status} ${made.text}`;
	if (!await until(60000, async () => {
		last = (await world.json('ernie', 'GET', `/v1/runs/${key}`)).json;
		return ['succeeded', 'failed', 'unknown'].includes(last.run.status);
	}))
		return `${key} does not end`;
	if (last.run.status !== 'succeeded')
		return `${last.run.status}: ${last.steps[0].reason} ` +
			last.steps[0].tail.join('\n');
	const got = fs.readFileSync(path.join(world.out, `value-${key}`));
	const file = JSON.parse(fs.readFileSync(
		path.join(world.out, `params-${key}`), 'utf8'));

	if (!got.equals(Buffer.from(value)))
		return `PARAM_VALUE arrived as ${JSON.stringify(got.toString())}`;
	if (file.params.value !== value)
		return `the file says ${JSON.stringify(file.params)}`;
	if (last.steps[0].outputs.value !== value)
		return `the output is ${JSON.stringify(last.steps[0].outputs.value)}`;
	return null;
}

async function refused(world) {
	for (const [value, code] of [['a\0b', 'param.encoding'],
		['a'.repeat(65537), 'param.too_long']]) {
		const reply = await world.json('ernie', 'POST', '/v1/tasks/echo/runs',
			{ environment: 'dev', params: { value } });

		if (reply.status !== 422 || !reply.text.includes(code))
			throw new Failure(`${code}: ${reply.status} ${reply.text}`);
	}
}

export default async function run(world, args, { mutated }) {
	const canary = path.join(world.out, 'canary');
	const values = [...new Set(corpus(canary))];
	const waiting = mutated ? ['a\0b'] : values.slice();
	const failed = [];

	if (values.length < 300)
		throw new Failure(`only ${values.length} values`);
	await Promise.all(Array.from({ length: 8 }, async () => {
		for (let value; (value = waiting.shift()) !== undefined &&
			failed.length < 5;) {
			const why = await one(world, value);

			if (why !== null)
				failed.push(`${JSON.stringify(value).slice(0, 100)}: ${why}`);
		}
	}));
	if (failed.length > 0)
		throw new Failure(failed.join('\n'));
	if (fs.existsSync(canary))
		throw new Failure('the canary is there');
	await refused(world);
}
