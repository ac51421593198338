# SPDX-License-Identifier: GPL-2.0
# Verbs for people; what is built stands in Kbuild.

# Headers tell which kernel they are of.
ifdef KDIR
KVER ?= $(or $(shell sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' \
	$(KDIR)/include/generated/utsrelease.h 2>/dev/null),$(shell uname -r))
endif
KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
VERSION := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
# hugeballoon and hugeballoon-swapd for guests, hugeballoon-host for dom0; DESTDIR is for
# packages.
TOOLS = hugeballoon hugeballoon-host hugeballoon-swapd
PREFIX ?= /usr/local
TOOL_BIN = $(DESTDIR)$(PREFIX)/sbin
TOOL_LIB = $(DESTDIR)$(PREFIX)/lib/hugeballoon
TOOL_MAN = $(DESTDIR)$(PREFIX)/share/man/man8
MODULE_MAN = $(DESTDIR)$(PREFIX)/share/man/man4
MODULE_DIR = $(DESTDIR)/lib/modules/$(KVER)
ETC = $(DESTDIR)/etc
TOOL_UNIT = $(DESTDIR)$(PREFIX)/lib/systemd/system
TOOL_COMPLETION = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DKMS_SRC = $(DESTDIR)/usr/src/xen-hugeballoon-$(VERSION)
# What a package has installed is for the package manager to change and to remove.
PACKAGED = { test -z "$(DESTDIR)" && { dpkg -s xen-hugeballoon-dkms || \
	rpm -q xen-hugeballoon-dkms; } >/dev/null 2>&1; }

.PHONY: modules testbed floor demo bench matrix bench-fragmentation bench-heal bench-hosts \
	bench-overcommit bench-gate bench-day soak check check-all check-xen check-kunit check-build \
	check-debug check-debug-kunit check-debug-xen check-compile check-source \
	check-kcsan check-kcsan-kunit check-kcsan-xen check-packages check-readme \
	check-harness check-mutants check-cfi check-tool lint coverage \
	install install-man install-etc install-tool install-source not-packaged \
	uninstall uninstall-dkms uninstall-man uninstall-etc uninstall-tool dkms clean help

modules: ## build xen-hugeballoon.ko for KVER (default: the running kernel)
	@test -e $(KDIR)/Makefile || { \
		echo "No kernel headers in $(KDIR)."; \
		echo "Install linux-headers-$(KVER), or name a kernel with KVER= or KDIR=."; \
		exit 1; }
	$(MAKE) -C $(KDIR) M=$(CURDIR) W=1 modules

# What runs on the testbed is built for the testbed's kernel.
testbed:
	@scripts/setup
	@$(MAKE) --no-print-directory -j$$(nproc) KVER=$$(scripts/setup --kver) modules
	@for dir in borrow stall; do \
		$(MAKE) -C /lib/modules/$$(scripts/setup --kver)/build \
			M=$(CURDIR)/tests/xen/$$dir W=1 modules || exit 1; \
	done

demo: testbed ## boot real Xen in QEMU and compare with the built-in driver
	@tests/testbed/demo

# For measurements only.
floor:
	@$(MAKE) -C /lib/modules/$$(scripts/setup --kver)/build \
		M=$(CURDIR)/tests/testbed/floor W=1 modules

bench: testbed floor ## measure all parts, or PART="a c"; writes build/bench/report.md and .html
	@tests/testbed/bench $(PART)

bench-fragmentation: testbed ## free 2M blocks after ballooning under load, both drivers
	@tests/testbed/bench-fragmentation

bench-heal: testbed ## how healing disturbs a program that uses its memory
	@tests/testbed/bench-heal

bench-hosts: testbed ## how toolstacks that balance memory would judge ten guests
	@tests/testbed/bench-hosts

soak: testbed ## everything at random, for MINUTES (3); DEBUG=1 on the debug kernel, SEED=n again
	@MINUTES=$(or $(MINUTES),3) tests/testbed/run-scenarios --run soak --beds 1 \
		$(if $(DEBUG),--debug soak-debug,soak)

bench-overcommit: testbed ## four guests that together may have more than the host has
	@tests/testbed/bench-overcommit

bench-gate: testbed ## is it still as much faster as it was?
	@tests/testbed/run-scenarios --run gate bench-gate-pvh bench-gate-pv

bench-day: ## a day of demand through the controller of self-ballooning alone
	@tests/testbed/bench-day

check: ## lint, build, tool, units, scenarios; what CI runs. KERNEL=, XEN= and KIND= go to check-xen
	@scripts/check

check-all: ## all of that and more, as before each release; hours. MINUTES=60 of soak
	@scripts/check --all

check-debug: ## units and scenarios on a kernel with KASAN and lockdep
	@scripts/check debug-kunit debug-xen

check-debug-kunit:
	@scripts/setup
	@tests/kunit/run --kernel debug --memory 1G --timeout 1200

check-debug-xen: testbed
	@tests/testbed/run-scenarios $(if $(ALL),--all) --debug --run debug

check-cfi: ## units on a kernel that is built with CFI, by clang; before a release
	@scripts/setup
	@tests/kunit/run --kernel cfi --timeout 1200

check-kcsan: ## units and a scenario on a kernel that reports data races; before a release
	@scripts/check kcsan-kunit kcsan-xen

check-kcsan-kunit:
	@scripts/setup
	@tests/kunit/run --kernel kcsan --timeout 2400 --silence 600

check-kcsan-xen: testbed
	@tests/testbed/run-scenarios --run kcsan many-vcpus-kcsan

check-xen: testbed ## scenarios on real Xen, bench-gate and those on the debug kernel among them; SCENARIO=name runs one, ALL=1 those for releases too and more of some, XEN=4.20 on that, KERNEL=7.3 in guests with that, KIND=hvm in HVM guests (pv, pvh: those with such only), BEDS=2 two at a time
	@tests/testbed/run-scenarios $(if $(ALL),--all) $(if $(XEN),--xen $(XEN)) $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(KIND),--kind $(KIND)) $(if $(BEDS),--beds $(BEDS)) \
		--run check$(XEN:%=-%)$(KERNEL:%=-%)$(KIND:%=-%) $(SCENARIO)

matrix: testbed ## what passes with each kernel, Xen and type of guest, in build/matrix.md; SCENARIOS="a b" these, ALL=1 all, KERNEL=, XEN=, KIND= with these only
	@tests/testbed/matrix $(if $(ALL),--all,$(SCENARIOS)) $(if $(KERNEL),--kernel $(KERNEL)) \
		$(if $(XEN),--xen $(XEN)) $(if $(KIND),--kind $(KIND))

check-kunit: ## unit tests against a fake hypervisor
	@scripts/setup
	@tests/kunit/run

check-tool: ## tests of the tool hugeballoon, against a tree of files
	@tests/tool/run

check-build: ## which kernels are refused, the version, the checklist for releases
	@scripts/setup
	@tests/build/run

check-compile: ## compile for all series of Linux that Debian has headers of; ALL=1 all of them
	@scripts/setup
	@scripts/check-compile $(if $(ALL),all)

check-source: ## compile it inside a kernel's source, where scripts/place-in-kernel puts it
	@scripts/setup
	@scripts/check-source

check-packages: ## build the packages, and install and remove them in a clean Debian
	@scripts/setup
	@scripts/check-packages $(RELEASE)

check-readme: ## execute README's commands in a clean Debian and a clean clone; ALL=1 tests and benchmarks, too
	@scripts/setup
	@scripts/check-readme $(if $(ALL),all)

check-harness: testbed ## prove that lint and the suites can fail
	@tests/lint/selftest
	@tests/tool/selftest
	@tests/kunit/selftest
	@tests/testbed/selftest

check-mutants: ## prove that the units notice deliberate defects in src/; before a release
	@scripts/setup
	@tests/mutants/run

lint: ## checkpatch, sparse, kernel-doc, shellcheck, layers, owners
	@scripts/setup
	@scripts/lint

coverage: ## which lines the unit tests reach
	@scripts/setup
	@scripts/coverage

install: modules install-man install-etc install-tool ## install the module for KVER, its man page, and the tools
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) modules_install
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

install-man: ## install the module's man page alone
	install -D -m 644 Documentation/man/xen-hugeballoon.4 $(MODULE_MAN)/xen-hugeballoon.4

# What a user has changed there is kept.
install-etc: ## install the files for parameters and for loading it at boot alone
	for dir in modprobe.d modules-load.d; do \
		test -e $(ETC)/$$dir/xen-hugeballoon.conf || install -D -m 644 \
			etc/$$dir/xen-hugeballoon.conf $(ETC)/$$dir/xen-hugeballoon.conf || exit 1; \
	done

install-tool: ## install the tools, their man pages and completions below PREFIX
	for part in . host swap; do \
		install -d $(TOOL_LIB)/hugeballoonlib/$$part && \
		install -m 644 scripts/hugeballoonlib/$$part/*.py \
			$(TOOL_LIB)/hugeballoonlib/$$part || exit 1; \
	done
	install -d $(TOOL_UNIT)
	sed 's,@SBIN@,$(PREFIX)/sbin,' scripts/hugeballoon-swapd.service \
		>$(TOOL_UNIT)/hugeballoon-swapd.service
	for tool in $(TOOLS); do \
		install -D -m 755 scripts/$$tool $(TOOL_BIN)/$$tool && \
		install -D -m 644 Documentation/man/$$tool.8 $(TOOL_MAN)/$$tool.8 && \
		install -D -m 644 completions/$$tool $(TOOL_COMPLETION)/$$tool || exit 1; \
	done

uninstall: uninstall-dkms uninstall-man uninstall-etc uninstall-tool ## remove all that install and dkms have installed
	rm -f $(foreach dir,updates extra,$(MODULE_DIR)/$(dir)/xen-hugeballoon.ko*)
	-rmdir --ignore-fail-on-non-empty $(wildcard $(foreach dir,updates extra,$(MODULE_DIR)/$(dir))) 2>/dev/null
	! test -e $(MODULE_DIR)/modules.dep || depmod $(if $(DESTDIR),-b $(DESTDIR)) $(KVER)

# Of all versions, as make dkms registers the next beside those before.
uninstall-dkms: ## remove it from DKMS, and from all kernels that DKMS has built it for, alone
	$(PACKAGED) || for src in $(wildcard $(DESTDIR)/usr/src/xen-hugeballoon-*); do \
		version=$${src##*/xen-hugeballoon-}; \
		test ! -e /var/lib/dkms/xen-hugeballoon/$$version || \
			dkms remove xen-hugeballoon/$$version --all || exit 1; \
		rm -rf $$src; \
	done

uninstall-man: ## remove the module's man page alone
	rm -f $(MODULE_MAN)/xen-hugeballoon.4

uninstall-etc: ## remove the files for parameters and for loading it at boot alone
	$(PACKAGED) || rm -f $(foreach dir,modprobe.d modules-load.d,$(ETC)/$(dir)/xen-hugeballoon.conf)

uninstall-tool: ## remove the tools alone
	rm -rf $(TOOL_LIB)
	rm -f $(TOOLS:%=$(TOOL_BIN)/%) $(TOOLS:%=$(TOOL_MAN)/%.8)
	rm -f $(TOOLS:%=$(TOOL_COMPLETION)/%)
	rm -f $(TOOL_UNIT)/hugeballoon-swapd.service

not-packaged:
	@! $(PACKAGED) || { echo "The package xen-hugeballoon-dkms is installed: remove it first."; exit 1; }

dkms: not-packaged install-man install-etc install-tool install-source ## install by DKMS, which rebuilds for every new kernel, and the tools
	test -e /var/lib/dkms/xen-hugeballoon/$(VERSION) || dkms add xen-hugeballoon/$(VERSION)
	dkms install --force xen-hugeballoon/$(VERSION) -k $(KVER)

# What DKMS builds from, and packages for DKMS.
install-source: not-packaged
	rm -rf $(DKMS_SRC)
	mkdir -p $(DKMS_SRC)
	cd $(CURDIR) && find COPYING Kbuild Kconfig Makefile dkms.conf include src \
		! -name '*.mod.c' \( -name '*.[ch]' -o -name '*.mk' -o -name '[CKM]*' -o \
		-name dkms.conf \) -type f -exec install -D -m 644 {} $(DKMS_SRC)/{} \;

clean: ## remove what was built; fetched packages and kernels stay
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 22
