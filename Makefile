# SPDX-License-Identifier: MIT
#
# Sources are found by wildcard: a new file needs no line here.  A tail of
# _test.c is a unit test of its own, src/keep is also the static program that
# slipway carries inside, and everything below build/ can be thrown away.
#
#	make BUILD=asan CC=clang test-unit
#
# BUILD  release (default), debug, asan, tsan, cover; all but release have
#        failpoints and the settable clock
# CC     gcc (default) or clang
# O      where the output goes, default build/$(BUILD)
# ROOMS  folders of src to build, default all: ROOMS="base sys store"
# T      run only the unit tests whose path contains this: T=base/

BUILD ?= release
ifeq ($(origin CC),default)
CC := gcc
endif
O ?= build/$(BUILD)
ROOMS ?=
T ?=

PKGS := libuv jansson libfyaml sqlite3 libsodium libcrypto smartcols libzstd \
	libarchive libcurl md4c

# --- flags ------------------------------------------------------------------

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
	-Wmissing-prototypes -Wformat=2 -Wcast-qual -Wundef -Wvla \
	-Wimplicit-fallthrough -Wswitch-enum -Wwrite-strings -Werror
BASE := -std=c17 -D_GNU_SOURCE -Isrc $(WARN) -g

HARDEN := -D_FORTIFY_SOURCE=3 -fstack-protector-strong \
	-fstack-clash-protection
ifeq ($(shell uname -m),x86_64)
HARDEN += -fcf-protection=full
endif

FLAGS_release := -O2 $(HARDEN) -fPIE
LINK_release := -pie -Wl,-z,relro,-z,now
FLAGS_debug := -O0 -DSLIPWAY_TESTING
FLAGS_asan := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	-fno-sanitize-recover=all -DSLIPWAY_TESTING
LINK_asan := -fsanitize=address,undefined
FLAGS_tsan := -O1 -fno-omit-frame-pointer -fsanitize=thread -DSLIPWAY_TESTING
LINK_tsan := -fsanitize=thread
FLAGS_cover := -O0 --coverage -DSLIPWAY_TESTING
LINK_cover := --coverage
# only for `make sim`: fast, with planted bugs to choose from
FLAGS_sim := -O2 -DSLIPWAY_TESTING -DSLIPWAY_PLANTS
# only for `make fuzz`
FLAGS_fuzz := -O1 -fsanitize=fuzzer-no-link,address,undefined \
	-fno-sanitize-recover=undefined -DSLIPWAY_TESTING
LINK_fuzz := -fsanitize=fuzzer,address,undefined

ifeq ($(FLAGS_$(BUILD)),)
$(error BUILD is '$(BUILD)': choose release, debug, asan, tsan or cover)
endif
ifneq ($(if $(findstring TESTING,$(FLAGS_$(BUILD))),,$(filter \
	build-tests test-unit,$(MAKECMDGOALS))),)
$(error unit tests set the clock, which a $(BUILD) has not: BUILD=debug or asan)
endif

# A static program cannot carry a sanitizer.
KEEP_FLAGS := $(if $(filter release,$(BUILD)),,-DSLIPWAY_TESTING)
KEEP_CFLAGS := $(BASE) -O2 $(filter-out -fPIE,$(HARDEN)) $(KEEP_FLAGS)

PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) && echo found)
ifeq ($(filter found,$(PKG_CFLAGS)),)
$(error libraries are missing: script/test and script/demo install them)
endif
PKG_CFLAGS := $(filter-out found,$(PKG_CFLAGS))
KEEP_LIBS := $(if $(shell grep -ls '<seccomp\.h>' src/keep/*.c),-lseccomp) \
	-lsodium
LIBS := $(shell pkg-config --libs $(PKGS)) -lhttp_parser -ljq $(KEEP_LIBS) \
	-lpthread -lm

CFLAGS_ALL := $(BASE) $(FLAGS_$(BUILD)) $(PKG_CFLAGS) $(CFLAGS)
LDFLAGS_ALL := -Wl,--as-needed $(LINK_$(BUILD)) $(LDFLAGS)

# --- files ------------------------------------------------------------------

DIRS := $(if $(ROOMS),$(wildcard $(addprefix src/,$(ROOMS)) src/main.c),src)
FOUND := $(sort $(shell find $(DIRS) -name '*.[chS]' -o -name '*.sql'))
ALL_C := $(filter %.c,$(FOUND))
SQL := $(filter %.sql,$(FOUND))

TESTS := $(filter %_test.c,$(ALL_C))
MAINS := src/main.c \
	$(filter-out $(TESTS),$(shell grep -lsE '^(int )?main\b' src/keep/*.c))
LIB_C := $(filter-out $(MAINS) $(TESTS),$(ALL_C))
LIB_S := $(filter %.S,$(FOUND))
FUZZERS := $(wildcard test/fuzz/*_fuzz.c)
SIM_C := $(wildcard test/sim/*.c)

LIB_OBJS := $(LIB_C:%.c=$(O)/obj/%.o) $(LIB_S:%.S=$(O)/obj/%.o) \
	$(O)/obj/gen/sql.o
TEST_BINS := $(TESTS:src/%.c=$(O)/test/%)
TEST_RUN := $(foreach b,$(TEST_BINS),$(if $(or $(if $(T),,all), \
	$(findstring $(T),$(b:$(O)/test/%=%))),$(b)))
FUZZ_BINS := $(FUZZERS:test/fuzz/%.c=$(O)/%)

# The floor that the keeper may use comes from an archive: only what it calls
# is linked.
KEEP_C := $(filter-out %_test.c,$(wildcard src/keep/*.c))
KEEP_FLOOR_C := $(filter-out %_test.c,$(wildcard src/base/*.c src/sys/*.c))
KEEP_OBJS := $(KEEP_C:%.c=$(O)/keep-obj/%.o)
KEEP_FLOOR_OBJS := $(KEEP_FLOOR_C:%.c=$(O)/keep-obj/%.o)

Q := $(if $(V),,@)
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $(2))

# --- targets ----------------------------------------------------------------

.PHONY: all
all: $(O)/slipway ## build slipway

.PHONY: keep
keep: $(O)/keep ## build the static keeper alone

.PHONY: test-unit
test-unit: $(TEST_RUN) ## build and run every unit test (T=part of a path)
	$(Q)script/unit $(O) $(TEST_RUN)

.PHONY: build-tests
build-tests: $(TEST_BINS) ## build the unit tests without running them

.PHONY: fuzz
fuzz: ## build the fuzzers of test/fuzz (clang) into build/fuzz
	$(Q)$(MAKE) --no-print-directory BUILD=fuzz CC=clang \
		O=$(if $(filter file,$(origin O)),build/fuzz,$(O)/fuzz) fuzz-bins

.PHONY: fuzz-bins
fuzz-bins: $(FUZZ_BINS)

.PHONY: sim
sim: $(O)/sim ## build the simulation, test/sim (BUILD=sim: fast)

.PHONY: check
check: ## check layers, sizes, banned calls, headers (script/check-layers)
	$(Q)script/check-layers

.PHONY: format
format: ## format all C sources in place
	$(Q)clang-format -i $(filter %.c %.h,$(FOUND)) $(FUZZERS)

.PHONY: failpoints
failpoints: ## list the failpoints of debug and sanitizer builds
	$(Q)grep -rhoE 'FAILPOINT(_FAILS)?\("[^"]+"\)' --include='*.c' src | \
		sed 's/.*"\(.*\)".*/\1/' | sort -u

.PHONY: print-config
print-config: ## print what this build is made with
	@printf '%s\n' 'BUILD   $(BUILD)' 'CC      $(CC)' 'O       $(O)' \
	    'CFLAGS  $(CFLAGS_ALL)' 'LDFLAGS $(LDFLAGS_ALL)' 'LIBS    $(LIBS)' \
	    'keep    $(KEEP_CFLAGS) -static $(KEEP_LIBS)'

MANUALS := slipway.1:slipway slipway-folder.5:folder slipway-serve.8:serve

.PHONY: man
man: $(O)/slipway ## write the man pages into $(O)/man
	$(Q)mkdir -p $(O)/man
	$(Q)set -e; for m in $(MANUALS); do \
		$(O)/slipway manual $${m#*:} > $(O)/man/$${m%%:*}; done

.PHONY: reference
reference: $(O)/slipway ## write docs/reference anew from the tables
	$(Q)mkdir -p docs/reference
	$(Q)set -e; for m in $(MANUALS); do \
		$(O)/slipway manual $${m#*:} --markdown > docs/reference/$${m#*:}.md; done

.PHONY: reference-check
reference-check: $(O)/slipway ## fail when docs/reference is not of this build
	$(Q)set -e; for m in $(MANUALS); do \
		$(O)/slipway manual $${m#*:} --markdown | \
			diff -u docs/reference/$${m#*:}.md - || \
			{ echo 'docs/reference is old: make reference'; exit 1; }; done

.PHONY: clean
clean: ## remove the output of this BUILD
	rm -rf $(O)

.PHONY: help
help: ## print this
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1	\2/p' Makefile | sort | \
		awk -F '\t' '{ printf "  %-14s %s\n", $$1, $$2 }'
	@sed -n 's/^# \([A-Z]* *[a-z].*\)/  \1/p; /^BUILD ?=/q' Makefile | \
		grep -E '^  (BUILD|CC|O|ROOMS|T) '

# --- rules ------------------------------------------------------------------

# Changes when the flags or the list of files change, so that what depends on
# it is made anew.
define stamp
$(O)/$(1): force
	@mkdir -p $$(@D)
	@printf '%s\n' '$(2)' | cmp -s - $$@ || printf '%s\n' '$(2)' > $$@
endef
.PHONY: force
force:
$(eval $(call stamp,flags,$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(LIBS) $(KEEP_CFLAGS)))
$(eval $(call stamp,objects,$(LIB_OBJS)))
$(eval $(call stamp,statements,$(SQL)))

$(O)/obj/%.o: %.c $(O)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(O)/obj/%.o: %.S $(O)/flags $(O)/keep
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -DKEEP_IMAGE='"$(O)/keep"' -MMD -MP -c $< -o $@

$(O)/gen/sql.c: $(SQL) script/embed-sql $(O)/statements
	$(call say,SQL,$@)
	$(Q)mkdir -p $(@D)
	$(Q)script/embed-sql $(SQL) > $@.new
	$(Q)mv $@.new $@

$(O)/obj/gen/sql.o: $(O)/gen/sql.c $(O)/flags
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c $< -o $@

$(O)/libslipway.a: $(LIB_OBJS) $(O)/objects
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $(LIB_OBJS)

$(O)/slipway: $(O)/obj/src/main.o $(O)/libslipway.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(O)/test/%: $(O)/obj/src/%.o $(O)/libslipway.a
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS) -lcmocka

$(O)/%_fuzz: $(O)/obj/test/fuzz/%_fuzz.o $(O)/libslipway.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(O)/sim: $(SIM_C:%.c=$(O)/obj/%.o) $(O)/libslipway.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

$(O)/keep-obj/%.o: %.c $(O)/flags
	$(call say,CC,'$< (keep)')
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(KEEP_CFLAGS) -MMD -MP -c $< -o $@

$(O)/libkeep.a: $(KEEP_FLOOR_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcs $@ $^

$(O)/keep: $(KEEP_OBJS) $(O)/libkeep.a
	$(call say,LINK,$@)
	$(Q)$(CC) -static -Wl,-z,relro,-z,now -o $@ $^ $(KEEP_LIBS)
	$(Q)strip $@

.SECONDARY:
.DELETE_ON_ERROR:

-include $(shell find $(O) -name '*.d' 2>/dev/null)
