/* SPDX-License-Identifier: MIT */
/*
 * wire.h: what the server, the spawner and the keepers say to each other.
 *
 * Shared by the static program (src/keep) and the server (src/driver/local.c);
 * plain C structs on one machine, the version first in every message, so that
 * keepers of the previous release are understood (decision 3).
 *
 *   server  -> spawner   SEQPACKET socket pair: struct wire_start + one
 *                        descriptor (memfd with the spec, see below)
 *   keeper  -> server    unix datagram to DATA/k/server.sock: wire_event.
 *                        Sending never blocks a keeper; a lost datagram is
 *                        harmless, for the exit record is on disk first
 *   spawner -> server    the same struct on the socket pair, never lost:
 *                        WIRE_HELLO once, WIRE_GONE when a keeper died
 *                        without an exit record, WIRE_REFUSED when it could
 *                        not be forked, WIRE_EXITED (`end` empty: read the
 *                        exit file) when the keeper could not tell
 *   server  -> keeper    unix datagram to DATA/k/ATTEMPT/sock: wire_control
 *
 * The claim.  mkdir(DATA/k/ATTEMPT) and then the exclusive creation of `log`
 * in it decide who may start an attempt: a keeper that finds either goes away
 * silently.  A recovering server makes both itself, the log with mode 0400
 * (a keeper's is 0600), so that a keeper that was late can never start.
 *
 * Alive.  A keeper holds a POSIX write lock (fcntl F_SETLK, whole file) on
 * DATA/k/ATTEMPT/log from before the first event until after the exit record;
 * the kernel drops it when the keeper dies, however it dies.  A server that
 * declares an attempt lost takes the lock, makes the file `lost` and gives
 * the lock back; a keeper that finds `lost` after locking goes away.
 *
 * Files of DATA/k/ATTEMPT: log (masked raw bytes), idx (see wire_index;
 * absent while there is no output), exit (struct wire_exit, then the bytes of
 * the outputs file), exit.tmp before that, sock, and, when the spec has
 * WIRE_TAKE, taken: a struct wire_taken for each of them, complete before
 * there is an exit.  The bytes of number I are then, durable and of the
 * server, in DATA/artifact/new/ATTEMPT.I.
 *
 * The workspace is at the same absolute path in every sandbox.  The command
 * starts in it and may read WORKSPACE/.slipway/: params.json, secrets/NAME;
 * it may write .slipway/output.  The environment is the server's business.
 * The spawner removes workspaces (and the sock of the attempt) some seconds
 * after the end, many at a time; a keeper whose spawner is gone does it itself.
 */
#ifndef KEEP_WIRE_H
#define KEEP_WIRE_H

#include <stdint.h>

#define WIRE_VERSION 1

struct wire_start {
	uint32_t version;
	uint32_t size; /* of the spec in the memfd */
	int64_t attempt;
	int64_t token; /* fencing token, comes back in every event */
	uint32_t flags; /* enum wire_flag */
	uint32_t reserved;
};

enum wire_flag {
	WIRE_KEEP_WORKSPACE = 1 << 0 /* else it is removed after the end */
};

/*
 * The spec: records one after another, each {uint32 type, uint32 length,
 * bytes, NUL}, padded to 4 bytes; length does not count the NUL.  Unknown
 * types are skipped.
 */
enum wire_spec {
	WIRE_ARGV = 1,	/* one per argument, in order; argv[0] absolute, or a
			 * plain name that is looked up in PATH of WIRE_ENV */
	WIRE_ENV,	/* "NAME=value", complete: nothing is inherited */
	WIRE_FILE = 4,	/* "NAME\0bytes": written 0600 to .slipway/NAME in the
			 * workspace (0700 when NAME begins with "run"); NAME
			 * may have one folder: "secrets/token" */
	WIRE_SECRET,	/* bytes to mask in the output, plain */
	WIRE_VOLUME,	/* absolute folder the attempt may write */
	WIRE_HIDE,	/* absolute folder that must be invisible */
	WIRE_WORKSPACE, /* absolute folder of the workspace, to be made */
	WIRE_LINK,	/* "NAME\0/absolute/source": read-only copy of a pinned
			 * file put at NAME in the workspace, mode 0555 */
	WIRE_NUMBERS,	/* struct wire_numbers, exactly once */
	WIRE_KEPT,	/* "NAME\0SHA256/absolute/source": as WIRE_LINK, mode
			 * 0444; the bytes must have that hash (64 digits) */
	WIRE_TAKE	/* uint64_t, then a path in the workspace: the file to
			 * take when the command ends with 0, of no more bytes
			 * than the number says */
};

enum wire_sandbox {
	WIRE_SANDBOX_NONE,    /* same rights as the keeper's owner */
	WIRE_SANDBOX_DEFAULT, /* namespaces, no_new_privs, Landlock, seccomp */
	WIRE_SANDBOX_STRICT   /* and no network */
};

struct wire_numbers {
	uint32_t sandbox;   /* enum wire_sandbox */
	uint32_t uid, gid;  /* run as; the keeper's own when it is not root */
	uint32_t owner_uid, owner_gid; /* of the files: the server */
	uint32_t grace_ms;  /* TERM to KILL */
	uint64_t timeout_ms; /* 0: none */
	uint64_t output_cap; /* whole up to this, then head and tail */
	uint64_t memory_bytes; /* 0: no limit */
	uint32_t processes;    /* 0: no limit */
	uint32_t reserved;
};

enum wire_kind {
	WIRE_STARTED = 1, /* the command was exec'ed */
	WIRE_EXITED,	  /* `end` holds the result; also in the exit file */
	WIRE_GONE,	  /* the keeper died: no result will come */
	WIRE_REFUSED,	  /* never started: end.error holds errno */
	WIRE_HELLO	  /* of the spawner: `layers` that this kernel has */
};

enum wire_reason {
	WIRE_END_EXITED = 1,
	WIRE_END_SIGNALLED,
	WIRE_END_TIMEOUT,
	WIRE_END_CANCELLED,
	WIRE_END_SPAWN_FAILED, /* error and stage say what and where */
	WIRE_END_UNKILLABLE,   /* still there after KILL */
	WIRE_END_MEMORY	       /* memory limit */
};

/* Which layers were in force: shown on the run and in /readyz. */
enum wire_layer {
	WIRE_LAYER_USER = 1 << 0,
	WIRE_LAYER_PID = 1 << 1,
	WIRE_LAYER_MOUNT = 1 << 2,
	WIRE_LAYER_IPC = 1 << 3,
	WIRE_LAYER_NO_NEW_PRIVS = 1 << 4,
	WIRE_LAYER_LANDLOCK = 1 << 5,
	WIRE_LAYER_SECCOMP = 1 << 6,
	WIRE_LAYER_CGROUP = 1 << 7,
	WIRE_LAYER_NET = 1 << 8,
	WIRE_LAYER_UID = 1 << 9 /* own numeric uid */
};

struct wire_exit {
	uint32_t version;
	uint32_t reason; /* enum wire_reason */
	int32_t code;	 /* exit code, -1 when there is none */
	int32_t signal;
	int32_t error; /* errno */
	uint32_t layers;
	char stage[24]; /* of a failed start: "chdir", "exec" … */
	int64_t attempt, token;
	int64_t started_ms, ended_ms; /* wall */
	int64_t duration_ms;	      /* CLOCK_BOOTTIME */
	uint64_t log_bytes, log_dropped;
	uint32_t outputs_bytes; /* behind this struct in the exit file */
	uint32_t outputs_cut;	/* 1: the outputs file was too large or not
				 * a regular file, and was not taken */
};

enum wire_take {
	WIRE_TAKEN_NOT, /* the command did not end well, or one before it was
			 * not taken */
	WIRE_TAKEN_YES,
	WIRE_TAKEN_MISSING,
	WIRE_TAKEN_LINK, /* a symbolic link, there or on the way */
	WIRE_TAKEN_OUTSIDE,
	WIRE_TAKEN_NO_FILE, /* FIFO, device, socket */
	WIRE_TAKEN_FOLDER,
	WIRE_TAKEN_NAMES,   /* it has more than one: a hard link */
	WIRE_TAKEN_FOREIGN, /* of another user */
	WIRE_TAKEN_LARGE,
	WIRE_TAKEN_CHANGED, /* while it was read */
	WIRE_TAKEN_ERROR    /* error holds errno */
};

#define WIRE_TAKEN_FOLDER_PATH "../../artifact/new"

struct wire_taken {
	uint32_t state; /* enum wire_take */
	int32_t error;
	uint64_t size;
	char sha256[72]; /* 64 digits and a NUL */
};

struct wire_event {
	uint32_t version;
	uint32_t kind; /* enum wire_kind */
	int64_t attempt, token;
	int32_t pid; /* of the keeper */
	uint32_t layers;
	struct wire_exit end; /* WIRE_EXITED, WIRE_REFUSED */
};

enum wire_order { WIRE_CANCEL = 1 };

struct wire_control {
	uint32_t version;
	uint32_t order; /* enum wire_order */
	int64_t attempt, token;
	uint32_t grace_ms; /* 0: kill at once */
	uint32_t reserved;
};

/*
 * idx: one record for the whole, then one per drained chunk.  Offsets count
 * masked bytes, dropped ones too, so that an offset names the same byte for
 * ever; byte N of the log is at offset N of the sparse file.  The first record
 * has stream 0 and names the dropped middle: from `offset` to below `wall_ms`;
 * it is widened before the bytes go.  The last record may still grow.  Bytes
 * between two records were dropped because the disk was full.
 */
struct wire_index {
	uint64_t offset;
	uint64_t wall_ms;
	uint32_t length;
	uint32_t stream; /* 1 stdout, 2 stderr, 3 a note of the keeper */
};

#endif
