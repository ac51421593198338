/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What trace events show as words. Read once for each way in which their header is
 * read, so nothing guards it.
 */
TRACE_DEFINE_ENUM(XHB_REQUESTER_HOST);
TRACE_DEFINE_ENUM(XHB_REQUESTER_SELF);
TRACE_DEFINE_ENUM(XHB_REQUESTER_PRESSURE);
TRACE_DEFINE_ENUM(XHB_CHOICE_ANY);
TRACE_DEFINE_ENUM(XHB_CHOICE_WITH_BASE);
TRACE_DEFINE_ENUM(XHB_CHOICE_THIS);
TRACE_DEFINE_ENUM(XHB_BACKING_UNKNOWN);
TRACE_DEFINE_ENUM(XHB_BACKING_4K);
TRACE_DEFINE_ENUM(XHB_BACKING_2M);
TRACE_DEFINE_ENUM(XHB_BACKING_NONE);
TRACE_DEFINE_ENUM(XHB_WHY_TARGET);
TRACE_DEFINE_ENUM(XHB_WHY_GIVES);
TRACE_DEFINE_ENUM(XHB_WHY_TAKES);
TRACE_DEFINE_ENUM(XHB_WHY_EMPTIES);
TRACE_DEFINE_ENUM(XHB_WHY_COPIED);
TRACE_DEFINE_ENUM(XHB_WHY_FLOOR);
TRACE_DEFINE_ENUM(XHB_WHY_NO_PAGE);
TRACE_DEFINE_ENUM(XHB_WHY_REFUSED);
TRACE_DEFINE_ENUM(XHB_WHY_MAXIMUM);
TRACE_DEFINE_ENUM(XHB_WHY_HOST);
TRACE_DEFINE_ENUM(XHB_WHY_FOREIGN);
TRACE_DEFINE_ENUM(XHB_WHY_EMPTY);

#define xhb_show_requester(who)						\
	__print_symbolic(who,						\
			 { XHB_REQUESTER_HOST, "host" },		\
			 { XHB_REQUESTER_SELF, "self" },		\
			 { XHB_REQUESTER_PRESSURE, "pressure" })

#define xhb_show_why(why)						\
	__print_symbolic(why,						\
			 { XHB_WHY_TARGET, "target" },			\
			 { XHB_WHY_GIVES, "gives" },			\
			 { XHB_WHY_TAKES, "takes" },			\
			 { XHB_WHY_EMPTIES, "empties" },		\
			 { XHB_WHY_COPIED, "copied" },			\
			 { XHB_WHY_FLOOR, "floor" },			\
			 { XHB_WHY_NO_PAGE, "no-page" },		\
			 { XHB_WHY_REFUSED, "refused" },		\
			 { XHB_WHY_MAXIMUM, "maximum" },		\
			 { XHB_WHY_HOST, "host" },			\
			 { XHB_WHY_FOREIGN, "foreign" },		\
			 { XHB_WHY_EMPTY, "empty" })

#define xhb_show_choice(choice)						\
	__print_symbolic(choice,					\
			 { XHB_CHOICE_ANY, "any" },			\
			 { XHB_CHOICE_WITH_BASE, "with-base" },		\
			 { XHB_CHOICE_THIS, "this" })

#define xhb_show_backing(backing)					\
	__print_symbolic(backing,					\
			 { XHB_BACKING_UNKNOWN, "unknown" },		\
			 { XHB_BACKING_4K, "4k" },			\
			 { XHB_BACKING_2M, "2m" },			\
			 { XHB_BACKING_NONE, "none" })
