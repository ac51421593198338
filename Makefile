# SPDX-License-Identifier: GPL-2.0
# Verbs for people; what is built stands in Kbuild.

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build

modules:
	$(MAKE) -C $(KDIR) M=$(CURDIR) W=1 modules
