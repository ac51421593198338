# SPDX-License-Identifier: GPL-2.0
# For which kernels the driver can be built, and what their headers know that C
# cannot ask them for. Kbuild and the Kbuild of the unit tests read it.

# dkms.conf, Kconfig and README say the same; tests/build compares them.
xhb-first := 6.1
xhb-last := 7.3
xhb-options := XEN SYSFS KPROBES DYNAMIC_FTRACE_WITH_ARGS CONTIG_ALLOC
xhb-balloon-options := BALLOON_COMPACTION BALLOON_MIGRATION

xhb-kernel := $(VERSION).$(PATCHLEVEL)
xhb-lacks := $(foreach option,$(xhb-options),$(if $(CONFIG_$(option)),,CONFIG_$(option)))
ifeq ($(strip $(foreach option,$(xhb-balloon-options),$(CONFIG_$(option)))),)
# What has one name before Linux 7.0 and another since.
xhb-lacks += $(if $(filter 6,$(VERSION)),CONFIG_BALLOON_COMPACTION,CONFIG_BALLOON_MIGRATION)
endif

# Nothing is asked for when there is no configuration: that is make clean.
ifneq ($(CONFIG_CC_VERSION_TEXT),)
ifneq ($(CONFIG_X86_64),y)
$(error xen-hugeballoon is for x86-64 only, and this kernel is not)
endif
ifneq ($(XHB_ANY_KERNEL),1)
ifneq ($(shell printf '%s\n' $(xhb-first) $(xhb-kernel) $(xhb-last) | sort -V -C && echo in),in)
$(error xen-hugeballoon is for Linux $(xhb-first) to $(xhb-last), and this is Linux \
	$(KERNELVERSION); XHB_ANY_KERNEL=1 tries it all the same)
endif
endif
ifneq ($(strip $(xhb-lacks)),)
$(error xen-hugeballoon needs $(strip $(xhb-lacks)), which this kernel ($(KERNELRELEASE)) \
	is built without)
endif
endif

# xhb-has,MACRO,HEADER,WORD: define the macro if the word is in the kernel's header.
# For what the preprocessor cannot see, like enumerators; for all else see compat.
xhb-has = $(if $(shell grep -sqw '$(3)' '$(srctree)/include/$(2)' && echo y),-D$(1))

ccflags-y += $(call xhb-has,XHB_HAS_NR_BALLOON_PAGES,linux/mmzone.h,NR_BALLOON_PAGES)
