/* SPDX-License-Identifier: MIT */
#include "driver/local_attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "sys/file.h"

#define NAME_LEN 48

static const char *
name_of(char name[NAME_LEN], int64_t attempt, const char *file)
{
	snprintf(name, NAME_LEN, "%" PRId64 "%s", attempt, file);
	return name;
}

bool
attempt_result(int k, int64_t attempt, int64_t token,
    struct wire_exit *ret_end, struct buf *outputs)
{
	struct buf all = { 0 };
	struct wire_exit end;
	char name[NAME_LEN];
	bool ok = file_read(k, name_of(name, attempt, "/exit"),
	    sizeof(end) + LIMIT_OUTPUT_FILE_BYTES, &all, NULL);

	ok = ok && all.len >= sizeof(end);
	if (ok) {
		memcpy(&end, all.data, sizeof(end));
		ok = end.attempt == attempt && end.token == token &&
		    end.outputs_bytes <= all.len - sizeof(end);
	}
	if (ok) {
		*ret_end = end;
		buf_add(outputs, all.data + sizeof(end), end.outputs_bytes);
	}
	buf_finish(&all);
	return ok;
}

/* Is the lock of the log held, and by whom? */
static bool
log_locked(int log, pid_t *ret_pid)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(log, F_GETLK, &all) < 0 || all.l_type == F_UNLCK)
		return false;
	*ret_pid = all.l_pid;
	return true;
}

pid_t
attempt_holder(int k, int64_t attempt)
{
	char name[NAME_LEN];
	pid_t pid = 0;
	int log = openat(k, name_of(name, attempt, "/log"),
	    O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	if (log < 0)
		return 0;
	if (!log_locked(log, &pid))
		pid = 0;
	close(log);
	return pid;
}

/* Nobody holds the log.  Under its lock, tell a keeper that is about to take
 * it that it comes too late. */
static bool
attempt_fence(int k, int64_t attempt, int log)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char name[NAME_LEN];
	int lost;

	if (fcntl(log, F_SETLK, &all) < 0)
		return false;
	lost = openat(k, name_of(name, attempt, "/lost"),
	    O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (lost >= 0)
		close(lost);
	return true;
}

enum work_state
attempt_look(int k, int64_t attempt, int64_t token, struct wire_exit *ret_end,
    struct buf *outputs, pid_t *ret_pid)
{
	char name[NAME_LEN];
	enum work_state state = WORK_LOST;
	struct stat st;
	int log;

	(void)mkdirat(k, name_of(name, attempt, ""), 0700);
	/* Compressed: it was over long ago, whatever this database says. */
	if (faccessat(k, name_of(name, attempt, "/log.zst"), F_OK, 0) == 0)
		return attempt_result(k, attempt, token, ret_end, outputs)
		    ? WORK_OVER : WORK_LOST;
	log = openat(k, name_of(name, attempt, "/log"),
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
	if (log >= 0) {
		close(log);
		return WORK_NEVER;
	}
	if (fstatat(k, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (st.st_mode & S_IWUSR) == 0)
		return WORK_NEVER;
	if (attempt_result(k, attempt, token, ret_end, outputs))
		return WORK_OVER;
	log = openat(k, name, O_RDWR | O_NOFOLLOW | O_CLOEXEC);
	if (log < 0)
		return WORK_LOST;
	if (log_locked(log, ret_pid) || !attempt_fence(k, attempt, log))
		state = WORK_RUNNING;
	else if (attempt_result(k, attempt, token, ret_end, outputs))
		state = WORK_OVER;
	close(log);
	return state;
}
