// SPDX-License-Identifier: MIT
//
// schema.mjs: hold a JSON value against a JSON Schema 2020-12, as far as our
// OpenAPI document uses it.  A keyword that is not known here is an error and
// not ignored, so that the checker never says yes to what it did not check.

const WORDS = new Set(['title', 'description', 'default', 'examples',
	'deprecated', 'readOnly', 'writeOnly', '$schema', '$id', '$defs',
	'$comment']);

const TYPES = {
	string: v => typeof v === 'string',
	integer: v => typeof v === 'number' && Number.isInteger(v),
	number: v => typeof v === 'number',
	boolean: v => typeof v === 'boolean',
	null: v => v === null,
	array: v => Array.isArray(v),
	object: is_object,
};

const FORMATS = {
	'date-time': v => typeof v !== 'string' ||
		(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(v) &&
		!Number.isNaN(Date.parse(v))),
	int64: () => true,
	password: () => true,
};

function is_object(v) {
	return typeof v === 'object' && v !== null && !Array.isArray(v);
}

function equal(a, b) {
	return JSON.stringify(a) === JSON.stringify(b);
}

function resolve(root, ref) {
	let at = root;

	if (!ref.startsWith('#/'))
		throw new Error(`schema: $ref '${ref}' leaves the document`);
	for (const part of ref.slice(2).split('/')) {
		const key = part.replace(/~1/g, '/').replace(/~0/g, '~');

		if (!is_object(at) || !(key in at))
			throw new Error(`schema: $ref '${ref}' leads nowhere`);
		at = at[key];
	}
	return at;
}

function matches(pattern, text) {
	return new RegExp(pattern, 'u').test(text);
}

// Each says what is wrong, or nothing.
const KEYWORDS = {
	type(want, v) {
		const wants = Array.isArray(want) ? want : [want];

		if (!wants.some(t => TYPES[t](v)))
			return `is not ${wants.join(' or ')}`;
	},
	enum: (want, v) => want.some(w => equal(w, v)) ? undefined :
		`is none of ${JSON.stringify(want)}`,
	const: (want, v) => equal(want, v) ? undefined :
		`is not ${JSON.stringify(want)}`,
	format(name, v) {
		if (!(name in FORMATS))
			throw new Error(`schema: unknown format '${name}'`);
		if (!FORMATS[name](v))
			return `is no ${name}`;
	},
	pattern: (want, v) => typeof v !== 'string' || matches(want, v) ?
		undefined : `does not match ${want}`,
	minLength: (n, v) => typeof v !== 'string' || [...v].length >= n ?
		undefined : `is shorter than ${n}`,
	maxLength: (n, v) => typeof v !== 'string' || [...v].length <= n ?
		undefined : `is longer than ${n}`,
	minimum: (n, v) => typeof v !== 'number' || v >= n ? undefined :
		`is less than ${n}`,
	maximum: (n, v) => typeof v !== 'number' || v <= n ? undefined :
		`is more than ${n}`,
	minItems: (n, v) => !Array.isArray(v) || v.length >= n ? undefined :
		`has fewer than ${n} elements`,
	maxItems: (n, v) => !Array.isArray(v) || v.length <= n ? undefined :
		`has more than ${n} elements`,
	minProperties: (n, v) => !is_object(v) || Object.keys(v).length >= n ?
		undefined : `has fewer than ${n} members`,
	maxProperties: (n, v) => !is_object(v) || Object.keys(v).length <= n ?
		undefined : `has more than ${n} members`,
	required(names, v) {
		const missing = is_object(v) ? names.filter(n => !(n in v)) : [];

		if (missing.length > 0)
			return `lacks ${missing.join(', ')}`;
	},
};

class Checker {
	constructor(root) {
		this.root = root;
		this.errors = [];
	}

	wrong(at, text) {
		this.errors.push(`${at === '' ? 'the whole' : at} ${text}`);
	}

	fits(schema, value) {
		const inner = new Checker(this.root);

		inner.check(schema, value, '');
		return inner.errors.length === 0;
	}

	check(schema, value, at) {
		if (schema === true)
			return;
		if (schema === false) {
			this.wrong(at, 'is not allowed');
			return;
		}
		for (const [word, want] of Object.entries(schema)) {
			if (WORDS.has(word) || word.startsWith('x-'))
				continue;
			if (word in KEYWORDS) {
				const text = KEYWORDS[word](want, value);

				if (text !== undefined)
					this.wrong(at, `${text}: ${short(value)}`);
			} else if (word in this.nested) {
				this.nested[word].call(this, want, value, at, schema);
			} else {
				throw new Error(`schema: unknown keyword '${word}'`);
			}
		}
	}

	nested = {
		$ref(ref, v, at) {
			this.check(resolve(this.root, ref), v, at);
		},
		properties(properties, v, at) {
			for (const [name, s] of Object.entries(properties))
				if (is_object(v) && name in v)
					this.check(s, v[name], `${at}/${name}`);
		},
		additionalProperties(s, v, at, schema) {
			const known = schema.properties ?? {};

			for (const name of is_object(v) ? Object.keys(v) : [])
				if (!(name in known))
					this.check(s, v[name], `${at}/${name}`);
		},
		propertyNames(s, v, at) {
			for (const name of is_object(v) ? Object.keys(v) : [])
				this.check(s, name, `${at}/${name} (its name)`);
		},
		items(s, v, at) {
			if (Array.isArray(v))
				v.forEach((e, i) => this.check(s, e, `${at}/${i}`));
		},
		anyOf(all, v, at) {
			if (!all.some(s => this.fits(s, v)))
				this.wrong(at, `fits no alternative: ${short(v)}`);
		},
		oneOf(all, v, at) {
			if (all.filter(s => this.fits(s, v)).length !== 1)
				this.wrong(at, `fits not one alternative: ${short(v)}`);
		},
		allOf(all, v, at) {
			for (const s of all)
				this.check(s, v, at);
		},
		not(s, v, at) {
			if (this.fits(s, v))
				this.wrong(at, `fits what it must not: ${short(v)}`);
		},
	};
}

function short(value) {
	const text = JSON.stringify(value) ?? 'undefined';

	return text.length > 120 ? `${text.slice(0, 117)}...` : text;
}

// What is wrong with value, as a list of sentences; root resolves $ref.
export function schema_errors(root, schema, value) {
	const checker = new Checker(root);

	checker.check(schema, value, '');
	return checker.errors;
}
