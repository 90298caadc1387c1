// Members that have another name on other kernels. Which one it is, is decided where the program is loaded, so that an
// object made ahead of time reads the right one; a struct with ___ in its name stands for the kernel's without it
// (CO-RE).
#pragma once

#define SONDE_RECORD(record, suffix, type, member) \
  struct record##___##suffix { type member; } __attribute__((preserve_access_index))
#define SONDE_FIELD_IN(pointer, member) __builtin_preserve_field_info((pointer)->member, 2)
// A pointer whose members are found out only in this branch: an address that is worked out before the branch would hold a
// relocation that fails on a kernel without the member.
#define SONDE_HERE(record, suffix, pointer) \
  ({ struct record##___##suffix *here_ = (void *)(pointer); __asm__ volatile("" : "+r"(here_)); here_; })
// The member `newer`, or on older kernels `older`. The structs are not called after the member: with one such as __state there
// would be more than the three underscores behind the kernel's name.
#define SONDE_EITHER(record, pointer, type, newer, older) \
  ({ SONDE_RECORD(record, has_newer, type, newer) *newer_ = (void *)(pointer); \
     SONDE_RECORD(record, has_older, type, older); \
     SONDE_FIELD_IN(newer_, newer) ? SONDE_HERE(record, has_newer, newer_)->newer \
                                   : SONDE_HERE(record, has_older, newer_)->older; })
