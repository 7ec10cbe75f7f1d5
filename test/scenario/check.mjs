// SPDX-License-Identifier: MIT
//
// check.mjs: what a scenario says about an answer.
//
// A subject is {json, texts}: json is what paths such as .run.status or
// .steps[task=slow].attempts[0].code look into, texts are the named plain
// ones: body, out, err.
import { isDeepStrictEqual } from 'node:util';

// $name and ${name} of known variables; other dollars stay as they are.
export function fill(text, variables) {
	return text.replace(/\$(\w+)|\$\{(\w+)\}/g, (all, a, b) =>
		Object.hasOwn(variables, a ?? b) ? variables[a ?? b] : all);
}

const OPERATORS = new Set(['==', '!=', '~', '!~', '<', '<=', '>', '>=', 'has',
	'hasnt', 'exists', 'absent', 'as']);

// Pieces to checks: [{subject, operator, value}].
export function checks_parse(pieces, where) {
	const checks = [];

	for (let i = 0; i < pieces.length;) {
		const subject = pieces[i++];
		const name = subject.text === 'header' ? pieces[i++].text : null;
		const operator = pieces[i++]?.text;
		const unary = operator === 'exists' || operator === 'absent';

		if (!OPERATORS.has(operator))
			throw new Error(`${where}: no check: ` +
				`'${subject.text} ${operator ?? ''}'`);
		if (!unary && i === pieces.length)
			throw new Error(`${where}: '${subject.text} ${operator}' ` +
				'of what?');
		checks.push({ subject: subject.text, name, operator,
			value: unary ? null : pieces[i++] });
	}
	return checks;
}

// The value at a path; undefined when there is none.
export function look(json, path) {
	let at = json;
	const parts = path.match(/\.[\w$-]+|\[[^\]]*\]/g) ?? [];

	if (parts.join('') !== path && path !== '.')
		throw new Error(`no path: '${path}'`);
	for (const part of parts) {
		if (at === undefined || at === null)
			return undefined;
		at = part[0] === '.' ? at[part.slice(1)] :
			look_index(at, part.slice(1, -1));
	}
	return at;
}

function look_index(list, index) {
	const [key, wanted] = index.split('=');

	if (!Array.isArray(list))
		return undefined;
	if (wanted !== undefined)
		return list.find(e => String(e[key]) === wanted);
	if (index === '*')
		return list.flatMap(e => e);
	return list.at(Number(index));
}

function regex(text) {
	const at = text.lastIndexOf('/');

	return new RegExp(text.slice(1, at), `${text.slice(at + 1)}s`);
}

function literal(piece, variables) {
	const text = fill(piece.text, variables);

	if (piece.kind === 'text' || piece.kind === 'regex')
		return text;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

function text_of(value) {
	return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}

function has(value, wanted) {
	if (Array.isArray(value))
		return value.some(e => isDeepStrictEqual(e, wanted));
	return text_of(value).includes(text_of(wanted));
}

const HOLDS = {
	'==': (v, w) => isDeepStrictEqual(v, w),
	'!=': (v, w) => !isDeepStrictEqual(v, w),
	'~': (v, w) => regex(w).test(text_of(v)),
	'!~': (v, w) => !regex(w).test(text_of(v)),
	'<': (v, w) => v < w,
	'<=': (v, w) => v <= w,
	'>': (v, w) => v > w,
	'>=': (v, w) => v >= w,
	has: (v, w) => has(v, w),
	hasnt: (v, w) => !has(v, w),
	exists: v => v !== undefined && v !== null,
	absent: v => v === undefined || v === null,
};

function value_of(check, subject, variables) {
	if (check.subject === 'header')
		return subject.headers[check.name.toLowerCase()];
	if (check.subject.startsWith('.'))
		return look(subject.json, fill(check.subject, variables));
	if (!(check.subject in subject.texts))
		throw new Error(`there is no '${check.subject}' here`);
	return subject.texts[check.subject];
}

function short(value) {
	const text = JSON.stringify(value) ?? 'nothing';

	return text.length > 400 ? `${text.slice(0, 397)}...` : text;
}

// What does not hold, as sentences; `as` sets into variables.
export function checks_failed(checks, subject, variables) {
	const failed = [];

	for (const check of checks) {
		const value = value_of(check, subject, variables);
		const name = check.name ? `header ${check.name}` : check.subject;

		if (check.operator === 'as') {
			if (value === undefined)
				failed.push(`${name}: there is none`);
			variables[check.value.text] = text_of(value);
			continue;
		}
		const wanted = check.value === null ? undefined :
			literal(check.value, variables);

		if (!HOLDS[check.operator](value, wanted))
			failed.push(`${name} ${check.operator} ` +
				`${check.value === null ? '' : short(wanted)}: ` +
				`it is ${short(value)}`);
	}
	return failed;
}
