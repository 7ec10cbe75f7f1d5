/* SPDX-License-Identifier: MIT */
#include "platform/yaml.h"

#include <libfyaml.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/map.h"

#define YAML_NODES 200000u
#define YAML_KEYS 5000u /* of one map: twins are looked for by walking */

struct yaml_reader {
	struct arena *a;
	struct folder_errors *errs;
	const char *file;
	struct str text;
	struct map anchors; /* of this document: name → node */
	unsigned aliases;   /* of the file */
	unsigned nodes;	    /* of the file, aliases written out */
	/* Open collections, outermost first, each with what an alias of it
	 * would be called and the key that waits for its value. */
	struct yaml_open {
		struct yaml_node *node;
		const char *anchor;
		const char *key;
		int line, column; /* of the key */
	} open[LIMIT_YAML_DEPTH + 1];
	unsigned depth;
	struct yaml_node *root;
};

static bool
yaml_fail(struct yaml_reader *r, int line, int column, const char *hint,
    const char *what)
{
	struct place at = { r->file, r->text, line, column };

	folder_error_add(r->errs, at, hint, "%s", what);
	return false;
}

static const char *
yaml_text(struct yaml_reader *r, struct fy_token *t)
{
	size_t n = 0;
	const char *p = t == NULL ? NULL : fy_token_get_text(t, &n);

	return p == NULL ? NULL : arena_str(r->a, (struct str){ p, n });
}

/* Above n, the open collection, or the key that n is the value of. */
static void
yaml_position(struct yaml_reader *r, const struct fy_mark *mark,
    struct yaml_node *n)
{
	struct yaml_open *o = r->depth > 0 ? &r->open[r->depth - 1] : NULL;

	n->line = mark != NULL ? mark->line + 1 : 0;
	n->column = mark != NULL ? mark->column + 1 : 0;
	if (mark == NULL && o != NULL) {
		n->line = o->key != NULL ? o->line : o->node->line;
		n->column = o->key != NULL ? o->column : o->node->column;
	}
	n->key_line = n->line;
	n->key_column = n->column;
}

static bool
yaml_check_twin(struct yaml_reader *r, const struct yaml_node *map,
    const struct yaml_node *n)
{
	unsigned count = 0;

	for (const struct yaml_node *c = map->child; c != NULL; c = c->next) {
		if (++count == YAML_KEYS)
			return yaml_fail(r, n->key_line, n->key_column, NULL,
			    arena_printf(r->a, "more than %u keys in one map",
			    YAML_KEYS));
		if (streq(c->key, n->key))
			return yaml_fail(r, n->key_line, n->key_column,
			    arena_printf(r->a, "line %d has it too: keep one",
			    c->key_line),
			    arena_printf(r->a, "the key '%s' stands here twice",
			    n->key));
	}
	return true;
}

/* n is complete: hang it where it belongs. */
static bool
yaml_attach(struct yaml_reader *r, struct yaml_node *n)
{
	struct yaml_open *o;

	if (r->depth == 0) {
		r->root = n;
		return true;
	}
	o = &r->open[r->depth - 1];
	if (o->node->kind == YAML_MAP) {
		n->key = o->key;
		n->key_line = o->line;
		n->key_column = o->column;
		o->key = NULL;
		if (!yaml_check_twin(r, o->node, n))
			return false;
	}
	if (o->node->last == NULL)
		o->node->child = n;
	else
		o->node->last->next = n;
	o->node->last = n;
	o->node->nodes += n->nodes;
	if (o->node->depth <= n->depth)
		o->node->depth = n->depth + 1;
	return true;
}

/* A collection or an alias cannot be a key. */
static bool
yaml_want_value(struct yaml_reader *r, const struct yaml_node *n)
{
	if (r->depth > 0 && r->open[r->depth - 1].node->kind == YAML_MAP &&
	    r->open[r->depth - 1].key == NULL)
		return yaml_fail(r, n->line, n->column, NULL,
		    "a key must be a plain text");
	return true;
}

static bool
yaml_count(struct yaml_reader *r, const struct yaml_node *n, unsigned more)
{
	r->nodes += more;
	if (r->nodes > YAML_NODES)
		return yaml_fail(r, n->line, n->column,
		    "split the file into several", "too many values in a file");
	return true;
}

static bool
yaml_check_tag(struct yaml_reader *r, struct fy_event *ev,
    const struct yaml_node *n, bool *ret_text)
{
	const char *tag = yaml_text(r, fy_event_get_tag_token(ev));
	const struct fy_mark *mark;

	*ret_text = tag != NULL && (streq(tag, "tag:yaml.org,2002:str") ||
	    streq(tag, "!"));
	if (tag == NULL || *ret_text)
		return true;
	mark = fy_token_start_mark(fy_event_get_tag_token(ev));
	return yaml_fail(r, mark != NULL ? mark->line + 1 : n->line,
	    mark != NULL ? mark->column + 1 : n->column,
	    "write the value without it",
	    arena_printf(r->a, "the tag '%s' is not supported", tag));
}

static void
yaml_anchor(struct yaml_reader *r, const char *anchor, struct yaml_node *n)
{
	if (anchor != NULL)
		map_put(&r->anchors, anchor, n);
}

static bool
yaml_scalar(struct yaml_reader *r, struct fy_event *ev)
{
	struct yaml_node *n = ARENA_NEW(r->a, struct yaml_node);
	struct yaml_open *o = r->depth > 0 ? &r->open[r->depth - 1] : NULL;
	size_t len = 0;
	const char *p = fy_token_get_text(ev->scalar.value, &len);
	bool text;

	yaml_position(r, fy_event_start_mark(ev), n);
	if (!yaml_check_tag(r, ev, n, &text))
		return false;
	if (p == NULL)
		len = 0;
	if (len > 0 && !str_is_utf8((struct str){ p, len }))
		return yaml_fail(r, n->line, n->column, NULL,
		    "a text has an escape that is no character");
	n->text = arena_str(r->a, (struct str){ p, len });
	n->plain = !text && (ev->scalar.value == NULL ||
	    fy_token_scalar_style(ev->scalar.value) == FYSS_PLAIN);
	n->nodes = 1;
	if (!yaml_count(r, n, 1))
		return false;
	if (o != NULL && o->node->kind == YAML_MAP && o->key == NULL) {
		if (len == 0)
			return yaml_fail(r, n->line, n->column, NULL,
			    "a key is empty");
		o->key = n->text;
		o->line = n->line;
		o->column = n->column;
		return true;
	}
	yaml_anchor(r, yaml_text(r, fy_event_get_anchor_token(ev)), n);
	return yaml_attach(r, n);
}

static bool
yaml_begin(struct yaml_reader *r, struct fy_event *ev, enum yaml_kind kind)
{
	struct yaml_node *n = ARENA_NEW(r->a, struct yaml_node);
	bool text;

	n->kind = kind;
	n->nodes = 1;
	yaml_position(r, fy_event_start_mark(ev), n);
	if (!yaml_check_tag(r, ev, n, &text) || !yaml_want_value(r, n) ||
	    !yaml_count(r, n, 1))
		return false;
	if (r->depth == LIMIT_YAML_DEPTH)
		return yaml_fail(r, n->line, n->column, NULL,
		    arena_printf(r->a, "nested deeper than %d levels",
		    LIMIT_YAML_DEPTH));
	r->open[r->depth++] = (struct yaml_open){ .node = n,
		.anchor = yaml_text(r, fy_event_get_anchor_token(ev)) };
	return true;
}

static bool
yaml_end(struct yaml_reader *r)
{
	struct yaml_open *o = &r->open[--r->depth];

	/* Only now: an alias inside its own anchor stays unknown. */
	yaml_anchor(r, o->anchor, o->node);
	return yaml_attach(r, o->node);
}

static struct yaml_node *
yaml_copy(struct arena *a, const struct yaml_node *n)
{
	struct yaml_node *copy = ARENA_NEW(a, struct yaml_node);

	*copy = *n;
	copy->next = copy->child = copy->last = NULL;
	for (const struct yaml_node *c = n->child; c != NULL; c = c->next) {
		struct yaml_node *below = yaml_copy(a, c);

		if (copy->last == NULL)
			copy->child = below;
		else
			copy->last->next = below;
		copy->last = below;
	}
	return copy;
}

static bool
yaml_alias(struct yaml_reader *r, struct fy_event *ev)
{
	struct yaml_node here = { 0 }, *n;
	const char *name = yaml_text(r, ev->alias.anchor);
	const struct yaml_node *of;

	yaml_position(r, fy_event_start_mark(ev), &here);
	here.column -= here.column > 1; /* the mark is behind the star */
	of = name == NULL ? NULL : map_get(&r->anchors, name);
	if (!yaml_want_value(r, &here))
		return false;
	if (of == NULL)
		return yaml_fail(r, here.line, here.column, NULL,
		    arena_printf(r->a, "unknown alias '*%s'",
		    name == NULL ? "" : name));
	if (++r->aliases > LIMIT_YAML_ALIASES)
		return yaml_fail(r, here.line, here.column,
		    "write the values out", arena_printf(r->a,
		    "more than %d aliases in a file", LIMIT_YAML_ALIASES));
	if (r->depth + of->depth > LIMIT_YAML_DEPTH)
		return yaml_fail(r, here.line, here.column, NULL,
		    arena_printf(r->a, "nested deeper than %d levels",
		    LIMIT_YAML_DEPTH));
	if (!yaml_count(r, &here, of->nodes))
		return false;
	n = yaml_copy(r->a, of);
	n->line = here.line;
	n->column = here.column;
	n->key_line = here.line;
	n->key_column = here.column;
	n->key = NULL;
	return yaml_attach(r, n);
}

static bool
yaml_document_start(struct yaml_reader *r, struct fy_event *ev)
{
	const struct fy_mark *mark = fy_event_start_mark(ev);
	struct fy_document_state *state = ev->document_start.document_state;

	map_finish(&r->anchors);
	r->root = NULL;
	r->depth = 0;
	if (fy_document_state_version_explicit(state) ||
	    fy_document_state_tags_explicit(state))
		return yaml_fail(r, mark != NULL ? mark->line : 1, 1,
		    "remove the line", "directives are not supported");
	return true;
}

/* The document is complete; one that says nothing is passed over. */
static void
yaml_document_end(struct yaml_reader *r, struct yaml_doc ***last)
{
	struct yaml_doc *d;

	if (r->root == NULL || (r->root->kind == YAML_SCALAR &&
	    r->root->plain && r->root->text[0] == '\0'))
		return;
	d = ARENA_NEW(r->a, struct yaml_doc);
	*d = (struct yaml_doc){ r->file, r->text, r->root, NULL };
	**last = d;
	*last = &d->next;
}

static bool
yaml_event(struct yaml_reader *r, struct fy_event *ev,
    struct yaml_doc ***last)
{
	switch (ev->type) {
	case FYET_DOCUMENT_START:
		return yaml_document_start(r, ev);
	case FYET_DOCUMENT_END:
		yaml_document_end(r, last);
		return true;
	case FYET_MAPPING_START:
		return yaml_begin(r, ev, YAML_MAP);
	case FYET_SEQUENCE_START:
		return yaml_begin(r, ev, YAML_LIST);
	case FYET_MAPPING_END:
	case FYET_SEQUENCE_END:
		return yaml_end(r);
	case FYET_SCALAR:
		return yaml_scalar(r, ev);
	case FYET_ALIAS:
		return yaml_alias(r, ev);
	case FYET_NONE:
	case FYET_STREAM_START:
	case FYET_STREAM_END:
		return true;
	}
	return true;
}

/* What to do about the commonest of its complaints; or NULL. */
static const char *
yaml_hint(const char *problem)
{
	static const struct {
		const char *part, *hint;
	} hints[] = {
		{ "cannot start with", "put the value in quotes" },
		{ "on the same line", "put the value in quotes, or write | "
				      "and the text below it, indented" },
		{ "invalid indentation", "begin it where the key above it "
					 "begins" },
		{ "multiline plain key", "begin it where the key above it "
					 "begins" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hints); i++)
		if (strstr(problem, hints[i].part) != NULL)
			return hints[i].hint;
	return NULL;
}

/* A tab in front of that line, or of the next: no indentation of YAML. */
static bool
yaml_has_tab(struct str text, int line)
{
	for (int i = 1; i <= line + 1 && text.n > 0; i++) {
		const struct str here = str_cut(text, '\n', &text);
		size_t blank = 0;

		while (blank < here.n && here.p[blank] == ' ')
			blank++;
		if (i >= line && blank < here.n && here.p[blank] == '\t')
			return true;
	}
	return false;
}

/* What libfyaml refused: its first complaint is the cause. */
static bool
yaml_syntax(struct yaml_reader *r, struct fy_diag *diag)
{
	void *at = NULL;
	const struct fy_diag_error *d = fy_diag_errors_iterate(diag, &at);

	if (d == NULL)
		return yaml_fail(r, 1, 1, NULL, "this is not YAML");
	return yaml_fail(r, d->line, d->column,
	    yaml_has_tab(r->text, d->line) ? "indent with spaces, not with tabs"
					   : yaml_hint(d->msg),
	    arena_printf(r->a, "%s", d->msg));
}

static bool
yaml_read(struct yaml_reader *r, struct fy_parser *parser,
    struct fy_diag *diag, struct yaml_doc **ret_docs)
{
	struct fy_event *ev;
	bool ok = true;

	while (ok && (ev = fy_parser_parse(parser)) != NULL) {
		ok = yaml_event(r, ev, &ret_docs);
		fy_parser_event_free(parser, ev);
	}
	if (ok && fy_parser_get_stream_error(parser))
		ok = yaml_syntax(r, diag);
	return ok;
}

/* libfyaml is not asked about bytes that are no text. */
static bool
yaml_check_bytes(struct yaml_reader *r)
{
	struct str rest = r->text;
	int line = 1, column = 1;

	if (r->text.n > LIMIT_YAML_BYTES)
		return yaml_fail(r, 1, 1, "split it into several files",
		    arena_printf(r->a, "%zu bytes, at most %zu are read",
		    r->text.n, LIMIT_YAML_BYTES));
	while (rest.n > 0) {
		size_t n = str_utf8_char(rest);
		unsigned char c = (unsigned char)rest.p[0];

		if (n == 0 || (c < ' ' && c != '\n' && c != '\r' &&
		    c != '\t') || c == 0x7f)
			return yaml_fail(r, line, column,
			    "save the file as UTF-8 text", arena_printf(r->a,
			    "the byte 0x%02x is no text", c));
		column = c == '\n' ? 1 : column + 1;
		line += c == '\n';
		rest.p += n;
		rest.n -= n;
	}
	return true;
}

bool
yaml_parse(struct arena *a, const char *file, struct str text,
    struct folder_errors *errs, struct yaml_doc **ret_docs)
{
	struct yaml_reader r = { .a = a, .errs = errs, .file = file,
		.text = text };
	struct fy_parse_cfg cfg = { .flags = FYPCF_QUIET | FYPCF_JSON_NONE |
		FYPCF_COLLECT_DIAG | FYPCF_DEFAULT_VERSION_1_2 };
	struct fy_diag_cfg diag_cfg;
	struct fy_parser *parser;
	bool ok;

	*ret_docs = NULL;
	if (!yaml_check_bytes(&r))
		return false;
	fy_diag_cfg_default(&diag_cfg);
	diag_cfg.fp = NULL;
	diag_cfg.output_fn = NULL;
	cfg.diag = fy_diag_create(&diag_cfg);
	ASSERT(cfg.diag != NULL);
	fy_diag_set_collect_errors(cfg.diag, true);
	parser = fy_parser_create(&cfg);
	ASSERT(parser != NULL);
	/* An empty text has no pointer that libfyaml would take. */
	ok = text.n == 0 ||
	    (fy_parser_set_string(parser, text.p, text.n) == 0 &&
	    yaml_read(&r, parser, cfg.diag, ret_docs));
	fy_parser_destroy(parser);
	fy_diag_destroy(cfg.diag);
	map_finish(&r.anchors);
	return ok;
}
