/* SPDX-License-Identifier: MIT */
/*
 * yaml.h: YAML 1.2 text to a tree that knows where everything stands.
 *
 * The only caller of libfyaml, and of its event interface alone: libfyaml
 * never builds or resolves a document, so an alias bomb costs nothing.  We
 * count depth, aliases and nodes and stop at the ceilings of base/limits.h.
 * Refused beyond what the language refuses: directives, tags other than !!str,
 * keys that are no plain text, NUL, a text that is not UTF-8.
 *
 * Everything lives in the arena.  Pure but for the memory; thread safe.
 */
#ifndef PLATFORM_YAML_H
#define PLATFORM_YAML_H

#include <jansson.h>

#include "platform/report.h"

enum yaml_kind { YAML_SCALAR, YAML_LIST, YAML_MAP };

struct yaml_node {
	enum yaml_kind kind;
	const char *key;	  /* in a map; else NULL */
	int key_line, key_column; /* of the key; without one, of the value */
	int line, column;	  /* of the value */
	const char *text;	  /* YAML_SCALAR: what it says */
	bool plain;		  /* without quotes: 5 is a number */
	unsigned depth;		  /* of what is below; a scalar has 0 */
	unsigned nodes;		  /* this and all below */
	struct yaml_node *child, *last, *next;
};

struct yaml_doc {
	const char *file;
	struct str text; /* of the whole file; borrowed */
	const struct yaml_node *root;
	struct yaml_doc *next;
};

/*
 * All documents of a text that are not empty, in order; *ret_docs is NULL for
 * none.  False when there is a mistake in it, which is then in errs; the
 * documents before it are returned all the same.
 */
bool yaml_parse(struct arena *a, const char *file, struct str text,
    struct folder_errors *errs, struct yaml_doc **ret_docs);

/*
 * The node at a JSON Pointer, or the nearest above it when there is none.  In
 * a list a token may also be the text of an element, as short forms make maps
 * out of lists.  *ret_exact may be NULL.
 */
const struct yaml_node *yaml_find(const struct yaml_doc *d,
    const char *pointer, bool *ret_exact);
struct place yaml_place(const struct yaml_doc *d, const struct yaml_node *n,
    bool key);

/*
 * The value of a node, typed by the core schema of YAML 1.2; where the schema
 * (NULL: anything) wants a text, an unquoted number is one as written, and
 * where it wants an object or a map, nothing is an empty one.  A number with a
 * leading zero or out of range stays text.  The caller owns the reference.
 */
json_t *yaml_json(const struct yaml_node *n, const struct schema *s);

#endif
