/* SPDX-License-Identifier: MIT */
#include "keep/home.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const struct sockaddr_un own_address = { .sun_family = AF_UNIX,
	.sun_path = "sock" };
static const struct sockaddr_un server_address = { .sun_family = AF_UNIX,
	.sun_path = "../server.sock" };

static int
sock_open(void)
{
	int sock =
	    socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (sock >= 0 &&
	    bind(sock, (const struct sockaddr *)&own_address,
		sizeof(own_address)) < 0) {
		close(sock);
		return -1;
	}
	return sock;
}

/* The lock first, then the look at `lost`: a server that writes it does so
 * under the same lock. */
static enum home_claim
log_claim(struct home *h)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	h->log = open("log", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (h->log < 0)
		return errno == EEXIST ? HOME_FENCED : HOME_FAILED;
	if (fcntl(h->log, F_SETLK, &all) < 0)
		return errno == EAGAIN || errno == EACCES ? HOME_FENCED :
							    HOME_FAILED;
	return access("lost", F_OK) == 0 ? HOME_FENCED : HOME_MINE;
}

enum home_claim
home_claim(struct home *h, int64_t attempt)
{
	struct wire_exit empty;
	enum home_claim claim;
	char name[32];

	*h = (struct home){ -1, -1, -1 };
	snprintf(name, sizeof(name), "%" PRId64, attempt);
	if (mkdir(name, 0700) < 0)
		return errno == EEXIST ? HOME_FENCED : HOME_FAILED;
	if (chdir(name) < 0)
		return HOME_FAILED;
	claim = log_claim(h);
	if (claim != HOME_MINE)
		return claim;
	memset(&empty, 0, sizeof(empty));
	h->record = open("exit.tmp", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (h->record >= 0 &&
	    write(h->record, &empty, sizeof(empty)) == sizeof(empty) &&
	    (h->sock = sock_open()) >= 0)
		return HOME_MINE;

	/* leave it as if nobody had come this far: recovery says "never" */
	int error = errno;

	(void)unlink("exit.tmp");
	(void)unlink("log");
	errno = error;
	return HOME_FAILED;
}

bool
home_next(const struct home *h, struct wire_control *ret)
{
	ssize_t n;

	do
		n = recv(h->sock, ret, sizeof(*ret), MSG_DONTWAIT);
	while ((n < 0 && errno == EINTR) ||
	    (n >= 0 && (size_t)n < sizeof(*ret)));
	return n > 0;
}

bool
home_tell(const struct home *h, const struct wire_event *e)
{
	ssize_t n;

	do
		n = sendto(h->sock, e, sizeof(*e), MSG_DONTWAIT | MSG_NOSIGNAL,
		    (const struct sockaddr *)&server_address,
		    sizeof(server_address));
	while (n < 0 && errno == EINTR);
	return n == sizeof(*e);
}

static bool
outputs_copy(int from, int to, uint32_t n)
{
	if (lseek(to, sizeof(struct wire_exit), SEEK_SET) < 0)
		return false;
	while (n > 0) {
		ssize_t r = sendfile(to, from, NULL, n);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			return false;
		n -= (uint32_t)r;
	}
	return true;
}

bool
home_record(const struct home *h, struct wire_exit *end, int outputs)
{
	if (outputs >= 0 &&
	    !outputs_copy(outputs, h->record, end->outputs_bytes)) {
		end->outputs_bytes = 0;
		end->outputs_cut = 1;
	}
	return pwrite(h->record, end, sizeof(*end), 0) == sizeof(*end) &&
	    rename("exit.tmp", "exit") == 0;
}

void
home_close(struct home *h)
{
	close(h->sock);
	close(h->record);
	close(h->log);
}
