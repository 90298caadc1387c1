// User and group ids as the kernel keeps them.
#pragma once

#define KUIDT_INIT(value) ((kuid_t){value})
#define KGIDT_INIT(value) ((kgid_t){value})
#define __kuid_val(uid) ((uid).val)
#define __kgid_val(gid) ((gid).val)
#define uid_eq(left, right) ((left).val == (right).val)
#define gid_eq(left, right) ((left).val == (right).val)
