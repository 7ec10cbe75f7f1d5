/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/secret.h"
#include "role/server_part.h"
#include "store/audit.h"
#include "store/lock.h"
#include "store/meta.h"
#include "store/migrate.h"
#include "sys/file.h"

static const char *const store_folders[] = { "k", "ws", "log", "blob",
	"artifact", "artifact/new" };

static bool
store_folder(struct server *s, struct err *e)
{
	char path[PATH_MAX + 8];

	if (!file_mkdirs(s->o.data, 0700, e))
		return err_wrap(e, "data folder '%s'", s->o.data);
	if (realpath(s->o.data, s->data) == NULL ||
	    chmod(s->data, 0700) != 0)
		return err_sys(e, "data folder '%s'", s->o.data);
	for (size_t i = 0; i < ARRAY_SIZE(store_folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", s->data,
		    store_folders[i]);
		if (mkdir(path, 0700) != 0 && errno != EEXIST)
			return err_sys(e, "folder '%s'", path);
	}
	s->site.data = s->data;
	return true;
}

/* Made once.  A database without its key would be half readable: better to
 * say so than to go on with another one. */
static bool
store_key(struct server *s, const char *path, bool is_new, struct err *e)
{
	struct buf bytes = { 0 };
	bool ok;

	if (!file_exists(path) && !is_new) {
		err_set(e, ERR_CONFIG, "key.missing",
		    "'%s' is missing, and the secrets in the database cannot "
		    "be read without it", path);
		return err_hint(e, "bring it back from the backup");
	}
	if (!file_exists(path)) {
		id_random(s->site.key, sizeof(s->site.key));
		return file_replace(AT_FDCWD, path, s->site.key,
		    sizeof(s->site.key), 0600, e);
	}
	ok = file_read(AT_FDCWD, path, 4096, &bytes, e);
	if (ok && bytes.len != sizeof(s->site.key))
		ok = err_set(e, ERR_CONFIG, "key.length",
		    "'%s' is not %zu bytes long", path, sizeof(s->site.key));
	if (ok)
		memcpy(s->site.key, bytes.data, sizeof(s->site.key));
	if (bytes.data != NULL)
		secret_wipe(bytes.data, bytes.cap);
	buf_finish(&bytes);
	return ok;
}

static bool
store_boot_id(struct server *s, struct err *e)
{
	FILE *f = fopen("/proc/sys/kernel/random/boot_id", "re");
	bool ok = f != NULL && fgets(s->boot_id, sizeof(s->boot_id), f);

	if (f != NULL)
		fclose(f);
	s->boot_id[strcspn(s->boot_id, "\n")] = '\0';
	s->site.boot_id = s->boot_id;
	return ok || err_sys(e, "read the boot id");
}

/* A database that somebody put back from an old copy would do again what was
 * done since. */
static bool
store_anchored(struct server *s, struct err *e)
{
	char anchor[PATH_MAX + 8];
	int schema;
	bool ok;

	snprintf(anchor, sizeof(anchor), "%s/anchor", s->data);
	if (!file_exists(anchor))
		return true;
	if (!migrate_current(s->write, &schema, e))
		return false;
	if (schema == 0) {
		err_set(e, ERR_CONFIG, "store.old_copy", "the database in '%s' "
		    "is empty, its anchor knows of more", s->data);
		return err_hint(e, "slipway restore BACKUP --to NEW "
				   "--new-epoch");
	}
	db_begin(s->write);
	ok = audit_anchor_check(s->write, anchor, AUDIT_ANCHOR_LAST, e);
	db_rollback(s->write);
	if (ok)
		return true;
	if (e->class == ERR_INVALID)
		e->class = ERR_CONFIG; /* exit 78 */
	return err_hint(e, "if an old copy was put back on purpose: slipway "
			   "restore --adopt '%.100s' --new-epoch", s->data);
}

/* The steady clock goes on as the first server since the boot began it. */
static bool
store_steady(struct server *s, struct err *e)
{
	struct arena *a = arena_create();
	const int64_t wall = clock_wall_ms();
	const char *boot;
	bool ok;

	db_begin(s->write);
	boot = meta_get(s->write, "steady_boot", a);
	if (boot == NULL || !streq(boot, s->boot_id)) {
		meta_set(s->write, "steady_boot", s->boot_id);
		meta_set_int(s->write, "steady_base",
		    (wall > CLOCK_FLOOR_MS ? wall : CLOCK_FLOOR_MS) -
			clock_boot_ms());
	}
	s->site.steady_base = meta_get_int(s->write, "steady_base", 0);
	ok = db_commit(s->write, e);
	arena_destroy(a);
	return ok;
}

static bool
store_drain(struct server *s, struct err *e)
{
	db_begin(s->write);
	s->site.draining = meta_get_int(s->write, "drain_since", 0) != 0;
	if (!db_commit(s->write, e))
		return false;
	if (s->site.draining)
		server_say(s, "draining: nothing new is begun; slipway drain "
			      "--undo ends it");
	return true;
}

bool
server_open_store(struct server *s, struct err *e)
{
	const char *db = s->db_path;
	char key[PATH_MAX + 8];

	if (!store_folder(s, e) || !store_lock(s->data, &s->lock, e))
		return false;
	snprintf(key, sizeof(key), "%s/key", s->data);
	snprintf(s->db_path, sizeof(s->db_path), "%s/db", s->data);
	return store_key(s, key, !file_exists(db), e) &&
	    store_boot_id(s, e) && db_open(db, DB_WRITE, &s->write, e) &&
	    store_anchored(s, e) &&
	    migrate(s->write, e) &&
	    meta_epoch_take(s->write, &s->site.epoch, e) &&
	    store_steady(s, e) && store_drain(s, e) &&
	    db_open(db, DB_READ, &s->read, e);
}

/* Connections are opened later too: the whole way must be open to us. */
bool
server_check_store(struct server *s, struct err *e)
{
	if (access(db_path(s->write), R_OK | W_OK) == 0)
		return true;
	err_set(e, ERR_CONFIG, "data.unreachable",
	    "user %u cannot reach '%s': %s", (unsigned)geteuid(), s->data,
	    strerror(errno));
	return err_hint(e, "every folder above must be open (chmod o+x), or "
			   "take another --data or --user");
}
